"""Where a condition that never changes is known to hold: in its branch, and after its opposite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node


def is_known_at(node: Node, checks: Mapping[Node, bool]) -> bool:
    """Whether a node only runs where something holds that never changes.

    ``checks`` are the expressions that ask for it, and whether they ask for it or its opposite.
    """
    child = node
    for parent in ancestors(node):
        if _is_known_in(parent, child, checks):
            return True
        child = parent
    return False


def _is_known_in(parent: Node, child: Node, checks: Mapping[Node, bool]) -> bool:
    """Whether what stands around a node, or before it, lets it run only where it holds."""
    match parent.type:
        case "if_statement":
            condition = parent.child_by_field_name("condition")
            if condition is None:
                return False
            if parent.child_by_field_name("consequence") == child:
                return _implies(condition, checks, answer=True)
            is_else = parent.child_by_field_name("alternative") == child
            return is_else and _implies(condition, checks, answer=False)
        case "for_statement" if parent.child_by_field_name("body") == child:
            condition = _loop_condition(parent)
            return condition is not None and _implies(condition, checks, answer=True)
        case "binary_expression" if parent.child_by_field_name("right") == child:
            left, operator = (parent.child_by_field_name(part) for part in ("left", "operator"))
            if left is None or operator is None or operator.type not in {"&&", "||"}:
                return False
            return _implies(left, checks, answer=operator.type == "&&")
        case "statement_list":
            before = (
                other for other in parent.named_children if other.end_byte <= child.start_byte
            )
            return any(_leaves_unless(statement, checks) for statement in before)
    return False


def _implies(condition: Node, checks: Mapping[Node, bool], *, answer: bool) -> bool:
    """Whether it holds wherever a condition has this answer."""
    if condition in checks:
        return checks[condition] is answer
    parts = condition.named_children
    match condition.type:
        case "parenthesized_expression" if len(parts) == 1:
            return _implies(parts[0], checks, answer=answer)
        case "unary_expression" if condition.children[0].type == "!":
            return _implies(parts[0], checks, answer=not answer)
        case "binary_expression":
            operator = condition.child_by_field_name("operator")
            joined = "&&" if answer else "||"
            is_joined = operator is not None and operator.type == joined
            return is_joined and any(_implies(part, checks, answer=answer) for part in parts)
    return False


def _leaves_unless(statement: Node, checks: Mapping[Node, bool]) -> bool:
    """``if !holds { return }``."""
    if statement.type != "if_statement":
        return False
    condition = statement.child_by_field_name("condition")
    block = statement.child_by_field_name("consequence")
    if condition is None or block is None or not _implies(condition, checks, answer=False):
        return False
    listed = next((n for n in block.named_children if n.type == "statement_list"), None)
    statements = [n for n in listed.named_children if n.type != "comment"] if listed else []
    return bool(statements) and _leaves(statements[-1])


def _leaves(statement: Node) -> bool:
    if statement.type == "expression_statement":
        call = statement.named_children[0]
        return call.type == "call_expression" and callee_text(call) == "panic"
    return statement.type in {"return_statement", "continue_statement", "break_statement"}


def _loop_condition(loop: Node) -> Node | None:
    clause = next((n for n in loop.named_children if n.type != "comment"), None)
    if clause is None or clause.type in {"range_clause", "block"}:
        return None
    return clause.child_by_field_name("condition") if clause.type == "for_clause" else clause
