"""An array that is too large even for a variable on the stack is taken from a pool."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.causes import Cause
from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import SiteKind as FindingKind
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.fixes.candidate import FixKind, UnsafeError
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.edits.package_declarations import declared_after_imports, means_the_same_outside
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    declaration_around,
    function_around,
    has_comment,
    has_goto,
    is_clear,
    is_visible,
    redeclares,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``var x [N]T`` that is only indexed, outside of loops and closures."""
    if redeclares(code, "any", "new", "len", "cap"):
        return
    for finding in code.allocations(file):
        if finding.kind is not FindingKind.VARIABLE or finding.cause is not Cause.TOO_LARGE:
            continue
        place = code.node_of(finding)
        parts = _declaration(code, place[1]) if place is not None else None
        if parts is not None:
            change = partial(_change, code, file, *parts)
            yield Match((finding,), change, file.span(parts[0]))


def _change(
    code: PackageCode, file: GoFile, statement: Node, variable: Node, its_type: Node
) -> Change:
    name, array = text(variable), text(its_type)
    pool = f"{name}Pool"
    imports = import_edits(file, ["sync"])
    made = f"var {pool} = sync.Pool{{New: func() any {{ return new({array}) }}}}"
    declared = declared_after_imports(file, made)
    free = code.is_free_in_package(pool) and is_visible(statement, "sync")
    if imports is None or declared is None or not free:
        raise UnsafeError(ReasonCode.EITHER_NAME_TAKEN, name=pool, other="sync")
    lines = [
        f"{name} := {pool}.Get().(*{array})",
        f"defer {pool}.Put({name})",
        f"*{name} = {array}{{}}",
    ]
    new = (line_end(file) + indentation(file, statement)).join(lines)
    return Change((*imports, declared, replace(file, statement, new)), may_add=(r"new\(\[.*",))


def _declaration(code: PackageCode, variable: Node) -> tuple[Node, Node, Node] | None:
    """Statement, name and array type of ``var x [N]T``, if a pointer will do as well."""
    statement = variable.parent.parent if variable.parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[0] != variable or single[2] is not None:
        return None
    its_type, function, around = single[1], function_around(variable), declaration_around(variable)
    if its_type is None or its_type.type != "array_type" or has_comment(statement):
        return None
    if function is None or around is None or has_goto(around) or not is_clear(variable):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    if any(a.type == "for_statement" for a in ancestors(statement) if _within(a, function)):
        return None
    uses = [use for use in code.uses(variable, function) if use != variable]
    same = means_the_same_outside(code, its_type)
    if not same or not all(_is_indexed(use, function) for use in uses):
        return None
    return statement, variable, its_type


def _within(node: Node, function: Node) -> bool:
    return function.start_byte <= node.start_byte and node.end_byte <= function.end_byte


def _is_indexed(use: Node, function: Node) -> bool:
    """Whether it is ``x[i]``, read or assigned, or ``len(x)``; nothing that outlives the call."""
    parent = use.parent
    if parent is None or function_around(use) != function:
        return False
    if parent.type == "argument_list":
        call = parent.parent
        return call is not None and callee_text(call) in {"len", "cap"}
    if parent.type == "range_clause":
        left = parent.child_by_field_name("left")
        return use == parent.child_by_field_name("right") and (
            left is None or left.named_child_count == 1
        )
    if parent.type != "index_expression" or parent.child_by_field_name("operand") != use:
        return False
    grandparent = parent.parent
    if grandparent is None or grandparent.type in {"selector_expression", "slice_expression"}:
        return False
    if grandparent.type in {"index_expression", "call_expression"}:
        return grandparent.child_by_field_name("index") == parent
    return not text(grandparent).startswith("&")


REWRITE = Rewrite(
    code="array-pool",
    title="Take the array from a sync.Pool",
    brings=(
        "An array that is too large for the stack is reused from one call to the next instead "
        "of being allocated each time."
    ),
    before="""
func distinct(words []uint32) int {
	var seen [1 << 18]bool
	n := 0
	for _, w := range words {
		if k := w % uint32(len(seen)); !seen[k] {
			seen[k] = true
			n++
		}
	}
	return n
}
""",
    after="""
import "sync"

var seenPool = sync.Pool{New: func() any { return new([1 << 18]bool) }}

func distinct(words []uint32) int {
	seen := seenPool.Get().(*[1 << 18]bool)
	defer seenPool.Put(seen)
	*seen = [1 << 18]bool{}
	n := 0
	for _, w := range words {
		if k := w % uint32(len(seen)); !seen[k] {
			seen[k] = true
			n++
		}
	}
	return n
}
""",
    checks=(
        (
            "The array is only indexed, ranged over or measured with `len` and `cap`; it is "
            "never copied, sliced or captured."
        ),
        "It is declared outside of loops, and its type means the same at package level.",
    ),
    refused_when=(
        "the name of the pool, or `sync`, already means something else",
        "the function contains `goto`",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "The pool keeps the array, and what its elements point to, "
        "until the garbage collector runs."
    ),
    find=_find,
)
