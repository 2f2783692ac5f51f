"""How much a finding matters, and why: loops first, cold code last."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.loops import declaring_loop, runs_repeatedly
from goescape.analysis.model import Allocates, Cause, Kind, RankReason, Severity
from goescape.analysis.nodes import ancestors, callee_text, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.allocation import Truth
    from goescape.analysis.causes import Reasoning
    from goescape.analysis.context import Context
    from goescape.analysis.site import Site


@frozen
class Rank:
    """A severity with its reason."""

    severity: Severity
    reason: RankReason
    in_loop: bool


class Ranking:
    """Ranks sites as the language of a module has it."""

    def __init__(self, language: tuple[int, int]) -> None:
        self._per_iteration = language >= (1, 22)

    def rank(self, site: Site, context: Context, reasoning: Reasoning, truth: Truth) -> Rank:
        """The rank of a site; the first rule that applies decides."""
        node = site.node
        if node is None:
            return Rank(Severity.HINT, RankReason.DEPENDS, in_loop=False)
        in_loop = self._repeats(site, node)
        if (cold := _cold(site, node, context, truth)) is not None:
            return Rank(Severity.HINT, cold, in_loop)
        if reasoning.destination == "panic":
            return Rank(Severity.HINT, RankReason.COLD_ERROR, in_loop)
        if not site.escapes or site.subject == "append":
            # It may not allocate at all, or only now and then: never more than information.
            severity = Severity.INFORMATION if in_loop or site.escapes else Severity.HINT
            reason = RankReason.LOOP_NOW_AND_THEN if in_loop else RankReason.DEPENDS
            return Rank(severity, reason, in_loop)
        if in_loop:
            return Rank(Severity.WARNING, RankReason.LOOP, in_loop)
        if context.literal_in_loops or context.function_in_loops:
            return Rank(Severity.WARNING, RankReason.LOOP_CALLERS, in_loop)
        if reasoning.cause is Cause.TOO_LARGE or _has_large_elements(site, reasoning):
            return Rank(Severity.WARNING, RankReason.LARGE, in_loop)
        if _is_trade_off(site, reasoning):
            return Rank(Severity.HINT, RankReason.INTERFACE, in_loop)
        if site.function is not None and site.function.name == "main":
            return Rank(Severity.HINT, RankReason.COLD_MAIN, in_loop)
        return Rank(Severity.INFORMATION, RankReason.ORDINARY, in_loop)

    def _repeats(self, site: Site, node: Node) -> bool:
        if site.kind is Kind.VARIABLE and (loop := declaring_loop(node)) is not None:
            # From Go 1.22 on, each turn of a loop has its own variables.
            return self._per_iteration or runs_repeatedly(loop)
        return runs_repeatedly(node)


def _cold(site: Site, node: Node, context: Context, truth: Truth) -> RankReason | None:
    function = site.function
    if truth.allocates is Allocates.NO:
        return RankReason.NO_ALLOCATION
    if is_test_file(site.place.file):
        return RankReason.COLD_TEST
    if site.file.generated:
        return RankReason.GENERATED
    if context.copies and not any(copy.escapes for copy in context.copies):
        return RankReason.STAYS_WHERE_USED
    if is_error_path(node, site.inlined_from):
        return RankReason.COLD_ERROR
    if function is None and not site.in_literal:
        return RankReason.COLD_INIT
    if function is not None and function.name == "init" and not runs_repeatedly(node):
        return RankReason.COLD_INIT
    return None


def is_test_file(path: str) -> bool:
    """Whether Go compiles this file for tests only."""
    return posixpath.basename(path.replace("\\", "/")).endswith("_test.go")


def is_error_path(node: Node, inlined_from: str) -> bool:
    """Whether this only runs when something went wrong."""
    if inlined_from in _MAKES_ERRORS:
        return True
    if node.type == "call_expression" and _makes_an_error(node):
        return True
    child = node
    for parent in ancestors(node):
        if parent.type in _FUNCTIONS:
            return False
        if _goes_wrong(parent, child, node):
            return True
        child = parent
    return False


def _goes_wrong(parent: Node, child: Node, node: Node) -> bool:
    match parent.type:
        case "call_expression":
            return _makes_an_error(parent)
        case "return_statement":
            return _is_returned_error(parent, node)
        case "if_statement":
            return child == parent.child_by_field_name("consequence") and _tests_an_error(parent)
    return False


def _makes_an_error(call: Node) -> bool:
    called = callee_text(call)
    return called in _MAKES_ERRORS or _GIVES_UP.match(called.rpartition(".")[2]) is not None


def _tests_an_error(statement: Node) -> bool:
    condition = statement.child_by_field_name("condition")
    return condition is not None and _ERROR_TEST.search(text(condition)) is not None


def _is_returned_error(statement: Node, node: Node) -> bool:
    """Whether ``node`` is the error that a function with an error as last result returns."""
    values = statement.named_children[0] if statement.named_children else None
    last = values.named_children[-1] if values is not None and values.named_children else None
    if last is None or not last.start_byte <= node.start_byte < last.end_byte:
        return False
    function = next((a for a in ancestors(statement) if a.type in _FUNCTIONS), None)
    result = function.child_by_field_name("result") if function is not None else None
    if result is None:
        return False
    if result.type != "parameter_list":
        return text(result) == "error"
    last_type = result.named_children[-1].child_by_field_name("type")
    return last_type is not None and text(last_type) == "error"


def _is_trade_off(site: Site, reasoning: Reasoning) -> bool:
    if reasoning.cause is Cause.INTERFACE or site.kind is Kind.ARGUMENTS:
        return True
    return reasoning.cause is Cause.PASSED and _REFLECTS.match(reasoning.destination) is not None


def _has_large_elements(site: Site, reasoning: Reasoning) -> bool:
    if reasoning.cause is not Cause.DYNAMIC_SIZE:
        return False
    array = re.match(r"make\(\[\]\[(\d+)\]", site.subject)
    return array is not None and int(array[1]) >= _LARGE_ELEMENT


_MAKES_ERRORS = {"errors.New", "fmt.Errorf", "panic", "errors.Join", "errors.Wrap", "errors.Wrapf"}
_GIVES_UP = re.compile(r"(?:[pP]anic|[fF]atal)\w*$|[eE]rrorf$")
_ERROR_TEST = re.compile(
    r"\b(?:\w*[eE]rr)\s*!=\s*nil\b|\bnil\s*!=\s*\w*[eE]rr\b|\berrors\.(?:Is|As)\("
)
_FUNCTIONS = {"func_literal", "function_declaration", "method_declaration"}
_REFLECTS = re.compile(r"(?:fmt|reflect|json|xml|gob|asn1|binary|errors|log|slog|flag|template)\.")
_LARGE_ELEMENT = 40  # bytes or more of each element, at the least
