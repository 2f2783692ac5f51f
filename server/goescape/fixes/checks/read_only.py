"""Whether an element is only read: then a value does as well as a pointer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.syntax.local_variables import declaration_around, is_clear
from goescape.fixes.syntax.variable_uses import writing_node

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.fixes.context.package_code import PackageCode


def check_only_read(code: PackageCode, variable: Node, spared: tuple[Node, ...] = ()) -> None:
    """Raise UnsafeError unless all uses of a local pointer read fields."""
    function = declaration_around(variable)
    if function is None or not is_clear(variable):
        raise UnsafeError(ReasonCode.USES_UNKNOWN, name=text(variable))
    for use in code.uses(variable, function):
        if use != variable and use not in spared:
            check_field_read(code, use)


def check_field_read(code: PackageCode, element: Node) -> None:
    """Raise UnsafeError unless an expression for a pointer is the start of ``p.field``, read.

    A method might keep or change what it is called on, and part of an array would be shared.
    """
    check_own(code, element)
    if writing_node(element) is not None:
        raise UnsafeError(ReasonCode.IS_CHANGED, expression=text(_selected(element)))


def check_own(code: PackageCode, element: Node) -> None:
    """Raise UnsafeError unless it is the start of ``p.field``, read or written, not handed on."""
    outer = _selected(element)
    if outer == element:
        raise UnsafeError(ReasonCode.USED_AS_WHOLE, expression=text(element))
    methods = frozenset[str]().union(*(file.method_names for file in code.files.values()))
    parent = outer.parent
    if any(text(n) in methods for n in walk(outer) if n.type == "field_identifier"):
        raise UnsafeError(ReasonCode.MAY_BE_CHANGED_BY, expression=text(outer))
    parts = ("operand", "function") if parent is not None and parent.type in _SHARING else ()
    shared = parent is not None and any(parent.child_by_field_name(p) == outer for p in parts)
    if shared or (parent is not None and text(parent).startswith("&")):
        raise UnsafeError(ReasonCode.MAY_BE_CHANGED_BY, expression=text(parent or outer))


def _selected(element: Node) -> Node:
    """``p.a.b[i].c`` for ``p``."""
    outer = element
    while outer.parent is not None:
        parent = outer.parent
        first = outer == element and parent.type != "selector_expression"
        if first or parent.type not in _SELECTING or parent.child_by_field_name("index") == outer:
            break
        outer = parent
    return outer


_SELECTING = frozenset({"selector_expression", "index_expression", "parenthesized_expression"})
_SHARING = frozenset({"slice_expression", "call_expression"})
