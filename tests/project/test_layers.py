"""The layers import one way, and what is rare stays where it belongs."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = REPOSITORY / "server" / "goescape"
MODULES = sorted(PACKAGE.rglob("*.py"))
RINGS = {
    "analysis": {"analysis"},
    "fixes": {"analysis", "fixes"},
    "toolchain": {"analysis", "fixes", "settings", "toolchain"},
    "pages": {"analysis", "pages"},
    "lsp": {"analysis", "fixes", "pages", "settings", "toolchain", "lsp"},
    "terminal": {"analysis", "fixes", "pages", "settings", "toolchain", "terminal"},
    "settings": {"analysis"},  # which languages there are, and nothing else of it
    "__main__": {"terminal"},
    "__init__": set[str](),
}
LSP_LIBRARIES = {"pygls", "lsprotocol", "cattrs"}
PROCESSES = {"subprocess", "multiprocessing", "pty"}
SPAWNING = {"create_subprocess_exec", "create_subprocess_shell", "popen", "spawnv", "posix_spawn"}


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Every imported module with the statement, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            assert node.module
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def ring_of(file: Path) -> str:
    relative = file.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_module_reaches_only_inwards(file: Path) -> None:
    ring = ring_of(file)
    for name, statement in imported(tree_of(file)):
        library, _, inner = name.partition(".")
        if library == "goescape" and inner not in {"", "__version__"}:
            lazily_serving = inner.startswith("lsp.server") and statement.col_offset > 0
            allowed = inner.partition(".")[0] in RINGS[ring]
            allowed = allowed or (ring == "terminal" and lazily_serving)
            assert allowed, f"{ring} must not import {name}"
        if library in LSP_LIBRARIES:
            assert ring == "lsp", f"only lsp imports {library}"


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_only_one_module_starts_processes(file: Path) -> None:
    # vet_overlay is a program of its own, which Go runs its tools through.
    if file in {PACKAGE / "toolchain" / "go" / name for name in ("process.py", "vet_overlay.py")}:
        return
    tree = tree_of(file)
    assert not {name.partition(".")[0] for name, _ in imported(tree)} & PROCESSES
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & SPAWNING


def test_the_settings_need_only_attrs() -> None:
    names = {name for name, _ in imported(tree_of(PACKAGE / "settings.py"))}
    inside = {name for name in names if name.startswith("goescape")}
    assert inside == {"goescape.analysis.messages.catalogues.language_names"}
    outside = {name.partition(".")[0] for name in names - inside}
    assert outside <= {"__future__", "attrs", "collections", "json", "typing"}


@pytest.mark.parametrize("ring", ["analysis", "fixes"])
def test_analysis_and_fixes_are_pure(ring: str) -> None:
    forbidden = {"asyncio", "http", "shutil", "socket", "tempfile", "threading", "watchdog"}
    for file in (PACKAGE / ring).rglob("*.py"):
        names = {name.partition(".")[0] for name, _ in imported(tree_of(file))}
        assert not names & forbidden, file.name
        opens = [node for node in ast.walk(tree_of(file)) if _is_open(node)]
        assert not opens, f"{file.name} opens a file"


def _is_open(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"


def test_no_modules_import_each_other() -> None:
    """Not in a circle either, and not for types alone."""
    names = {
        ".".join(("goescape", *its.relative_to(PACKAGE).with_suffix("").parts)) for its in MODULES
    }
    graph: dict[str, set[str]] = defaultdict(set)
    for file in MODULES:
        own = ".".join(("goescape", *file.relative_to(PACKAGE).with_suffix("").parts))
        for name, _ in imported(tree_of(file)):
            graph[own] |= {name, name.rpartition(".")[0]} & names
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_no_rewrite_is_imported_by_name() -> None:
    """The driver discovers all; what rewrites share stands beside them."""
    for file in MODULES:
        names = {name for name, _ in imported(tree_of(file))}
        inside = {name for name in names if name.startswith("goescape.fixes.rewrites.")}
        assert not inside, f"{file.name} imports {inside}"


def test_the_address_of_the_documentation_stands_in_one_place() -> None:
    naming = [file for file in MODULES if "//github.com/goescape/" in file.read_text("utf-8")]
    assert naming == [PACKAGE / "analysis" / "messages" / "documentation.py"]


def test_no_two_classes_share_a_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for file in MODULES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(file.relative_to(PACKAGE).as_posix())
    assert not {name: files for name, files in homes.items() if len(files) > 1}
