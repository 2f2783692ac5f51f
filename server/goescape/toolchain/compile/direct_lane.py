"""The direct lane: the compiler itself on one package, ended as soon as it has said enough.

The go command holds a package's text back until code is generated, and reads what is on the disk.
Here the compiler runs by a build plan, on the text that the editor shows; its output is read as it
comes; and nothing is left in the build cache but what any build leaves there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from goescape.analysis.compiler.package_info import PackageInfo
from goescape.analysis.model import PackageReport
from goescape.analysis.package_analyzer import PackageAnalyzer
from goescape.toolchain.cache.build_configuration import build_configuration
from goescape.toolchain.compile.build_plan import (
    BuildPlan,
    Variant,
    interface_digest,
    shape,
)
from goescape.toolchain.compile.compiler_stream import MARK_FLAG, CompilerStream
from goescape.toolchain.compile.editor_files import (
    FileContent,
    read_folder,
    texts_not_on_disk,
)
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.digests import digest
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.go.error_text import compile_errors, failure_of_tests, plain_sentence
from goescape.toolchain.go.module_folders import absolute, go_files, pattern_of, work_root
from goescape.toolchain.go.process import reading
from goescape.toolchain.go.process_command import FOLDER
from goescape.toolchain.problems import GoProblem, Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Container, Iterable, Mapping

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.compiler.lines import Understood
    from goescape.analysis.model import CompileError
    from goescape.analysis.syntax.source import SourceText
    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.file_stamps import FileStamp

_MOST_PACKAGES = 8
_MOST_MODULES = 8
_ATTEMPTS = 4
_STALE_PLAN = re.compile(r"could not import|go:embed|unable to open|can't open|requires go1")


class NotPlannedError(Exception):
    """The go command has to compile this package."""


@frozen
class _VariantText:
    """What the compiler said of one variant, and of which input."""

    input: bytes
    texts: tuple[PackageText, ...]
    understood: Mapping[str, Understood]
    """What its lines mean: most come again."""


@define(eq=False)
class _PlannedPackage:
    """What is remembered of one package."""

    plan: BuildPlan | None = None
    texts: dict[tuple[str, str], _VariantText] = field(factory=dict)
    exports: Mapping[str, str] = field(factory=dict)
    """Where the compiler finds what the package imports."""
    sources: dict[str, tuple[FileStamp, SourceText]] = field(factory=dict)
    """The last content of each file, with the stamp that it had on the disk."""
    report: PackageReport | None = None
    stored: PackageReport | None = None
    """What the next server will find."""
    complete: bytes = b""
    """The inputs that ``report`` belongs to."""
    interfaces: dict[str, bytes] = field(factory=dict)
    """Of files in the build cache, whose names change with their contents."""
    own: tuple[object, Mapping[str, str]] = (None, {})
    """The package itself as its external tests import it: what decides about that, and where."""
    digests: Mapping[str, bytes] = field(factory=dict)
    """Of the files when they were looked at last."""
    changed: set[str] = field(factory=set)
    """Files that were edited since the last whole report."""
    shapes: dict[str, tuple[bytes, bytes]] = field(factory=dict)
    """Of each file: the last content, and what decides how it is built."""
    analyst: PackageAnalyzer = field(factory=PackageAnalyzer)
    lock: asyncio.Lock = field(factory=asyncio.Lock)

    def shape(self, path: str, content: bytes) -> bytes:
        """What decides how a file is built; equal contents are looked at once."""
        known = self.shapes.get(path)
        if known is None or known[0] is not content:
            known = self.shapes[path] = content, shape(content)
        return known[1]

    def interface(self, export: str) -> bytes:
        """What importers can see of a package; read once."""
        if export not in self.interfaces:
            self.interfaces[export] = interface_digest(export)
        return self.interfaces[export]


class DirectLane:
    """Analyses single packages; what it cannot do exactly is left to the engine's go command."""

    def __init__(self, engine: Engine, kept: DiskCache | None = None) -> None:
        self._engine = engine
        self._kept = kept
        self._packages: dict[str, _PlannedPackage] = {}
        self._exports: dict[object, dict[str, str]] = {}
        """Of packages that do not change, by what their versions depend on."""

    async def keep(self, report: PackageReport) -> None:
        """Store the report of a package as it lies on the disk, for the next server."""
        package = self._packages.get(report.directory)
        plan = package.plan if package is not None else None
        if package is None or plan is None or report is package.stored or report.errors:
            return
        if self._kept is not None and plan.is_whole:
            package.stored = report
            configuration = await build_configuration(self._engine.commands, plan.root)
            await asyncio.to_thread(self._kept.keep, report, configuration, plan.near_folders, {})

    async def _stored(
        self, package: _PlannedPackage, root: str, directory: str
    ) -> PackageReport | None:
        """What an earlier server said of a package, if that would come out the same now."""
        if self._kept is None or package.plan is not None:
            return None
        configuration = await build_configuration(self._engine.commands, root)
        return await asyncio.to_thread(self._kept.report, directory, configuration, {})

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
            async with aclosing(self._engine.analyze(root, [pattern], overlay)) as reports:
                async for report in reports:
                    yield report

    def distance(self, directory: str, path: str) -> int | None:
        """How the package of a folder imports another: 0 not at all, 1 itself, 2 indirectly.

        None where that is not known.
        """
        package = self._packages.get(directory)
        plan = package.plan if package is not None else None
        if plan is None or plan.path == path:
            return None if plan is None else 0
        if any(path in each.packages for each in plan.variants):
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
                if tests and not any(each.is_unsaved for each in contents.values()):
                    stored = await self._stored(package, root, directory)
                    if stored is not None:
                        package.report = package.stored = stored
                        yield stored
                        # for the next edit, which will tell what is wrong
                        with contextlib.suppress(NotPlannedError, GoProblem):
                            await self._plan(package, root, directory, contents)
                        return
                plan = await self._plan(package, root, directory, contents)
                run = _Run(self._engine, package, plan, contents)
                async with aclosing(run.reports(tests=tests)) as reports:
                    async for report in reports:
                        if report is None:
                            again = True
                            break
                        yield report
                if not again:
                    return
                if run.misses_imports:
                    self._exports.clear()  # the build cache may have been cleaned
            raise NotPlannedError

    def _remember(self, directory: str) -> _PlannedPackage:
        package = self._packages.pop(directory, None) or _PlannedPackage()
        self._packages[directory] = package
        for old in list(self._packages)[:-_MOST_PACKAGES]:
            if not self._packages[old].lock.locked():
                del self._packages[old]
        return package

    async def _plan(
        self,
        package: _PlannedPackage,
        root: str,
        directory: str,
        contents: Mapping[str, FileContent],
    ) -> BuildPlan:
        """How to compile it, as far as is known: whether that still holds, the run finds out."""
        known = package.plan
        texts = {path: content.source.content for path, content in contents.items()}
        if known is not None and known.root == root and known.shapes.keys() == texts.keys():
            return known
        package.plan = None
        shapes = {path: package.shape(path, text) for path, text in texts.items()}
        overlay = {path: texts[path] for path, each in contents.items() if each.is_unsaved}
        pattern = pattern_of(root, directory)
        plan = await self._engine.planner.plan(root, directory, pattern, overlay, shapes)
        if plan is None:
            raise NotPlannedError
        package.exports = await self._exports_of(plan)
        package.plan = plan
        return plan

    async def _exports_of(self, plan: BuildPlan) -> dict[str, str]:
        """What the variants import, built where it is not; without variants of the package."""
        wanted = {path for each in plan.variants for path in each.packages if " [" not in path}
        wanted.discard(plan.path)
        known = self._known_exports(plan, wanted)
        missing = sorted(wanted - known.keys())
        if not missing:
            return known
        found = await self._engine.planner.export_files(plan.root, missing)
        if not all(found.get(path) for path in missing):
            raise NotPlannedError
        for path, file in found.items():
            if path in plan.standard:
                self._exports.setdefault("", {})[path] = file
            elif path not in plan.near:
                self._exports.setdefault(plan.modules, {})[path] = file
        while len(self._exports) > _MOST_MODULES:
            del self._exports[next(iter(self._exports))]
        return {**known, **found}

    def _known_exports(self, plan: BuildPlan, wanted: set[str]) -> dict[str, str]:
        known = {**self._exports.get("", {}), **self._exports.get(plan.modules, {})}
        return {path: known[path] for path in wanted & known.keys()}


