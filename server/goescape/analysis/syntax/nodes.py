"""Small questions to a tree-sitter node of Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, TreeCursor


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in source order.

    A node remembers the children that it was asked for, and they theirs, for as long as the file
    lives: a cursor leaves nothing behind, and is faster.
    """
    yield node
    cursor = node.walk()
    while cursor.goto_first_child() or next_outside(cursor):
        below = cursor.node
        if below is not None and below.is_named:
            yield below


def next_outside(cursor: TreeCursor) -> bool:
    """Move to what follows the whole node; False, and at the top, when nothing does."""
    while not cursor.goto_next_sibling():
        if not cursor.goto_parent():
            return False
    return True


def ancestors(node: Node) -> Iterator[Node]:
    """The nodes around a node, innermost first."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def callee_text(call: Node) -> str:
    """What a call expression calls, as written."""
    function = call.child_by_field_name("function")
    return text(function) if function is not None else ""


def callee_name(function: Node) -> str:
    """The last name of a called expression: ``Sprint`` of ``fmt.Sprint``."""
    match function.type:
        case "identifier" | "type_identifier":
            return text(function)
        case "selector_expression":
            selected = function.child_by_field_name("field")
            return text(selected) if selected is not None else ""
        case (
            "index_expression"
            | "parenthesized_expression"
            | "type_instantiation_expression"
            | "generic_type"
        ):
            return callee_name(function.named_children[0]) if function.named_child_count else ""
        case "qualified_type" | "pointer_type" | "unary_expression":
            return callee_name(function.named_children[-1]) if function.named_child_count else ""
    return ""


def token(node: Node, kind: str) -> Node | None:
    """The first child of this type, punctuation and keywords included."""
    return next((child for child in node.children if child.type == kind), None)


def anchor(node: Node) -> int | None:
    """The offset of the byte that the compiler prints for an expression; None for other nodes."""
    match node.type:
        case "call_expression":
            part = node.child_by_field_name("arguments")
        case "composite_literal":
            part = node.child_by_field_name("body")
        case "binary_expression":
            part = node.child_by_field_name("operator")
        case "selector_expression" | "qualified_type" | "type_assertion_expression":
            part = token(node, ".")
        case "index_expression" | "slice_expression" | "type_instantiation_expression":
            part = token(node, "[")
        case "type_conversion_expression":
            part = token(node, "(")
        case kind if kind in _STARTS_AT_ITSELF:
            return node.start_byte
        case _:
            return None
    return part.start_byte if part is not None else None


_STARTS_AT_ITSELF = frozenset(
    {
        "identifier",
        "field_identifier",
        "blank_identifier",
        "interpreted_string_literal",
        "raw_string_literal",
        "int_literal",
        "float_literal",
        "imaginary_literal",
        "rune_literal",
        "true",
        "false",
        "nil",
        "iota",
        "func_literal",
        "parenthesized_expression",
        "literal_value",
        "unary_expression",
        "go_statement",
        "defer_statement",
        "for_statement",
        "range_clause",
        "return_statement",
    }
)
