"""What is known of each package: the last report that compiled, and why there is no newer one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.lsp import uris
from goescape.lsp.state.report_cache import CachedReport, OnLost, ReportCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from goescape.analysis.model import CompileError, PackageReport

LONE_FILES = "command-line-arguments"
"""What Go calls the package of files that were named instead of a directory."""


@frozen(eq=False)
class PackageState:
    """One package; each answer of the compiler makes a new one."""

    slot: CachedReport
    """Of the last good report, or of the failed one where there was none before."""
    package: str
    directory: str
    files: tuple[str, ...]
    """The report's own."""
    places: tuple[str, ...]
    """The files of its findings."""
    errors: tuple[CompileError, ...] = ()
    """Of the newest analysis; the report is an old one while there are any."""
    waiting_files: tuple[str, ...] = ()
    """The files that wait because of ``errors``."""
    test_errors: tuple[CompileError, ...] = ()
    """Of its tests alone: the package itself compiles."""
    waiting_tests: tuple[str, ...] = ()
    """The test files that wait because of ``test_errors``."""

    @property
    def report(self) -> PackageReport:
        """The report, which may have to be unpacked."""
        return self.slot.report


class PackageStore:
    """Packages by directory (a directory has one package; a lone file is one of its own).

    Findings have an owner, the package that was compiled, and a place, perhaps in a file of
    another package: generic code is compiled where it is used.
    """

    def __init__(self, on_lost: OnLost, on_full: Callable[[], None] = lambda: None) -> None:
        self.cache = ReportCache(on_lost, on_full)
        self._packages: dict[str, PackageState] = {}
        self._owners: dict[str, set[str]] = {}  # file identity -> packages that speak of it
        self._excluded: dict[str, str] = {}  # file identity -> why
        self._excluded_paths: dict[str, str] = {}
        self._tests_before: dict[str, PackageReport] = {}  # what a report without tests replaced
        self._identities: dict[str, str] = {}

    def put(self, report: PackageReport) -> set[str]:
        """Remember a report; the files whose findings may differ now."""
        if not report.files and not report.errors:
            return self._drop_package(report.package, report.directory)
        key = _key(report)
        replaced = {key} | self._sharing_files(report)
        touched = self._touched(replaced)
        before = self._packages.get(key)
        package = self._merged(before, report)
        self._tests_before.pop(key, None)
        if before is not None and not report.errors and _tests(before.files) - {*report.files}:
            self._tests_before[key] = before.report
        for old in replaced:
            self._forget_package(old, kept=package)
        self._packages[key] = package
        for path in (files := _files(package)):
            self._owners.setdefault(self.identity(path), set()).add(key)
        for path in report.files:
            self._excluded.pop(self.identity(path), None)
        return touched | set(files)

    def _merged(self, before: PackageState | None, report: PackageReport) -> PackageState:
        if not report.errors:
            return self._cached(report)
        old = self._cached(report) if before is None else before
        files = tuple(dict.fromkeys((*report.files, *old.files)))
        return evolve(
            old, errors=report.errors, waiting_files=files, test_errors=(), waiting_tests=()
        )

    def _cached(self, report: PackageReport) -> PackageState:
        places = tuple(dict.fromkeys(finding.span.file for finding in report.findings))
        slot = self.cache.put(report)
        return PackageState(slot, report.package, report.directory, report.files, places)

    def exclude(self, path: str, reason: str) -> set[str]:
        """Remember why a file is not part of the build; an empty reason takes that back."""
        key = self.identity(path)
        if not reason:
            self._excluded.pop(key, None)
            return {path}
        self._excluded[key] = reason
        self._excluded_paths[key] = path
        return {path}

    def excluded_paths(self) -> tuple[str, ...]:
        """The files that the build leaves out."""
        return tuple(self._excluded_paths[key] for key in self._excluded)

    def fail_tests(self, name: str, errors: tuple[CompileError, ...]) -> set[str]:
        """Only the tests of a package do not compile: what was known of them stays."""
        key = next((key for key, package in self._packages.items() if package.package == name), "")
        if not key:
            return set()
        package, before = self._packages[key], self._tests_before.get(key)
        broken = {error.place.file for error in errors if error.place is not None}
        report = package.report if before is None else _with_tests(package.report, before)
        waiting = tuple(sorted((_tests(report.files) - {*package.files}) | broken))
        self.cache.discard(package.slot)
        package = evolve(self._cached(report), test_errors=errors, waiting_tests=waiting)
        self._packages[key] = package
        for path in (files := _files(package)):
            self._owners.setdefault(self.identity(path), set()).add(key)
        return {*files}

    def waiting_for(self, path: str) -> tuple[CompileError, ...] | None:
        """The errors that keep a file from being analysed; None when it is."""
        key = self.identity(path)
        for package in self.about(path):
            if package.errors and key in map(self.identity, package.waiting_files):
                return package.errors
            if package.test_errors and key in map(self.identity, package.waiting_tests):
                return package.test_errors
        return None

    def excluded(self, path: str) -> str | None:
        """Why the build leaves the file out; None when it does not."""
        return self._excluded.get(self.identity(path))

    def about(self, path: str) -> tuple[PackageState, ...]:
        """The packages that speak of a file, its own first."""
        key = self.identity(path)
        owners = (self._packages[owner] for owner in sorted(self._owners.get(key, ())))
        own = {key}
        return tuple(
            sorted(
                owners,
                key=lambda package: own.isdisjoint(map(self.identity, _own_files(package))),
            )
        )

    def spellings(self, package: PackageState, path: str) -> frozenset[str]:
        """How a package's report spells a file: the editor may reach it over a link."""
        key = self.identity(path)
        return frozenset(
            name for name in (*package.files, *package.places) if self.identity(name) == key
        )

    def waiting(self) -> tuple[PackageState, ...]:
        """The packages that do not compile."""
        return tuple(package for package in self._packages.values() if package.errors)

    def packages(self) -> tuple[PackageState, ...]:
        """Everything that was analysed."""
        return tuple(self._packages.values())

    def known_paths(self) -> tuple[str, ...]:
        """Every file that something is known of."""
        return tuple(
            dict.fromkeys(path for package in self._packages.values() for path in _files(package))
        )

    def drop_file(self, path: str) -> set[str]:
        """Forget a file that is gone; the files whose findings may differ now."""
        key = self.identity(path)
        touched: set[str] = set() if self._excluded.pop(key, None) is None else {path}
        for owner in self._owners.pop(key, set()):
            package = self._packages[owner]
            touched |= set(_files(package))
            rest = self._without(package, key)
            self.cache.discard(package.slot)
            if rest.files:
                self._packages[owner] = rest
            else:
                self._forget_package(owner)
        return touched

    def drop_below(self, folder: str) -> set[str]:
        """Forget every package of a folder; the files whose findings may differ now."""
        prefix = self.identity(folder) + os.sep
        gone = {
            key
            for key, package in self._packages.items()
            if (self.identity(package.directory) + os.sep).startswith(prefix)
        }
        touched = self._touched(gone)
        for key in gone:
            self._forget_package(key)
        for key in [key for key in self._excluded if key.startswith(prefix)]:
            del self._excluded[key]
        return touched

    def _drop_package(self, name: str, directory: str) -> set[str]:
        gone = {
            key
            for key, package in self._packages.items()
            if (package.package, package.directory) == (name, directory)
        }
        touched = self._touched(gone)
        for key in gone:
            self._forget_package(key)
        return touched

    def _without(self, package: PackageState, key: str) -> PackageState:
        def rest(files: Iterable[str]) -> tuple[str, ...]:
            return tuple(path for path in files if self.identity(path) != key)

        report = package.report
        findings = tuple(f for f in report.findings if self.identity(f.span.file) != key)
        report = evolve(report, files=rest(report.files), findings=findings)
        return evolve(
            self._cached(report),
            errors=package.errors,
            waiting_files=rest(package.waiting_files),
            test_errors=package.test_errors,
            waiting_tests=package.waiting_tests,
        )

    def _sharing_files(self, report: PackageReport) -> set[str]:
        """Packages that had one of these files: a lone file that became part of a module."""
        mine = {self.identity(path) for path in report.files}
        return {
            owner
            for key in mine
            for owner in self._owners.get(key, ())
            if not mine.isdisjoint(map(self.identity, _own_files(self._packages[owner])))
        }

    def _touched(self, keys: Iterable[str]) -> set[str]:
        return {
            path for key in keys if key in self._packages for path in _files(self._packages[key])
        }

    def _forget_package(self, key: str, kept: PackageState | None = None) -> None:
        package = self._packages.pop(key, None)
        if package is not None and (kept is None or kept.slot is not package.slot):
            self.cache.discard(package.slot)
        for path in () if package is None else _files(package):
            self._owners.get(self.identity(path), set()).discard(key)

    def identity(self, path: str) -> str:
        """The same text for every name of a file, looked up once."""
        if path not in self._identities:
            self._identities[path] = uris.identity(path)
        return self._identities[path]


def _key(report: PackageReport) -> str:
    if report.package == LONE_FILES:
        return "\0".join((report.directory, *report.files))
    return report.directory


def _own_files(package: PackageState) -> tuple[str, ...]:
    return (*package.files, *package.waiting_files, *package.waiting_tests)


def _tests(files: Iterable[str]) -> set[str]:
    return {path for path in files if path.endswith("_test.go")}


def _with_tests(report: PackageReport, before: PackageReport) -> PackageReport:
    """The report with what an older one says of the test files that it lacks."""
    lost = _tests(before.files) - {*report.files}
    old = tuple(finding for finding in before.findings if finding.span.file in lost)
    texts = {path: text for path, text in before.sources.items() if path in lost}
    return evolve(
        report,
        files=(*report.files, *sorted(lost)),
        findings=(*report.findings, *old),
        sources={**texts, **report.sources},
    )


def _files(package: PackageState) -> tuple[str, ...]:
    """The package's files and those of other packages that its findings stand in."""
    return tuple(dict.fromkeys((*_own_files(package), *package.places)))
