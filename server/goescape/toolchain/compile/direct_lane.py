"""The direct lane: analyses single packages by their build plans, as the editor shows them.

It knows which packages it has looked at, what is known of them, and when only the go command tells.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from typing import TYPE_CHECKING

from goescape.toolchain.cache.build_configuration import build_configuration
from goescape.toolchain.compile.editor_files import FileContent, read_folder, texts_not_on_disk
from goescape.toolchain.compile.import_exports import ImportExports
from goescape.toolchain.compile.planned_compile import NotPlannedError
from goescape.toolchain.compile.planned_package import PlannedPackage
from goescape.toolchain.go.module_folders import absolute, pattern_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from goescape.analysis.model import PackageReport
    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.compile.build_plan import BuildPlan
    from goescape.toolchain.compile.package_run import PackageRun
    from goescape.toolchain.compile.typed_run import TypedRun
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.problems import Problem

_MOST_PACKAGES = 8
_ATTEMPTS = 4


class DirectLane:
    """Analyses single packages; what it cannot do exactly is left to the engine's go command."""

    def __init__(self, engine: Engine, disk_cache: DiskCache | None = None) -> None:
        self._engine = engine
        self._disk_cache = disk_cache
        self._packages: dict[str, PlannedPackage] = {}
        self._imports = ImportExports(engine.planner)

    async def keep(self, report: PackageReport) -> None:
        """Store the report of a package as it lies on the disk, for the next server."""
        package = self._packages.get(report.directory)
        plan = package.plan if package is not None else None
        if package is None or plan is None or report is package.stored or report.errors:
            return
        if not self._engine.typed.may_be_kept(report):
            return
        if self._disk_cache is not None and plan.is_whole:
            package.stored = report
            configuration = await build_configuration(self._engine.commands, plan.root)
            await asyncio.to_thread(
                self._disk_cache.keep, report, configuration, plan.near_folders, {}
            )

    async def analyze(
        self, root: str, pattern: str, unsaved: Mapping[str, bytes], *, tests: bool = True
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """The reports of one package as its files are shown: a first one soon, then a whole one.

        ``unsaved`` is what open files hold, by absolute path. Without ``tests``, test variants
        whose input has changed keep what was known of them.
        """
        try:
            async with aclosing(self._directly(root, pattern, unsaved, tests=tests)) as items:
                async for item in items:
                    yield item
        except NotPlannedError:
            overlay = await asyncio.to_thread(texts_not_on_disk, unsaved)
            analysis = self._engine.analyze(root, [pattern], overlay, early=True)
            async with aclosing(analysis) as reports:
                async for report in reports:
                    yield report

    def take_judgement(self, report: PackageReport) -> None:
        """Remember what the machine code has said of a package that is analysed here."""
        package = self._packages.get(report.directory)
        if report.is_judged and not report.errors and package is not None:
            package.take_judgement(report)

    async def judged(self, report: PackageReport) -> PackageReport | None:
        """A saved package's report as its machine code has it; None where that is not known.

        Raises GoProblem.
        """
        package = self._packages.get(report.directory)
        if package is None or report.is_judged or report.errors or package.lock.locked():
            return None
        async with package.lock:
            plan, compiled = package.plan, package.compiled
            if plan is None or compiled is None:
                return None
            # imported when something has been compiled, as ``_run_classes`` is
            from goescape.toolchain.compile.saved_archives import saved_archives  # noqa: PLC0415
            from goescape.toolchain.facts.typed_reports import is_unchanged  # noqa: PLC0415

            exports = {**package.exports_with_tests[1], **package.exports}
            async with saved_archives(self._engine.planner, plan, exports) as variants:
                if not await asyncio.to_thread(is_unchanged, compiled, variants):
                    return None
                judged = await self._engine.compiled.corrected(compiled, variants)
            if judged.is_judged:
                await asyncio.to_thread(package.take_judged, judged, compiled)
            await self._engine.typed.rest()
        return judged if judged.is_judged else None

    def distance(self, directory: str, path: str) -> int | None:
        """How the package of a folder imports another: 0 not at all, 1 itself, 2 indirectly.

        None where that is not known.
        """
        package = self._packages.get(directory)
        plan = package.plan if package is not None else None
        if plan is None or plan.path == path:
            return None if plan is None else 0
        if any(path in variant.packages for variant in plan.variants):
            return 1
        return 2 if path in plan.dependencies else 0

    async def _directly(
        self, root: str, pattern: str, unsaved: Mapping[str, bytes], *, tests: bool
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        if pattern.endswith(".go"):
            raise NotPlannedError
        directory = absolute(f"{root}/{pattern}")
        package = self._remember(directory)
        async with package.lock:
            for _ in range(_ATTEMPTS):
                again = False
                contents = await asyncio.to_thread(read_folder, package.sources, directory, unsaved)
                if tests and not any(content.is_unsaved for content in contents.values()):
                    stored = await self._stored(package, root, directory)
                    if stored is not None:
                        await asyncio.to_thread(package.take_stored, stored)
                        yield stored
                        # for the next edit, which will tell what is wrong
                        await asyncio.to_thread(_run_classes)
                        with contextlib.suppress(NotPlannedError, GoProblem):
                            await self._plan(package, root, directory, contents)
                        return
                plan = await self._plan(package, root, directory, contents)
                package_run, typed_run = _run_classes()
                run = package_run(self._engine.planner, package, plan, contents)
                typed = typed_run(self._engine.typed, package, plan, contents)
                async with typed.running(), aclosing(run.reports(tests=tests)) as reports:
                    async for report in reports:
                        if report is None:
                            again = True
                            break
                        async with aclosing(typed.reports(report)) as better:
                            async for item in better:
                                yield item
                if not again:
                    return
                if run.misses_imports:
                    self._imports.forget()
            raise NotPlannedError

    def _remember(self, directory: str) -> PlannedPackage:
        package = self._packages.pop(directory, None) or PlannedPackage()
        self._packages[directory] = package
        for old in list(self._packages)[:-_MOST_PACKAGES]:
            if not self._packages[old].lock.locked():
                del self._packages[old]
        return package

    async def _stored(
        self, package: PlannedPackage, root: str, directory: str
    ) -> PackageReport | None:
        """What an earlier server said of a package, if that would come out the same now."""
        if self._disk_cache is None or package.plan is not None:
            return None
        configuration = await build_configuration(self._engine.commands, root)
        report = await asyncio.to_thread(self._disk_cache.report, directory, configuration, {})
        if report is None or report.is_typed or await self._engine.typed.is_usable(report):
            return report
        return None

    async def _plan(
        self,
        package: PlannedPackage,
        root: str,
        directory: str,
        contents: Mapping[str, FileContent],
    ) -> BuildPlan:
        """How to compile it, as far as is known: whether that still holds, the run finds out."""
        plan = package.plan
        texts = {path: content.source.content for path, content in contents.items()}
        if plan is not None and plan.root == root and plan.shapes.keys() == texts.keys():
            return plan
        package.plan = None
        shapes = {path: package.shape(path, text) for path, text in texts.items()}
        overlay = {path: texts[path] for path, content in contents.items() if content.is_unsaved}
        pattern = pattern_of(root, directory)
        plan = await self._engine.planner.plan(root, directory, pattern, overlay, shapes)
        if plan is None:
            raise NotPlannedError
        package.exports = await self._imports.of(plan)
        package.plan = plan
        return plan


def _run_classes() -> tuple[type[PackageRun], type[TypedRun]]:
    """Imported when something is compiled: what an earlier server found is shown without them."""
    from goescape.toolchain.compile.package_run import PackageRun  # noqa: PLC0415
    from goescape.toolchain.compile.typed_run import TypedRun  # noqa: PLC0415

    return PackageRun, TypedRun
