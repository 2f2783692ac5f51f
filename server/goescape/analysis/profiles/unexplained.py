"""Why code allocates although escape analysis says nothing of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from goescape.analysis.profiles.unexplained_reason import UnexplainedReason
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.nodes import callee_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.source import SourceText


def reason_in_source(source: SourceText, line: int) -> UnexplainedReason:
    """What on a line allocates without being an escape; the most telling thing counts."""
    reasons = {_reason(node) for node in _syntax(source).nodes_on_line(line)}
    return next(
        (reason for reason in UnexplainedReason if reason in reasons), UnexplainedReason.UNKNOWN
    )


def runtime_call(source: SourceText, line: int) -> str:
    """The function of the runtime that a line calls: ``runtime.Caller``; empty without any."""
    calls = (node for node in _syntax(source).nodes_on_line(line) if node.type == "call_expression")
    return next((name for name in map(callee_text, calls) if name.startswith("runtime.")), "")


def _reason(node: Node) -> UnexplainedReason | None:
    match node.type:
        case "assignment_statement" | "inc_statement" | "dec_statement":
            target = node.child_by_field_name("left") or node.named_children[0]
            indexed = any(inner.type == "index_expression" for inner in walk(target))
            return UnexplainedReason.MAP if indexed else None
        case "call_expression":
            return _of_call(node)
        case "composite_literal":
            made = node.child_by_field_name("type")
            return UnexplainedReason.MAP if made is not None and made.type == "map_type" else None
        case "go_statement":
            return UnexplainedReason.GOROUTINE
        case "defer_statement":
            return UnexplainedReason.DEFER
    return None


def _of_call(node: Node) -> UnexplainedReason | None:
    called = callee_text(node)
    if called == "append":
        return UnexplainedReason.APPEND
    if called.startswith("runtime."):
        return UnexplainedReason.RUNTIME
    if called == "make":
        arguments = node.child_by_field_name("arguments")
        made = arguments.named_children[0].type if arguments and arguments.named_children else ""
        return {"map_type": UnexplainedReason.MAP, "channel_type": UnexplainedReason.CHANNEL}.get(
            made
        )
    return None


@lru_cache(maxsize=8)
def _syntax(source: SourceText) -> GoFile:
    """The parsed file: a profile asks for one line after another."""
    return GoFile(source)
