"""One run of `go list -export`: the compiler's text goes in, a report per package comes out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from goescape.analysis.compiler.package_info import PackageInfo
from goescape.analysis.model import CompileError, PackageReport
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.report_worker import (
    OtherProcessError,
    ReportRequest,
    report_builder,
)
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.digests import digest
from goescape.toolchain.go.packages import (
    JsonObjects,
    ListedPackage,
    compile_errors,
    listed_packages,
    lone_name,
    owner_of,
    pattern_of,
    split_path,
)
from goescape.toolchain.go.process import Command, run
from goescape.toolchain.go.process_output import LONGEST_LINE, Backpressure
from goescape.toolchain.problems import Problem
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from goescape.toolchain.compile.report_worker import Key
    from goescape.toolchain.problems import GoProblem

_log = logging.getLogger(__name__)

_HEADER = re.compile(rb"^# ([^\r\n]+)", re.MULTILINE)
_MOST_MESSAGES = 40
_MOST_READY = 2
"""Packages whose text has been read and not been understood yet."""
_LONGEST_MESSAGE = 600


@define
class BuiltPackage:
    """A package that was asked for, with its test variants."""

    path: str
    directory: str
    variants: tuple[ListedPackage, ...]
    snapshot: Mapping[str, bytes]
    """Each Go file of the directory with the digest of its content before the compile."""
    said: set[Key] = field(factory=set)
    """The variants whose text has come."""
    concluded: bool = False

    @property
    def name(self) -> str:
        """The import path; for files in no module the first of them."""
        if self.path != "command-line-arguments":
            return self.path
        return lone_name(
            [file for each in self.variants for file in (*each.files, *each.test_files)]
        )

    @property
    def is_excluded(self) -> bool:
        """Whether the build leaves out all of its files: nothing to report, and no error."""
        return all(not each.files and each.ignored for each in self.variants)

    @property
    def complete(self) -> bool:
        """Whether every variant has printed its text; one that prints nothing never is."""
        return all(variant.key in self.said for variant in self.variants)


class Build:
    """Compiles packages and yields each report as soon as its variants' texts have come."""

    def __init__(
        self,
        command: Command,
        packages: Sequence[ListedPackage],
        workspace: str,
        *,
        in_this_process: bool = False,
    ) -> None:
        self.stale: list[str] = []
        """Patterns of packages to compile again: their files changed meanwhile."""
        self.failed: list[str] = []
        """Patterns of packages to compile again, with ``in_this_process``."""
        self._command = command
        self._others = WorkspaceSources(command.overlay, workspace, time.time())
        self._listed = packages
        self._packages: dict[str, BuiltPackage] = {}
        self._keys = {package.key for package in packages}
        self._key: Key | None = None
        """Of the block that is being read; None before the first."""
        self._owner: BuiltPackage | None = None
        """The package that it is about; None for what nobody asked for."""
        self._output = JsonObjects()
        self._messages: list[str] = []
        self._rest = b""
        self._ready: asyncio.Queue[BuiltPackage | None] = asyncio.Queue()
        self._valve = Backpressure()
        self._understanding = report_builder(
            0 if in_this_process else len(packages), command.niceness, self._valve
        )

    async def items(self) -> AsyncGenerator[PackageReport | Problem, None]:
        """Run it. Closing the iterator ends the processes."""
        self._packages = await asyncio.to_thread(_grouped, self._listed)
        process = asyncio.ensure_future(self._run())
        try:
            while (package := await self._ready.get()) is not None:
                async for item in self._conclude(package):
                    yield item
                if self._ready.qsize() < _MOST_READY:
                    self._valve.open()
            code = await process
            self._take_results()
            for package in self._packages.values():
                if not package.concluded:
                    async for item in self._conclude(package):
                        yield item
            if code != 0 and not self._output.objects:
                yield Problem(plain_sentence(self._messages or [f"go list ended with code {code}"]))
        finally:
            process.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await uninterrupted(process)
            await uninterrupted(asyncio.ensure_future(self._understanding.close()))

    async def _run(self) -> int:
        try:
            code = await run(
                self._command,
                self._output.feed,
                on_error_bytes=self._take_text,
                valve=self._valve,
            )
            self._take_text(b"\n" if self._rest else b"")
            self._end_block()
            return code
        finally:
            self._ready.put_nowait(None)

    def _take_text(self, data: bytes) -> None:
        """A piece of the compilers' text: file what stands between two headers."""
        data = self._rest + data
        start, end = 0, data.rfind(b"\n") + 1
        self._rest = data[end : end + LONGEST_LINE]
        for match in _HEADER.finditer(data, 0, end):
            key = split_path(match[1].decode("utf-8", "replace"))
            if self._is_header(key):
                self._feed(data[start : match.start()])
                self._end_block()
                self._key, self._owner, start = key, self._asked_for(key), match.start()
        self._feed(data[start:end])

    def _feed(self, lines: bytes) -> None:
        if self._key is not None:
            if self._owner is not None and lines:
                self._understanding.feed(self._key, lines)
        elif lines:
            told = lines.decode("utf-8", "replace").splitlines()
            room = _MOST_MESSAGES - len(self._messages)
            self._messages += [line[:_LONGEST_MESSAGE] for line in told[:room]]

    def _is_header(self, key: tuple[str, str]) -> bool:
        """Whether ``# ...`` starts a block: a raw string in a message of Go 1.21 may look so."""
        path, variant = key
        return key in self._keys or bool(variant) or path.removesuffix(".test") in self._packages

    def _asked_for(self, key: Key) -> BuiltPackage | None:
        """The package of a block; None for a test main, or one compiled again for a test."""
        package = self._packages.get(owner_of(*key))
        return None if package is None or package.concluded or key not in self._keys else package

    def _end_block(self) -> None:
        """The text that has just ended is all of a variant; with the last one, of its package."""
        key, package = self._key, self._owner
        self._key = self._owner = None
        if key is None or package is None:
            return
        self._understanding.end(key)
        package.said.add(key)
        if package.complete:
            package.concluded = True
            self._ready.put_nowait(package)
            if self._ready.qsize() >= _MOST_READY:
                self._valve.shut()  # what has been read takes much more memory than the text

    def _take_results(self) -> None:
        """Replace what was listed before the compile by what go says of it afterwards."""
        after = {package.key: package for package in listed_packages(self._output.objects)}
        for package in self._packages.values():
            package.variants = tuple(after.get(each.key, each) for each in package.variants)

    async def _conclude(
        self, package: BuiltPackage
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        contents = await asyncio.to_thread(self._contents, package)
        if contents is None:
            self.stale.append(self._pattern(package))
            return
        try:
            for item in await self._results(package, contents):
                yield item
        except OtherProcessError:
            self.failed.append(self._pattern(package))
        except Exception as problem:
            _log.error(
                "%s could not be understood",
                package.name,
                exc_info=problem,
                extra={"is_told": True},
            )
            text = f"{package.name} could not be understood ({problem!r}): please report this."
            yield Problem(text, package.name, "internal")

    def _contents(self, package: BuiltPackage) -> dict[str, bytes] | None:
        """The texts that were compiled; None where files changed meanwhile."""
        contents = dict(_read(package.directory))
        if {path: digest(content) for path, content in contents.items()} != package.snapshot:
            return None
        overlay = self._command.overlay
        return contents | {path: text for path, text in overlay.items() if path in contents}

    async def _results(
        self, package: BuiltPackage, contents: Mapping[str, bytes]
    ) -> list[PackageReport | Problem]:
        own = [each for each in package.variants if not each.is_test]
        if package.is_excluded:
            return [PackageReport(package.name, package.directory, ())]
        early = package.complete
        broken = [each for each in package.variants if not (early or each.built or each.is_empty)]
        if not early and all(not each.files for each in own):
            own = list(package.variants)  # nothing but tests, or nothing at all
        errors = self._errors([each for each in own if each in broken or each.errors])
        fine = [each for each in package.variants if each not in broken]
        if errors or (broken and not any(each.files for each in fine)):
            texts = {path: SourceText(path, content) for path, content in contents.items()}
            return [_failure(package, errors or self._errors(broken), texts)]
        files = _files(fine)
        info = PackageInfo(
            package.name,
            package.directory,
            files,
            self._command.directory,
            package.variants[0].language,
        )
        compiled = {path: contents[path] for path in files if path in contents}
        keys = tuple(sorted(package.said))
        wanted = ReportRequest(info, keys, compiled, self._others)
        items: list[PackageReport | Problem] = [await self._understanding.report(wanted)]
        if broken:
            items.append(failure_of_tests(package.name, self._errors(broken)))
        return items

    def _errors(self, variants: Sequence[ListedPackage]) -> tuple[CompileError, ...]:
        errors: dict[CompileError, None] = {}
        for variant in variants:
            found = [*self._own_errors(variant), *self._import_errors(variant)]
            if not found:
                why = plain_sentence(self._messages) if self._messages else "Go gives no reason"
                found = [CompileError(None, f"{variant.path} was not compiled: {why}")]
            errors.update(dict.fromkeys(found))
        return tuple(errors)

    def _own_errors(self, variant: ListedPackage) -> Iterator[CompileError]:
        for text in variant.errors:
            for error in compile_errors(text, self._command.directory):
                yield evolve(error, message=plain_sentence([error.message]))

    def _import_errors(self, variant: ListedPackage) -> Iterator[CompileError]:
        """Errors of what it imports: go skips a package silently when an import is broken."""
        for text in variant.dependency_errors:
            header = re.match(r"# (\S+)", text)
            other = header[1] if header else ""
            errors = compile_errors(text, self._command.directory)
            if not other or other == variant.path:
                for error in errors:
                    yield evolve(error, message=plain_sentence([error.message]))
            elif errors:
                message = f"it imports {other}, which does not compile: {errors[0].message}"
                yield evolve(errors[0], message=message)

    def _pattern(self, package: BuiltPackage) -> str:
        if package.path == "command-line-arguments":
            return package.variants[0].files[0]
        return pattern_of(self._command.directory, package.directory)


def plain_sentence(lines: Sequence[str]) -> str:
    """Go's own words as one line, with what to do about them where that is known."""
    text = " ".join(line.strip() for line in lines if line.strip())[:_LONGEST_MESSAGE]
    text = re.sub(r"^go: ", "", text)
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, text)), "")
    return f"{text.rstrip('.')}; {advice}" if advice else text


