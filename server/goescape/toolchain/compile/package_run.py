"""One run over a package in the direct lane: which variants are compiled, what is reported."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.model import PackageReport
from goescape.analysis.reports.kept_tests import with_tests_of
from goescape.toolchain.compile.compiler_stream import CompilerStream
from goescape.toolchain.compile.planned_compile import (
    NotPlannedError,
    PlannedCompile,
    StalePlanError,
)
from goescape.toolchain.compile.planned_package import VariantText
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.digests import digest
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.go.error_text import failure_of_tests
from goescape.toolchain.go.module_folders import go_files, pattern_of, work_root

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Container, Iterable, Mapping

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.model import CompileError
    from goescape.analysis.syntax.source import SourceText
    from goescape.toolchain.compile.build_plan import BuildPlan, Variant
    from goescape.toolchain.compile.editor_files import FileContent
    from goescape.toolchain.compile.planned_package import PlannedPackage
    from goescape.toolchain.compile.planner import BuildPlanner
    from goescape.toolchain.problems import Problem


class PackageRun:
    """Compiles the variants of a package as far as their inputs are new."""

    def __init__(
        self,
        planner: BuildPlanner,
        package: PlannedPackage,
        plan: BuildPlan,
        contents: Mapping[str, FileContent],
    ) -> None:
        self._planner = planner
        self._package = package
        self._plan = plan
        self._contents = contents
        workspace = work_root(plan.root) or plan.root
        self._workspace_sources = WorkspaceSources({}, workspace, time.time())
        self.misses_imports = False
        """Whether the compiler did not find what the package imports."""
        self._digests = {path: digest(content.source.content) for path, content in contents.items()}
        before = package.digests
        package.changed |= {path for path, now in self._digests.items() if before.get(path) != now}
        package.digests = self._digests

    async def reports(self, *, tests: bool) -> AsyncGenerator[PackageReport | Problem | None, None]:
        """Reports as they become better; None when the plan or a file turns out to be old."""
        inputs = {variant.key: self._input_digest(variant) for variant in self._plan.variants}
        complete = digest(b"".join(inputs.values()))
        if self._package.report is not None and self._package.complete == complete:
            yield self._package.report if await self._is_current() else None
            return
        variants = self._plan.variants
        stale = [variant for variant in variants if not self._has_current_text(variant, inputs)]
        order = sorted(stale, key=self._urgency)
        for variant in order:
            if not tests and variant is not order[0] and variant.listed.is_test:
                return
            if self._needs_unsaved_export(variant):
                continue
            await self._build_with_tests(variant)
            first = variant is order[0]
            async with aclosing(self._compiled(variant, inputs, early=first)) as reports:
                async for report in reports:
                    yield report
                    if not isinstance(report, PackageReport) or report.errors:
                        return
        self._package.changed.clear()
        if tests and not self._plan.is_whole:
            raise NotPlannedError  # for the rest

    # Which variant when.

    def _urgency(self, variant: Variant) -> tuple[bool, bool, int]:
        """What is being edited first, and external tests last: they need the package built."""
        edited = not self._package.changed.isdisjoint(variant.listed.files)
        return not edited, bool(variant.follows), len(variant.listed.files)

    def _input_digest(self, variant: Variant) -> bytes:
        files = (*variant.listed.files, *variant.follows)
        parts = [self._digests[file] for file in files if file in self._digests]
        words = [*variant.arguments, *files]
        for path in variant.packages:
            export = self._package.exports.get(path, "")
            if path in self._plan.near and export:
                parts.append(self._package.interface(export))
            else:
                words.append(export)
        parts += [*(word.encode() for word in words), *variant.work.values()]
        return digest(b"\0".join(parts))

    def _has_current_text(self, variant: Variant, inputs: Mapping[tuple[str, str], bytes]) -> bool:
        text = self._package.texts.get(variant.key)
        return text is not None and text.input == inputs[variant.key]

    def _needs_unsaved_export(self, variant: Variant) -> bool:
        """Whether it imports this package, which is compiled from the disk for that."""
        return any(self._contents[file].is_unsaved for file in variant.follows)

    async def _build_with_tests(self, variant: Variant) -> None:
        """For tests that import this package as it is with its tests."""
        if all(path in self._package.exports for path in variant.packages):
            return
        state = variant.packages, tuple(self._digests.get(path) for path in variant.follows)
        if self._package.exports_with_tests[0] != state:
            pattern = pattern_of(self._plan.root, self._plan.directory)
            built = await self._planner.export_files(self._plan.root, [pattern], with_tests=True)
            self._package.exports_with_tests = (state, built)
        if not all(self._package.exports_with_tests[1].get(path) for path in variant.packages):
            raise NotPlannedError

    # One variant.

    async def _compiled(
        self, variant: Variant, inputs: Mapping[tuple[str, str], bytes], *, early: bool
    ) -> AsyncGenerator[PackageReport | Problem | None, None]:
        compiling = self._compile(variant)
        async with compiling.running() as outcome:
            if not await self._is_current():  # seen while the compiler works
                yield None
                return
            early_report = await self._early_report(compiling, inputs, outcome) if early else None
            if early_report is not None:
                yield early_report
            code = await outcome
            if not await asyncio.to_thread(self._is_unchanged):
                yield None
                return
            if code:
                yield self._failed(compiling)
                return
            stream = compiling.stream
            self._package.texts[variant.key] = VariantText(
                inputs[variant.key], stream.finish(), stream.understood
            )
            yield await asyncio.to_thread(self._report, inputs)

    def _compile(self, variant: Variant) -> PlannedCompile:
        unsaved = {
            path: self._contents[path].source.content
            for path in variant.listed.files
            if self._contents[path].is_unsaved
        }
        before = self._package.understood(variant.key)
        stream = CompilerStream(variant.key, before, reads_early=True)
        exports = {**self._package.exports_with_tests[1], **self._package.exports}
        return PlannedCompile(self._planner, self._plan, variant, unsaved, exports, stream)

    async def _early_report(
        self,
        compiling: PlannedCompile,
        inputs: Mapping[tuple[str, str], bytes],
        outcome: asyncio.Future[int | None],
    ) -> PackageReport | None:
        """A report as soon as all is said about escapes, if the compiler then has more to say."""
        either: tuple[asyncio.Future[Any], ...] = outcome, compiling.stream.decided
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if outcome.done():
            return None
        texts = {**self._fresh_texts(inputs), compiling.variant.key: (compiling.stream.so_far(),)}
        return await asyncio.to_thread(self._preliminary_report, texts)

    def _failed(self, compiling: PlannedCompile) -> PackageReport | Problem | None:
        """What does not compile; None when the plan is to blame."""
        try:
            errors = compiling.errors()
        except StalePlanError:
            self._package.plan, self.misses_imports = None, True
            return None
        if compiling.variant.listed.is_test and self._package.report is not None:
            return failure_of_tests(self._plan.path, errors)
        return self._report_of_errors(errors)

    # Whether what was read and planned is still current.

    async def _is_current(self) -> bool:
        is_current = await asyncio.to_thread(self._inputs_are_current)
        if not is_current and self._package.plan is self._plan:
            self._package.plan = None
        return is_current

    def _inputs_are_current(self) -> bool:
        shapes = {
            path: self._package.shape(path, content.source.content)
            for path, content in self._contents.items()
        }
        if shapes != self._plan.shapes or not self._plan.is_fresh():
            return False
        self._package.parsed.precompute(self._sources(self._plan.files).values())
        return True

    def _is_unchanged(self) -> bool:
        """Whether the compiler has read what was read here."""
        contents = self._contents
        unsaved = {path for path, content in contents.items() if content.is_unsaved}
        return {*go_files(self._plan.directory), *unsaved} == {*contents} and all(
            path in unsaved or file_stamp(path) == content.stamp
            for path, content in contents.items()
        )

    # Reports.

    def _fresh_texts(
        self, inputs: Mapping[tuple[str, str], bytes]
    ) -> dict[tuple[str, str], tuple[PackageText, ...]]:
        """What the compiler said of these inputs, by variant."""
        return {
            variant.key: self._package.texts[variant.key].texts
            for variant in self._plan.variants
            if self._has_current_text(variant, inputs)
        }

    def _preliminary_report(
        self, texts: Mapping[tuple[str, str], tuple[PackageText, ...]]
    ) -> PackageReport | None:
        if not self._is_unchanged():
            return None
        info = self._info(texts)
        sources, before = self._sources(info.files), self._package.report
        if before is not None and not self._package.analyzer.has_looked_at(info.files):
            return None  # what an earlier server has found would be gone for a moment
        report = self._package.analyzer.preliminary_report(
            info, _in_order(texts), sources, read=self._workspace_sources.source
        )
        return report if before is None else with_tests_of(report, before, self._plan.files)

    def _report(self, inputs: Mapping[tuple[str, str], bytes]) -> PackageReport:
        """From all variants whose texts belong to these inputs; runs in a thread."""
        plan, package, texts = self._plan, self._package, self._fresh_texts(inputs)
        info = self._info(texts)
        sources = self._sources(info.files)
        report = package.analyzer.report(
            info, _in_order(texts), sources, read=self._workspace_sources.source
        )
        is_complete = plan.is_whole and len(texts) == len(plan.variants)
        package.complete = digest(b"".join(inputs.values())) if is_complete else b""
        if not is_complete and package.report is not None:
            report = with_tests_of(report, package.report, plan.files)
        package.report = report
        return report

    def _report_of_errors(self, errors: tuple[CompileError, ...]) -> PackageReport:
        plan, sources = self._plan, self._sources(self._plan.files)
        return PackageReport(plan.path, plan.directory, plan.files, errors=errors, sources=sources)

    def _info(self, keys: Container[tuple[str, str]]) -> PackageInfo:
        """Of the package as these variants see it."""
        plan = self._plan
        seen = (variant.listed.files for variant in plan.variants if variant.key in keys)
        files = tuple(sorted({file for some in seen for file in some}))
        language = plan.variants[0].listed.language
        return PackageInfo(plan.path, plan.directory, files, plan.root, language)

    def _sources(self, files: Iterable[str]) -> dict[str, SourceText]:
        return {file: self._contents[file].source for file in files}


def _in_order(
    texts: Mapping[tuple[str, str], tuple[PackageText, ...]],
) -> list[PackageText]:
    return [text for key in sorted(texts) for text in texts[key]]
