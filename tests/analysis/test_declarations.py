"""What others are compiled by: declarations without what is inside of functions."""

from __future__ import annotations

import pytest

from goescape.analysis.syntax.declarations import affects_importers
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.source import SourceText

TEXT = """package p

import "fmt"

// T is one.
type T struct{ n int }

type (
	A = int
	B interface{ M() }
)

const (
	one = iota
	two
)

var x, y = 1, func(n int) int { return n }

var (
	a = 1
	b string
)

func F[P any](p *P) (n int, _ error) { return fmt.Println(p) }

func (t *T) M() { println(t.n) }

func new1() *T { return &T{} }

func new2() *T { return &T{} }
"""
OTHER = """package p

var New2 = new2
"""


def parsed(text: str) -> GoFile:
    return GoFile(SourceText("p.go", text.encode()))


def felt(old: str, new: str) -> bool:
    """Whether others feel it when one text replaces another."""
    after = TEXT.replace(old, new, 1)
    assert after != TEXT
    return affects_importers([parsed(TEXT)], [parsed(after)], [parsed(OTHER)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return fmt.Println(p)", "return 0, nil"),
        ("{ return n }", "{\n\treturn n + 1\n}"),
        ("println(t.n)", "var t T; type T int; _ = t"),
        ("// T is one.", "// T was one."),
        ('import "fmt"', 'import (\n"fmt"\n"strconv"\n)'),
        ("a = 1", "more = 3\n\ta = 1"),
        ("func F", "func G() {}\n\nfunc F"),
        ("new1() *T { return &T{} }", "new1() T { return T{} }"),
    ],
)
def test_what_nobody_else_sees(old: str, new: str) -> None:
    assert not felt(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("n int }", "n int32 }"),
        ("B interface{ M() }", "B interface{}"),
        ("two", "zero; two"),
        ("a = 1", "a = 2"),
        ("b string", "b []byte"),
        ("func(n int) int", "func(n int) any"),
        ("p *P", "p P"),
        ("(t *T) M", "(t T) M"),
        ("new2() *T { return &T{} }", "new2() T { return T{} }"),
    ],
)
def test_what_others_may_feel(old: str, new: str) -> None:
    assert felt(old, new)
