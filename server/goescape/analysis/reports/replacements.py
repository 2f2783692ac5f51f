"""New sites that stand in place of worse ones: what a fix leaves is no step back.

A text that is put together stands for all the boxes that fmt took for it; the capacity of a slice
for its growth. Whoever counts new sites alone would call the better code worse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve

from goescape.analysis.model import Allocates, RankReason, SiteKind
from goescape.analysis.reports.baselines import match_sites
from goescape.analysis.syntax.text_diff import LineChange, changed_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.analysis.model import Finding
    from goescape.analysis.reports.baselines import BaselineSite, SiteMatching
    from goescape.analysis.syntax.source import SourceText

_NEAR = 3
"""Edits with fewer lines between them are one."""


class CodeState(NamedTuple):
    """The sites of one state of the code, and the texts that they are in."""

    sites: Sequence[tuple[Finding, BaselineSite]]
    sources: Mapping[str, SourceText]


def replacements(now: CodeState, before: CodeState, matching: SiteMatching) -> frozenset[int]:
    """The new sites, by their number, that stand where worse ones are gone.

    Each site that is gone makes up for one that is no more in a loop, no larger, and allocates no
    more surely.
    """
    places: dict[_Place, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    edits = _Edits(now, before)
    for number in matching.gone:
        finding, site = before.sites[number]
        if (edit := edits.around_old(finding, site)) is not None:
            places[site.package, site.function, site.file, edit][0].append(number)
    for number in matching.new:
        finding, site = now.sites[number]
        if (edit := edits.around_new(finding, site)) is not None:
            places[site.package, site.function, site.file, edit][1].append(number)
    replacing: set[int] = set()
    for gone, new in places.values():
        old = [before.sites[number][0] for number in gone]
        replacing.update(_paid_for({number: now.sites[number][0] for number in new}, old))
    return frozenset(replacing | _capacities(now, matching))


def new_sites(now: CodeState, revision: CodeState, others: Sequence[BaselineSite] = ()) -> set[int]:
    """Which sites of now (by their number) are in nothing known: no revision, no ``others``."""
    known = [*others, *(site for _, site in revision.sites)]
    matching = match_sites([site for _, site in now.sites], known)
    of_revision = evolve(
        matching,
        gone=tuple(number - len(others) for number in matching.gone if number >= len(others)),
    )
    return {*matching.new} - replacements(now, revision, of_revision)


_Weight = tuple[bool, bool, bool, int]
"""In a loop, large, allocates each time, and how many objects."""
_Place = tuple[str, str, str, int]
"""Package, function, file, and the edit by its number."""


class _Edits:
    """Where the text of files has changed, looked up once for each."""

    def __init__(self, now: CodeState, before: CodeState) -> None:
        self._now = {site.file: now.sources.get(f.span.file) for f, site in now.sites}
        self._before = {site.file: before.sources.get(f.span.file) for f, site in before.sites}
        self._by_file: dict[str, _FileEdits] = {}

    def around_old(self, finding: Finding, site: BaselineSite) -> int | None:
        """The edit that took a site away, by its number; None where none did."""
        return _at(finding.span.line, self._of(site.file).old)

    def around_new(self, finding: Finding, site: BaselineSite) -> int | None:
        """The edit that made a site."""
        return _at(finding.span.line, self._of(site.file).new)

    def _of(self, file: str) -> _FileEdits:
        if file not in self._by_file:
            old, new = self._before.get(file), self._now.get(file)
            changes = () if old is None or new is None else changed_lines(old.content, new.content)
            edits = _joined(changes)
            self._by_file[file] = _FileEdits(
                _Ranges([edit.first for edit in edits], [edit.last for edit in edits]),
                _Ranges([edit.new_first for edit in edits], [edit.new_last for edit in edits]),
            )
        return self._by_file[file]


class _Ranges(NamedTuple):
    """Lines, in their order."""

    first: list[int]
    last: list[int]


class _FileEdits(NamedTuple):
    """The edits of a file by their numbers."""

    old: _Ranges
    new: _Ranges


def _at(line: int, ranges: _Ranges) -> int | None:
    number = bisect_right(ranges.first, line) - 1
    return number if number >= 0 and line <= ranges.last[number] else None


def _joined(changes: Iterable[LineChange]) -> list[LineChange]:
    joined: list[LineChange] = []
    for change in changes:
        if joined and change.first - joined[-1].last - 1 < _NEAR:
            before = joined.pop()
            joined.append(LineChange(before.first, change.last, before.new_first, change.new_last))
        else:
            joined.append(change)
    return joined


def _paid_for(new: Mapping[int, Finding], gone: Sequence[Finding]) -> set[int]:
    """Which of the new sites of one edit are made up for."""
    groups: dict[object, list[int]] = defaultdict(list)
    for number, finding in new.items():
        groups[_same_array(finding, number)].append(number)
    # few weights, and perhaps thousands of sites in one edit
    left, paid = Counter(map(_weight, gone)), set[int]()
    for numbers in sorted(groups.values(), key=lambda its: _weight(new[its[0]]), reverse=True):
        wanted = {_weight(new[number]) for number in numbers}
        for payer in sorted(+left):
            if all(_is_no_worse(weight, payer) for weight in wanted):
                left[payer] -= 1
                paid.update(numbers)
                break
    return paid


def _same_array(finding: Finding, number: int) -> object:
    """Writes to one builder grow one array: they are one site here."""
    grows = finding.allocates is Allocates.DEPENDS and finding.inlined_from is not None
    return finding.destination if grows and finding.destination is not None else number


def _weight(finding: Finding) -> _Weight:
    large = RankReason.LARGE in (finding.rank_reason, *finding.reasons)
    return finding.in_loop, large, _is_sure(finding), finding.objects


def _is_no_worse(new: _Weight, old: _Weight) -> bool:
    """Whether it matters no more; growth in a loop may be once for each element."""
    leaves_loop = old[0] and not new[0]
    pairs = [*zip(new, old, strict=True)]
    return all(a <= b for a, b in (pairs[:2] if leaves_loop else pairs))


def _is_sure(finding: Finding) -> bool:
    """Whether it allocates each time; whoever gets a box allocates, too."""
    return finding.allocates is Allocates.YES or finding.kind is SiteKind.BOXED


def _capacities(now: CodeState, matching: SiteMatching) -> set[int]:
    """Slices that are made large enough for the growth that was there before."""
    if not matching.new:
        return set()
    grown = {
        (site.package, site.function, match[1])
        for number, (finding, site) in enumerate(now.sites)
        if number in matching.same
        and finding.in_loop
        and (match := re.match(r"append\((\w+), ", site.subject))
    }
    return {
        number
        for number in matching.new
        if (site := now.sites[number][1])
        and not now.sites[number][0].in_loop
        and (match := re.match(r"(\w+) :?= make\(\[\].*, 0, len\(.*\)\)$", site.line))
        and (site.package, site.function, match[1]) in grown
    }
