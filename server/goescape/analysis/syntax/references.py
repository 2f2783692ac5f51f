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
        if node is not None and node.type in {"identifier", "field_identifier"}:
            parent = node.parent
            if parent is None or parent.type not in _DECLARES_FUNCTION:
                yield node


_DECLARES_FUNCTION = frozenset({"function_declaration", "method_declaration", "method_elem"})
