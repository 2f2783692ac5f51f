"""What the machine code has said of a package, carried over to the report of an edited text.

Only declarations that are as they were take it over, and only where the compiler says the same of
them again; what was edited is as the compiler has it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.evidence.code_additions import told_lines
from goescape.analysis.evidence.code_judge import GUESSED, without_allocation
from goescape.analysis.evidence.code_notes import (
    BY_CONDITION,
    NOT_IN_THE_CODE,
    SHARED_ALLOCATION,
)
from goescape.analysis.evidence.machine_code import AllocationCondition
from goescape.analysis.evidence.merged_findings import in_source_order
from goescape.analysis.evidence.overruled_findings import with_findings
from goescape.analysis.model import Allocates, InlinedCopy, RankReason
from goescape.analysis.ranking.rank import rank
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.unchanged_declarations import UnchangedDeclarations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goescape.analysis.model import (
        ExplainedAllocation,
        Finding,
        PackageReport,
        SiteKind,
    )
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText

    _Key = tuple[Span, Place, SiteKind, str, str]


def carried(
    report: PackageReport,
    judged_before: PackageReport,
    parse: Callable[[SourceText], GoFile] = GoFile,
) -> PackageReport:
    """The report with what an older one of its package knows from the machine code.

    It counts as judged where no declaration was edited and nothing is new.
    """
    if report.is_judged or report.errors or report.package != judged_before.package:
        return report
    return _Carrying(report, judged_before, parse).report()


class _Carrying:
    def __init__(
        self, report: PackageReport, before: PackageReport, parse: Callable[[SourceText], GoFile]
    ) -> None:
        self._report = report
        self._before = before
        self._unchanged = {
            path: UnchangedDeclarations.between(source, report.sources[path], parse)
            for path, source in before.sources.items()
            if path in report.sources
        }
        self._findings: dict[_Key, Finding | None] = {}
        """Of before, by where they would be now; None where there are several."""
        for finding in before.findings:
            if (key := self._key_now(finding)) is not None:
                self._findings[key] = None if key in self._findings else finding

    def report(self) -> PackageReport:
        """The report with all that can be carried over."""
        kept = {_key(finding): finding for finding in self._report.findings}
        added: list[Finding] = []
        moved: set[_Key] = set()
        for finding, inlined in self._moved(kept):
            added.append(finding)
            moved.update(inlined)
        same = [
            self._taken_over(finding)
            for finding in self._report.findings
            if _key(finding) not in moved
        ]
        findings = sorted([*same, *added], key=in_source_order)
        corrected = with_findings(self._report, findings)
        is_news = any(
            finding.is_diagnostic and key not in moved and key not in self._findings
            for key, finding in kept.items()
        )
        is_judged = self._is_all_unchanged and not is_news
        explained = (*corrected.explained, *self._words(corrected))
        return evolve(corrected, explained=explained, is_judged=is_judged)

    @property
    def _is_all_unchanged(self) -> bool:
        report, before = self._report, self._before
        return (
            before.is_judged
            and report.is_final
            and {*report.files} == {*before.files} == {*self._unchanged}.intersection(report.files)
            and all(file.is_all for file in self._unchanged.values())
        )

    def _taken_over(self, finding: Finding) -> Finding:
        before = self._findings.get(_key(finding))
        if before is None or _is_same(finding, before) or not _has_same_copies(finding, before):
            return finding
        if before.allocates is Allocates.NO:
            is_corrected = finding.is_diagnostic and before.note in _CORRECTIONS
            return without_allocation(finding, before.note or "") if is_corrected else finding
        if finding.allocates is Allocates.NO:
            if finding.note not in GUESSED:
                return finding
            finding = evolve(finding, reasons=before.reasons, allocates=before.allocates)
            finding = _ranked(evolve(finding, note=before.note))
        elif finding.allocates is Allocates.YES and before.note == _NOT_SMALL:
            finding = evolve(finding, allocates=Allocates.DEPENDS, note=_NOT_SMALL)
        return self._with_copies(finding, before)

    def _with_copies(self, finding: Finding, before: Finding) -> Finding:
        """With copies of which only the code has shown that they are on the heap."""
        escaping = {self._place(copy.place) for copy in before.copies if copy.escapes}
        copies = tuple(
            evolve(copy, escapes=copy.escapes or copy.place in escaping) for copy in finding.copies
        )
        if copies == finding.copies:
            return finding
        others = [each for each in finding.reasons if each is not RankReason.STAYS_WHERE_USED]
        reasons = (*others, RankReason.ORDINARY)
        return _ranked(evolve(finding, copies=copies, reasons=reasons))

    def _moved(self, now: dict[_Key, Finding]) -> Iterator[tuple[Finding, tuple[_Key, ...]]]:
        """What was found where it was inlined and stands elsewhere, and the keys it has now."""
        for key, before in self._findings.items():
            if before is None or key in now:
                continue
            calls = {self._place(copy.place) for copy in before.copies if copy.escapes}
            inlined = {
                its: finding
                for its, finding in now.items()
                if finding.anchor in calls
                and finding.kind is before.kind
                and finding.is_diagnostic
                and its not in self._findings
            }
            if not inlined:
                continue
            copies = {copy for finding in inlined.values() for copy in finding.copies}
            copies |= {
                InlinedCopy(finding.anchor, finding.function, escapes=True)
                for finding in inlined.values()
            }
            first = next(iter(inlined.values()))
            span, anchor, *_ = key
            moved = evolve(
                first,
                span=span,
                anchor=anchor,
                subject=before.subject,
                function=before.function,
                inlined_from=before.inlined_from,
                copies=tuple(sorted(copies, key=lambda copy: copy.place)),
            )
            yield moved, tuple(inlined)

    def _words(self, corrected: PackageReport) -> Iterator[ExplainedAllocation]:
        told = {*told_lines(corrected)}
        explained = {(word.span, word.note) for word in corrected.explained}
        for word in self._before.explained:
            span = self._span(word.span)
            if span is not None and span[:2] not in told and (span, word.note) not in explained:
                yield evolve(word, span=span)

    def _key_now(self, finding: Finding) -> _Key | None:
        span, anchor = self._span(finding.span), self._place(finding.anchor)
        if span is None or anchor is None:
            return None
        return span, anchor, finding.kind, finding.subject, finding.compiler

    def _span(self, old: Span) -> Span | None:
        file = self._unchanged.get(old.file)
        return None if file is None else file.span(old)

    def _place(self, old: Place) -> Place | None:
        file = self._unchanged.get(old.file)
        return None if file is None else file.place(old)


def _key(finding: Finding) -> _Key:
    return finding.span, finding.anchor, finding.kind, finding.subject, finding.compiler


def _is_same(now: Finding, before: Finding) -> bool:
    """Whether there is nothing to take over, as for most."""
    said = [(each.allocates, each.note) for each in (now, before)]
    return said[0] == said[1] and not before.copies


def _has_same_copies(now: Finding, before: Finding) -> bool:
    """Whether it is inlined into the same functions; the code may know of more that escape."""
    functions = [Counter(copy.function for copy in each.copies) for each in (now, before)]
    escaping = [sum(copy.escapes for copy in each.copies) for each in (now, before)]
    return functions[0] == functions[1] and escaping[0] <= escaping[1]


def _ranked(finding: Finding) -> Finding:
    return evolve(finding, rank=rank(finding.reasons, in_loop=finding.in_loop))


_NOT_SMALL = BY_CONDITION[AllocationCondition.NOT_SMALL]
_CORRECTIONS = frozenset({NOT_IN_THE_CODE, SHARED_ALLOCATION})
