"""A variable for the result of a call that has no name yet: ``t := f()`` in front of ``t.m()``.

Only where nothing of the statement is evaluated before the call, so that all happens in the order
in which it happened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, token
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.package_code import FUNCTIONS, indentation, insert, line_end, replace
from goescape.fixes.edits.pointees import check_no_unsafe
from goescape.fixes.flow.results import operands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.flow.calls import FunctionCall


def temporary_edits(
    code: PackageCode, call: FunctionCall, taken: set[tuple[str, int, str]]
) -> Iterator[Edit]:
    """Edits that name what a call returns, and use the name where a pointer was used.

    ``taken`` are the names that other calls have got, by function; the new one is added.
    Raises UnsafeError where the order of evaluation, or what the pointer is for, is not plain.
    """
    check_no_unsafe(call.file)
    parent = call.node.parent
    kind = parent.type if parent is not None else ""
    if kind not in {"selector_expression", "argument_list"}:
        raise UnsafeError(ReasonCode.RESULT_NOT_KEPT_OR_READ, call=text(call.node))
    statement = _statement_started_by(code, call)
    line = call.file.source.line(statement.start_point[0] + 1)
    if line[: statement.start_point[1]].strip():
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)
    name = _name(code, call, taken)
    gap = line_end(call.file) + indentation(call.file, statement)
    yield insert(call.file, statement.start_byte, f"{name} := {text(call.node)}{gap}")
    yield replace(call.file, call.node, name if kind == "selector_expression" else f"&{name}")


def _name(code: PackageCode, call: FunctionCall, taken: set[tuple[str, int, str]]) -> str:
    called = callee_text(call.node).rpartition(".")[2]
    match = re.fullmatch(r"(?:new|make|parse|read|load|build|create|open)([A-Z]\w*)", called)
    words = [match[1][:1].lower() + match[1][1:]] if match else []
    function = next((a for a in reversed([*ancestors(call.node)]) if a.type in FUNCTIONS), None)
    start = function.start_byte if function is not None else 0
    for name in (*words, "made", *(f"made{n}" for n in range(2, 10))):
        key = (call.file.source.path, start, name)
        if key not in taken and code.is_free(name, call.file, call.node):
            taken.add(key)
            return name
    raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)


def _statement_started_by(code: PackageCode, call: FunctionCall) -> Node:
    """The statement of a block in which nothing is evaluated before the call."""
    child = call.node
    for around in ancestors(call.node):
        if around.type == "statement_list":
            return child
        if not _is_first(code, call, around, child):
            break
        child = around
    raise UnsafeError(ReasonCode.EVALUATED_BEFORE, call=text(call.node))


def _is_first(code: PackageCode, call: FunctionCall, around: Node, child: Node) -> bool:
    """Whether ``child`` is the first part of a node that is evaluated, and always is, once."""
    if around.type in _FIRST_PART:
        return around.child_by_field_name(_FIRST_PART[around.type]) == child
    match around.type:
        case "parenthesized_expression" | "unary_expression" | "expression_statement":
            return token(around, "&") is None
        case "argument_list":
            harmless = _calls_known_function(code, call, around)
            return harmless and _follows_literals(around, child)
        case "expression_list":
            return _follows_literals(around, child)
        case "call_expression":
            return child.type == "argument_list" or child == around.child_by_field_name("function")
        case "short_var_declaration" | "assignment_statement":
            left = operands(around.child_by_field_name("left"))
            plain = all(name.type == "identifier" for name in left)
            return plain and around.child_by_field_name("right") == child and _assigns(around)
        case "if_statement":
            before = around.child_by_field_name("initializer")
            later = around.child_by_field_name("condition")
            return child == before or (before is None and child == later)
        case "for_statement":
            return child.type == "range_clause"
        case "return_statement":
            return True
    return False


def _assigns(statement: Node) -> bool:
    """Whether it is a plain assignment; ``x += f()`` reads x first."""
    return any(token(statement, operator) is not None for operator in ("=", ":="))


def _follows_literals(listed: Node, child: Node) -> bool:
    before = operands(listed)[: operands(listed).index(child)]
    return all(node.type in _LITERALS for node in before)


def _calls_known_function(code: PackageCode, call: FunctionCall, arguments: Node) -> bool:
    """Whether arguments are those of a declared function: naming it evaluates nothing."""
    outer = arguments.parent
    function = outer.child_by_field_name("function") if outer is not None else None
    if function is None:
        return False
    if function.type == "identifier":
        return definition(function) is None and _declares(code, call, text(function))
    operand = function.child_by_field_name("operand")
    if function.type != "selector_expression" or operand is None:
        return False
    path = code.imported.path(call.file, text(operand)) if operand.type == "identifier" else ""
    package = code.imported.package(path) if path else None
    field = function.child_by_field_name("field")
    return (
        definition(operand) is None
        and package is not None
        and field is not None
        and text(field) in package.functions
    )


def _declares(code: PackageCode, call: FunctionCall, name: str) -> bool:
    """Whether the package of a call declares a function of this name."""
    package = call.file.package_name
    files = [file for file in code.files.values() if file.package_name == package]
    return any(name == f.name == f.plain_name for file in files for f in file.functions)


_FIRST_PART = {
    "selector_expression": "operand",
    "index_expression": "operand",
    "slice_expression": "operand",
    "type_assertion_expression": "operand",
    "binary_expression": "left",
    "range_clause": "right",
}
_LITERALS = frozenset(
    {
        *("interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal"),
        *("rune_literal", "true", "false", "nil"),
    }
)
