"""A slice of unknown length that stays local takes its space from an array when it is short."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from goescape.analysis.causes import Cause
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.fixes.candidate import Promise, UnsafeError
from goescape.fixes.checks.stack_growth import grows_many_stacks
from goescape.fixes.context.package_code import FUNCTIONS, indentation, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    fresh_name,
    redeclares,
)
from goescape.fixes.syntax.made_slices import made_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_LENGTH = 64
_LENGTH_OF_WIDE = 32
_LENGTH_IN_LOOP = 16
"""Of elements with pointers: all of the array is cleared in each iteration."""
_DIGITS = 8


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``x := make([]T, len(y))`` that only its length sends to the heap, for small elements."""
    if redeclares(code, "make", "len", *BASIC):
        return
    unsized = (f for f in code.allocations(file) if f.cause is Cause.DYNAMIC_SIZE)
    for _, made in made_slices(code, unsized):
        call, statement, sizes = made.call, made.statement, made.sizes
        element = made.type.child_by_field_name("element")
        if element is None or not _is_small(element):
            continue
        if not _is_length(sizes[-1]) or (len(sizes) == 2 and text(sizes[0]) != "0"):
            continue
        new = _lines(file, statement, text(made.variable), element, sizes)
        yield Match((), partial(_change, code, file, call, statement, new), file.span(call))


def _change(
    code: PackageCode, file: GoFile, call: Node, statement: Node, new: str
) -> Change | None:
    if reason := grows_many_stacks(code, call):
        raise UnsafeError(reason)
    if not new:
        return None
    return Change((replace(file, statement, new),), may_add=(r"make\(\[\].*, (0, )?(n|size|n1)\)",))


def _lines(file: GoFile, statement: Node, name: str, element: Node, sizes: list[Node]) -> str:
    """The declaration with both ways to get the space; capacities stay as they were."""
    buffer = fresh_name(statement, ("buf", "store", "backing", "space"))
    length = fresh_name(statement, ("n", "size", "n1"))
    if not buffer or not length:
        return ""
    empty = len(sizes) == 2
    lines = [
        f"var {buffer} [{_length(statement, element)}]{text(element)}",
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
    is_wide = text(element) in {"string", "any", "error", "complex128"}
    has_pointers = element.type == "pointer_type" or (is_wide and text(element) != "complex128")
    around = takewhile(lambda a: a.type not in FUNCTIONS, ancestors(statement))
    if has_pointers and any(a.type == "for_statement" for a in around):
        return _LENGTH_IN_LOOP
    return _LENGTH_OF_WIDE if is_wide else _LENGTH


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
        "The elements have a basic type or are pointers. Up to 64 of them fit into the array.",
    ),
    refused_when=(
        (
            "the function runs in a goroutine of its own, because each goroutine would then "
            "need a larger stack"
        ),
        "the function might call itself, directly or not",
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
