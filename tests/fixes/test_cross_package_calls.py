"""Exported functions of internal packages: every caller is known, in all modules and builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages.languages import ENGLISH
from goescape.fixes.candidate import Candidate, FixKind, Refusal
from goescape.fixes.driver import proposals_of
from goescape.fixes.rewrites.return_value import REWRITE
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.fix_context import FixContext, fix_context_of
from goescape.toolchain.proofs.prover import Disproof, Proof, Prover

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

TREE = """
-- go.work --
go 1.22

use (
	./m
	./m/other
)
-- m/go.mod --
module example.com/m

go 1.22
-- m/internal/p/p.go --
package p

type Point struct{ X, Y int }

//go:noinline
func Next(n int) *Point { return &Point{n, 1} }

//go:noinline
func (p *Point) Sum() int { return p.X + p.Y }

//go:noinline
func Show(p *Point) { println(p.X) }
-- m/internal/p/p_test.go --
package p_test

import (
	"testing"

	"example.com/m/internal/p"
)

func TestNext(t *testing.T) {
	p.Show(p.Next(3))
}
-- m/user/user.go --
package user

import points "example.com/m/internal/p"

func Use(n int) int {
	q := points.Next(n)
	points.Show(q)
	return q.Sum()
}
-- m/other/go.mod --
module example.com/m/other

go 1.22

require example.com/m v0.0.0
-- m/other/other.go --
package other

import "example.com/m/internal/p"

func Use(n int) int {
	if p.Next(n).X > 2 {
		n++
	}
	// ä
	return p.Next(n).Sum()
}
"""


METHODS = """
-- m/go.mod --
module example.com/m

go 1.22
-- m/internal/p/p.go --
package p

type Point struct{ X, Y int }

type Maker struct{ n int }

//go:noinline
func (m Maker) Next(n int) *Point { return &Point{n, m.n} }

func Use(m Maker) int {
	q := m.Next(1)
	return q.X
}
-- m/internal/q/q.go --
package q

import "example.com/m/internal/p"

func Get() p.Maker { return p.Maker{} }
-- m/main.go --
package main

import (
	"example.com/m/internal/p"
	"example.com/m/internal/q"
)

func main() { println(p.Use(q.Get())) }
"""


async def surveyed(root: Path, pattern: str, engine: Engine) -> FixContext:
    async for report in engine.analyze(str(root / "m"), [pattern]):
        assert not isinstance(report, Problem), report.message
        assert not report.errors
        return await fix_context_of(engine, report, (str(root),))
    raise AssertionError(pattern)


def proposed(around: FixContext) -> list[Candidate | Refusal]:
    code = around.code
    return [e for file in code.files.values() for e in proposals_of(REWRITE, code, file)]


async def verdicts(root: Path, go: str) -> list[Proof | Disproof | Refusal]:
    engine = Engine(EngineOptions(go_path=go))
    around = await surveyed(root, "./internal/p", engine)
    prover = Prover.of(engine, around)
    return [
        await prover.prove(each) if isinstance(each, Candidate) else each
        for each in proposed(around)
    ]


async def test_all_callers_are_adapted(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(TREE)
    [proof] = await verdicts(root, go_path)
    assert isinstance(proof, Proof), proof
    assert proof.candidate.kind is FixKind.QUICK_FIX
    assert proof.sentence(ENGLISH).startswith("removes 1 heap allocation; 4 files; 4 callers; ")
    texts = {path.removeprefix(str(root)): c.decode() for path, c in proof.contents.items()}
    assert "func Next(n int) Point { return Point{n, 1} }" in texts["/m/internal/p/p.go"]
    assert "\tmade := p.Next(3)\n\tp.Show(&made)\n" in texts["/m/internal/p/p_test.go"]
    assert "\tpoints.Show(&q)\n\treturn q.Sum()\n" in texts["/m/user/user.go"]
    assert "\t// ä\n\tmade := p.Next(n)\n\treturn made.Sum()\n" in texts["/m/other/other.go"]


STRANGERS = {
    "another build of an importer": (
        "Files of other builds mention `Next`.",
        """
-- m/user/user_windows.go --
package user

import "example.com/m/internal/p"

func There() *p.Point { return p.Next(1) }
""",
    ),
    "a package of another build": (
        "Files of other builds mention `Next`.",
        """
-- m/there/there_plan9.go --
package there

import . "example.com/m/internal/p"

func There() *Point { return Next(1) }
""",
    ),
    "a module that go.work does not list": (
        "Files of other builds mention `Next`.",
        """
-- m/tools/go.mod --
module example.com/m/tools
-- m/tools/tools.go --
package tools

import "example.com/m/internal/p"

func There() *p.Point { return p.Next(1) }
""",
    ),
    "an importer without the package's name": (
        "Another package imports `Next` without its package's name.",
        """
-- m/dot/dot.go --
package dot

import . "example.com/m/internal/p"

func There() int { return Next(1).X }
""",
    ),
    "an importer that keeps the pointer": (
        "`p.Next(1)` is neither kept in a new variable nor read at once.",
        """
-- m/keep/keep.go --
package keep

import "example.com/m/internal/p"

var Kept = p.Next(1)
""",
    ),
    "an importer that hands the function on": (
        "`Next` is used as a value.",
        """
-- m/keep/keep.go --
package keep

