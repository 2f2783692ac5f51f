"""What may move in front of a loop: shared by the rewrites that do so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.context.package_code import FUNCTIONS, statement_of
from goescape.fixes.syntax.variable_uses import contains, declared_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


def unconditional_loops(node: Node) -> Iterator[Node]:
    """The loops of the same function that run this in every turn, innermost first.

    What only some turns run is left out: in front of the loop it would run always.
    """
    child = node
    for parent in ancestors(node):
        if parent.type in FUNCTIONS | _CASES | {"go_statement", "defer_statement"}:
            return
        part = _field_of(parent, child)
        if parent.type in _CONDITIONS and part not in {"initializer", "condition", "value"}:
            return
        if parent.type == "binary_expression" and part == "right" and _may_skip(parent):
            return
        if parent.type == "for_statement" and _repeats(child, node):
            yield parent
        child = parent


def uses_names_of(loop: Node, literal: Node) -> bool:
    """Whether a function literal uses anything that the loop around it declares."""
    names = {text(name) for name in _declared_in(loop, literal)}
    for node in walk(literal):
        if node.type == "type_identifier" and text(node) in names:
            return True
        if node.type != "identifier":
            continue
        declared = definition(node)
        if declared is None and text(node) in names:
            return True
        if declared is not None and contains(loop, declared) and not contains(literal, declared):
            return True
    return False


def loop_to_leave(node: Node, stays: Node | None = None) -> Node | None:
    """The outermost unconditional loop; only up to the declaration of what the node needs."""
    outermost = None
    for loop in unconditional_loops(node):
        if stays is not None and contains(loop, stays):
            break
        outermost = loop
    return outermost


def in_front_of(loop: Node) -> Node | None:
    """The statement that a loop is, its label included."""
    body = loop.child_by_field_name("body")
    return statement_of(body) if body is not None else None


def parameter_name(call: Node, index: int, functions: Iterator[Node]) -> str:
    """How the callee calls an argument, if one of these functions is the callee."""
    called = call.child_by_field_name("function")
    field = called.child_by_field_name("field") if called is not None else None
    plain = text(field or called) if called is not None else ""
    for function in functions:
        name = function.child_by_field_name("name")
        parameters = function.child_by_field_name("parameters")
        if name is None or parameters is None or text(name) != plain:
            continue
        names = [
            text(n)
            for parameter in parameters.named_children
            for n in parameter.children_by_field_name("name")
        ]
        if index < len(names) and names[index] != "_":
            return names[index]
    return ""


def _declared_in(loop: Node, literal: Node) -> Iterator[Node]:
    for node in walk(loop):
        if not contains(literal, node):
            yield from declared_by(node)
            if node.type == "type_switch_statement":
                alias = node.child_by_field_name("alias")
                yield from alias.named_children if alias is not None else ()


def _repeats(child: Node, node: Node) -> bool:
    """Whether the part of a loop that holds a node runs in every turn."""
    if child.type == "for_clause":
        initializer = child.child_by_field_name("initializer")
        return initializer is None or not contains(initializer, node)
    return child.type != "range_clause"


def _may_skip(operation: Node) -> bool:
    operator = operation.child_by_field_name("operator")
    return operator is not None and operator.type in {"&&", "||"}


def _field_of(parent: Node, child: Node) -> str:
    for index, sibling in enumerate(parent.children):
        if sibling == child:
            return parent.field_name_for_child(index) or ""
    return ""


_CASES = frozenset({"expression_case", "type_case", "default_case", "communication_case"})
_CONDITIONS = frozenset(
    {"if_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
)
