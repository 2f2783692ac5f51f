"""A slice too large for ``make`` on the stack gets an array variable, which may be larger."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.causes import Cause
from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.stack_growth import grows_many_stacks
from goescape.fixes.context.package_code import indentation, insert, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    fresh_name,
)
from goescape.fixes.syntax.made_slices import made_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_LIMIT = 128 * 1024
_SIZES = {
    **dict.fromkeys(("bool", "byte", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "rune", "float32"), 4),
    **dict.fromkeys(("int", "uint", "int64", "uint64", "float64", "uintptr"), 8),
    **dict.fromkeys(("string", "any", "error", "complex128"), 16),
}


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``x := make([]T, N)`` whose size alone sends it to the heap.

    A stack that grows by so much must not be one of many: no recursion, no goroutine of its own.
    """
    large = (f for f in code.allocations(file) if f.cause is Cause.TOO_LARGE)
    for finding, made in made_slices(code, large):
        call, sizes = made.call, made.sizes
        store = fresh_name(call, ("store", "backing", "space", "memory"))
        element = made.type.child_by_field_name("element")
        if len(sizes) == 2 and text(sizes[0]) != "0":
            continue
        if not _is_constant(sizes[-1]):
            continue
        if not store or element is None or not _fits(code, finding.subject, text(element)):
            continue
        array = f"[{text(sizes[-1])}]{text(element)}"
        empty = "" if len(sizes) == 1 else "0"
        edits = (
            insert(
                file,
                made.statement.start_byte,
                f"var {store} {array}{line_end(file)}{indentation(file, call)}",
            ),
            replace(file, call, f"{store}[:{empty}]"),
        )
        yield Match((finding,), partial(_change, code, call, edits), file.span(call))


def _change(code: PackageCode, call: Node, edits: tuple[Edit, ...]) -> Change:
    if reason := grows_many_stacks(code, call):
        raise UnsafeError(reason)
    return Change(edits)


def _is_constant(size: Node) -> bool:
    """Whether a size that the compiler has folded may be that of an array: no variable is in it."""
    declared = (definition(n) for n in walk(size) if n.type == "identifier")
    kinds = [name.parent.type for name in declared if name is not None and name.parent is not None]
    return all(kind == "const_spec" for kind in kinds)


def _fits(code: PackageCode, subject: str, element: str) -> bool:
    """Whether the array has at most 128 KiB: before Go 1.24 the compiler would allow 10 MiB."""
    length = re.search(r", (\d+)\)$", subject)
    if code.go >= (1, 24):
        return True
    return length is not None and int(length[1]) * _SIZES.get(element, _LIMIT) <= _LIMIT


REWRITE = Rewrite(
    code="array-variable",
    title="Use an array variable (up to 128 KiB)",
    brings=(
        "`make` takes at most 64 KiB on the stack, a declared array takes 128 KiB: the same "
        "memory no longer comes from the heap."
    ),
    before="""
func mostFrequent(samples []uint16) int {
	counts := make([]int32, 20000)
	for _, s := range samples {
		counts[int(s)%len(counts)]++
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return best
}
""",
    after="""
func mostFrequent(samples []uint16) int {
	var store [20000]int32
	counts := store[:]
	for _, s := range samples {
		counts[int(s)%len(counts)]++
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return best
}
""",
    checks=(
        "The size alone sends the slice to the heap: nothing keeps it after the function returns.",
        "The array has at most 128 KiB.",
    ),
    refused_when=(
        (
            "the function runs in a goroutine of its own, because each goroutine would then "
            "need a larger stack"
        ),
        "the function might call itself, directly or not",
    ),
    find=_find,
    predeclared=frozenset({"make"}),
)