import "example.com/m/internal/p"

var Maker = p.Next
""",
    ),
    "an importer that links to it": (
        "`Next` is linked by name.",
        """
-- m/keep/keep.go --
package keep

import (
	_ "unsafe"

	"example.com/m/internal/p"
)

//go:linkname next example.com/m/internal/p.Next
func next(n int) *p.Point
-- m/keep/keep.s --
""",
    ),
    "an importer that lets it escape": (
        "It would make `q` escape in Keep.",
        """
-- m/keep/keep.go --
package keep

import "example.com/m/internal/p"

var kept any

func Keep() {
	q := p.Next(1)
	fill(q)
}

func fill(q *p.Point) { kept = q }
""",
    ),
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_caller_that_cannot_be_adapted(
    stranger: str, write_tree: WriteTree, go_path: str
) -> None:
    reason, text = STRANGERS[stranger]
    root = write_tree(TREE + text.lstrip())
    [refused] = await verdicts(root, go_path)
    assert isinstance(refused, (Disproof, Refusal))
    assert ENGLISH.reason(refused.reason) == reason


async def test_a_public_package_has_callers_that_nobody_knows(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(TREE.replace("/internal/", "/inside/"))
    around = await surveyed(root, "./inside/p", Engine(EngineOptions(go_path=go_path)))
    [refusal] = proposed(around)
    assert isinstance(refusal, Refusal)
    assert ENGLISH.reason(refusal.reason) == "Other packages may call an exported function."


async def test_methods_of_internal_packages_may_change(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(METHODS + HARMLESS.lstrip())
    [proof] = await verdicts(root, go_path)
    assert isinstance(proof, Proof), proof
    assert list(proof.contents) == [str(root / "m" / "internal" / "p" / "p.go")]


HARMLESS = """
-- m/pub/pub.go --
package pub

import "example.com/m/internal/q"

type Count struct{ made int }

func Use() Count {
	kept := q.Get()
	_ = kept
	return Count{1}
}
"""
"""A package that anybody can import, and that keeps to itself what it knows."""

HOLDERS = {
    "a result": ("pub.go:5", "func New() (*p.Maker, error) { return nil, nil }"),
    "another name": ("pub.go:5", "type Maker = p.Maker"),
    "an embedded one": ("pub.go:5", "type maker struct{ p.Maker }"),
    "a field": ("pub.go:5", "type Shop struct{ Makers []p.Maker }"),
    "a variable": ("pub.go:5", "var Default p.Maker"),
    "the result of a function": (
        "pub.go:7",
        "func get() p.Maker { return p.Maker{} }\n\nvar V = get()",
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
async def test_a_method_of_what_a_public_package_hands_out(
    holder: str, write_tree: WriteTree, go_path: str
) -> None:
    place, text = HOLDERS[holder]
    package = f'-- m/pub/pub.go --\npackage pub\n\nimport "example.com/m/internal/p"\n\n{text}\n'
    root = write_tree(METHODS + package)
    [refused] = await verdicts(root, go_path)
    assert isinstance(refused, Refusal)
    sentence = f"Values of internal packages are handed out in {place}."
    assert ENGLISH.reason(refused.reason) == sentence


ANOTHER_NAME = """
-- m/internal/other/other.go --
package special

import "example.com/m/internal/p"

type Maker = p.Maker
-- m/pub/pub.go --
package pub

import "example.com/m/internal/other"

var Default special.Maker
"""


async def test_a_package_whose_name_is_not_that_of_its_folder(
    write_tree: WriteTree, go_path: str
) -> None:
    [refused] = await verdicts(write_tree(METHODS + ANOTHER_NAME.lstrip()), go_path)
    assert isinstance(refused, Refusal)
    sentence = "Values of internal packages are handed out in pub.go:3."
    assert ENGLISH.reason(refused.reason) == sentence


ELSEWHERE = {
    "a call": (
        "`Next` in tool.go:5 may be this method.",
        """
-- m/internal/tool/tool.go --
package tool

import "example.com/m/internal/q"

var n = q.Get().Next(2).X
""",
    ),
    "an interface": (
        "`Next` in tool.go:6 may be this method.",
        """
-- m/internal/tool/tool.go --
package tool

import "example.com/m/internal/p"

type maker interface {
	Next(n int) *p.Point
}
""",
    ),
    "reflection": (
        "tool.go may call exported methods by their names, through reflection.",
        """
-- m/internal/tool/tool.go --
package tool

import (
	"reflect"

	"example.com/m/internal/p"
)

var method = reflect.ValueOf(p.Maker{}).MethodByName("N" + "ext")
""",
    ),
    "another build that does not name the package": (
        "Files of other builds mention `Next`.",
        """
-- m/internal/tool/tool_plan9.go --
package tool

import "example.com/m/internal/q"

var n = q.Get().Next(2).X
""",
    ),
}


@pytest.mark.parametrize("place", ELSEWHERE)
async def test_a_method_that_may_be_used_elsewhere(
    place: str, write_tree: WriteTree, go_path: str
) -> None:
    reason, text = ELSEWHERE[place]
    root = write_tree(METHODS + text.lstrip())
    [refused] = await verdicts(root, go_path)
    assert isinstance(refused, Refusal)
    assert ENGLISH.reason(refused.reason) == reason
