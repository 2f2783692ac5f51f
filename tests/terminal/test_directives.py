"""Directives in the source: promises, marks and silencers, as ``check`` sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.terminal.command import checked, goescape

if TYPE_CHECKING:
    from tests.conftest import WriteTree

# Behind `// want`: what is found in the line. Directives are told by the line above their comment.
CODE = """package m

var Sink *int

//goescape:noescape
func Promise() *int {
	n := 1 // want error
	return &n
}

// Kept keeps its promise.
//
//goescape:noescape
func Kept(n int) int {
	return n + 1
}

func Line() *int {
	n := 2 //goescape:noescape // want error
	return &n
}

func Statement() *int {
	//goescape:noescape
	n := 3 // want error
	return &n
}

//goescape:hot
func Hot() *int {
	n := 4 // want warning
	return &n
}

func Ordinary() *int {
	n := 4 // want information
	return &n
}

//goescape:ignore made once
func Once() *int {
	n := 5
	return &n
}

func Silent() *int {
	n := 6 //goescape:ignore it is a cache
	return &n
}

// tell: say why
//goescape:ignore
func NoReason() *int {
	n := 7
	return &n
}

// tell: nothing escapes here
//goescape:ignore because
func Useless(n int) int {
	return n
}

// tell: has no directive `nosuch`
//goescape:nosuch
func Unknown() {}

//gcassert:inline,noescape
func Asserted() *int {
	n := 8 // want error
	return &n
}

func small() *int {
	n := 9 // want information
	return &n
}

//goescape:noescape
func Calls() {
	Sink = small() // tell: escapes, inlined here
}

var text = "//goescape:nosuch"

// Not a directive: // goescape:hot
func Spaced() *int {
	n := 10 // want information
	return &n
}
"""


def test_directives(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree("-- go.mod --\nmodule example.com/m\n\ngo 1.21\n-- a.go --\n" + CODE)
    found = checked(root, go_path)
    shown = {
        each["line"]: "error" if each["breaks_promise"] else each["severity"]
        for each in found["findings"]
    }
    lines = CODE.splitlines()
    wanted = {
        number: match[1]
        for number, line in enumerate(lines, 1)
        if (match := re.search(r"// want (\w+)", line))
    }
    assert shown == wanted
    told = {each["line"]: each["message"] for each in found["directives"]}
    expected = {}
    for number, line in enumerate(lines, 1):
        if match := re.search(r"// tell: (.*)", line):
            expected[number + line.startswith("//")] = match[1]
    assert told.keys() == expected.keys()
    for number, part in expected.items():
        assert part in told[number]
    errors = {each["line"] for each in found["directives"] if each["severity"] == "error"}
    assert errors == {number for number, part in expected.items() if "inlined" in part}


def test_a_broken_promise_fails_whatever_else_is_said(write_tree: WriteTree, go_path: str) -> None:
    source = CODE[: CODE.index("// Kept")]
    root = write_tree("-- go.mod --\nmodule example.com/m\n\ngo 1.21\n-- a.go --\n" + source)
    known = root / "known.json"
    assert goescape("baseline", "-C", root, "--go", go_path, "-o", known).returncode == 0
    answer = goescape(
        "check", "--go", go_path, "--baseline", known, "--fail-on", "warning", folder=root
    )
    assert answer.returncode == 1
    assert "a.go:7:2: error: `n` moves to the heap" in answer.stdout
    github = goescape("check", "--go", go_path, "--format", "github", folder=root)
    assert github.stdout.startswith("::error file=a.go,line=7,")
