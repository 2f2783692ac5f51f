"""Compiles packages with the go command: reports of whole builds, and the compiler's own text."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.model import PackageReport
from goescape.analysis.reports.report_codec import PackedReport
from goescape.toolchain.compile.build import Build
from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.file_selection import lone_files
from goescape.toolchain.go.local_modules import near_folders
from goescape.toolchain.go.module_folders import pattern_of, work_root
from goescape.toolchain.go.packages import FIELDS, JsonObjects, ListedPackage, listed_packages
from goescape.toolchain.go.process import run
from goescape.toolchain.go.process_output import BoundedText
from goescape.toolchain.problems import GoProblem, Problem, problem_of
from goescape.toolchain.tasks import in_order, uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from goescape.toolchain.cache.stored_results import StoredResults
    from goescape.toolchain.facts.compiled_reports import CompiledReports
    from goescape.toolchain.facts.typed_reports import TypedReports
    from goescape.toolchain.go.go_commands import GoCommands

_log = logging.getLogger(__name__)

Listing = tuple[tuple[ListedPackage, ...], list[Problem]]
"""The packages that can be compiled, and what is wrong with the rest."""

_ATTEMPTS = 5
_RAW_LIMIT = 2_000_000
_MOST_HELD = 24
"""Reports that are held as they are; more would take much memory."""
_JUDGED_AT_ONCE = 2
"""While one is judged here, the program for facts checks another."""


@frozen(eq=False)
class HeldReport:
    """A report that waits for types and code."""

    whole: PackageReport | None = None
    packed: PackedReport | None = None

    @classmethod
    def of(cls, report: PackageReport, others: int) -> HeldReport:
        """Packed where there are many others."""
        if others >= _MOST_HELD:
            try:
                return cls(None, PackedReport(report))
            except Exception as problem:
                _log.debug("%s is held as it is", report.package, exc_info=problem)
        return cls(report)

    def report(self) -> PackageReport | None:
        """The report; None where it cannot be unpacked."""
        if self.packed is None:
            return self.whole
        try:
            return self.packed.report()
        except Exception as problem:
            _log.debug("a report cannot be unpacked", exc_info=problem)
            return None


class PackageBuilds:
    """Runs builds until every package has a report that fits its files."""

    def __init__(
        self, commands: GoCommands, typed: TypedReports, compiled: CompiledReports
    ) -> None:
        self._commands = commands
        self._typed = typed
        self._compiled = compiled
        self.near_folders: dict[str, Mapping[str, object]] = {}
        """Of each folder that was analysed: the user's own folders that it depends on, with their
        stamps from before."""

    async def analyze(
        self,
        root: str,
        patterns: Sequence[str],
        overlay: Mapping[str, bytes] | None = None,
        *,
        early: bool = False,
        stored: StoredResults | None = None,
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """Compile packages and yield each one's report when all is known; with ``early`` also what
        is known without types and code, as soon as it has been compiled.

        A package whose files change meanwhile is compiled again: a report always fits its sources.
        ``overlay`` is what files shall hold instead of what is on the disk, by absolute path.
        What is ``stored`` and holds is not compiled; the rest is stored.
        """
        for group in _groups_for_one_command(patterns):
            if stored is not None and all(pattern.startswith(".") for pattern in group):
                group_items = self._analyze_new(root, group, stored)
            else:
                group_items = self._analyze_group(root, group, overlay or {}, early=early)
            async with aclosing(group_items) as items:
                async for item in items:
                    yield item

    async def raw_text(self, root: str, pattern: str) -> str:
        """The compiler's own text of a package, at most 2 MB. Raises GoProblem."""
        text = BoundedText(_RAW_LIMIT)
        command = await self._commands.compile_command(root, (pattern,))
        output = JsonObjects()
        await run(command, output.feed, text.add)
        errors = (error for package in listed_packages(output.objects) for error in package.errors)
        end = "" if text.complete else "... (the rest is left out)\n"
        return text.text + end + "\n".join(errors)

    async def _analyze_new(
        self, root: str, patterns: Sequence[str], stored: StoredResults
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """Like ``_analyze_group``, but what is stored is not compiled; the rest is stored."""
        try:
            await stored.open()
            listing = await self._listed(root, patterns)
        except GoProblem as why:
            yield problem_of(why)
            return
        found: set[str] = set()
        for folder in _folders_without_errors(listing[0]):
            near = self.near_folders.get(folder, {})
            if (report := await stored.report(folder, near)) is not None:
                found.add(folder)
                yield report
        if found:
            left = tuple(package for package in listing[0] if package.directory not in found)
            folders = dict.fromkeys(package.directory for package in left)
            patterns = [pattern_of(root, folder) for folder in folders]
            listing = left, listing[1]
        failed: set[str] = set()
        async with aclosing(self._analyze_group(root, patterns, {}, listing)) as items:
            async for item in items:
                yield item
                if isinstance(item, Problem):
                    failed.add(item.package)
                elif item.package not in failed:
                    await stored.keep(item, self.near_folders.get(item.directory))

    async def _analyze_group(
        self,
        root: str,
        patterns: Sequence[str],
        overlay: Mapping[str, bytes],
        listing: Listing | None = None,
        *,
        early: bool = False,
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """``listing`` is what ``_listed`` has said of the patterns, where that was asked."""
        waiting, in_this_process = patterns, False
        try:
            for _ in range(_ATTEMPTS):
                listed, problems = listing or await self._listed(root, waiting)
                listing = None
                for problem in problems:
                    yield problem
                if not listed:
                    return
                command = await self._commands.compile_command(root, waiting, with_imports=True)
                command = evolve(command, overlay=overlay)
                workspace = work_root(root) or root
                build = Build(command, listed, workspace, in_this_process=in_this_process)
                async with aclosing(self._with_evidence(build, early=early)) as items:
                    async for item in items:
                        yield item
                waiting = [*build.stale, *build.failed]
                in_this_process = in_this_process or bool(build.failed)
                if not waiting:
                    return
        except GoProblem as why:
            yield problem_of(why)
            return
        for pattern in waiting:
            text = f"The files of {pattern} keep changing while Go compiles them; save once more."
            yield Problem(text, pattern)

    async def _with_evidence(
        self, build: Build, *, early: bool
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """What a build gives: types and code are asked for when all is compiled."""
        starting = asyncio.ensure_future(self._typed.start())
        held: list[HeldReport] = []
        try:
            async with aclosing(build.items()) as items:
                async for item in items:
                    if not isinstance(item, PackageReport) or item.errors or not item.files:
                        yield item
                        continue
                    if early:
                        yield item
                    held.append(await asyncio.to_thread(HeldReport.of, item, len(held)))
            works = (self._judged(held, place, build) for place in range(len(held)))
            async with aclosing(in_order(works, _JUDGED_AT_ONCE)) as reports:
                async for report, judged in reports:
                    if judged is None:
                        if not early:
                            yield Problem("A report was lost: please report this.", kind="internal")
                    elif judged is not report or not early:
                        yield judged
        finally:
            starting.cancel()
            await uninterrupted(asyncio.wait({starting}))

    async def _judged(
        self, held: list[HeldReport], place: int, build: Build
    ) -> tuple[PackageReport | None, PackageReport | None]:
        """A report that waits, and what types and code make of it; it waits no longer."""
        kept, held[place] = held[place], HeldReport()
        report = await asyncio.to_thread(kept.report)
        if report is None:
            return None, None
        variants = build.variants.get(report.package, ())
        typed = await self._typed.corrected(report, variants)
        return report, await self._compiled.corrected(typed, variants)

    async def _listed(self, root: str, patterns: Sequence[str]) -> Listing:
        """The packages that can be compiled, and what is wrong with the rest."""
        flags = ("-deps", f"-json={FIELDS},Deps,DepOnly,Standard")
        objects = await self._commands.list_objects(root, patterns, flags)
        fetched = (await self._commands.toolchain()).modules
        self.near_folders.update(await asyncio.to_thread(near_folders, objects, fetched))
        listed = listed_packages([item for item in objects if not item.get("DepOnly")])
        problems = [
            Problem(plain_sentence(package.errors), package.path, "load")
            for package in listed
            if package.errors and not package.directory
        ]
        return tuple(package for package in listed if package.directory), problems


def _folders_without_errors(listed: Sequence[ListedPackage]) -> list[str]:
    """The folders of packages of which nothing has to be told but what a report says."""
    folders = {package.directory: True for package in listed}
    for package in listed:
        if package.errors or package.dependency_errors or not (package.files or package.test_files):
            folders[package.directory] = False
    return [folder for folder, is_fine in folders.items() if is_fine]


def _groups_for_one_command(patterns: Sequence[str]) -> list[tuple[str, ...]]:
    """Patterns that one go command can take: packages together, each lone file by itself."""
    packages = tuple(pattern for pattern in patterns if not pattern.endswith(".go"))
    lone = {lone_files(pattern): pattern for pattern in patterns if pattern.endswith(".go")}
    return ([packages] if packages else []) + [(pattern,) for pattern in lone.values()]
