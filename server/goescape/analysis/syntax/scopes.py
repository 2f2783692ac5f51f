"""Which declaration a name in Go stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import token, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


def definition(identifier: Node) -> Node | None:
    """The identifier that declares this local name; None for package-level and unknown ones.

    A field, method or key of the same spelling is not a use of the variable.
    """
    if identifier.type != "identifier":
        return None
    return local_declaration(identifier, identifier.text)


def local_declaration(node: Node, name: bytes | None) -> Node | None:
    """The identifier that declares a local name for what stands at a node; types are none."""
    around: Node | None = node
    while around is not None:
        if around.type in _SCOPES:
            declaring = next(_declarations_in(around, node, name), None)
            if declaring is not None:
                return declaring
        around = around.parent
    return None


def parameter_names(parameters: Node) -> Iterator[Node]:
    """The names that a parameter list declares."""
    for declaration in parameters.named_children:
        if declaration.type in {"parameter_declaration", "variadic_parameter_declaration"}:
            yield from declaration.children_by_field_name("name")


def _declarations_in(scope: Node, use: Node, name: bytes | None) -> Iterator[Node]:
    """The identifiers that ``scope`` itself declares by this name for a use, first to last."""
    for part in _DECLARING_PARTS.get(scope.type, ()):
        if (child := scope.child_by_field_name(part)) is not None:
            match child.type:
                case "parameter_list":
                    yield from (n for n in parameter_names(child) if n.text == name)
                case "expression_list":  # the alias of a type switch
                    yield from _named(child, name)
                case _:
                    yield from _declared_by(child, use, name)
    if scope.type == "statement_list":
        yield from _declared_before(scope, use, name)
    elif scope.type == "for_statement":
        for child in scope.named_children:
            yield from _declared_by(child.child_by_field_name("initializer") or child, use, name)


def _declared_before(statements: Node, use: Node, name: bytes | None) -> Iterator[Node]:
    for statement in statements.named_children:
        if statement.start_byte > use.start_byte:
            return
        if statement.type in _DECLARING_STATEMENTS:
            for declared in _declared_by(_unlabelled(statement), use, name):
                if not _is_parameter_of_body(name, statements):
                    yield declared


def _is_parameter_of_body(name: bytes | None, statements: Node) -> bool:
    """Whether ``x, err := f()`` directly in a function's body assigns it: it is a parameter."""
    function = statements.parent.parent if statements.parent is not None else None
    if function is None or statements.parent != function.child_by_field_name("body"):
        return False
    parts = (function.child_by_field_name(p) for p in _DECLARING_PARTS.get(function.type, ()))
    lists = (part for part in parts if part is not None and part.type == "parameter_list")
    return any(each.text == name for part in lists for each in parameter_names(part))


def _declared_by(statement: Node, use: Node, name: bytes | None) -> Iterator[Node]:
    match statement.type:
        case "short_var_declaration" | "range_clause" | "receive_statement":
            left = statement.child_by_field_name("left")
            names = _named(left, name) if left is not None else []
            if left is None or not names or token(statement, ":=") is None:
                return
            # The right side still sees the outer name.
            if statement.end_byte <= use.start_byte or use in left.named_children:
                yield from names
        case "var_declaration" | "const_declaration":
            for spec in walk(statement):
                if spec.type in {"var_spec", "const_spec"}:
                    declared = spec.children_by_field_name("name")
                    if spec.end_byte <= use.start_byte or use in declared:
                        yield from (n for n in declared if n.text == name)


def _named(names: Node, name: bytes | None) -> list[Node]:
    return [n for n in names.named_children if n.type == "identifier" and n.text == name]


def _unlabelled(statement: Node) -> Node:
    while statement.type == "labeled_statement" and statement.named_child_count > 1:
        statement = statement.named_children[-1]
    return statement


# The parts of a node that declare names for the rest of it.
_DECLARING_PARTS = {
    "function_declaration": ("parameters", "result"),
    "method_declaration": ("receiver", "parameters", "result"),
    "func_literal": ("parameters", "result"),
    "if_statement": ("initializer",),
    "expression_switch_statement": ("initializer",),
    "type_switch_statement": ("initializer", "alias"),
    "communication_case": ("communication",),
}


_DECLARING_STATEMENTS = frozenset(
    {"short_var_declaration", "var_declaration", "const_declaration", "labeled_statement"}
)
_SCOPES = frozenset(_DECLARING_PARTS) | {"statement_list", "for_statement"}
