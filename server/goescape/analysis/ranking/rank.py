"""How much a finding matters, and why: decided here and nowhere else, for terminal and editors.

The rules on the source give reasons, directives put theirs before them, and the first reason
decides: loops first, cold code last. A profile knows better than the rules, the settings
(``RankPolicy``) have the last word.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve, fields, frozen

from goescape.analysis.causes import CAUSES, MAP_ELEMENT, Cause
from goescape.analysis.model import (
    Allocates,
    Finding,
    PackageReport,
    Rank,
    RankReason,
    Severity,
    SiteKind,
)
from goescape.analysis.ranking.directives import DirectiveKind
from goescape.analysis.sites.site import Ownership
from goescape.analysis.syntax.cold_code import (
    is_error_path,
    is_once,
    is_test_file,
    is_test_helper,
    runs_with_function,
)
from goescape.analysis.syntax.loops import declaring_loop, only_grows, runs_repeatedly

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.sites.allocation import RuntimeAllocation
    from goescape.analysis.sites.cause_finder import SiteCause
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext


@frozen
class RankPolicy:
    """What the settings say of ranks; each field is named as in ``Settings``.

    What is kept by settings is kept by the whole of this: a new field is one more key.
    """

    generated: str = "hint"
    """What becomes of generated files: ``hint``, ``show`` or ``hide``."""

    @classmethod
    def of(cls, settings: object) -> RankPolicy:
        """The part of all settings that ranks depend on."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})


DEFAULT_POLICY = RankPolicy()


def rank(
    reasons: Sequence[RankReason],
    *,
    in_loop: bool,
    profile: RankReason | None = None,
    policy: RankPolicy = DEFAULT_POLICY,
) -> Rank:
    """The rank of a site.

    ``reasons`` are its ``Finding.reasons``; ``profile`` is what a profile says of it.
    """
    first = reasons[0]
    if first in _MARKS:
        return Rank(_SEVERITIES[first], first)
    if first is RankReason.GENERATED:
        return _rank_of_generated(policy, in_loop=in_loop)
    if profile is not None:
        return Rank(_SEVERITIES[profile], profile)
    if first is RankReason.DEPENDS and len(reasons) == 1:
        return Rank(Severity.HINT, first)  # it need not escape, or nobody knows where it is
    return Rank(_SEVERITIES[first], first)


def _rank_of_generated(policy: RankPolicy, *, in_loop: bool) -> Rank:
    match policy.generated:
        case "show":
            severity = Severity.WARNING if in_loop else Severity.INFORMATION
            return Rank(severity, RankReason.GENERATED)
        case hint_or_hide:
            return Rank(Severity.HINT, RankReason.GENERATED, is_hidden=hint_or_hide == "hide")


def ranked(
    finding: Finding, profile: RankReason | None = None, policy: RankPolicy = DEFAULT_POLICY
) -> Finding:
    """The finding with the rank that it has now; itself where that is no other one."""
    profile_reason = profile if finding.is_diagnostic else None
    now = rank(finding.reasons, in_loop=finding.in_loop, profile=profile_reason, policy=policy)
    return finding if now == finding.rank else evolve(finding, rank=now)


def ranked_report(
    report: PackageReport,
    profile: Callable[[Finding], RankReason | None] | None,
    policy: RankPolicy,
) -> PackageReport:
    """The report with findings as profile and settings rank them."""
    if profile is None and policy == DEFAULT_POLICY:
        return report  # reports are made so
    findings = (
        ranked(finding, profile(finding) if profile is not None else None, policy)
        for finding in report.findings
    )
    return evolve(report, findings=tuple(findings))


class SiteRank(NamedTuple):
    """How much a site matters, and by what that was decided."""

    rank: Rank
    reasons: tuple[RankReason, ...]
    """Every rule that fits, the one that decides first."""
    in_loop: bool
    """Whether it runs again and again within one call of its function."""


def with_allocation(finding: Finding, allocation: RuntimeAllocation) -> Finding:
    """The finding with what is known now of what it does at run time."""
    none = RankReason.NO_ALLOCATION
    reasons = [reason for reason in finding.reasons if reason is not none]
    if allocation.allocates is Allocates.NO:
        reasons.insert(0, none)
    shared = _shared(tuple(reasons))
    judged = evolve(finding, allocates=allocation.allocates, note=allocation.note, reasons=shared)
    return ranked(judged)


