"""Findings that were moved to where they are written: one for each place, in source order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Place, Span


def merged(judged: Iterable[tuple[Finding, Finding]]) -> list[Finding]:
    """One finding for each place, however many copies were moved there from theirs."""
    kept: list[Finding] = []
    moved: dict[object, Finding] = {}
    for finding, before in judged:
        if finding.span == before.span:
            kept.append(finding)
        else:
            first = moved.setdefault((finding.span, finding.kind), finding)
            moved[finding.span, finding.kind] = _with_copies(first, finding)
    for number, finding in enumerate(kept):
        if (copy := moved.pop((finding.span, finding.kind), None)) is not None:
            kept[number] = _with_copies(finding, copy)
    return [*kept, *moved.values()]


def _with_copies(finding: Finding, other: Finding) -> Finding:
    copies = {copy.place: copy for copy in (*other.copies, *finding.copies)}
    return evolve(finding, copies=tuple(copies[place] for place in sorted(copies)))


def in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject
