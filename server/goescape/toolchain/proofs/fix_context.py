"""A package with all that decides whether a fix of it is safe: other builds, who imports it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.model import PackageReport
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.context.package_code import PackageCode, PackageUsers
from goescape.fixes.context.package_types import UNKNOWN
from goescape.toolchain.compile.edited_package import edited_package
from goescape.toolchain.go.module_folders import go_files, pattern_of, work_root
from goescape.toolchain.go.vet import ADDED
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.proofs.files_of_other_builds import files_of_other_builds
from goescape.toolchain.tasks import gather_both, with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.fixes.context.package_types import PackageTypes
    from goescape.toolchain.compile.edited_package import EditedPackage
    from goescape.toolchain.engine import Engine, EngineOptions

_MOST_MODULES = 100
_FEW = 3
"""Packages that ask for themselves."""
TYPES_SECONDS = 60.0
"""How long rewrites wait for types; then they go by the source alone.

They are the same rewrites on a busy machine, and the program may have to be built first.
"""


@frozen(eq=False)
class FixContext:
    """A package as rewrites see it, and how to name it and its importers to Go."""

    code: PackageCode
    root: str
    pattern: str
    importers: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Patterns of the workspace's packages that import this one, by the root of their module."""
    edited: EditedPackage | None = None
    """How to compile the package with other texts, where that is known."""
    importers_problem: str = ""
    """Why nobody knows which packages import this one; empty where that is known."""

    @property
    def sources(self) -> dict[str, SourceText]:
        """The texts of all the files that a fix may change."""
        others = {path: file.source for path, file in self.code.others.items()}
        reports = (*(self.code.importers or ()), self.code.report)
        return {**others, **{p: text for report in reports for p, text in report.sources.items()}}


def options_for_proofs(options: EngineOptions) -> EngineOptions:
    """The same Go for proofs: they always look at the tests, and at what inlining makes of it."""
    return evolve(options, tests=True, inlining=True)


async def ask_at_once(
    engine: Engine, targets: Iterable[tuple[str, Sequence[str]]], packages: int
) -> None:
    """Spare questions that many packages will ask ``go``; ``targets`` are modules and patterns."""
    for root, patterns in targets if packages > _FEW else ():
        with contextlib.suppress(GoProblem):  # who asks for a package will be told
            await engine.planner.prepare(root, patterns, ADDED)


async def typed_package(
    engine: Engine, root: str, pattern: str, report: PackageReport
) -> tuple[EditedPackage | None, PackageTypes]:
    """How to compile a package with other texts, and the types of its expressions, where known."""
    try:
        edited = await edited_package(engine, root, pattern, report)
        if edited is None:
            return None, UNKNOWN
        asking = engine.typed.expressions(edited.checked(), frozenset(report.files))
        return edited, await with_timeout(TYPES_SECONDS, asking)
    except GoProblem:
        return None, UNKNOWN
    except asyncio.TimeoutError:
        return edited, UNKNOWN


async def fix_context_of(
    engine: Engine, report: PackageReport, folders: Iterable[str] = ()
) -> FixContext:
    """Look around a package that was analysed; ``folders`` are the workspace's.

    Raises GoProblem when Go cannot say where the package belongs.
    """
    home = await engine.home(report.files[0])
    others = await asyncio.to_thread(_others, report)
    assembly, debug = await asyncio.to_thread(_unseen, report, home.root)
    (asked, imported), (edited, types) = await gather_both(
        gather_both(
            _importing(engine, home.root, home.import_path, report, folders),
            engine.packages.imported(home.root, home.pattern),
        ),
        typed_package(engine, home.root, home.pattern, report),
    )
    language = min([home.language, *_asked_for(report)])
    go = (await engine.go()).number
    importing, problem = ({}, asked.message) if isinstance(asked, GoProblem) else (asked, "")
    importers = None if problem else await asyncio.to_thread(_as_reports, importing)
    patterns = {
        root: tuple(sorted(pattern_of(root, folder) for folder in files_by_folder))
        for root, files_by_folder in importing.items()
        if files_by_folder
    }
    own_files = {
        *report.files,
        *others,
        *(path for importer in importers or () for path in importer.sources),
    }
    around = PackageUsers(
        others,
        importers,
        imported,
        partial(
            files_of_other_builds,
            home,
            report.directory,
            [home.root, *importing],
            own_files,
            frozenset(f for folders in importing.values() for f in folders),
        ),
        assembly,
        debug,
        types,
    )
    code = await asyncio.to_thread(PackageCode, report, around, go, language)
    return FixContext(code, home.root, home.pattern, patterns, edited, problem)