def with_large_elements(finding: Finding, size: int) -> Finding:
    """The finding of a slice of a size that is not constant, with elements of so many bytes."""
    if finding.cause is not Cause.DYNAMIC_SIZE or size < _LARGE_ELEMENT:
        return finding
    return _with_own_reason(finding, RankReason.LARGE)


def as_boxed(finding: Finding) -> Finding:
    """The finding as one of a value that is put into an interface."""
    boxed = evolve(finding, kind=SiteKind.BOXED, cause=Cause.INTERFACE)
    if _IN_LOOPS.intersection(finding.reasons):
        return boxed  # no fair price there
    return _with_own_reason(boxed, RankReason.INTERFACE)


def as_made(finding: Finding, kind: SiteKind) -> Finding:
    """The finding as one of a value that no interface holds."""
    step = finding.decisive.reason if finding.decisive is not None else ""
    cause = next((cause for cause, told in CAUSES.items() if step in told.last_step), Cause.OTHER)
    if step == "call parameter":
        cause = Cause.PASSED
    others = tuple(each for each in finding.reasons if each is not RankReason.INTERFACE)
    return ranked(evolve(finding, kind=kind, cause=cause, reasons=_shared(others)))


def _with_own_reason(finding: Finding, reason: RankReason) -> Finding:
    """In the order of ``_own_reasons``."""
    reasons, order = finding.reasons, _OWN.index(reason)
    later = [reasons.index(its) for its in _OWN[order + 1 :] if its in reasons]
    if reason in reasons or not later:
        return finding
    now = (*reasons[: min(later)], reason, *reasons[min(later) :])
    return ranked(evolve(finding, reasons=_shared(now)))


class RankRules:
    """What the source says for the ranks of sites, as the language of a module has it."""

    def __init__(self, language: tuple[int, int]) -> None:
        self._per_iteration = language >= (1, 22)

    def of(
        self,
        site: Site,
        context: SiteContext,
        cause: SiteCause,
        allocation: RuntimeAllocation,
        directives: Collection[DirectiveKind],
    ) -> SiteRank:
        """The rank of a site; ``directives`` are what the source asks for there."""
        in_loop = self._is_in_loop(site)
        reasons = tuple(self._reasons(site, context, cause, allocation, in_loop=in_loop))
        if directives:
            reasons = (*_marks(site, directives), *reasons)
        if allocation.allocates is Allocates.NO and site.node is not None:
            reasons = (RankReason.NO_ALLOCATION, *reasons)
        return SiteRank(rank(reasons, in_loop=in_loop), _shared(reasons), in_loop)

    def _is_in_loop(self, site: Site) -> bool:
        node = site.node
        if node is None:
            return False
        if site.kind is SiteKind.VARIABLE and (loop := declaring_loop(node)) is not None:
            # From Go 1.22 on, each iteration of a loop has its own variables.
            return self._per_iteration or runs_repeatedly(loop)
        if node.type == "for_statement" and site.ownership is Ownership.INLINED:
            return True  # the iterator is inlined, and it calls the body again and again
        return runs_repeatedly(node)

    def _reasons(
        self,
        site: Site,
        context: SiteContext,
        cause: SiteCause,
        allocation: RuntimeAllocation,
        *,
        in_loop: bool,
    ) -> Iterator[RankReason]:
        if site.node is None:
            yield RankReason.DEPENDS
            return
        yield from _cold_reasons(site, site.node, context, cause)
        stays = not site.on_heap or allocation.stays_in_copies
        yield from _loop_reasons(site, context, in_loop=in_loop, stays=stays)
        if not stays:
            yield from _own_reasons(site, context, cause)


def _marks(site: Site, directives: Collection[DirectiveKind]) -> Iterator[RankReason]:
    if DirectiveKind.NOESCAPE in directives and site.on_heap:
        yield RankReason.CONTRACT
    if DirectiveKind.HOT in directives:
        yield RankReason.MARKED_HOT


def _loop_reasons(
    site: Site, context: SiteContext, *, in_loop: bool, stays: bool
) -> Iterator[RankReason]:
    if not stays and site.node is not None and only_grows(site.node):
        if in_loop or context.function_in_loops:
            yield RankReason.LOOP_NOW_AND_THEN
        return
    if stays or site.subject == "append" or site.destination == MAP_ELEMENT:
        # It may not allocate at all, or only now and then: never more than information.
        yield RankReason.LOOP_NOW_AND_THEN if in_loop else RankReason.DEPENDS
    if not stays and in_loop and site.destination != MAP_ELEMENT:
        yield RankReason.LOOP
    if not stays and (context.literal_in_loops or context.function_in_loops):
        yield RankReason.LOOP_CALLERS


