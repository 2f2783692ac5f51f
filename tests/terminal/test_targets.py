"""What users name on the command line becomes go calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goescape.terminal.targets import (
    SourcePosition,
    UsageError,
    existing_folder,
    parse_position,
    resolve,
)
from goescape.toolchain.engine import Engine, EngineOptions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

WORKSPACE = """
-- go.work --
go 1.21

use (
	./one
	./two
)
-- one/go.mod --
module example.com/one
-- one/a.go --
package one
-- one/in/b.go --
package in
-- two/go.mod --
module example.com/two
-- two/c.go --
package two
-- alone/x.go --
package main

func main() {}
-- alone/y.go --
package main

func main() {}
-- empty/note.txt --
nothing
"""


@pytest.fixture
def workspace(write_tree: WriteTree) -> Path:
    return write_tree(WORKSPACE).resolve()


async def targets(go_path: str, folder: Path, *packages: str) -> list[tuple[str, tuple[str, ...]]]:
    engine = Engine(EngineOptions(go_path=go_path))
    found = await resolve(folder, packages, engine.modules)
    return [(target.root, target.patterns) for target in found]


async def test_all_of_a_workspace_is_all_of_its_modules(go_path: str, workspace: Path) -> None:
    found = await targets(go_path, workspace, "./...")
    assert sorted(found) == [
        (str(workspace / "one"), ("./...",)),
        (str(workspace / "two"), ("./...",)),
    ]


@pytest.mark.parametrize(
    ("folder", "package", "root", "pattern"),
    [
        ("one", "./...", "one", "./..."),
        ("one/in", "./...", "one", "./in/..."),
        ("one/in", ".", "one", "./in"),
        ("one/in", "..", "one", "."),
        ("one", "in", "one", "./in"),
        ("one", "in/...", "one", "./in/..."),
        ("one", "in/b.go", "one", "./in"),
        ("one", "net/http", "one", "net/http"),
        (".", "./two", "two", "."),
        ("two", "../one/in", "one", "./in"),
    ],
)
async def test_a_pattern_is_named_from_its_module(  # noqa: PLR0913, PLR0917 - a table
    go_path: str, workspace: Path, folder: str, package: str, root: str, pattern: str
) -> None:
    found = await targets(go_path, workspace / folder, package)
    assert found == [(str(workspace / root), (pattern,))]


async def test_packages_of_one_module_are_one_call(go_path: str, workspace: Path) -> None:
    found = await targets(go_path, workspace / "one", ".", "./in", "./in")
    assert found == [(str(workspace / "one"), (".", "./in"))]


async def test_scripts_outside_modules_are_each_on_their_own(go_path: str, workspace: Path) -> None:
    alone = workspace / "alone"
    assert await targets(go_path, alone, "./...") == [
        (str(alone), (str(alone / "x.go"),)),
        (str(alone), (str(alone / "y.go"),)),
    ]


async def test_nothing_there_is_said(go_path: str, workspace: Path) -> None:
    with pytest.raises(UsageError, match="no Go module and has no Go files"):
        await targets(go_path, workspace / "empty", "./...")
    with pytest.raises(UsageError, match=r"There is no \./nope in "):
        await targets(go_path, workspace / "one", "./nope")


async def test_too_many_modules_are_not_what_was_meant(go_path: str, tmp_path: Path) -> None:
    for number in range(101):
        module = tmp_path / f"m{number}"
        module.mkdir()
        (module / "go.mod").write_text(f"module m{number}\n")
    with pytest.raises(UsageError, match="has 101 Go modules below it; name those you mean"):
        await targets(go_path, tmp_path, "./...")


def test_positions(tmp_path: Path) -> None:
    file = tmp_path / "a b.go"
    file.write_text("package a\n")
    assert parse_position(f"{file}:3") == SourcePosition(file.resolve(), 3, 0)
    assert parse_position(f"{file}:3:7:") == SourcePosition(file.resolve(), 3, 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.go", "a.go is not a position; write FILE:LINE or FILE:LINE:COLUMN."),
        ("", "is not a position"),
        ("a.go:x", "a.go:x is not a position"),
        ("missing.go:3", "The file missing.go does not exist"),
        (f"{__file__}:3", "is not a Go file"),
    ],
)
def test_a_wrong_position_is_one_sentence(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_position(text)


def test_a_wrong_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist; name one that has Go code with -C"):
        existing_folder(str(tmp_path / "missing"))
    with pytest.raises(UsageError, match="is a file, not a folder"):
        existing_folder(__file__)
