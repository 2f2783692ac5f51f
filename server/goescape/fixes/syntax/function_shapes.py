"""Small parts of functions, as source: parameters, the only result, conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import parameter_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration


def parameters_of(declared: FunctionDeclaration) -> list[Node]:
    """The names of its parameters."""
    parameters = declared.node.child_by_field_name("parameters")
    return [*parameter_names(parameters)] if parameters is not None else []


def statements_of(block: Node) -> list[Node]:
    """What stands in a block, comments left out."""
    lists = [n for n in block.named_children if n.type == "statement_list"]
    return [n for n in lists[0].named_children if n.type != "comment"] if lists else []


def condition_of(check: Node) -> Node:
    """The condition of an ``if``."""
    condition = check.child_by_field_name("condition")
    return condition if condition is not None else check


def is_plain_if(statement: Node) -> bool:
    """Whether it is an ``if`` without an initializer and without ``else``."""
    others = ("initializer", "alternative")
    return statement.type == "if_statement" and not any(
        statement.child_by_field_name(part) is not None for part in others
    )


def only_result_of(declared: FunctionDeclaration) -> Node | None:
    """``x`` of a function that does nothing but ``return x``."""
    body = declared.node.child_by_field_name("body")
    statements = statements_of(body) if body is not None else []
    if len(statements) != 1 or statements[0].type != "return_statement":
        return None
    results = statements[0].named_children[0].named_children if statements[0].named_children else []
    return results[0] if len(results) == 1 else None


def is_about_receiver(condition: Node, receiver: Node) -> bool:
    """Whether a condition is about the receiver and its fields alone."""
    return all(
        node.type in _ABOUT_RECEIVER or (node.type == "identifier" and node.text == receiver.text)
        for node in walk(condition)
    )


def declared_type_of(name: Node) -> str:
    """The type of a parameter, as written; empty where it is not known."""
    written = name.parent.child_by_field_name("type") if name.parent is not None else None
    return text(written) if written is not None else ""


def all_of(conditions: Sequence[str]) -> str:
    """All of several conditions; of one alone just that."""
    if len(conditions) == 1:
        return without_parentheses(conditions[0])
    return " && ".join(f"({each})" if " || " in each else each for each in conditions)


def with_names(node: Node, names: Mapping[str, str]) -> str:
    """The source of an expression with names replaced, those after a dot left alone."""
    return re.sub(r"(?<![\w.])\w+", lambda word: names.get(word[0], word[0]), text(node))


def without_spaces(condition: str) -> str:
    """The same text without any space."""
    return "".join(condition.split())


def operator_of(node: Node) -> str:
    """The operator of an expression; empty where it has none."""
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


_ABOUT_RECEIVER = frozenset(
    {
        *("selector_expression", "field_identifier", "call_expression", "argument_list"),
        *("unary_expression", "binary_expression", "parenthesized_expression"),
        *("nil", "true", "false", "int_literal"),
    }
)


def without_parentheses(condition: str) -> str:
    """A condition without parentheses around all of it."""
    inner = condition[1:-1]
    depth = 0
    for sign in inner if condition[:1] == "(" and condition[-1:] == ")" else ")":
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return condition
    return inner
