"""Which packages have been reported, so that those that vanish can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.model import PackageReport
from goescape.toolchain.go.module_folders import go_files, module_root, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class ReportedPackages:
    """The reported packages by directory; outside modules a directory may hold several."""

    def __init__(self) -> None:
        self._by_directory: dict[str, set[str]] = {}

    def take(self, report: PackageReport) -> tuple[PackageReport, ...]:
        """Remember a report; the answer is empty reports for those that it replaces.

        A directory of a module has one package, so after a change of go.mod the new name replaces
        the old. Files outside modules are named by the first file of their package.
        """
        names = self._by_directory.setdefault(report.directory, set())
        lone = Path(report.package).is_absolute()
        replaced = {
            name
            for name in names - {report.package}
            if not (lone and Path(name).is_absolute() and name not in report.files)
        }
        names -= replaced
        if report.files:
            names.add(report.package)
        return tuple(PackageReport(name, report.directory, ()) for name in sorted(replaced))

    def forget(self, directory: str) -> tuple[PackageReport, ...]:
        """Empty reports for all packages of a directory."""
        names = sorted(self._by_directory.pop(directory, ()))
        return tuple(PackageReport(name, directory, ()) for name in names)

    def directories(self) -> tuple[str, ...]:
        """The folders of all packages."""
        return tuple(self._by_directory)

    def below(self, folder: str = "") -> tuple[tuple[str, str], ...]:
        """Root and pattern of each package in or below a folder; of all without one."""
        directories = [
            directory
            for directory in self._by_directory
            if not folder or Path(directory).is_relative_to(folder)
        ]
        return tuple(pair for directory in directories for pair in _patterns(directory))


def _patterns(directory: str) -> Iterable[tuple[str, str]]:
    root = module_root(directory)
    if root:
        yield root, pattern_of(root, directory)
        return
    yield from ((directory, file) for file in go_files(directory) or [f"{directory}/gone.go"])


def without_go_files(root: str, patterns: Iterable[str]) -> set[str]:
    """The patterns behind which no Go file is left."""
    return {pattern for pattern in patterns if not _has_go_files(root, pattern)}


def _has_go_files(root: str, pattern: str) -> bool:
    if pattern.endswith("/..."):
        return Path(root).is_dir()
    if pattern.endswith(".go"):
        return Path(pattern).is_file()
    return bool(go_files(str(Path(root, pattern))))
