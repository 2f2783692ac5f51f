"""Objects that something keeps a pointer to: what is written where that pointer begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import ancestors, text
from goescape.fixes.syntax.expression_types import kind_of
from goescape.fixes.syntax.local_variables import (
    function_around,
    is_address,
    is_clear,
    is_settled_until_used,
    single_declaration,
)
from goescape.fixes.syntax.variable_uses import contains, variable_at

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class KeptObject:
    """``&T{...}``, or a variable of type T whose address is kept."""

    type: Node
    places: tuple[tuple[Node, str], ...]
    """What becomes the result of a call, and the value that the call gets."""


def kept_object(code: PackageCode, file: GoFile, finding: Finding, node: Node) -> KeptObject | None:
    """What a finding is about; None where its pointer begins at no place that can be rewritten."""
    if finding.kind is SiteKind.EXPRESSION:
        literal = _pointed(node)
        its_type = literal.child_by_field_name("type") if literal is not None else None
        if literal is None or its_type is None or its_type.type not in _NAMED:
            return None
        if not is_settled_until_used(code, node, _values(literal)):
            return None  # a call reads them earlier than Go does
        return KeptObject(its_type, ((node, text(literal)),))
    return _kept_variable(code, file, node) if finding.kind is SiteKind.VARIABLE else None


def _pointed(node: Node) -> Node | None:
    """The literal behind ``&``."""
    if node.type != "unary_expression" or not text(node).startswith("&"):
        return None
    operand = node.named_children[0]
    return operand if operand.type == "composite_literal" else None


def _values(literal: Node) -> list[Node]:
    """What a literal's fields are set to."""
    body = literal.child_by_field_name("body")
    elements = body.named_children if body is not None else []
    return [element.named_children[-1] for element in elements if element.type != "comment"]


def _kept_variable(code: PackageCode, file: GoFile, declared: Node) -> KeptObject | None:
    """A variable whose address is only taken where it is used for the last time."""
    statement = next((a for a in ancestors(declared) if a.type in _DECLARING), None)
    single = single_declaration(statement) if statement is not None else None
    variable = variable_at(declared)
    if statement is None or single is None or variable is None or not is_clear(declared):
        return None
    its_type, value = single[1], single[2]
    if its_type is None and value is not None and value.type == "composite_literal":
        its_type = value.child_by_field_name("type")
    if its_type is None or its_type.type not in _NAMED:
        return None
    own, uses = variable.function, variable.uses
    if any(function_around(use) != own or _is_addressed(code, file, use) for use in uses):
        return None
    addresses = [use.parent for use in variable.uses if is_address(use)]
    places = [each for each in addresses if each is not None]
    if not places or not all(_is_last(each, statement, variable.uses) for each in places):
        return None
    return KeptObject(its_type, tuple((each, variable.name) for each in places))


def _is_addressed(code: PackageCode, file: GoFile, use: Node) -> bool:
    """Whether something else than the place that keeps it may get the address of a part of it."""
    part, parent = use, use.parent
    while parent is not None and parent.type in _PARTS:
        part, parent = parent, parent.parent
    if parent is None or (part is use and parent.type != "call_expression"):
        return False
    known = code.types.of(file, part)
    if parent.type != "call_expression" and (known is None or known.text.startswith("func(")):
        return part is not use  # perhaps a method with its receiver
    if parent.type == "unary_expression":
        return text(parent).startswith("&")
    if parent.type == "slice_expression":
        return kind_of(code, file, part) not in {"slice", "string"}
    if parent.type != "call_expression" or parent.child_by_field_name("function") != part:
        return False
    receiver = part.child_by_field_name("operand")
    return receiver is None or kind_of(code, file, receiver) not in _REFERENCES


def _is_last(address: Node, declaration: Node, uses: tuple[Node, ...]) -> bool:
    """Whether the variable is not used again once its address is taken."""
    for around in ancestors(address):
        if around.type == "return_statement":
            return sum(contains(around, use) for use in uses) == 1
        if around.type == "statement_list":
            break
    statement = next(
        (a for a in (address, *ancestors(address)) if a.parent == declaration.parent), None
    )
    if statement is None or statement.type not in _SIMPLE:
        return False
    return not any(
        use.start_byte > address.start_byte and use.parent != address for use in uses
    ) and (sum(contains(statement, use) for use in uses) == 1)


_NAMED = frozenset({"type_identifier", "qualified_type", "generic_type"})
_PARTS = frozenset({"selector_expression", "index_expression", "parenthesized_expression"})
_REFERENCES = frozenset({"pointer", "interface"})
"""Kinds whose methods get no address of the variable that holds one."""
_DECLARING = frozenset({"short_var_declaration", "var_declaration"})
_SIMPLE = frozenset({"assignment_statement", "short_var_declaration", "expression_statement"})
