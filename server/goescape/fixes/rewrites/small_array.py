"""A slice of unknown length that stays local takes its space from an array when it is short."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from goescape.analysis.causes import Cause
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.fixes.candidate import Promise
from goescape.fixes.checks.stack_growth import grows_many_stacks
from goescape.fixes.context.package_code import FUNCTIONS, indentation, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    fresh_name,
    redeclares,
)
from goescape.fixes.syntax.made_slices import MadeSlice, made_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_LENGTH = 64
_LENGTH_OF_WIDE = 32
_LENGTH_IN_LOOP = 16
"""Of elements with pointers: all of the array is cleared in each iteration."""
_LENGTH_OF_MANY = 32
_LENGTH_OF_MANY_WIDE = 16
"""At most 256 bytes, in functions that are on many stacks, or often on one."""
_DIGITS = 8


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``x := make([]T, len(y))`` that only its length sends to the heap, for small elements."""
    if redeclares(code, "make", "len", *BASIC):
        return
    unsized = (f for f in code.allocations(file) if f.cause is Cause.DYNAMIC_SIZE)
    for _, made in made_slices(code, unsized):
        sizes = made.sizes
        element = made.type.child_by_field_name("element")
        if element is None or not _is_small(element):
            continue
        if not _is_length(sizes[-1]) or (len(sizes) == 2 and text(sizes[0]) != "0"):
            continue
        yield Match((), partial(_change, code, file, made, element), file.span(made.call))


def _change(code: PackageCode, file: GoFile, made: MadeSlice, element: Node) -> Change | None:
    length = _length(made.statement, element)
    if grows_many_stacks(code, made.call) is not None:
        length = min(length, _LENGTH_OF_MANY_WIDE if _is_wide(element) else _LENGTH_OF_MANY)
    new = _lines(file, made, element, length)
    if not new:
        return None
    return Change(
        (replace(file, made.statement, new),), may_add=(r"make\(\[\].*, (0, )?(n|size|n1)\)",)
    )


def _lines(file: GoFile, made: MadeSlice, element: Node, room: int) -> str:
    """The declaration with both ways to get the space; capacities stay as they were."""
    statement, name, sizes = made.statement, text(made.variable), made.sizes
    buffer = fresh_name(statement, ("buf", "store", "backing", "space"))
    length = fresh_name(statement, ("n", "size", "n1"))
    if not buffer or not length:
        return ""
    empty = len(sizes) == 2
    lines = [
        f"var {buffer} [{room}]{text(element)}",
        f"var {name} []{text(element)}",
        f"if {length} := {text(sizes[-1])}; {length} <= len({buffer}) {{",
        f"\t{name} = {buffer}[:{0 if empty else length}:{length}]",
        "} else {",
        f"\t{name} = make([]{text(element)}, {'0, ' if empty else ''}{length})",
        "}",
    ]
    return (line_end(file) + indentation(file, statement)).join(lines)


def _length(statement: Node, element: Node) -> int:
    """How many elements the array has: at most 512 bytes, less where that is cleared often."""
    is_wide = _is_wide(element)
    has_pointers = element.type == "pointer_type" or (is_wide and text(element) != "complex128")
    around = takewhile(lambda a: a.type not in FUNCTIONS, ancestors(statement))
    if has_pointers and any(a.type == "for_statement" for a in around):
        return _LENGTH_IN_LOOP
    return _LENGTH_OF_WIDE if is_wide else _LENGTH


def _is_wide(element: Node) -> bool:
    return text(element) in {"string", "any", "error", "complex128"}


def _is_small(element: Node) -> bool:
    return element.type == "pointer_type" or text(element) in BASIC


def _is_length(node: Node) -> bool:
    """Whether a size is an int that is never negative: lengths, their sums, and literals."""
    if node.type == "call_expression":
        return callee_text(node) == "len" and len(arguments_of(node)) == 1
    if node.type == "int_literal":
        return len(text(node)) < _DIGITS  # a larger factor might overflow
    operator = node.child_by_field_name("operator")
    if node.type != "binary_expression" or operator is None or operator.type not in {"+", "*"}:
        return False
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    return all(side is not None and _is_length(side) for side in sides)


REWRITE = Rewrite(
    code="small-array",
    title="Use a fixed-size array for small lengths",
    brings="Short inputs use an array on the stack; only longer ones allocate.",
    before="""
func median(xs []int) int {
	tmp := make([]int, len(xs))
	copy(tmp, xs)
	for i := 1; i < len(tmp); i++ {
		for j := i; j > 0 && tmp[j] < tmp[j-1]; j-- {
			tmp[j], tmp[j-1] = tmp[j-1], tmp[j]
		}
	}
	return tmp[len(tmp)/2]
}
""",
    after="""
func median(xs []int) int {
	var buf [64]int
	var tmp []int
	if n := len(xs); n <= len(buf) {
		tmp = buf[:n:n]
	} else {
		tmp = make([]int, n)
	}
	copy(tmp, xs)
	for i := 1; i < len(tmp); i++ {
		for j := i; j > 0 && tmp[j] < tmp[j-1]; j-- {
			tmp[j], tmp[j-1] = tmp[j-1], tmp[j]
		}
	}
	return tmp[len(tmp)/2]
}
""",
    checks=(
        (
            "The length alone sends the slice to the heap: nothing keeps it after the function "
            "returns."
        ),
        (
            "The elements have a basic type or are pointers. Up to 64 of them fit into the array; "
            "up to 32 where the function might call itself or runs in goroutines of its own."
        ),
    ),
    refused_when=(
        "the size might be negative: it is something else than lengths, their sums and products",
        "one iteration of a loop keeps the slice for the next one",
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
