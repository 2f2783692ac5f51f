"""Who names a function."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile


def references_in(file: GoFile, plain_name: str, inside: Node | None = None) -> Iterator[Node]:
    """Every place in one file that names a function or method, its declaration left out.

    Only those inside a node, if one is given.
    """
    offsets = file.mentions(plain_name)
    if inside is not None:
        start = bisect_left(offsets, inside.start_byte)
        offsets = offsets[start : bisect_left(offsets, inside.end_byte)]
    for offset in offsets:
        node = file.node_at(offset)
        if node is not None and (node.type in _NAMES or _is_called_instance(node)):
            parent = node.parent
            if parent is None or parent.type not in _DECLARES_FUNCTION:
                yield node


def _is_called_instance(name: Node) -> bool:
    """Whether this is ``f`` of ``f[int](x)``, which reads like a conversion to a generic type."""
    instance = name.parent if name.type == "type_identifier" else None
    called = instance.parent if instance is not None else None
    return called is not None and called.type == "type_conversion_expression"


_NAMES = frozenset({"identifier", "field_identifier"})
_DECLARES_FUNCTION = frozenset({"function_declaration", "method_declaration", "method_elem"})
