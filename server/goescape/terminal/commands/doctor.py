"""``goescape doctor``: what there is, what is used and why, and what is wrong."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape import __version__
from goescape.terminal.output.style import Style, printable
from goescape.terminal.targets import UsageError, existing_folder
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.go.module_folders import work_root
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.toolchain.go.command import Go

_LIBRARIES = ("pygls", "lsprotocol", "tree-sitter", "tree-sitter-go", "watchdog", "attrs", "cattrs")
_MOST_MODULES = 20


@frozen
class Diagnosis:
    """All that was found out."""

    versions: tuple[str, ...]
    go: Go | None
    folder: str
    modules: tuple[str, ...]
    work: str | None
    """The folder of the go.work in force; None without one."""
    problems: tuple[str, ...]
    """Sentences that say what is wrong and what to do."""
    types: str = ""
    """Whether Go's type checker is asked; empty without a Go."""
    code: str = ""
    """Whether the machine code is read; empty without a Go."""


async def examine(name: str, options: EngineOptions) -> Diagnosis:
    """Ask everything once; a problem with one answer does not hide the others."""
    problems: list[str] = []
    versions = tuple(_versions(problems))
    go: Go | None = None
    types = code = ""
    modules: tuple[str, ...] = ()
    folder = name
    engine = Engine(options)
    try:
        go = await engine.go()
        types = _types(await engine.facts.start())
        code = _code(await engine.compiled.start())
        if go.notice:
            problems.append(go.notice)
    except GoProblem as problem:
        problems.append(str(problem))
    try:
        folder = str(existing_folder(name))
        modules = await engine.modules(folder)
        if not modules and not _go_files(folder):
            problems.append(
                f"{folder} has no Go module and no Go files; name the folder of your project "
                "with -C, or make a module with `go mod init`."
            )
    except (GoProblem, UsageError) as problem:
        problems.append(str(problem))
    finally:
        await engine.facts.close()
    work = work_root(folder)
    told = tuple(dict.fromkeys(problems))
    return Diagnosis(versions, go, folder, modules, work, told, types, code)


def _types(problem: str | None) -> str:
    if problem is None:
        return "Go's own types: used"
    return f"Go's own types: not used, findings are judged by their text ({problem})"


def _code(problem: str | None) -> str:
    if problem is None:
        return "Machine code: read, it judges the findings of whole builds"
    return f"Machine code: not read, findings are judged without it ({problem})"


def _versions(problems: list[str]) -> Iterator[str]:
    system = f"{platform.system()} {platform.machine()}"
    yield f"goescape {__version__}, Python {platform.python_version()}, {system}"
    installed = {library: _version(library) for library in _LIBRARIES}
    yield ", ".join(f"{library} {version}" for library, version in installed.items() if version)
    for library, version in installed.items():
        if not version:
            problems.append(f"The library {library} is missing; install goescape again with pip.")


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def _go_files(folder: str) -> list[Path]:
    return list(Path(folder).glob("*.go"))


def render(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    """Lines for a terminal, or to paste into a report."""
    yield from diagnosis.versions
    if diagnosis.go is not None:
        go = diagnosis.go
        yield f"Go: {go.version}, {printable(go.path)} (from: {go.reason})"
        yield f"GOROOT: {printable(go.goroot)}"
        yield printable(diagnosis.types)
        yield printable(diagnosis.code)
    yield f"Folder: {printable(diagnosis.folder)}"
    if diagnosis.work:
        yield f"go.work: in {printable(diagnosis.work)}"
    for module in diagnosis.modules[:_MOST_MODULES]:
        yield f"Module: {printable(module)}"
    if len(diagnosis.modules) > _MOST_MODULES:
        yield f"... and {len(diagnosis.modules) - _MOST_MODULES} more modules"
    for problem in diagnosis.problems:
        yield f"{style.paint('warning', 'Problem')}: {style.prose(printable(problem))}"
    if not diagnosis.problems:
        yield style.paint("strong", "No problem found.")
