"""What runs again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, text

if TYPE_CHECKING:
    from tree_sitter import Node


def runs_repeatedly(node: Node) -> bool:
    """Whether a loop runs this again and again.

    What leaves the loop at once (``return &x`` in its body) runs once, however often it turns.
    A function literal inside a loop counts for the loop.
    """
    child, leaves_function = node, False
    left: Node | None = None  # the outermost loop known to be left: it turns no more
    for parent in ancestors(node):
        match parent.type:
            case "statement_list":
                last = parent.named_children[-1] if parent.named_children else None
                leaves_function |= last is not None and _leaves_function(last)
                if last is not None and last.type == "break_statement":
                    left = _outer(left, _broken(last))
            case "return_statement" | "goto_statement":
                leaves_function = True
            case "func_literal":
                leaves_function, left = False, None
            case "for_clause" if child == parent.child_by_field_name("initializer"):
                left = _outer(left, parent.parent)
            case "for_statement":
                if not leaves_function and left is None and child.type != "range_clause":
                    return True
                left = None if left == parent else left
        child = parent
    return False


def declaring_loop(identifier: Node) -> Node | None:
    """The loop whose clause declares this variable; None for other variables."""
    child = identifier
    for parent in ancestors(identifier):
        if parent.type == "range_clause":
            return parent.parent if child == parent.child_by_field_name("left") else None
        if parent.type == "for_clause":
            return parent.parent if child == parent.child_by_field_name("initializer") else None
        if parent.type not in {"expression_list", "short_var_declaration"}:
            return None
        child = parent
    return None


def _leaves_function(statement: Node) -> bool:
    if statement.type == "expression_statement":
        return text(statement).startswith("panic(")
    return statement.type in {"return_statement", "goto_statement"}


def _broken(statement: Node) -> Node | None:
    """The loop that a ``break`` leaves; None where it leaves a switch or select."""
    child = statement
    label = text(statement.named_children[0]) if statement.named_child_count else ""
    for parent in ancestors(statement):
        if parent.type == "labeled_statement" and text(parent.named_children[0]) == label:
            return child if child.type == "for_statement" else None
        if parent.type in _BREAKABLE and not label:
            return parent if parent.type == "for_statement" else None
        child = parent
    return None


def _outer(left: Node | None, right: Node | None) -> Node | None:
    """The outer one of two loops that may be known."""
    if left is None or right is None:
        return left or right
    return min(left, right, key=lambda loop: loop.start_byte)


_BREAKABLE = frozenset(
    {
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "func_literal",
    }
)