class _Run:
    """One look at one package: its variants are compiled as far as their inputs are new."""

    def __init__(
        self,
        engine: Engine,
        package: _PlannedPackage,
        plan: BuildPlan,
        contents: Mapping[str, FileContent],
    ) -> None:
        self._engine = engine
        self._package = package
        self._plan = plan
        self._contents = contents
        workspace = work_root(plan.root) or plan.root
        self._others = WorkspaceSources({}, workspace, time.time())
        self.misses_imports = False
        """Whether the compiler did not find what the package imports."""
        self._digests = {path: digest(each.source.content) for path, each in contents.items()}
        known = package.digests
        package.changed |= {path for path, now in self._digests.items() if known.get(path) != now}
        package.digests = self._digests

    async def reports(self, *, tests: bool) -> AsyncGenerator[PackageReport | Problem | None, None]:
        """Reports as they become better; None when the plan or a file turns out to be old."""
        inputs = {each.key: self._input(each) for each in self._plan.variants}
        whole = digest(b"".join(inputs.values()))
        if self._package.report is not None and self._package.complete == whole:
            yield self._package.report if await self._holds() else None
            return
        stale = [each for each in self._plan.variants if not self._is_known(each, inputs)]
        order = sorted(stale, key=self._urgency)
        for variant in order:
            if not tests and variant is not order[0] and variant.listed.is_test:
                return
            if self._misses_unsaved(variant):
                continue
            await self._build_own(variant)
            first = variant is order[0]
            async with aclosing(self._compiled(variant, inputs, early=first)) as found:
                async for report in found:
                    yield report
                    if not isinstance(report, PackageReport) or report.errors:
                        return
        self._package.changed.clear()
        if tests and not self._plan.is_whole:
            raise NotPlannedError  # for the rest

    def _urgency(self, variant: Variant) -> tuple[bool, bool, int]:
        """What is being edited first, and external tests last: they need the package built."""
        edited = not self._package.changed.isdisjoint(variant.listed.files)
        return not edited, bool(variant.follows), len(variant.listed.files)

    def _input(self, variant: Variant) -> bytes:
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

    def _is_known(self, variant: Variant, inputs: Mapping[tuple[str, str], bytes]) -> bool:
        known = self._package.texts.get(variant.key)
        return known is not None and known.input == inputs[variant.key]

    def _misses_unsaved(self, variant: Variant) -> bool:
        """Whether it imports this package, which is compiled from the disk for that."""
        return any(self._contents[file].is_unsaved for file in variant.follows)

    async def _build_own(self, variant: Variant) -> None:
        """For tests that import this package as it is with its tests."""
        if all(path in self._package.exports for path in variant.packages):
            return
        state = variant.packages, tuple(self._digests.get(path) for path in variant.follows)
        if self._package.own[0] != state:
            pattern = pattern_of(self._plan.root, self._plan.directory)
            found = await self._engine.planner.export_files(
                self._plan.root, [pattern], with_tests=True
            )
            self._package.own = (state, found)
        if not all(self._package.own[1].get(path) for path in variant.packages):
            raise NotPlannedError

    async def _compiled(
        self, variant: Variant, inputs: Mapping[tuple[str, str], bytes], *, early: bool
    ) -> AsyncGenerator[PackageReport | Problem | None, None]:
        said = CompilerStream(variant.key, self._understood(variant))
        command = await self._engine.planner.compiler_command(
            self._plan.root, self._arguments(variant), self._work(variant), MARK_FLAG
        )
        async with reading(command, said.feed) as outcome:
            if not await self._holds():  # seen while the compiler works
                yield None
                return
            if early and (soon := await self._early(variant, inputs, said, outcome)) is not None:
                yield soon
            code = await outcome
            if not await asyncio.to_thread(self._is_unchanged):
                yield None
                return
            if code:
                item = self._failed(variant, said)
                if item is None:
                    self._package.plan, self.misses_imports = None, True
                yield item
                return
            self._package.texts[variant.key] = _VariantText(
                inputs[variant.key], said.finish(), said.understood
            )
            yield await asyncio.to_thread(self._report, inputs)

    async def _early(
        self,
        variant: Variant,
        inputs: Mapping[tuple[str, str], bytes],
        said: CompilerStream,
        outcome: asyncio.Future[int | None],
    ) -> PackageReport | None:
        """A report as soon as all is said about escapes, if the compiler then has more to say."""
        either: tuple[asyncio.Future[Any], ...] = outcome, said.decided
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if outcome.done():
            return None
        texts = {**self._fresh_texts(inputs), variant.key: (said.so_far(),)}
        return await asyncio.to_thread(self._foreseen, texts)

    async def _holds(self) -> bool:
        holds = await asyncio.to_thread(self._look_around)
        if not holds and self._package.plan is self._plan:
            self._package.plan = None
        return holds

    def _look_around(self) -> bool:
        texts = {path: each.source.content for path, each in self._contents.items()}
        shapes = {path: self._package.shape(path, text) for path, text in texts.items()}
        if shapes != self._plan.shapes or not self._plan.is_fresh():
            return False
        self._package.analyst.read_ahead(self._sources(self._plan.files))
        return True

    def _understood(self, variant: Variant) -> dict[str, Understood]:
        """What earlier texts meant: variants repeat each other, and share what was read."""
        texts = self._package.texts
        before: dict[str, Understood] = {}
        for key in sorted(texts, key=lambda key: key == variant.key):
            before.update(texts[key].understood)
        return before

    def _arguments(self, variant: Variant) -> tuple[str, ...]:
        unsaved = self._unsaved(variant)
        names = {path: f"{FOLDER}{os.sep}{name}" for path, name in unsaved.items()}
        rewrites = ";".join(f"{name}=>{path}" for path, name in names.items())
        if any(mark in path for path in names for mark in (";", "=>")):
            raise NotPlannedError
        trim = ("-trimpath", rewrites) if rewrites else ()
        files = (names.get(path, path) for path in variant.listed.files)
        return (*variant.arguments, *trim, *files)

    def _work(self, variant: Variant) -> dict[str, bytes]:
        texts = {
            name: self._contents[path].source.content
            for path, name in self._unsaved(variant).items()
        }
        exports = {**self._package.own[1], **self._package.exports}
        return {**variant.work, "importcfg": variant.import_file(exports), **texts}

    def _unsaved(self, variant: Variant) -> dict[str, str]:
        """The files that differ from the disk, and the names of their copies."""
        return {
            path: f"{number}-{Path(path).name}"
            for number, path in enumerate(variant.listed.files)
            if self._contents[path].is_unsaved
        }

    def _is_unchanged(self) -> bool:
        """Whether the compiler has read what was read here."""
        present = set(go_files(self._plan.directory)) | {
            path for path, each in self._contents.items() if each.is_unsaved
        }
        return present == set(self._contents) and all(
            each.is_unsaved or file_stamp(path) == each.stamp
            for path, each in self._contents.items()
        )

    def _failed(self, variant: Variant, said: CompilerStream) -> PackageReport | Problem | None:
        """What does not compile; None when the plan is to blame."""
        text = said.text.decode("utf-8", "replace")
        errors = [each for each in compile_errors(text, self._plan.root) if each.place is not None]
        if said.has_begun or not errors or "internal compiler error" in text:
            raise NotPlannedError  # the go command says it better
        if any(_STALE_PLAN.search(each.message) for each in errors):
            return None
        copies = {name: path for path, name in self._unsaved(variant).items()}
        friendlier = tuple(_of_original(each, copies) for each in errors)
        files = self._plan.files
        if variant.listed.is_test and self._package.report is not None:
            return failure_of_tests(self._plan.path, friendlier)
        sources = self._sources(files)
        return PackageReport(
            self._plan.path, self._plan.directory, files, errors=friendlier, sources=sources
        )

    def _fresh_texts(
        self, inputs: Mapping[tuple[str, str], bytes]
    ) -> dict[tuple[str, str], tuple[PackageText, ...]]:
        """What the compiler said of these inputs, by variant."""
        fresh = (each for each in self._plan.variants if self._is_known(each, inputs))
        return {each.key: self._package.texts[each.key].texts for each in fresh}

    def _foreseen(
        self, texts: Mapping[tuple[str, str], tuple[PackageText, ...]]
    ) -> PackageReport | None:
        if not self._is_unchanged():
            return None
        info = self._info(texts)
        sources, before = self._sources(info.files), self._package.report
        report = self._package.analyst.foresee(
            info, _in_order(texts), sources, read=self._others.source
        )
        return report if before is None else report.with_tests_of(before, self._plan.files)

    def _report(self, inputs: Mapping[tuple[str, str], bytes]) -> PackageReport:
        """From all variants whose texts belong to these inputs; runs in a thread."""
        plan, known, texts = self._plan, self._package, self._fresh_texts(inputs)
        info = self._info(texts)
        sources = self._sources(info.files)
        report = known.analyst.report(info, _in_order(texts), sources, read=self._others.source)
        is_complete = plan.is_whole and len(texts) == len(plan.variants)
        known.complete = digest(b"".join(inputs.values())) if is_complete else b""
        if not is_complete and known.report is not None:
            report = report.with_tests_of(known.report, plan.files)
        known.report = report
        return report

    def _info(self, keys: Container[tuple[str, str]]) -> PackageInfo:
        """Of the package as these variants see it."""
        plan = self._plan
        seen = (each.listed.files for each in plan.variants if each.key in keys)
        files = tuple(sorted({file for each in seen for file in each}))
        language = plan.variants[0].listed.language
        return PackageInfo(plan.path, plan.directory, files, plan.root, language)

    def _sources(self, files: Iterable[str]) -> dict[str, SourceText]:
        return {file: self._contents[file].source for file in files}


def _of_original(error: CompileError, copies: Mapping[str, str]) -> CompileError:
    """An error in words for the user, in the file instead of in its copy."""
    place = error.place
    if place is not None:
        file = copies.get(Path(place.file).name, place.file)
        place = place._replace(file=file)
    return evolve(error, place=place, message=plain_sentence([error.message]))


def _in_order(
    texts: Mapping[tuple[str, str], tuple[PackageText, ...]],
) -> list[PackageText]:
    return [text for key in sorted(texts) for text in texts[key]]
