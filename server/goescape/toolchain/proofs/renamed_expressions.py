"""Expressions that are edited inside: the same allocations under another text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve

from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Edit, apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.model import Finding, PackageReport, SiteKind
    from goescape.analysis.positions import Span
    from goescape.fixes.candidate import Candidate


def renamed(
    candidates: Sequence[Candidate],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
) -> list[PackageReport]:
    """The reports from before, with the subjects that they have after the edits.

    A subject is renamed where the function has its text after the edits more often than before.
    """
    subjects = {_subject_key(f): f.subject for report in after for f in report.findings}
    new = _counts(after) - _counts(before)
    names: dict[_Site, str | None] = {}
    targets = {
        _site(target)
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
        site = _site(finding)
        if source is None or inside is None or site in targets:
            return finding
        if site not in names:  # several packages may speak of it
            texts = _edited(source, finding, inside)
            places = ((finding.function, finding.kind.value, text) for text in texts)
            place = next((place for place in places if new[place] > 0), None)
            new[place] -= 1
            names[site] = None if place is None else subjects[place]
        subject = names[site]
        return finding if subject is None else evolve(finding, subject=subject)

    if not new:
        return [*before]
    return [evolve(r, findings=tuple(named(r, finding) for finding in r.findings)) for r in before]


_Site: TypeAlias = "tuple[Span, SiteKind, str]"
_SubjectKey: TypeAlias = "tuple[str | None, str, str]"


def _counts(reports: Sequence[PackageReport]) -> Counter[_SubjectKey | None]:
    """How many sites have each subject; those that several reports have are counted once."""
    sites = {_site(f): _subject_key(f) for report in reports for f in report.findings}
    return Counter(sites.values())


def _site(finding: Finding) -> _Site:
    return finding.span, finding.kind, finding.subject


def _subject_key(finding: Finding) -> _SubjectKey:
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
    if len(inside) == 1 and (inside[0].start, inside[0].end) == (0, end - start):
        yield _plain(inside[0].text)  # whatever the compiler called it
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
