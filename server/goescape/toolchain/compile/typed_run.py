"""Types beside one run over a package: they are asked for while the compiler works."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from goescape.analysis.evidence.typed_report import TypedReport
from goescape.analysis.model import PackageReport
from goescape.analysis.reports.kept_tests import with_findings_of
from goescape.toolchain.compile.listed_variants import planned_variants
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from goescape.toolchain.compile.build_plan import BuildPlan
    from goescape.toolchain.compile.editor_files import FileContent
    from goescape.toolchain.compile.planned_package import PlannedPackage
    from goescape.toolchain.facts.typed_reports import CheckedVariant, TypedReports
    from goescape.toolchain.problems import Problem

SOON_SECONDS = 0.15
"""How long a last report waits for its types where another one has been shown, or no types
are known: one change instead of two in a row."""


class TypedRun:
    """The package is checked while it is compiled."""

    def __init__(
        self,
        typed: TypedReports,
        package: PlannedPackage,
        plan: BuildPlan,
        contents: Mapping[str, FileContent],
    ) -> None:
        self._typed = typed
        self._package = package
        self._plan = plan
        self._contents = contents
        self._texts = {
            path: content.source.content for path, content in contents.items() if content.is_unsaved
        }
        self._preparing: asyncio.Future[None] | None = None
        self._has_asked = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the compiler works."""
        try:
            yield
        finally:
            if self._preparing is not None:
                self._preparing.cancel()
                await uninterrupted(asyncio.wait({self._preparing}))
        if self._has_asked:
            await self._typed.rest()

    async def reports(
        self, report: PackageReport | Problem
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """The report with the types that are known by now, and a last one with all of them."""
        if not isinstance(report, PackageReport) or report.errors:
            yield report
            return
        before = self._package.typed
        if before is not None and before.untyped is report:
            yield await asyncio.to_thread(self._package.with_judgement, before.typed)
            return
        if not report.is_final:
            yield await asyncio.to_thread(self._as_before, report, before)
            if self._preparing is None:  # not before: the compiler needs the processors
                self._preparing = asyncio.ensure_future(self._typed.prepare(self._variants()))
            return
        self._has_asked = True
        known = report if before is None else await asyncio.to_thread(before.applied_to, report)
        asking = asyncio.ensure_future(self._asked(report, known))
        try:
            if before is None or self._preparing is not None:
                await asyncio.wait({asking}, timeout=SOON_SECONDS)
            is_late = not asking.done()
            if is_late:
                yield await asyncio.to_thread(self._package.with_judgement, known)
            typed = await asking
            if typed.is_typed:
                yield await asyncio.to_thread(self._remembered, report, typed)
            elif not is_late:
                yield await asyncio.to_thread(self._package.with_judgement, known)
        finally:
            asking.cancel()
            await uninterrupted(asyncio.wait({asking}))

    def _as_before(self, report: PackageReport, before: TypedReport | None) -> PackageReport:
        """The report with the types and the machine code that are known of the same lines."""
        known = report if before is None else before.applied_to(report)
        return self._package.with_judgement(known)

    def _remembered(self, report: PackageReport, typed: PackageReport) -> PackageReport:
        """The report with types, and what is known of its code."""
        self._package.typed = TypedReport(report, typed)
        return self._package.with_judgement(typed)

    async def _asked(self, report: PackageReport, known: PackageReport) -> PackageReport:
        """The report with the types of what was compiled: tests may be told of as they were."""
        old = await asyncio.to_thread(self._not_compiled, report)
        variants = [each for each in self._variants() if old.isdisjoint(each.files)]
        typed = with_findings_of(report, known, old) if old else report
        return await self._typed.corrected(typed, variants)

    def _not_compiled(self, report: PackageReport) -> set[str]:
        """The files that hold something else than the report is about."""
        return {
            path
            for path, source in report.sources.items()
            if (now := self._contents.get(path)) is not None
            and now.source.content != source.content
        }

    def _variants(self) -> list[CheckedVariant]:
        exports = {**self._package.exports_with_tests[1], **self._package.exports}
        return planned_variants(self._plan, exports, self._texts)
