"""Compiles a package with other texts, by its build plan: what proofs do many times after a save.

It knows what was said of the present texts: only what an edit changes is compiled again.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.package_analyzer import PackageAnalyzer
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.compiler_stream import CompilerStream
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.compile.listed_variants import planned_variants
from goescape.toolchain.compile.planned_compile import NotPlannedError, PlannedCompile
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.go.module_folders import work_root
from goescape.toolchain.go.process_command import NICENESS
from goescape.toolchain.go.vet import ADDED, VetInput
from goescape.toolchain.tasks import gather_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.compiler.lines import Understood
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.compile.build_plan import BuildPlan, Variant
    from goescape.toolchain.compile.planner import BuildPlanner
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.facts.typed_reports import CheckedVariant


@frozen
class CompileFailure:
    """The package does not compile with these texts; ``reason`` is the compiler's first error."""

    reason: str


@frozen(eq=False)
class EditedPackage:
    """A package and the tests that are part of it. External tests are another package."""

    variants: tuple[Variant, ...]
    """The package itself first."""
    has_external_tests: bool
    _planner: BuildPlanner
    _plan: BuildPlan
    _exports: Mapping[str, str]
    """Where the compiler finds what the package imports, and what rewrites may import."""
    _sources: Mapping[str, SourceText]
    """What its files hold now."""
    _analyzer: PackageAnalyzer = field(factory=PackageAnalyzer)
    _report_lock: asyncio.Lock = field(factory=asyncio.Lock)
    _understood: dict[tuple[str, str], Mapping[str, Understood]] = field(factory=dict)
    _current_texts: dict[tuple[str, str], tuple[PackageText, ...]] = field(factory=dict)
    """The compiler's text about variants as they are."""
    _before: list[PackageReport] = field(factory=list)

    @property
    def files(self) -> frozenset[str]:
        """Those that are compiled here."""
        return frozenset(file for variant in self.variants for file in variant.listed.files)

    def covers(self, contents: Mapping[str, bytes]) -> bool:
        """Whether what changes in the package's folder is all compiled here."""
        folder = self._plan.directory
        return all(path in self.files for path in contents if str(Path(path).parent) == folder)

    async def before(self) -> PackageReport | None:
        """The report of the present texts, made once; None when only the go command can tell."""
        if not self._before:
            report = await self.report({})
            if report is None or isinstance(report, CompileFailure):
                return None
            self._before.append(report)
        return self._before[0]

    async def report(self, contents: Mapping[str, bytes]) -> PackageReport | CompileFailure | None:
        """What the compiler says of other contents; None when only the go command can tell.

        Raises GoProblem.
        """
        sources = {
            path: SourceText(path, contents[path]) if path in contents else source
            for path, source in self._sources.items()
        }
        not_on_disk = await asyncio.to_thread(texts_not_on_disk, _contents(sources))
        started_at, texts = time.time(), dict(self._current_texts)
        edited = [variant for variant in self.variants if {*variant.listed.files} & {*contents}]
        stale = [v for v in self.variants if v in edited or v.key not in texts]
        try:
            compiled = await gather_all(self._compiled(variant, not_on_disk) for variant in stale)
        except NotPlannedError:
            return None
        for variant, outcome in zip(stale, compiled, strict=True):
            if isinstance(outcome, CompileFailure):
                return outcome
            texts[variant.key] = outcome
            if variant not in edited:
                self._current_texts[variant.key] = outcome
        in_order = [text for key in sorted(texts) for text in texts[key]]
        async with self._report_lock:
            return await asyncio.to_thread(self._report, in_order, sources, contents, started_at)

    def checked(self) -> CheckedVariant:
        """How to ask for its types: of the variant with most files, with the texts of now."""
        texts = _contents(self._sources)
        variants = planned_variants(self._plan, self._exports, texts)
        own = [variant for variant in variants if variant.path == self._plan.path]
        return max(own, key=lambda variant: len(variant.files))

    def vetting(self) -> VetInput:
        """How to vet it without the go command."""
        last = self.variants[-1]
        language = (argument for argument in last.arguments if argument.startswith("-lang="))
        return VetInput(
            self._plan.path,
            next(language, "").removeprefix("-lang="),
            last.listed.files,
            {**{name: name for name in self._exports}, **dict(last.imports)},
            self._exports,
            self.has_external_tests,
        )

    async def _compiled(
        self, variant: Variant, not_on_disk: Mapping[str, bytes]
    ) -> tuple[PackageText, ...] | CompileFailure:
        """What the compiler says of a variant. Raises NotPlannedError."""
        stream = CompilerStream(
            variant.key, self._understood.get(variant.key, {}), reads_early=False
        )
        compiling = PlannedCompile(
            self._planner, self._plan, variant, not_on_disk, self._exports, stream, ADDED
        )
        async with compiling.running(NICENESS) as outcome:
            code = await outcome
        if code:
            return CompileFailure(compiling.errors()[0].message)
        texts = await asyncio.to_thread(stream.finish)
        self._understood.setdefault(variant.key, stream.understood)
        return texts

    def _report(
        self,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        contents: Mapping[str, bytes],
        started_at: float,
    ) -> PackageReport:
        plan, files = self._plan, tuple(sorted(self.files))
        language = self.variants[0].listed.language
        info = PackageInfo(plan.path, plan.directory, files, plan.root, language)
        others = WorkspaceSources(contents, work_root(plan.root) or plan.root, started_at)
        return self._analyzer.report(info, texts, sources, read=others.source)


async def edited_package(
    engine: Engine, root: str, pattern: str, report: PackageReport
) -> EditedPackage | None:
    """How to compile the package of a report with other texts; None when only `go` can.

    Raises GoProblem.
    """
    if pattern.endswith(".go"):
        return None
    unsaved = await asyncio.to_thread(texts_not_on_disk, _contents(report.sources))
    plan = await engine.planner.plan(root, report.directory, pattern, unsaved, {})
    if plan is None or not plan.is_whole:
        return None
    variants = tuple(variant for variant in plan.variants if variant.listed.path == plan.path)
    sources = {file: text for file, text in report.sources.items() if file in plan.files}
    wanted = {path for variant in variants for path in variant.packages}
    files = {file for variant in variants for file in variant.listed.files}
    if any(" [" in path for path in wanted) or not files <= {*sources}:
        return None
    exports = await engine.planner.export_files(root, sorted({*wanted, *ADDED} - {plan.path}))
    if not all(exports.get(path) for path in wanted):
        return None
    return EditedPackage(
        variants,
        len(variants) < len(plan.variants),
        engine.planner,
        plan,
        {path: file for path, file in exports.items() if file},
        {file: text for file, text in sources.items() if file in files},
    )


def _contents(sources: Mapping[str, SourceText]) -> dict[str, bytes]:
    return {path: source.content for path, source in sources.items()}
