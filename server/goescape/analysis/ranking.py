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
    from goescape.analysis.go_syntax import Declared, GoSyntax
    from goescape.analysis.package_syntax import PackageSyntax
    from goescape.analysis.sites import Site


@frozen
class Rank:
    """A severity with its reason."""

    severity: Severity
    reason: RankReason
    in_loop: bool


class Ranking:
    """Ranks the sites of one package."""

    def __init__(self, syntax: PackageSyntax, language: tuple[int, int]) -> None:
        self._syntax = syntax
        self._per_iteration = language >= (1, 22)
        self._only_in_loops: dict[str, bool] = {}

    def rank(self, site: Site, reasoning: Reasoning, truth: Truth) -> Rank:
        """The rank of a site; the first rule that applies decides."""
        node, file = site.node, site.file
        if node is None or file is None:
            return Rank(Severity.HINT, RankReason.DEPENDS, in_loop=False)
        in_loop = self._repeats(site, node)
        if (cold := self._cold(site, node, file, truth)) is not None:
            return Rank(Severity.HINT, cold, in_loop)
        if reasoning.destination == "panic":
            return Rank(Severity.HINT, RankReason.COLD_ERROR, in_loop)
        function = file.function_at(node.start_byte)
        if not site.escapes or site.subject == "append":
            # It may not allocate at all, or only now and then: never more than information.
            severity = Severity.INFORMATION if in_loop or site.escapes else Severity.HINT
            reason = RankReason.LOOP_NOW_AND_THEN if in_loop else RankReason.DEPENDS
            return Rank(severity, reason, in_loop)
        if in_loop:
            return Rank(Severity.WARNING, RankReason.LOOP, in_loop)
        if _literal_called_in_loops(site) or (
            function is not None and self._called_only_in_loops(function)
        ):
            return Rank(Severity.WARNING, RankReason.LOOP_CALLERS, in_loop)
        if reasoning.cause is Cause.TOO_LARGE or _has_large_elements(site, reasoning):
            return Rank(Severity.WARNING, RankReason.LARGE, in_loop)
        if _is_trade_off(site, reasoning):
            return Rank(Severity.HINT, RankReason.INTERFACE, in_loop)
        if function is not None and function.name == "main":
            return Rank(Severity.HINT, RankReason.COLD_MAIN, in_loop)
        return Rank(Severity.INFORMATION, RankReason.ORDINARY, in_loop)

    def _repeats(self, site: Site, node: Node) -> bool:
        if site.kind is Kind.VARIABLE and (loop := declaring_loop(node)) is not None:
            # From Go 1.22 on, each turn of a loop has its own variables.
            return self._per_iteration or runs_repeatedly(loop)
        return runs_repeatedly(node)

    def _cold(self, site: Site, node: Node, file: GoSyntax, truth: Truth) -> RankReason | None:
        function = file.function_at(node.start_byte)
        if truth.allocates is Allocates.NO:
            return RankReason.NO_ALLOCATION
        if is_test_file(site.place.file):
            return RankReason.COLD_TEST
        if file.generated:
            return RankReason.GENERATED
        if site.copies and not any(copy.escapes for copy in site.copies.values()):
            return RankReason.STAYS_WHERE_USED
        if is_error_path(node, site.inlined_from):
            return RankReason.COLD_ERROR
        if function is None and not any(a.type == "func_literal" for a in ancestors(node)):
            return RankReason.COLD_INIT
        if function is not None and function.name == "init" and not runs_repeatedly(node):
            return RankReason.COLD_INIT
        return None

    def _called_only_in_loops(self, function: Declared) -> bool:
        """Whether every call of a private function comes from a loop, perhaps through others."""
        known = self._only_in_loops.get(function.name)
        if known is not None:
            return known
        self._only_in_loops[function.name] = False  # a cycle of calls proves nothing
        answer = not function.exported and self._all_callers_loop(function)
        self._only_in_loops[function.name] = answer
        return answer

    def _all_callers_loop(self, function: Declared) -> bool:
        seen = False
        for file, node in self._syntax.references(function.plain_name):
            if is_test_file(file.source.path):
                continue
            caller = file.function_at(node.start_byte)
            if caller is not None and caller.name == function.name:
                continue
            if not _is_called(node):
                return False
            repeated = runs_repeatedly(node) and not is_error_path(node, "")
            if not repeated and not (caller is not None and self._called_only_in_loops(caller)):
                return False
            seen = True
        return seen


def _literal_called_in_loops(site: Site) -> bool:
    """Whether a function literal that is inlined wherever it is called, is so in loops only."""
    if site.node is None or not any(a.type == "func_literal" for a in ancestors(site.node)):
        return False
    return bool(site.copy_nodes) and all(runs_repeatedly(node) for node in site.copy_nodes)


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


def _is_called(name: Node) -> bool:
    child = name
    for parent in ancestors(name):
        if parent.type == "call_expression":
            return parent.child_by_field_name("function") == child
        if parent.type not in {"selector_expression", "index_expression", "generic_type"} and (
            parent.type != "type_conversion_expression"
        ):
            return False
        if parent.type == "type_conversion_expression":
            return True  # `f[int](x)` reads like a conversion to a generic type
        child = parent
    return False


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
