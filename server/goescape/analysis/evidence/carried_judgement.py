"""What the machine code has said of a package, carried over to the report of an edited text.

Only declarations that are as they were take it over, and only where the compiler says the same of
them again; what was edited is as the compiler has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping  # noqa: TC003 - attrs resolves annotations
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve, field, frozen

from goescape.analysis.causes import Cause
from goescape.analysis.evidence.code_additions import told_lines
from goescape.analysis.evidence.code_evidence import as_moved
from goescape.analysis.evidence.code_judge import GUESSED, without_allocation
from goescape.analysis.evidence.code_notes import (
    BY_CONDITION,
    NOT_IN_THE_CODE,
    SHARED_ALLOCATION,
    ZERO_IS_SHARED,
)
from goescape.analysis.evidence.machine_code import AllocationCondition
from goescape.analysis.evidence.merged_findings import in_source_order
from goescape.analysis.evidence.overruled_findings import with_findings
from goescape.analysis.inlined_copy import InlinedCopy
from goescape.analysis.model import ALLOCATES_TWICE, Allocates, RankReason
from goescape.analysis.ranking.rank import rank
from goescape.analysis.sites.run_time_size import WHEN_FULL
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.unchanged_declarations import UnchangedDeclarations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.model import (
        ExplainedAllocation,
        Finding,
        PackageReport,
        SiteKind,
    )
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText

    _Key = tuple[Span, Place, SiteKind, str, str]


@frozen(eq=False, slots=False)
class Judgement:
    """What the machine code has said of a package, for the reports of later texts."""

    report: PackageReport
    carried: dict[int, _CarriedFinding] = field(factory=dict, init=False)
    """What the last report took over, by the identity of its findings: most come again."""

    @cached_property
    def _findings(self) -> tuple[Mapping[str, Mapping[_Key, Finding | None]], tuple[Finding, ...]]:
        """By file and key where a file alone decides it (None where there are several); the rest.

        Made when it is first asked for, which is in a thread.
        """
        by_file: dict[str, dict[_Key, Finding | None]] = {}
        others = []
        for finding in self.report.findings:
            file = finding.span.file
            if finding.anchor.file == file:
                _add(by_file.setdefault(file, {}), _key(finding), finding)
            else:
                others.append(finding)
        return by_file, tuple(others)

    def carried_to(
        self, report: PackageReport, parse: Callable[[SourceText], GoFile] = GoFile
    ) -> PackageReport:
        """The report of a later text with what is known from the machine code.

        It counts as judged where no declaration was edited and nothing is new.
        """
        if report.is_judged or report.errors or report.package != self.report.package:
            return report
        unchanged = {
            path: UnchangedDeclarations.between(source, report.sources[path], parse)
            for path, source in self.report.sources.items()
            if path in report.sources
        }
        return _Carrying(report, self, unchanged).report()

    def moved_by(
        self, unchanged: Mapping[str, UnchangedDeclarations]
    ) -> tuple[dict[_Key, Finding | None], set[str]]:
        """The findings by where they would be now (None where there are several), and the files
        where some depend on other files.
        """
        moved: dict[_Key, Finding | None] = {}
        by_file, others = self._findings
        again = list(others)
        for path, findings in by_file.items():
            file = unchanged.get(path)
            if file is not None and file.is_same_text:
                moved.update(findings)
            elif file is not None:
                again += (each for each in self.report.findings if each.span.file == path)
        for finding in again:
            if (key := _key_now(finding, unchanged)) is not None:
                _add(moved, key, finding)
        return moved, {finding.span.file for finding in others}


class _CarriedFinding(NamedTuple):
    """What one report took over for a finding."""

    finding: Finding
    """As the report had it."""
    carried: Finding
    """What became of it."""
    new: _Key | None
    """Its key if it was not there before."""
    depends_on: frozenset[str]
    """The files of its copies."""


class _Carrying:
    def __init__(
        self,
        report: PackageReport,
        judgement: Judgement,
        unchanged: Mapping[str, UnchangedDeclarations],
    ) -> None:
        self._report = report
        self._before = judgement.report
        self._unchanged = unchanged
        self._findings, mixed = judgement.moved_by(unchanged)
        """Of before, by where they would be now; None where there are several."""
        self._same = {path for path, file in unchanged.items() if file.is_same_text} - mixed
        """The files whose text is as it was, and whose findings stand in no other."""
        self._carried = judgement.carried

    def report(self) -> PackageReport:
        """The report with all that can be carried over."""
        carried = [self._carried_finding(finding) for finding in self._report.findings]
        self._carried.clear()
        self._carried.update((id(each.finding), each) for each in carried if self._is_certain(each))
        new = {each.new: each.finding for each in carried if each.new is not None}
        findings: Sequence[Finding] = [each.carried for each in carried]
        added: list[Finding] = []
        moved: set[_Key] = set()
        for finding, inlined in self._moved(new) if new else ():
            added.append(finding)
            moved.update(inlined)
        if added:
            pairs = zip(self._report.findings, findings, strict=True)
            left = (now for before, now in pairs if _key(before) not in moved)
            findings = sorted((*left, *added), key=in_source_order)
        corrected = with_findings(self._report, findings)
        is_judged = self._is_all_unchanged and moved.issuperset(new)
        explained = (*corrected.explained, *self._words(corrected))
        return evolve(corrected, explained=explained, is_judged=is_judged)

    def _carried_finding(self, finding: Finding) -> _CarriedFinding:
        """What becomes of a finding; as last time where nothing can differ."""
        last = self._carried.get(id(finding))
        if last is not None and last.finding is finding and self._is_certain(last):
            return last
        key = _key(finding)
        before = self._findings.get(key)
        is_new = finding.is_diagnostic and key not in self._findings
        copies = before.copies if before is not None else ()
        files = frozenset(copy.place.file for copy in copies)
        carried = self._taken_over(finding, before)
        return _CarriedFinding(finding, carried, key if is_new else None, files)

    def _is_certain(self, carried: _CarriedFinding) -> bool:
        """Whether the same would become of it again: no file that it depends on was edited."""
        files = carried.depends_on
        return carried.finding.span.file in self._same and (not files or files <= self._same)

    @property
    def _is_all_unchanged(self) -> bool:
        report, before = self._report, self._before
        return (
            before.is_judged
            and report.is_final
            and {*report.files} == {*before.files} == {*self._unchanged}.intersection(report.files)
            and all(file.is_all for file in self._unchanged.values())
        )

    def _taken_over(self, finding: Finding, before: Finding | None) -> Finding:
        if before is None or _is_same(finding, before):
            return finding
        if (finding.cause, before.cause) == (Cause.PASSED, Cause.INDIRECT):
            finding = evolve(finding, cause=before.cause)
        if not _has_same_copies(finding, before):
            return finding
        if before.allocates is Allocates.NO:
            is_corrected = finding.is_diagnostic and before.note in _CORRECTIONS
            return without_allocation(finding, before.note or "") if is_corrected else finding
        if finding.allocates is Allocates.NO:
            if finding.note not in GUESSED:
                return finding
            finding = evolve(finding, reasons=before.reasons, allocates=before.allocates)
            finding = _ranked(evolve(finding, note=before.note))
        elif finding.allocates is Allocates.YES and before.note in _ADDITIONS:
            finding = evolve(finding, allocates=before.allocates, note=before.note)
        return self._with_copies(finding, before)

    def _with_copies(self, finding: Finding, before: Finding) -> Finding:
        """With what only the code has shown of its copies."""
        escaping = {self._place(copy.place) for copy in before.copies if copy.escapes}
        free = {self._place(copy.place) for copy in before.copies if copy.is_free}
        news = [each for each in finding.copies if each.place in escaping and not each.escapes]
        if not news and not free:
            return finding
        copies = tuple(
            evolve(copy, escapes=copy.escapes or copy.place in escaping, is_free=copy.place in free)
            for copy in finding.copies
        )
        finding = evolve(finding, copies=copies)
        if before.note == WHEN_FULL:
            finding = as_moved(finding)
        if not any(copy.stays for copy in news):
            return finding
        others = [each for each in finding.reasons if each is not RankReason.STAYS_WHERE_USED]
        reasons = (*others, RankReason.ORDINARY)
        return _ranked(evolve(finding, reasons=reasons))

    def _moved(self, new: Mapping[_Key, Finding]) -> Iterator[tuple[Finding, tuple[_Key, ...]]]:
        """What was found where it was inlined and stands elsewhere, and the keys it has now."""
        for key, before in self._findings.items():
            if before is None or not before.copies:
                continue
            calls = {self._place(copy.place) for copy in before.copies if copy.escapes}
            inlined = {
                its: finding
                for its, finding in new.items()
                if finding.anchor in calls and finding.kind is before.kind
            }
            if not inlined:
                continue
            copies = {copy for finding in inlined.values() for copy in finding.copies}
            copies |= {
                InlinedCopy(finding.anchor, finding.function, escapes=True)
                for finding in inlined.values()
            }
            here = (finding for finding in self._report.findings if _key(finding) == key)
            first = next(here, next(iter(inlined.values())))
            copies |= {*first.copies}
            span, anchor, *_ = key
            moved = evolve(
                first,
                span=span,
                anchor=anchor,
                subject=before.subject,
                function=before.function,
                inlined_from=before.inlined_from,
                copies=tuple(sorted(copies, key=lambda copy: copy.place)),
                in_loop=before.in_loop,
                rank=rank(first.reasons, in_loop=before.in_loop),
            )
            yield self._taken_over(moved, before), (key, *inlined)

    def _words(self, corrected: PackageReport) -> Iterator[ExplainedAllocation]:
        explained = {(word.span, word.note) for word in corrected.explained}
        moved = [(self._span(word.span), word) for word in self._before.explained]
        words = [
            (span, word)
            for span, word in moved
            if span is not None and (span, word.note) not in explained
        ]
        told = {*told_lines(corrected)} if words else ()
        for span, word in words:
            if span[:2] not in told:
                yield word if span == word.span else evolve(word, span=span)

    def _span(self, old: Span) -> Span | None:
        file = self._unchanged.get(old.file)
        return None if file is None else file.span(old)

    def _place(self, old: Place) -> Place | None:
        file = self._unchanged.get(old.file)
        return None if file is None else file.place(old)


def _add(findings: dict[_Key, Finding | None], key: _Key, finding: Finding) -> None:
    findings[key] = None if key in findings else finding


def _key_now(finding: Finding, unchanged: Mapping[str, UnchangedDeclarations]) -> _Key | None:
    of_span, of_anchor = unchanged.get(finding.span.file), unchanged.get(finding.anchor.file)
    span = None if of_span is None else of_span.span(finding.span)
    anchor = None if of_anchor is None else of_anchor.place(finding.anchor)
    if span is None or anchor is None:
        return None
    return span, anchor, finding.kind, finding.subject, finding.compiler


def _key(finding: Finding) -> _Key:
    return finding.span, finding.anchor, finding.kind, finding.subject, finding.compiler


def _is_same(now: Finding, before: Finding) -> bool:
    """Whether there is nothing to take over, as for most."""
    if before.copies or now.allocates is not before.allocates:
        return False
    return (now.note, now.cause) == (before.note, before.cause)


def _has_same_copies(now: Finding, before: Finding) -> bool:
    """Whether it is inlined into the same functions; the code may know of more that escape."""
    functions = [Counter(copy.function for copy in each.copies) for each in (now, before)]
    escaping = [sum(copy.escapes for copy in each.copies) for each in (now, before)]
    return functions[0] == functions[1] and escaping[0] <= escaping[1]


def _ranked(finding: Finding) -> Finding:
    return evolve(finding, rank=rank(finding.reasons, in_loop=finding.in_loop))


_ADDITIONS = frozenset(
    {BY_CONDITION[AllocationCondition.NOT_SMALL], ZERO_IS_SHARED, ALLOCATES_TWICE}
)
_CORRECTIONS = frozenset({NOT_IN_THE_CODE, SHARED_ALLOCATION})
