"""What runs again and again."""

from __future__ import annotations

from tree_sitter import Node

from goescape.analysis.nodes import ancestors, text


def runs_repeatedly(node: Node) -> bool:
    """Whether a loop runs this again and again.

    What leaves the loop at once (``return &x`` in its body) runs once, however often it turns.
    A function literal inside a loop counts for the loop.
    """
    child, leaves_function, once = node, False, False
    for parent in ancestors(node):
        match parent.type:
            case "statement_list":
                leaving = _leaves(parent)
                leaves_function |= leaving == "function"
                once |= leaving == "loop"
            case "return_statement" | "goto_statement":
                leaves_function = True
            case "func_literal":
                leaves_function = once = False
            case "for_clause":
                once |= child == parent.child_by_field_name("initializer")
            case "for_statement":
                if not leaves_function and not once and child.type != "range_clause":
                    return True
                once = False
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


def _leaves(statements: Node) -> str:
    """What the last of some statements leaves: ``function``, ``loop`` or nothing."""
    last = statements.named_children[-1] if statements.named_children else None
    match last:
        case Node(type="return_statement" | "goto_statement"):
            return "function"
        case Node(type="break_statement"):
            around = next((a.type for a in ancestors(last) if a.type in _BREAKABLE), "")
            return "loop" if around == "for_statement" or last.named_child_count else ""
        case Node(type="expression_statement") if text(last).startswith("panic("):
            return "function"
    return ""


_BREAKABLE = frozenset(
    {
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "func_literal",
    }
)