def _cold_reasons(
    site: Site, node: Node, context: SiteContext, cause: SiteCause
) -> Iterator[RankReason]:
    function = site.function
    if is_test_file(site.place.file) or is_test_helper(node):
        yield RankReason.COLD_TEST
    if site.file.is_generated:
        yield RankReason.GENERATED
    if context.copies and all(copy.stays for copy in context.copies):
        yield RankReason.STAYS_WHERE_USED
    if is_error_path(node, site.inlined_from):
        yield RankReason.COLD_ERROR
    if is_once(node):
        yield RankReason.COLD_ONCE
    is_initialisation = function is None or function.name == "init"
    if is_initialisation and runs_with_function(node) and not runs_repeatedly(node):
        yield RankReason.COLD_INIT
    if cause.destination == "panic":
        yield RankReason.COLD_ERROR


def _own_reasons(site: Site, context: SiteContext, cause: SiteCause) -> Iterator[RankReason]:
    """What it is in itself; the least, always, is that it is ordinary."""
    if cause.cause is Cause.TOO_LARGE or _has_large_elements(site, cause):
        yield RankReason.LARGE
    if _is_trade_off(site, cause) and not context.runs_in_loop:
        yield RankReason.INTERFACE
    if cause.cause is Cause.CHANNEL and not context.runs_in_loop:
        yield RankReason.CHANNEL
    if _is_straight_line_of_main(site):
        yield RankReason.COLD_MAIN
    yield RankReason.ORDINARY


def _is_straight_line_of_main(site: Site) -> bool:
    function, node = site.function, site.node
    if function is None or function.name != "main" or node is None:
        return False
    return runs_with_function(node)


def _is_trade_off(site: Site, cause: SiteCause) -> bool:
    if cause.cause is Cause.INTERFACE or site.kind is SiteKind.ARGUMENTS:
        return True
    return cause.cause is Cause.PASSED and _REFLECTS.match(cause.destination or "") is not None


def _has_large_elements(site: Site, cause: SiteCause) -> bool:
    if cause.cause is not Cause.DYNAMIC_SIZE:
        return False
    array = re.match(r"make\(\[\]\[(\d+)\]", site.subject)
    return array is not None and int(array[1]) >= _LARGE_ELEMENT


@cache
def _shared(reasons: tuple[RankReason, ...]) -> tuple[RankReason, ...]:
    """The same object for equal reasons: there are few of them, and many findings."""
    return reasons


_SEVERITIES = {
    RankReason.CONTRACT: Severity.WARNING,
    RankReason.MARKED_HOT: Severity.WARNING,
    RankReason.PROFILE_HOT: Severity.WARNING,
    RankReason.PROFILE_COLD: Severity.HINT,
    RankReason.NO_ALLOCATION: Severity.HINT,
    RankReason.COLD_TEST: Severity.HINT,
    RankReason.STAYS_WHERE_USED: Severity.HINT,
    RankReason.COLD_ERROR: Severity.HINT,
    RankReason.COLD_INIT: Severity.HINT,
    RankReason.COLD_ONCE: Severity.HINT,
    RankReason.LOOP_NOW_AND_THEN: Severity.INFORMATION,
    RankReason.DEPENDS: Severity.INFORMATION,
    RankReason.LOOP: Severity.WARNING,
    RankReason.LOOP_CALLERS: Severity.WARNING,
    RankReason.LARGE: Severity.WARNING,
    RankReason.INTERFACE: Severity.HINT,
    RankReason.CHANNEL: Severity.HINT,
    RankReason.COLD_MAIN: Severity.HINT,
    RankReason.ORDINARY: Severity.INFORMATION,
}
_MARKS = frozenset({RankReason.CONTRACT, RankReason.MARKED_HOT})
"""What directives say: neither profiles nor settings know better."""
_IN_LOOPS = frozenset({RankReason.LOOP, RankReason.LOOP_CALLERS})
_OWN = (
    RankReason.LARGE,
    RankReason.INTERFACE,
    RankReason.CHANNEL,
    RankReason.COLD_MAIN,
    RankReason.ORDINARY,
)
_REFLECTS = re.compile(r"(?:fmt|reflect|json|xml|gob|asn1|binary|errors|log|slog|flag|template)\.")
_LARGE_ELEMENT = 40  # bytes or more of each element, at the least
