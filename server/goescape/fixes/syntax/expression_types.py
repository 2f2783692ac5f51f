"""What kind of thing an expression is: by Go's type checker, or as far as the source tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.fixes.syntax.local_variables import type_of, underlying

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def kind_of(code: PackageCode, file: GoFile, expression: Node) -> str:
    """``slice``, ``array``, ``map``, ... behind all names of its type; empty where unknown."""
    known = code.types.of(file, expression)
    if known is not None:
        return known.kind
    written = underlying(code, type_of(code, expression))
    return written.type.removesuffix("_type") if written is not None else ""


def is_plain_name(node: Node) -> bool:
    """Whether an expression is a name or fields of one: nothing happens when it is evaluated."""
    while node.type == "selector_expression":
        operand = node.child_by_field_name("operand")
        if operand is None:
            return False
        node = operand
    return node.type == "identifier"
