"""Compiles a package with other texts, by its build plan: what proofs do many times after a save.

The go command would generate code, compile external tests again, and keep all of it in the build
cache. Here the compiler runs by itself until escape analysis has said all, and leaves nothing.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.compiler.package_info import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.package_analyzer import PackageAnalyzer
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.compiler_stream import MARK_FLAG, end_of_escapes
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.go.error_text import compile_errors, plain_sentence
from goescape.toolchain.go.module_folders import work_root
from goescape.toolchain.go.process import reading
from goescape.toolchain.go.process_command import FOLDER, NICENESS, Command
from goescape.toolchain.go.vet import ADDED, VetInput
from goescape.toolchain.tasks import together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.compiler.lines import Understood
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.compile.build_plan import BuildPlan, Variant
    from goescape.toolchain.engine import Engine

_COPY = "goescape-copy-"


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
    _engine: Engine
    _plan: BuildPlan
    _exports: Mapping[str, str]
    """Where the compiler finds what the package imports, and what rewrites may import."""
    _sources: Mapping[str, SourceText]
    """What its files hold now."""
    _analyst: PackageAnalyzer = field(factory=PackageAnalyzer)
    _turn: asyncio.Lock = field(factory=asyncio.Lock)
    _understood: dict[tuple[str, str], Mapping[str, Understood]] = field(factory=dict)
    _present: dict[tuple[str, str], tuple[PackageText, ...]] = field(factory=dict)
    """What was said of variants as they are."""
    _before: list[PackageReport] = field(factory=list)

    @property
    def files(self) -> frozenset[str]:
        """Those that are compiled here."""
        return frozenset(file for each in self.variants for file in each.listed.files)

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
        copied = await asyncio.to_thread(texts_not_on_disk, _contents(sources))
        if any(mark in path for path in copied for mark in (";", "=>")):
            return None
        begun, texts = time.time(), dict(self._present)
        edited = [each for each in self.variants if {*each.listed.files} & {*contents}]
        runs = {
            each.key: asyncio.ensure_future(self._said(each, copied))
            for each in self.variants
            if each in edited or each.key not in texts
        }
        await together(runs.values())
        for key, run in runs.items():
            said = run.result()
            if not isinstance(said, _CompileOutput):
                return said
            texts[key] = said.texts
            if all(each.key != key for each in edited):
                self._present[key] = said.texts
        found = [text for key in sorted(texts) for text in texts[key]]
        async with self._turn:
            return await asyncio.to_thread(self._report, found, sources, contents, begun)

    def vetting(self) -> VetInput:
        """How to vet it without the go command."""
        last = self.variants[-1]
        language = (each for each in last.arguments if each.startswith("-lang="))
        return VetInput(
            self._plan.path,
            next(language, "").removeprefix("-lang="),
            last.listed.files,
            {**{name: name for name in self._exports}, **dict(last.imports)},
            self._exports,
            self.has_external_tests,
        )

    async def _said(
        self, variant: Variant, copied: Mapping[str, bytes]
    ) -> _CompileOutput | CompileFailure | None:
        text = _EscapeText()
        async with reading(await self._command(variant, copied), text.feed) as outcome:
            code = await outcome
        if code:
            return self._failure(text)
        path, name = variant.key
        header = f"# {path} [{name}]\n" if name else f"# {path}\n"
        reader = CompilerText(self._understood.get(variant.key, {}))

        def read() -> tuple[PackageText, ...]:
            reader.feed_chunk(header.encode())
            reader.feed_chunk(text.escapes)
            return reader.finish()

        found = await asyncio.to_thread(read)
        self._understood.setdefault(variant.key, reader.understood)
        return _CompileOutput(found)

    async def _command(self, variant: Variant, copied: Mapping[str, bytes]) -> Command:
        names = {
            path: f"{_COPY}{number}-{Path(path).name}"
            for number, path in enumerate(variant.listed.files)
            if path in copied
        }
        places = {path: f"{FOLDER}{os.sep}{name}" for path, name in names.items()}
        rewrites = ";".join(f"{place}=>{path}" for path, place in places.items())
        trim = ("-trimpath", rewrites) if rewrites else ()
        files = (places.get(path, path) for path in variant.listed.files)
        known = {*dict(variant.imports), "unsafe"}
        more = "".join(
            f"packagefile {name}={self._exports[name]}\n"
            for name in ADDED
            if name not in known and name in self._exports
        )
        work = {
            **variant.work,
            "importcfg": variant.import_file(self._exports) + more.encode(),
            **{name: copied[path] for path, name in names.items()},
        }
        command = await self._engine.planner.compiler_command(
            self._plan.root, (*variant.arguments, *trim, *files), work, MARK_FLAG
        )
        return evolve(command, niceness=NICENESS)

    def _failure(self, text: _EscapeText) -> CompileFailure | None:
        errors = compile_errors(text.decoded, self._plan.root)
        first = next((each for each in errors if each.place is not None), None)
        if first is None or _OF_THE_PLAN.search(text.decoded):
            return None
        plain = re.sub(rf"\S*{_COPY}\d+-", "", first.message)  # "other declaration of x"
        return CompileFailure(plain_sentence([plain]))

    def _report(
        self,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        contents: Mapping[str, bytes],
        begun: float,
    ) -> PackageReport:
        plan, files = self._plan, tuple(sorted(self.files))
        language = self.variants[0].listed.language
        info = PackageInfo(plan.path, plan.directory, files, plan.root, language)
        others = WorkspaceSources(contents, work_root(plan.root) or plan.root, begun)
        return self._analyst.report(info, texts, sources, read=others.source)


_OF_THE_PLAN = re.compile(
    r"could not import|go:embed|unable to open|can't open|requires go1|internal compiler error"
)
"""The plan does not hold any more, or never did."""


@frozen
class _CompileOutput:
    """What was understood of one compile."""

    texts: tuple[PackageText, ...]


class _EscapeText:
    """The compiler's text while it comes, up to where code generation begins."""

    def __init__(self) -> None:
        self._chunks = bytearray()
        self._seen = 0

    def feed(self, data: bytes) -> bool:
        """Take a piece; whether all has been said."""
        self._chunks += data
        end = self._chunks.rfind(b"\n") + 1
        last = end_of_escapes(self._chunks, self._seen, end)
        if last is not None:
            del self._chunks[last:]
            return True
        self._seen = end
        return False

    @property
    def escapes(self) -> bytes:
        """All of it."""
        return bytes(self._chunks)

    @property
    def decoded(self) -> str:
        """Its beginning, where errors stand."""
        return self._chunks[:_LONGEST_ERROR].decode("utf-8", "replace")


_LONGEST_ERROR = 8000


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
    variants = tuple(each for each in plan.variants if each.listed.path == plan.path)
    sources = {file: text for file, text in report.sources.items() if file in plan.files}
    wanted = {path for each in variants for path in each.packages}
    files = {file for each in variants for file in each.listed.files}
    if any(" [" in path for path in wanted) or not files <= {*sources}:
        return None
    exports = await engine.planner.export_files(root, sorted({*wanted, *ADDED} - {plan.path}))
    if not all(exports.get(path) for path in wanted):
        return None
    return EditedPackage(
        variants,
        len(variants) < len(plan.variants),
        engine,
        plan,
        {path: file for path, file in exports.items() if file},
        {file: text for file, text in sources.items() if file in files},
    )


def _contents(sources: Mapping[str, SourceText]) -> dict[str, bytes]:
    return {path: source.content for path, source in sources.items()}
