"""One run of `go list -export`: the compiler's text goes in, a report per package comes out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.model import CompileError, PackageReport
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.built_package import BuiltPackage, built_packages, go_file_contents
from goescape.toolchain.compile.listed_variants import checked_variants
from goescape.toolchain.compile.report_worker import (
    OtherProcessError,
    ReportRequest,
    report_builder,
)
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.digests import digest
from goescape.toolchain.go.error_text import (
    LONGEST_MESSAGE,
    compile_errors,
    failure_of_tests,
    plain_sentence,
    problem_of_the_machine,
)
from goescape.toolchain.go.module_folders import pattern_of
from goescape.toolchain.go.packages import (
    JsonObjects,
    ListedPackage,
    listed_packages,
    owner_of,
    split_path,
)
from goescape.toolchain.go.process import run
from goescape.toolchain.go.process_output import LONGEST_LINE, Backpressure
from goescape.toolchain.problems import Problem
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from goescape.toolchain.compile.report_worker import Key
    from goescape.toolchain.facts.typed_reports import CheckedVariant
    from goescape.toolchain.go.process_command import Command

_log = logging.getLogger(__name__)

_HEADER = re.compile(rb"^# ([^\r\n]+)", re.MULTILINE)
_MOST_MESSAGES = 40
_MOST_READY = 2
"""Packages whose text has been read and not been understood yet."""


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
        self._output = JsonObjects(self._kept)
        self.variants: Mapping[str, Sequence[CheckedVariant]] = {}
        """What was compiled of each package, after the end."""
        self._messages: list[str] = []
        self._rest = b""
        self._ready: asyncio.Queue[BuiltPackage | None] = asyncio.Queue()
        self._valve = Backpressure()
        self._understanding = report_builder(
            0 if in_this_process else len(packages), command.niceness, self._valve
        )

    async def items(self) -> AsyncGenerator[PackageReport | Problem, None]:
        """Run it. Closing the iterator ends the processes."""
        self._packages = await asyncio.to_thread(built_packages, self._listed)
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
                on_bytes={2: self._take_text},
                valve=self._valve,
            )
            self._take_text(b"\n" if self._rest else b"")
            self._end_block()
            return code
        finally:
            self._ready.put_nowait(None)

    def _kept(self, item: Mapping[str, object]) -> Mapping[str, object]:
        """Of what is only imported, no more than where it was compiled to."""
        if _key_of(item) in self._keys:
            return item
        return {name: item[name] for name in ("ImportPath", "Export") if name in item}

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
            messages = lines.decode("utf-8", "replace").splitlines()
            room = _MOST_MESSAGES - len(self._messages)
            self._messages += [line[:LONGEST_MESSAGE] for line in messages[:room]]

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
        package.finished.add(key)
        if package.complete:
            package.concluded = True
            self._ready.put_nowait(package)
            if self._ready.qsize() >= _MOST_READY:
                self._valve.shut()  # what has been read takes much more memory than the text

    def _take_results(self) -> None:
        """Replace what was listed before the compile by what go says of it afterwards."""
        own = [item for item in self._output.objects if _key_of(item) in self._keys]
        after = {package.key: package for package in listed_packages(own)}
        for package in self._packages.values():
            package.variants = tuple(
                after.get(variant.key, variant) for variant in package.variants
            )
        self.variants = checked_variants(own, self._output.objects, self._command.overlay)

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
        contents = dict(go_file_contents(package.directory))
        if {path: digest(content) for path, content in contents.items()} != package.snapshot:
            return None
        overlay = self._command.overlay
        return contents | {path: text for path, text in overlay.items() if path in contents}

    async def _results(
        self, package: BuiltPackage, contents: Mapping[str, bytes]
    ) -> list[PackageReport | Problem]:
        own = [variant for variant in package.variants if not variant.is_test]
        if package.is_excluded:
            return [PackageReport(package.name, package.directory, ())]
        early = package.complete
        broken = [
            variant
            for variant in package.variants
            if not (early or variant.built or variant.is_empty)
        ]
        if not early and all(not variant.files for variant in own):
            own = list(package.variants)  # nothing but tests, or nothing at all
        errors = self._errors([variant for variant in own if variant in broken or variant.errors])
        fine = [variant for variant in package.variants if variant not in broken]
        if errors or (broken and not any(variant.files for variant in fine)):
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
        keys = tuple(sorted(package.finished))
        wanted = ReportRequest(info, keys, compiled, self._others)
        items: list[PackageReport | Problem] = [await self._understanding.report(wanted)]
        if broken:
            items.append(failure_of_tests(package.name, self._errors(broken)))
        return items

    def _errors(self, variants: Sequence[ListedPackage]) -> tuple[CompileError, ...]:
        errors: dict[CompileError, None] = {}
        for variant in variants:
            variant_errors = [*self._own_errors(variant), *self._import_errors(variant)]
            if not variant_errors:
                why = plain_sentence(self._messages) if self._messages else "Go gives no reason"
                variant_errors = [CompileError(None, f"{variant.path} was not compiled: {why}")]
            errors.update(dict.fromkeys(variant_errors))
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


def _failure(
    package: BuiltPackage, errors: tuple[CompileError, ...], texts: Mapping[str, SourceText]
) -> PackageReport | Problem:
    files = _files(package.variants)
    # When the machine is at fault, what was found before stays.
    return problem_of_the_machine(errors, package.name) or PackageReport(
        package.name, package.directory, files, errors=errors, sources=_only(texts, files)
    )


def _key_of(item: Mapping[str, object]) -> Key:
    return split_path(str(item.get("ImportPath") or ""))


def _files(variants: Sequence[ListedPackage]) -> tuple[str, ...]:
    return tuple(sorted({file for variant in variants for file in variant.files}))


def _only(sources: Mapping[str, SourceText], files: Sequence[str]) -> dict[str, SourceText]:
    return {path: sources[path] for path in files if path in sources}
