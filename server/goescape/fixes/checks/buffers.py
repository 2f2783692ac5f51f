"""What is known of a buffer that is appended to: whether it has space, who else changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.syntax.local_variables import arguments_of, is_own, single_declaration
from goescape.fixes.syntax.variable_uses import contains, function_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.fixes.context.package_code import PackageCode


def has_space(buffer: Node) -> bool:
    """Whether a buffer probably has space: what grows from nothing would grow in several steps.

    That is so for what was made with a capacity, is emptied, came from a caller or grows in a loop.
    """
    if buffer.type == "slice_expression":
        return buffer.child_by_field_name("capacity") is None
    if buffer.type == "call_expression":
        arguments = arguments_of(buffer)
        return callee_text(buffer) == "append" and bool(arguments) and has_space(arguments[0])
    if buffer.type == "selector_expression":
        return True
    declared = definition(buffer) if buffer.type == "identifier" else None
    if declared is None:
        return buffer.type == "identifier" and text(buffer) != "nil"
    if declared.parent is not None and declared.parent.type == "parameter_declaration":
        return _is_parameter(declared)
    if _repeats(buffer, declared):
        return True
    statement = declared.parent.parent if declared.parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    value = single[2] if single is not None and single[0] == declared else None
    if value is None:
        return False
    if value.type == "call_expression" and callee_text(value) == "make":
        sizes = arguments_of(value)[1:]
        return len(sizes) == 2 and text(sizes[1]) != "0"
    return value.type in {"slice_expression", "selector_expression"} and has_space(value)


def _is_parameter(declared: Node) -> bool:
    """Whether it is no result, which begins as nil."""
    function = function_of(declared)
    results = function.child_by_field_name("result") if function is not None else None
    return results is None or not contains(results, declared)


def _repeats(use: Node, declared: Node) -> bool:
    """Whether a loop that does not hold the declaration repeats a use."""
    return any(
        around.type == "for_statement" and not contains(around, declared)
        for around in ancestors(use)
        if function_of(around) == function_of(declared)
    )


def is_settled_buffer(code: PackageCode, buffer: Node) -> bool:
    """Whether nothing that is called meanwhile gives a buffer another value: ``b``, ``b[:0]``."""
    if buffer.type == "slice_expression":
        start, end = (buffer.child_by_field_name(part) for part in ("start", "end"))
        operand = buffer.child_by_field_name("operand")
        whole = start is None and buffer.child_by_field_name("capacity") is None
        if operand is None or not whole or (end is not None and text(end) != "0"):
            return False
        buffer = operand
    if buffer.type == "type_conversion_expression":
        return text(buffer) in {"[]byte(nil)", '[]byte("")'}
    return buffer.type == "identifier" and is_own(code, buffer)
