"""Expressions that are edited inside: the same allocations under another text."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Edit, apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.model import Finding, PackageReport
    from goescape.fixes.candidate import Candidate


def renamed(
    candidates: Sequence[Candidate],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
) -> list[PackageReport]:
    """The reports from before, with the subjects that they have after the edits.

    A subject is renamed where its text after the edits is one that the function has only since.
    """
    places_before = {_subject_key(f) for report in before for f in report.findings}
    new: dict[tuple[str | None, str, str], str] = {}
    for finding in (f for report in after for f in report.findings):
        if _subject_key(finding) not in places_before:
            new[_subject_key(finding)] = finding.subject
    targets = {
        (target.span, target.kind, target.subject)
        for candidate in candidates
        for target in (candidate.target, *candidate.also)
        if target is not None
    }
    edits: dict[str, set[Edit]] = defaultdict(set)
    for edit in (edit for candidate in candidates for edit in candidate.edits):
        edits[edit.file].add(edit)

    def named(report: PackageReport, finding: Finding) -> Finding:
        source = report.sources.get(finding.span.file)
        inside = edits.get(finding.span.file)
        is_target = (finding.span, finding.kind, finding.subject) in targets
        if source is None or inside is None or is_target:
            return finding
        texts = _edited(source, finding, inside)
        places = ((finding.function, finding.kind.value, text) for text in texts)
        subject = next((new[place] for place in places if place in new), None)
        return finding if subject is None else evolve(finding, subject=subject)

    if not new:
        return [*before]
    return [evolve(r, findings=tuple(named(r, finding) for finding in r.findings)) for r in before]


def _subject_key(finding: Finding) -> tuple[str | None, str, str]:
    return finding.function, finding.kind.value, _plain(finding.subject)


def _edited(source: SourceText, finding: Finding, edits: set[Edit]) -> Iterator[str]:
    """What the subject may be after the edits in its range: the compiler may write it otherwise."""
    span = finding.span
    start = source.offset(span.line, span.column)
    end = source.offset(span.end_line, span.end_column)
    if start is None or end is None:
        return
    part = SourceText(span.file, source.content[start:end])
    inside = [
        Edit(e.file, e.start - start, e.end - start, e.text)
        for e in edits
        if start <= e.start < e.end <= end
    ]
    if not inside:
        return
    subject = _plain(finding.subject)
    if _plain(_text(part.content)) == subject:
        yield _plain(_text(apply_edits({span.file: part}, inside)[span.file]))
    for edit in inside:
        old = _plain(_text(part.content[edit.start : edit.end]))
        if not old or subject.count(old) != 1:
            return
        subject = subject.replace(old, _plain(edit.text))
    yield subject


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Without the white space, which gofmt changes."""
    return re.sub(r"\s+", "", text)
