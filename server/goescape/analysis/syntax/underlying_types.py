"""What names of types and constants stand for, as far as the source of the package shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_package import GoPackage


def underlying(package: GoPackage, node: Node, around: frozenset[str] = frozenset()) -> Node | None:
    """The type that a type is made of, a name for what Go declares; None if not shown here.

    ``around`` are the names that it stands for.
    """
    match node.type:
        case "parenthesized_type" if node.named_child_count:
            return underlying(package, node.named_children[0], around)
        case "generic_type":
            base = node.child_by_field_name("type")
            return underlying(package, base, around) if base is not None else None
        case "type_identifier" | "identifier":
            name = text(node)
            if (declared := underlying_of_name(package, name, around)) is not None:
                return declared
            return node if _is_predeclared(package, name) else None
    return node if node.type.endswith("_type") and node.type != "qualified_type" else None


def underlying_of_name(
    package: GoPackage, name: str, around: frozenset[str] = frozenset()
) -> Node | None:
    """The same for the name of a type; None for what Go declares itself."""
    if name in around or package.is_local_type(name):
        return None
    declared = package.single_type(name)
    return underlying(package, declared, around | {name}) if declared is not None else None


def integer_constant(package: GoPackage, node: Node) -> int | None:
    """The number that is written, or stands behind the name of a constant."""
    value: str | None = text(node)
    if node.type == "identifier":
        declared = definition(node)
        if declared is None:
            value = package.constant_value(text(node))
        elif declared.parent is not None and declared.parent.type == "const_spec":
            written = declared.parent.child_by_field_name("value")
            value = text(written) if written is not None else None
    try:
        return int(value or "", 0)
    except ValueError:
        return None


def _is_predeclared(package: GoPackage, name: str) -> bool:
    is_declared = package.is_local_type(name) or package.declares_type(name)
    return name in _PREDECLARED and not is_declared


_PREDECLARED = frozenset(
    {
        *("any", "bool", "byte", "complex64", "complex128", "error", "float32", "float64"),
        *("int", "int8", "int16", "int32", "int64", "rune", "string"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "uintptr"),
    }
)
