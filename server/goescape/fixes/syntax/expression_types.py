"""What kind of thing an expression is: by Go's type checker, or as far as the source tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.syntax.local_variables import type_of, underlying
from goescape.fixes.syntax.variable_uses import named_type

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


def own_type_of(code: PackageCode, file: GoFile, expression: Node) -> tuple[str, str] | None:
    """The type of the package that an expression has or points to, by name, and its whole type.

    The name is empty for other types, also for those inside functions; None where unknown.
    """
    known = code.types.of(file, expression)
    if known is not None and known.is_plain:
        match = _OWN.fullmatch(known.text)
        return (match[1], known.text) if match is not None else ("", known.text)
    written = type_of(code, expression)
    if written is None:
        return None
    name = named_type(written)
    return ("" if name in code.declared_locally else name, text(written))


_OWN = re.compile(r"\*?(\w+)(?:\[.*\])?")


def is_plain_name(node: Node) -> bool:
    """Whether an expression is a name or fields of one: nothing happens when it is evaluated."""
    while node.type == "selector_expression":
        operand = node.child_by_field_name("operand")
        if operand is None:
            return False
        node = operand
    return node.type == "identifier"
