"""How much a finding matters, and why: loops first, cold code last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import Allocates, Cause, RankReason, Severity, SiteKind
from goescape.analysis.syntax.cold_code import is_error_path, is_test_file
from goescape.analysis.syntax.loops import declaring_loop, runs_repeatedly

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.sites.allocation import RuntimeAllocation
    from goescape.analysis.sites.causes import SiteCause
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext


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

    def rank(
        self, site: Site, context: SiteContext, reasoning: SiteCause, truth: RuntimeAllocation
    ) -> Rank:
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
        if site.kind is SiteKind.VARIABLE and (loop := declaring_loop(node)) is not None:
            # From Go 1.22 on, each turn of a loop has its own variables.
            return self._per_iteration or runs_repeatedly(loop)
        return runs_repeatedly(node)


def _cold(
    site: Site, node: Node, context: SiteContext, truth: RuntimeAllocation
) -> RankReason | None:
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


def _is_trade_off(site: Site, reasoning: SiteCause) -> bool:
    if reasoning.cause is Cause.INTERFACE or site.kind is SiteKind.ARGUMENTS:
        return True
    return reasoning.cause is Cause.PASSED and _REFLECTS.match(reasoning.destination) is not None


def _has_large_elements(site: Site, reasoning: SiteCause) -> bool:
    if reasoning.cause is not Cause.DYNAMIC_SIZE:
        return False
    array = re.match(r"make\(\[\]\[(\d+)\]", site.subject)
    return array is not None and int(array[1]) >= _LARGE_ELEMENT


_REFLECTS = re.compile(r"(?:fmt|reflect|json|xml|gob|asn1|binary|errors|log|slog|flag|template)\.")
_LARGE_ELEMENT = 40  # bytes or more of each element, at the least
