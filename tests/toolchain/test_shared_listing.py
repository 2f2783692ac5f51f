"""What is taken from one answer of ``go list`` is what it says of each package alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.go.imported_sources import SOURCE_FIELDS
from goescape.toolchain.go.vet import ADDED

if TYPE_CHECKING:
    from tests.conftest import WriteTree

# The external test of a makes go compile b once more, for that test.
MODULE = """
-- go.mod --
module example.com/m

go 1.22
-- a/a.go --
package a

import "strings"

func Upper(s string) string { return strings.ToUpper(s) }
-- a/a_test.go --
package a

import "testing"

func TestUpper(t *testing.T) { t.Log(Upper("a")) }
-- a/outside_test.go --
package a_test

import (
	"testing"

	"example.com/m/b"
)

func TestTwice(t *testing.T) { t.Log(b.Twice("a")) }
-- b/b.go --
package b

import "example.com/m/a"

func Twice(s string) string { return a.Upper(s) + a.Upper(s) }
-- c/c.go --
package c

import "os"

func Home() string { return os.Getenv("HOME") }
"""
PATTERNS = ("./a", "./b", "./c")


def _by_path(objects: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    fields = set(SOURCE_FIELDS.split(","))
    return {
        str(item["ImportPath"]): {name: item[name] for name in sorted(fields & {*item})}
        for item in objects
    }


async def test_each_package_has_what_go_list_says_of_it_alone(
    write_tree: WriteTree, go_path: str
) -> None:
    root = str(write_tree(MODULE))
    alone, together = Engine(EngineOptions(go_path=go_path)), Engine(EngineOptions(go_path=go_path))
    await together.planner.prepare(root, ("./...",), ADDED)
    shared = together.commands.shared[root]
    for pattern in PATTERNS:
        assert shared.around(pattern) is not None
        listings = [
            await engine.commands.dependencies(root, pattern, SOURCE_FIELDS)
            for engine in (alone, together)
        ]
        told, expected = (_by_path([*map(dict, listing)]) for listing in reversed(listings))
        assert told == expected
        directory = f"{root}/{pattern[2:]}"
        plans = [
            await engine.planner.plan(root, directory, pattern, {}, {})
            for engine in (alone, together)
        ]
        made, expected_plan = (asdict(plan) for plan in plans if plan is not None)
        assert made == expected_plan
        homes = [await engine.home(f"{directory}/{pattern[2:]}.go") for engine in (alone, together)]
        assert homes[0] == homes[1]
    wanted = ["example.com/m/a", "strings", "fmt"]
    assert await alone.planner.export_files(root, wanted) == shared.exports(wanted)


async def test_an_edit_makes_it_ask_again(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    engine = Engine(EngineOptions(go_path=go_path))
    await engine.planner.prepare(str(root), ("./...",), ADDED)
    shared = engine.commands.shared[str(root)]
    (root / "a" / "more.go").write_text('package a\n\nimport "sort"\n\nvar _ = sort.Ints\n')

    assert shared.around("./b") is None  # it imports a
    assert shared.exports(["example.com/m/b"]) is None
    assert shared.around("./c") is not None
    listed = await engine.commands.dependencies(str(root), "./b", SOURCE_FIELDS)
    assert "sort" in {item["ImportPath"] for item in listed}


async def test_a_package_that_was_not_asked_for_is_unknown(
    write_tree: WriteTree, go_path: str
) -> None:
    root = str(write_tree(MODULE))
    engine = Engine(EngineOptions(go_path=go_path))
    await engine.planner.prepare(root, ("./b",), ADDED)
    shared = engine.commands.shared[root]
    assert shared.around("./b") is not None
    assert shared.around("./a") is None  # its tests were not listed
    assert shared.exports(["example.com/m/c"]) is None
