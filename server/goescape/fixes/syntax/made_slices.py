"""Slices that ``make`` makes for a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    has_goto,
    single_declaration,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def made_slice(call: Node) -> tuple[Node, Node, Node, list[Node]] | None:
    """Call, statement, slice type and sizes of ``x := make([]T, ...)`` in a block."""
    if call.type != "call_expression" or callee_text(call) != "make":
        return None
    statement = next(
        (a for a in ancestors(call) if a.type in {"short_var_declaration", "var_declaration"}), None
    )
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[2] != call or has_comment(statement):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    arguments = arguments_of(call)
    if len(arguments) not in {2, 3} or arguments[0].type != "slice_type":
        return None
    function = declaration_around(call)
    if function is None or has_goto(function):
        return None
    if single[1] is not None and single[1].text != arguments[0].text:
        return None
    return call, statement, arguments[0], arguments[1:]
