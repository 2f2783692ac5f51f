"""From the sites of a file to its findings; what was judged before is judged only if need be."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.causes import Cause
from goescape.analysis.compiler.expressions import plain_subject
from goescape.analysis.file_analysis import KEPT_STATES, JudgedSite, similarity_key
from goescape.analysis.model import Finding, SiteKind, UnconfirmedFinding
from goescape.analysis.ranking.rank import RankRules
from goescape.analysis.sites.allocation import (
    ALLOCATES,
    BOXED_POINTER,
    BOXED_SINGLE_BYTE,
    BOXED_ZERO_SIZE,
    DEPENDS_ON_TYPE,
    ZERO_SIZE,
    AllocationRules,
    RuntimeAllocation,
)
from goescape.analysis.sites.cause_finder import CauseFinder, SiteCause
from goescape.analysis.sites.site import shown_span, shown_subject

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import BackendEvidence
    from goescape.analysis.compiler.package_facts import PackageFacts
    from goescape.analysis.file_analysis import FileAnalysis
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.ranking.directives import DirectiveKind, FileDirectives
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext
    from goescape.analysis.syntax.go_package import GoPackage


class FindingBuilder:
    """Judges the sites of one file, as far as that has not been done."""

    def __init__(  # noqa: PLR0913 - each of another type
        self,
        facts: PackageFacts,
        syntax: GoPackage,
        work: FileAnalysis,
        directives: FileDirectives,
        evidence: tuple[BackendEvidence, ...],
        *,
        is_final: bool,
    ) -> None:
        """``is_final`` when ``evidence`` is all that there will be."""
        self._facts = facts
        self._syntax = syntax
        self._work = work
        self._directives = directives
        self._evidence = evidence
        self._is_final = is_final
        self._before = work.judged
        self._other_lines = _lines_of_other_evidence(work, evidence) if is_final else []
        self._now: dict[Site, tuple[JudgedSite, ...]] = {}

    def add(self, site: Site, context: SiteContext) -> None:
        """Make the finding of a site, or take the last one where nothing has changed for it."""
        before = self._before.get(site, ())
        directives = self._directives_at(site)
        same = next((old for old in before if old.is_about(context, directives)), None)
        if same is not None and same.is_final >= self._is_final and self._has_same_evidence(site):
            now: JudgedSite | None = same
        else:
            now = self._judged_anew(site, context, directives, same)
        if now is not None:
            others = tuple(judged for judged in before if judged is not same)
            self._now[site] = (now, *others[: KEPT_STATES - 1])

    def findings(self) -> list[Finding]:
        """All of the file, in source order; they are remembered."""
        self._work.judged = self._now
        if self._is_final:
            self._work.evidence = self._evidence
        newest = (judged.finding for site, (judged, *_) in self._now.items() if not site.asked)
        return sorted(newest, key=_in_source_order)

    def unconfirmed(self) -> list[UnconfirmedFinding]:
        """What is a finding if Go's types say so."""
        return [
            UnconfirmedFinding(judged.finding, site.file.span(site.asked))
            for site, (judged, *_) in self._now.items()
            if site.asked is not None and judged.finding.is_diagnostic
        ]

    def _directives_at(self, site: Site) -> frozenset[DirectiveKind]:
        if not self._directives.directives:
            return frozenset()
        return self._directives.at(shown_span(site).line)

    def _has_same_evidence(self, site: Site) -> bool:
        return not any(first <= site.place.line <= last for first, last in self._other_lines)

    def _judged_anew(
        self,
        site: Site,
        context: SiteContext,
        directives: frozenset[DirectiveKind],
        same: JudgedSite | None,
    ) -> JudgedSite | None:
        allocation = self._allocation(site, context)
        if allocation is None:
            return None
        if same is not None and allocation == same.allocation:
            return same._replace(is_final=self._is_final)
        finding = self._finding(site, context, allocation, directives)
        return JudgedSite(context, directives, allocation, finding, self._is_final)

    def _allocation(self, site: Site, context: SiteContext) -> RuntimeAllocation | None:
        """Whether a site really allocates; None where only code generation will tell."""
        if not self._is_final and site.escapes and site.kind in {SiteKind.BOXED, SiteKind.CLOSURE}:
            return self._work.allocations_before.get(similarity_key(site))
        allocation = self._allocation_rules.of(site, context)
        is_others = not self._syntax.owns(self._work.syntax)  # generic, with any instances
        is_boxed = site.kind is SiteKind.BOXED and allocation == ALLOCATES
        depends = is_others and (is_boxed or allocation in _OF_ONE_TYPE)
        return DEPENDS_ON_TYPE if depends else allocation

    def _finding(
        self,
        site: Site,
        context: SiteContext,
        allocation: RuntimeAllocation,
        directives: frozenset[DirectiveKind],
    ) -> Finding:
        """Everything that is known of a site."""
        if site.needs_heap is not None and not context.chain:
            cause = SiteCause(site.needs_heap, destination=site.destination)
        elif site.escapes:
            cause = self._cause_finder.reason(site, context.chain)
        else:
            cause = SiteCause(Cause.DYNAMIC_SIZE)
        if allocation.stays_in_copies:
            cause = evolve(cause, cause=Cause.DYNAMIC_SIZE)
        ranked = self._rank_rules.of(site, context, cause, allocation, directives)
        return Finding(
            span=shown_span(site),
            anchor=site.place,
            kind=site.kind,
            subject=shown_subject(site),
            cause=cause.cause,
            rank=ranked.rank,
            function=site.function.name if site.function is not None else None,
            allocates=allocation.allocates,
            note=allocation.note,
            escapes=site.on_heap,
            in_loop=ranked.in_loop,
            compiler=plain_subject(site.message),
            flow=cause.flow,
            decisive=cause.decisive,
            destination=cause.destination,
            inlined_from=site.inlined_from,
            copies=context.copies,
            package=self._facts.info.path,
            reasons=ranked.reasons,
        )

    @cached_property
    def _noting(self) -> GoPackage:
        return self._syntax.noting(self._work.asked)

    @cached_property
    def _cause_finder(self) -> CauseFinder:
        return CauseFinder(self._noting, self._facts.paths)

    @cached_property
    def _allocation_rules(self) -> AllocationRules:
        path, facts = self._work.syntax.source.path, self._work.facts
        return AllocationRules(self._evidence, path, self._noting, facts)

    @cached_property
    def _rank_rules(self) -> RankRules:
        return RankRules(self._facts.info.language)


def _lines_of_other_evidence(
    work: FileAnalysis, evidence: tuple[BackendEvidence, ...]
) -> list[tuple[int, int]]:
    """The functions with other evidence than before; all lines if it was outside.

    The evidence in one function tells nothing about another.
    """
    if work.evidence == evidence:
        return []
    before, now = Counter(work.evidence), Counter(evidence)
    lines = sorted({item.at.line for item in (before - now) + (now - before)})
    spans = [function.span for function in work.functions]
    touched = {
        (span.line, span.end_line)
        for span in spans
        if bisect_left(lines, span.line) < bisect_right(lines, span.end_line)
    }
    if all(any(first <= line <= last for first, last in touched) for line in lines):
        return sorted(touched)
    return [(0, sys.maxsize)]


def _in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject


_OF_ONE_TYPE = frozenset({BOXED_POINTER, BOXED_SINGLE_BYTE, BOXED_ZERO_SIZE, ZERO_SIZE})
"""What one instance of generic code does, and others need not."""
