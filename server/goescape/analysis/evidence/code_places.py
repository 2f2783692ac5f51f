"""From a line that allocates to the expression on it: machine code has no columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.syntax.nodes import callee_text, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.go_file import GoFile


class TextOnLine(NamedTuple):
    """What stands on a line."""

    span: Span
    subject: str | None
    """The expression; None where it is all of the line."""


def declaration_around(file: GoFile | None, span: Span) -> Span:
    """The declaration of the package that something is in; itself where the file is not known."""
    offset = file.source.offset(span.line, span.column) if file is not None else None
    node = file.node_at(offset) if file is not None and offset is not None else None
    while node is not None and node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return span if file is None or node is None else file.span(node)


def loop_over_function(file: GoFile | None, span: Span) -> Span | None:
    """The loop over a function whose ``for`` is marked; None where something else is."""
    offset = file.source.offset(span.line, span.column) if file is not None else None
    if file is None or offset is None or file.source.text(span) != "for":
        return None
    word = file.node_at(offset)
    loop = word.parent if word is not None else None
    return file.span(loop) if loop is not None else span


def expression_at(
    file: GoFile, line: int, kind: AllocationKind | None, name: str | None = None
) -> TextOnLine | None:
    """The only expression on a line that allocates so, or all of the line; None if it is empty.

    ``kind`` None is for calls of other packages that were inlined; ``name`` is that of a variable.
    """
    written = file.source.line(line)
    start = file.source.offset(line, 1)
    if start is None or not written.strip():
        return None
    nodes = [node for node in file.nodes_on_line(line) if _may_allocate(node, kind, name)]
    outermost = [node for node in nodes if not any(_is_around(other, node) for other in nodes)]
    if len(outermost) == 1 or (outermost and name is not None):
        return TextOnLine(file.span(outermost[0]), _short(text(outermost[0])))
    first = len(written) - len(written.lstrip())
    return TextOnLine(file.source.span(start + first, start + len(written.rstrip())), None)


def _is_around(outer: Node, inner: Node) -> bool:
    return (
        outer != inner and outer.start_byte <= inner.start_byte <= inner.end_byte <= outer.end_byte
    )


def _may_allocate(node: Node, kind: AllocationKind | None, name: str | None) -> bool:
    if name is not None:
        return node.type == "identifier" and text(node) == name
    if kind is None:
        return node.type == "call_expression"
    if kind is AllocationKind.OBJECT:
        return _makes_object(node)
    if (callee := _BUILTINS.get(kind)) is not None:
        return node.type == "call_expression" and callee_text(node) == callee
    return node.type == _NODES.get(kind) and (
        kind is not AllocationKind.CONCATENATION or "+" in text(node)
    )


def _makes_object(node: Node) -> bool:
    if node.type == "call_expression":
        return callee_text(node) in {"new", "make"}
    if node.type == "unary_expression":
        return text(node).startswith("&")
    return node.type in {"composite_literal", "func_literal"}


def _short(written: str) -> str:
    first = written.partition("\n")[0]
    return first if first == written and len(first) <= _LONGEST else f"{first[:_LONGEST]}..."


_LONGEST = 60
_BUILTINS = {
    AllocationKind.GROWTH: "append",
    AllocationKind.SLICE: "make",
    AllocationKind.MAP: "make",
    AllocationKind.CHANNEL: "make",
}
_NODES = {
    AllocationKind.GOROUTINE: "go_statement",
    AllocationKind.DEFERRED_CALL: "defer_statement",
    AllocationKind.CONCATENATION: "binary_expression",
    AllocationKind.MAP_GROWTH: "index_expression",
    AllocationKind.MOVED_SLICE: "return_statement",
}
