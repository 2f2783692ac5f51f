"""What docs/architecture.md says always holds, as far as no other test keeps it; each of its rows
names its tests.
"""

from __future__ import annotations

import ast
import enum
import inspect

import attrs

from goescape.analysis import model, positions
from goescape.lsp.state import snapshot
from tests.conftest import REPOSITORY
from tests.project import readme
from tests.project.test_layers import MODULES, PACKAGE, tree_of

ARCHITECTURE = REPOSITORY / "docs" / "architecture.md"
UTF_16 = {"utf16_column", "byte_column"}
"""The conversions of a SourceText."""
RIM = {
    "analysis/syntax/source.py",  # has them
    "lsp/convert.py",
    "lsp/editor_positions.py",
    "lsp/state/buffers.py",
    "terminal/output/formats/sarif.py",
}

TABLES = {
    "analysis/causes.py",
    "terminal/arguments.py",
    "terminal/editors/recipes.py",
}
"""Modules that only list something, as those of languages do."""
CATALOGUES = "analysis/messages/catalogues/"


def test_modules_and_functions_are_short() -> None:
    for file in MODULES:
        name = file.relative_to(PACKAGE).as_posix()
        if name not in TABLES and not name.startswith(CATALOGUES):
            assert len(file.read_text("utf-8").splitlines()) <= 350, name
        for node in ast.walk(tree_of(file)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 60, f"{name}: {node.name}"
    for program in PACKAGE.rglob("*.go"):
        name = program.relative_to(PACKAGE).as_posix()
        assert len(program.read_text("utf-8").splitlines()) <= 350, name


def test_what_is_passed_around_is_immutable() -> None:
    for module in (model, positions, snapshot):
        for name, value in inspect.getmembers(module, inspect.isclass):
            if value.__module__ != module.__name__ or issubclass(value, enum.Enum):
                continue
            frozen = attrs.has(value) and value.__setattr__ is not object.__setattr__
            assert frozen or issubclass(value, tuple), name


def test_utf_16_exists_only_at_the_rim() -> None:
    users = set()
    for file in MODULES:
        calls = {
            node.func.attr
            for node in ast.walk(tree_of(file))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if calls & UTF_16:
            users.add(file.relative_to(PACKAGE).as_posix())
    assert users <= RIM


def test_every_invariant_names_its_tests() -> None:
    rows = [row.split("|") for row in readme.part("invariants", ARCHITECTURE).splitlines()[2:]]
    assert len(rows) > 20
    for _, statement, kept_by, _ in rows:
        names = [name.strip().strip("`") for name in kept_by.split(", ")]
        assert names, statement
        for name in names:
            path, _, test = name.partition("::")
            functions = {
                node.name
                for node in ast.walk(tree_of(REPOSITORY / path))
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            }
            assert test in functions, f"{statement.strip()}: there is no {name}"
