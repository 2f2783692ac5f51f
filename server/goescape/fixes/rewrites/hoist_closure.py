"""A function literal that uses nothing of the loop around it is made once, in front of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import walk
from goescape.fixes.candidate import Promise
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.hoisting import (
    in_front_of,
    parameter_name,
    unconditional_loops,
    uses_names_of,
)
from goescape.fixes.syntax.variable_uses import line_before, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Literals that are arguments of calls in every iteration of a loop.

    All literals made in the loop share the variables that they capture, since these are declared
    outside of it; so one literal does what all of them do.
    """
    for finding in code.findings:
        if finding.span.file != file.source.path or finding.kind is not SiteKind.CLOSURE:
            continue
        place = code.node_of(finding) if finding.in_loop and finding.is_diagnostic else None
        literal = place[1] if place is not None else None
        if literal is None or literal.type != "func_literal":
            continue
        loops = list(unconditional_loops(literal))
        if not loops or literal.parent is None or literal.parent.type != "argument_list":
            continue
        free = [loop for loop in loops if not uses_names_of(loop, literal)]
        if free and literal.end_point[0] - literal.start_point[0] < _MOST_LINES:
            yield Match((finding,), partial(_change, code, file, literal, free[-1]))


def _change(code: PackageCode, file: GoFile, literal: Node, loop: Node) -> Change | None:
    statement = in_front_of(loop)
    name = local_name(literal, (_name_of(code, literal), "callback", "literal"))
    if statement is None or not name:
        return None
    at, after = line_before(file, statement)
    written = file.source.content[literal.start_byte : literal.end_byte].decode()
    return Change(
        (insert(file, at, f"{name} := {written}{after}"), replace(file, literal, name)),
        may_add=(rf".*\b{name}\b.*",),
    )


def _name_of(code: PackageCode, literal: Node) -> str:
    arguments = literal.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or call is None or call.type != "call_expression":
        return "callback"
    functions = (
        node
        for file in code.files.values()
        for node in walk(file.root)
        if node.type in {"function_declaration", "method_declaration", "method_elem"}
    )
    parameter = parameter_name(call, arguments.named_children.index(literal), functions)
    return parameter or "callback"


_MOST_LINES = 30
"""A longer literal reads better where it is."""


REWRITE = Rewrite(
    code="hoist-closure",
    title="Create the closure once, before the loop",
    brings=(
        "One function literal serves all iterations: it captures nothing that belongs to the loop."
    ),
    before="""
type walker interface {
	walk(n int, visit func(int))
}

func sumAll(w walker, roots []int) int {
	sum := 0
	for _, r := range roots {
		w.walk(r, func(v int) {
			sum += v
		})
	}
	return sum
}
""",
    after="""
type walker interface {
	walk(n int, visit func(int))
}

func sumAll(w walker, roots []int) int {
	sum := 0
	visit := func(v int) {
		sum += v
	}
	for _, r := range roots {
		w.walk(r, visit)
	}
	return sum
}
""",
    checks=(
        "The literal uses no variable that is declared in the loop.",
        "The literal is an argument of a call that every iteration makes.",
    ),
    refused_when=(
        "only some iterations make the literal",
        "the literal has more than 30 lines, because it reads better where it is",
    ),
    promise=Promise.OUT_OF_LOOP,
    find=_find,
)