_Importing = dict[str, dict[str, tuple[str, ...]]]
"""Module root -> folder -> Go files."""


async def _importing(
    engine: Engine, root: str, path: str, report: PackageReport, folders: Iterable[str]
) -> _Importing | GoProblem:
    """Who imports the package, or why that cannot be told."""
    if (
        not path
        or Path(path).is_absolute()
        or all(_is_main(source) for source in report.sources.values())
    ):
        return {}
    try:
        modules = await _modules(engine, root, folders)
        return {module: await engine.packages.importing(module, path) for module in modules}
    except GoProblem as problem:
        return problem


async def _modules(engine: Engine, root: str, folders: Iterable[str]) -> list[str]:
    """The package's own module, and those of the workspace that speak of it."""
    workspace = work_root(root)
    places = [*([workspace] if workspace else []), *folders]
    others = [module for place in places for module in await engine.modules(place)]
    name = await asyncio.to_thread(_module_name, root)
    near = [
        module for module in dict.fromkeys(others) if module != root and _mentions(module, name)
    ]
    return [root, *near[:_MOST_MODULES]]


def _module_name(root: str) -> str:
    match = re.search(r'(?m)^module\s+"?([^\s"]+)', _text(Path(root, "go.mod")))
    return match[1] if match else ""


def _mentions(root: str, module: str) -> bool:
    """Whether a module may import another; with a go.work it need not say so."""
    return bool(work_root(root)) or module in _text(Path(root, "go.mod"))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def _others(report: PackageReport) -> dict[str, SourceText]:
    """The Go files of the folder that this build leaves out."""
    own = {Path(path).name for path in report.files}
    files = [file for file in go_files(report.directory) if Path(file).name not in own]
    return dict(_read(file for file in files if not Path(file).name.startswith(("_", "."))))


def _unseen(report: PackageReport, root: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The folder's assembly, and what may set GODEBUG, which no Go file shows."""
    assembly = sorted(Path(report.directory).glob("*.[sS]"))
    settings = [Path(root, "go.mod"), *(Path(w, "go.work") for w in [work_root(root)] if w)]
    environment = os.environ.get("GODEBUG", "").encode()
    return tuple(map(_bytes, assembly)), (*map(_bytes, settings), environment)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _read(files: Iterable[str]) -> list[tuple[str, SourceText]]:
    texts = []
    for file in files:
        try:
            texts.append((file, SourceText(file, Path(file).read_bytes())))
        except OSError:  # noqa: PERF203 - a file may vanish at any time
            continue
    return texts


def _as_reports(importing: _Importing) -> tuple[PackageReport, ...]:
    """Sources without findings: what rewrites need to look for uses."""
    return tuple(
        PackageReport(folder, folder, files, sources=dict(_read(files)))
        for files_by_folder in importing.values()
        for folder, files in files_by_folder.items()
    )


def _is_main(source: SourceText) -> bool:
    return re.search(rb"(?m)^package\s+main\b", source.content) is not None


def _asked_for(report: PackageReport) -> list[tuple[int, int]]:
    """The versions of the language that files ask for themselves: ``//go:build go1.18``."""
    lines = [
        line
        for source in report.sources.values()
        for line in re.findall(rb"(?m)^//go:build .*$", source.content[:8000])
    ]
    minor_versions = [number for line in lines for number in re.findall(rb"\bgo1\.(\d+)", line)]
    return [(1, int(number)) for number in minor_versions]
