"""Whether every variable of a struct type stays the only one: nothing copies it once it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.syntax.local_variables import is_address

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def check_never_copied(code: PackageCode, name: str) -> None:
    """Raise UnsafeError where a variable of an unexported type may be copied or be part of another.

    Copies of a slice in it would share their elements without knowing of each other. What a literal
    or a call gives is nobody else's yet.
    """
    if code.is_in_other_builds(name):
        raise UnsafeError(ReasonCode.TYPE_DIFFERS_BY_BUILD, type=name)
    for file in code.files.values():
        if file.package_name.endswith("_test"):
            continue  # it does not know the type
        if not code.types.knows(file):
            raise UnsafeError(ReasonCode.FIELDS_UNKNOWN, type=name)
        for offset in file.mentions(name):
            node = file.node_at(offset)
            if node is not None and not _is_harmless(node):
                raise UnsafeError(ReasonCode.MAY_BE_COPIED, type=name, expression=_around(node))
        for node in walk(file.root):
            if node.type in _VARIABLES and _copies(code, file, node, name):
                raise UnsafeError(ReasonCode.MAY_BE_COPIED, type=name, expression=_around(node))


def _is_harmless(name: Node) -> bool:
    """Whether the name of the type stands where it makes no variable part of another."""
    parent = name.parent
    if parent is None or name.type not in {"identifier", "type_identifier"}:
        return True  # a field or package
    if name.type == "identifier" and definition(name) is not None:
        return True  # a variable
    match parent.type:
        case "type_spec":
            return parent.child_by_field_name("name") == name
        case "argument_list":
            return parent.parent is not None and callee_text(parent.parent) == "new"
        case "parameter_declaration":
            method = parent.parent.parent if parent.parent is not None else None
            return method is None or method.child_by_field_name("receiver") != parent.parent
    return parent.type in _HARMLESS


def _copies(code: PackageCode, file: GoFile, node: Node, name: str) -> bool:
    """Whether a variable of the type is read as a whole."""
    if node.type == "unary_expression" and not text(node).startswith("*"):
        return False
    known = code.types.of(file, node)
    if known is None or known.text.partition("[")[0] != name:
        return False
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None or parent.type == "selector_expression" or is_address(node):
        return False
    if parent.type in _DECLARING:
        return parent.child_by_field_name("value") == node
    around = parent.parent
    is_left = (
        around is not None
        and around.type in {"assignment_statement", "short_var_declaration", "range_clause"}
        and around.child_by_field_name("left") == parent
    )
    names_type = known.text == text(node) and definition(node) is None
    return not (is_left or names_type)


def _around(node: Node) -> str:
    """The code that a name stands in, as far as it is a short line."""
    around = node
    for parent in ancestors(node):
        if "\n" in text(parent) or len(text(parent)) > _LONGEST:
            break
        around = parent
    return text(around)


_LONGEST = 40
_HARMLESS = frozenset(
    {
        *("pointer_type", "literal_element", "composite_literal", "var_spec"),
        *("function_declaration", "method_declaration", "func_literal", "unary_expression"),
    }
)
_VARIABLES = frozenset(
    {"identifier", "selector_expression", "index_expression", "unary_expression"}
)
"""Expressions of which something else may have the value as well."""
_DECLARING = frozenset({"var_spec", "parameter_declaration"})