_OF_THE_MACHINE = (
    (r"no space left on device|disk quota exceeded", "free some disk space, then save again."),
    (r"signal: killed|cannot allocate memory", "free some memory, then save again."),
    (
        (
            r"(?<=-[ad]: )(?:read-only file system|permission denied)"
            r"|(?i:build cache|GOCACHE|go-build).*(?:denied|read-only|not a dir|is required)"
        ),
        "set GOCACHE in goescape.go.env to a folder that can be written.",
    ),
)
_OF_THE_CODE = (
    (
        r"malformed import path",
        "rename the folder: an import path has only ASCII letters, digits and -._~+ in it.",
    ),
    (r"requires go >= ", "install that Go or a newer one, or set goescape.go.path."),
    (
        r"GOPROXY=off|no required module|go\.sum entry|cannot find module|to go\.mod|vendoring",
        "goescape never downloads: run `go mod tidy` (or `go mod vendor`) in a terminal.",
    ),
)
_ADVICE = _OF_THE_MACHINE + _OF_THE_CODE


def _failure(
    package: BuiltPackage, errors: tuple[CompileError, ...], texts: Mapping[str, SourceText]
) -> PackageReport | Problem:
    files = _files(package.variants)
    # When the machine is at fault, what was found before stays.
    return _trouble(errors, package.name) or PackageReport(
        package.name, package.directory, files, errors=errors, sources=_only(texts, files)
    )


def failure_of_tests(package: str, errors: tuple[CompileError, ...]) -> Problem:
    """The tests of a package do not compile, while the package does."""
    message = f"The tests of {package} do not compile: {errors[0].message}"
    return _trouble(errors, package) or Problem(message, package, "compile", errors)


def _trouble(errors: Sequence[CompileError], package: str) -> Problem | None:
    """A problem when the machine is at fault: the code may be as right as before."""
    for error in errors:
        for pattern, advice in _OF_THE_MACHINE:
            if found := re.search(pattern, error.message):
                text = f"{package} was not compiled: {found[0]}; {advice}"
                return Problem(text, package, "go")
    return None


def _grouped(listed: Sequence[ListedPackage]) -> dict[str, BuiltPackage]:
    groups: dict[str, list[ListedPackage]] = {}
    for each in listed:
        if each.directory:
            groups.setdefault(each.owner, []).append(each)
    asked = {each.path for each in listed if not each.variant}
    return {
        owner: BuiltPackage(
            owner, variants[0].directory, tuple(variants), snapshot(variants[0].directory)
        )
        for owner, variants in groups.items()
        if owner in asked
    }


def snapshot(directory: str) -> dict[str, bytes]:
    """Each Go file of the folder with the digest of its content."""
    return {path: digest(content) for path, content in _read(directory)}


def _read(directory: str) -> Iterator[tuple[str, bytes]]:
    """The Go files of a folder with their content; nothing when it is gone."""
    for path in sorted(Path(directory).glob("*.go")):
        with contextlib.suppress(OSError):
            yield str(path), path.read_bytes()


def _files(variants: Sequence[ListedPackage]) -> tuple[str, ...]:
    return tuple(sorted({file for variant in variants for file in variant.files}))


def _only(sources: Mapping[str, SourceText], files: Sequence[str]) -> dict[str, SourceText]:
    return {path: sources[path] for path in files if path in sources}


def problem_of(why: GoProblem) -> Problem:
    """A problem with Go itself, as an item of an analysis."""
    return Problem(why.message, kind=why.kind)
