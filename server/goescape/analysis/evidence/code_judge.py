"""The machine code as the judge of a report: what has no allocating call does not allocate.

``with_code`` takes a finished report and the code of the same texts, and gives a corrected report.
In doubt a finding stays as it is: it may be in code that is compiled elsewhere (generic functions,
tests), or share its line with others.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.evidence.code_additions import words
from goescape.analysis.evidence.code_evidence import ONLY_INLINED, CodeEvidence, has_own_lines
from goescape.analysis.evidence.code_matching import (
    PlacedCall,
    is_foreign,
    is_inside,
    is_made_and_boxed,
    is_of_variable,
    is_sum,
    is_surely,
    is_variable,
    may_be_of_several,
    most_at_once,
    starts_with,
)
from goescape.analysis.evidence.code_notes import (
    BY_CONDITION,
    NOT_IN_THE_CODE,
    SHARED_ALLOCATION,
    ZERO_IS_SHARED,
)
from goescape.analysis.evidence.code_places import (
    declaration_around,
    expression_at,
    loop_over_function,
)
from goescape.analysis.evidence.displaced_calls import (
    displaced_calls,
    may_be_around,
    moved_into_loop,
)
from goescape.analysis.evidence.machine_code import AllocationCondition, AllocationKind
from goescape.analysis.evidence.merged_findings import in_source_order, merged
from goescape.analysis.evidence.overruled_findings import with_findings
from goescape.analysis.inlined_copy import InlinedCopy
from goescape.analysis.model import ALLOCATES_TWICE, Allocates, Finding, RankReason, SiteKind
from goescape.analysis.ranking.rank import as_made, rank
from goescape.analysis.syntax.go_file import GoFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goescape.analysis.evidence.code_matching import Line
    from goescape.analysis.evidence.machine_code import MachineCode
    from goescape.analysis.model import PackageReport
    from goescape.analysis.positions import Span


def with_code(report: PackageReport, code: MachineCode, judged: frozenset[str]) -> PackageReport:
    """The report as the code of its package has it.

    ``judged`` are the files that it decides about: a package with its tests has the code of the
    package once more, inlined otherwise. A report about other files than the code comes back as it
    is.
    """
    judged = frozenset(p for p in judged.intersection(report.files) if has_own_lines(report, p))
    if report.errors or not any(function.file in judged for function in code.functions):
        return report
    return _Judge(report, code, judged).report()


class _Judge:
    def __init__(
        self, report: PackageReport, code: MachineCode, files_judged: frozenset[str]
    ) -> None:
        self._report = report
        self._files_judged = files_judged
        self._files: dict[str, GoFile | None] = {}
        self._evidence = CodeEvidence(report, code, frozenset(report.files))
        self._claimed: set[Line] = set()
        """Lines whose calls belong to findings on other lines."""

    def report(self) -> PackageReport:
        """The corrected report."""
        evidence = self._evidence
        found = merged(
            (evidence.with_copies(evidence.with_callee(judged)), finding)
            for finding in self._report.findings
            for judged in self._judged(finding)
        )
        findings = sorted(found, key=in_source_order)
        corrected = with_findings(self._report, findings)
        calls = [call for call in self._evidence.calls if call.lines[0] not in self._claimed]
        explained = words(corrected, calls, self._files_judged, self._parsed)
        return evolve(corrected, explained=(*corrected.explained, *explained))

    def _judged(self, finding: Finding) -> Iterator[Finding]:
        """What becomes of a finding: nothing where it only repeats others."""
        if finding.span.file not in self._files_judged:
            yield finding
            return
        evidence = self._evidence
        if finding.allocates is Allocates.NO and finding.note in GUESSED:
            yield self._upgraded(finding, evidence.calls_in(finding, evidence.written))
            return
        if not finding.is_diagnostic:
            yield finding
            return
        calls = evidence.calls_in(finding, evidence.written)
        if is_variable(finding) and self._shares(finding, calls):
            yield without_allocation(finding, SHARED_ALLOCATION)
        elif calls:
            yield self._confirmed(finding, calls)
        elif evidence.may_be_inside(finding) and (
            inlined := evidence.calls_in(finding, evidence.inlined_at)
        ):
            yield from self._inside(finding, inlined)
        elif elsewhere := self._elsewhere(finding):
            yield from elsewhere
        else:
            yield self._without_call(finding)

    def _inside(self, finding: Finding, inlined: list[PlacedCall]) -> Iterator[Finding]:
        """What becomes of something inside of the function that is called at its place."""
        # What is inlined there may be something else as well: a value and the box around it.
        certain = [placed for placed in inlined if is_surely(finding, placed.call.kind)]
        source = self._parsed(finding.span.file)
        loop = loop_over_function(source, finding.span) if certain else None
        if loop is not None:
            # What the iterator does, the loop turns; what its body does stands there.
            in_body = [placed for placed in certain if _is_in_body(placed, loop)]
            if len(in_body) < len(certain):
                yield self._confirmed(finding, [each for each in certain if each not in in_body])
            yield from self._moved(finding, in_body)
        elif certain:
            yield from self._moved(finding, certain)
        elif finding.subject.startswith("append") and self._evidence.has_code(finding):
            yield without_allocation(finding, NOT_IN_THE_CODE)
        else:
            yield finding

    def _elsewhere(self, finding: Finding) -> list[Finding]:
        """The finding where its calls on other lines have it; nothing where it has none."""
        file = self._parsed(finding.span.file)
        calls = [*displaced_calls(finding, self._evidence, file, self._found_on)] if file else []
        self._claimed.update(placed.lines[0] for placed, _ in calls)
        here = [placed for placed, place in calls if place is None]
        if here:
            return [self._confirmed(finding, here)]
        moved = ((each, moved_into_loop(finding, each.place)) for each in calls if each.place)
        return [self._confirmed(its_own, [each.placed]) for each, its_own in moved]

    def _without_call(self, finding: Finding) -> Finding:
        """What becomes of a finding that has no call on its lines."""
        evidence = self._evidence
        if evidence.has_call_of_copy(finding) or not evidence.has_code(finding):
            return finding
        if may_be_around(finding, self._in_file(finding), evidence):
            return finding
        return without_allocation(finding, NOT_IN_THE_CODE)

    def _confirmed(self, finding: Finding, calls: list[PlacedCall]) -> Finding:
        """A finding that allocates, with what the code says of its condition and its copies."""
        boxes = [placed for placed in calls if placed.call.kind is AllocationKind.BOX]
        if finding.kind is SiteKind.BOXED and len(boxes) < len(calls):
            others = [each for each in self._beside(finding) if each.kind is SiteKind.BOXED]
            if not boxes or (len(others) > 1 and is_sum(finding.subject)):
                finding, boxes = as_made(finding, SiteKind.EXPRESSION), calls
        its_own = boxes if finding.kind is SiteKind.BOXED else calls
        conditions = {placed.call.condition for placed in its_own}
        if finding.allocates is Allocates.YES and conditions == {AllocationCondition.NOT_SMALL}:
            finding = evolve(finding, allocates=Allocates.DEPENDS, note=self._not_small(finding))
        if finding.allocates is Allocates.YES and finding.note is None:
            here = self._evidence.written.get(finding.span[:2], [])
            others = [other for other in self._beside(finding) if other.is_diagnostic]
            if is_made_and_boxed(finding, others, here):
                finding = evolve(finding, note=ALLOCATES_TWICE)
        inlined = {line for placed in calls for line in placed.lines[1:]}
        copies = tuple(
            evolve(copy, escapes=True) if copy.stays and copy.place[:2] in inlined else copy
            for copy in finding.copies
        )
        if copies == finding.copies:
            return finding
        reasons = tuple(
            reason for reason in finding.reasons if reason is not RankReason.STAYS_WHERE_USED
        )
        return _ranked(evolve(finding, copies=copies, reasons=reasons), RankReason.ORDINARY)

    def _not_small(self, finding: Finding) -> str:
        """Which values do not allocate, of a finding that is boxed by its bits."""
        is_integer = (
            finding.allocates is not Allocates.YES
            or not self._report.is_typed
            or (self._evidence.is_inlined(finding) and not is_foreign(finding))
        )  # types have told what is one
        return BY_CONDITION[AllocationCondition.NOT_SMALL] if is_integer else ZERO_IS_SHARED

    def _upgraded(self, finding: Finding, calls: list[PlacedCall]) -> Finding:
        """A finding that was said not to allocate, where there is a call that can only be its."""
        if finding.note == ONLY_INLINED:
            calls = [placed for placed in calls if placed.symbol not in self._evidence.never_called]
        if not calls:
            return finding
        others = self._beside(finding)
        rivals = [
            other
            for other in others
            if (other.is_diagnostic or other.note in GUESSED) and other.kind is finding.kind
        ]
        if rivals or (finding.note == ONLY_INLINED and any(o.is_diagnostic for o in others)):
            return finding  # the calls may be theirs
        if finding.kind is SiteKind.BOXED and not any(
            is_surely(finding, placed.call.kind) for placed in calls
        ):
            return finding
        if any(p.call.condition is AllocationCondition.NOT_SMALL for p in calls):
            note = self._not_small(finding)
            finding = evolve(finding, allocates=Allocates.DEPENDS, note=note)
        else:
            finding = evolve(finding, allocates=Allocates.YES, note=None)
        reason = RankReason.LOOP if finding.in_loop else RankReason.ORDINARY
        return self._confirmed(_ranked(finding, reason), calls)

    def _moved(self, finding: Finding, calls: list[PlacedCall]) -> Iterator[Finding]:
        """The compiler prints the call into which a literal was inlined: the places are inside.

        Where they have findings of their own, this one is a copy of them.
        """
        for (file, line), placed in {placed.lines[0]: placed for placed in calls}.items():
            source = self._parsed(file)
            if source is None:
                continue
            called = placed.inlined_from
            copy = InlinedCopy(finding.anchor, finding.function, escapes=True)
            copies = tuple(sorted({copy, *finding.copies}, key=lambda copy: copy.place))
            if (there := self._found_on(finding, file, line)) is not None:
                yield evolve(there, copies=copies)
                continue
            name = finding.subject if finding.kind is SiteKind.VARIABLE else None
            kind = placed.call.kind if called is None else None
            if (told := expression_at(source, line, kind, name)) is None:
                continue
            function = self._evidence.function_at(file, line)
            yield evolve(
                finding,
                span=told.span,
                anchor=told.span.start,
                subject=told.subject or finding.subject,
                function=function.name if function is not None else finding.function,
                inlined_from=called,
                copies=copies,
            )

    def _found_on(self, finding: Finding, file: str, line: int) -> Finding | None:
        """The finding of the same kind, or of the same words, on a line."""
        others = [each for each in self._by_line.get((file, line), ()) if each.is_diagnostic]
        same = (each for each in others if each.kind is finding.kind)
        return next(same, next((e for e in others if e.compiler == finding.compiler), None))

    def _shares(self, finding: Finding, calls: list[PlacedCall]) -> bool:
        """Whether a variable is allocated with one before it: small ones without pointers are."""
        span, function = finding.span, finding.function
        before = [e for e in self._in_file(finding) if e.span < span and e.function == function]
        before = [each for each in before if is_variable(each) and each.is_diagnostic]
        if not before:
            return False
        around = declaration_around(self._parsed(span.file), span)
        before = [each for each in before if is_inside(each.span, around)]
        calls = [placed for placed in calls if is_of_variable(placed.call)]
        if calls:
            # Fewer calls than variables on a line, and one is of several.
            same_line = [other for other in before if starts_with(other, finding)]
            is_left_over = 0 < most_at_once(calls) <= len(same_line)
            return is_left_over and any(may_be_of_several(placed.call) for placed in calls)
        return any(
            may_be_of_several(placed.call)
            for other in before
            for placed in self._evidence.written.get(other.span[:2], ())
        )

    def _in_file(self, finding: Finding) -> Sequence[Finding]:
        """The findings in the file of one, in source order."""
        return self._by_file.get(finding.span.file, ())

    def _beside(self, finding: Finding) -> list[Finding]:
        """The others that begin on its line."""
        line = self._by_line.get(finding.span[:2], ())
        return [other for other in line if starts_with(other, finding)]

    @cached_property
    def _by_line(self) -> Mapping[tuple[str, int], Sequence[Finding]]:
        by_line: dict[tuple[str, int], list[Finding]] = defaultdict(list)
        for finding in self._report.findings:
            by_line[finding.span[:2]].append(finding)
        return by_line

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[Finding]]:
        by_file: dict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(self._report.findings, key=in_source_order):
            by_file[finding.span.file].append(finding)
        return by_file

    def _parsed(self, path: str) -> GoFile | None:
        """A file of the report; most need not be parsed."""
        if path not in self._files:
            source = self._report.sources.get(path) if path in self._report.files else None
            self._files[path] = None if source is None else GoFile(source)
        return self._files[path]


def _is_in_body(placed: PlacedCall, loop: Span) -> bool:
    """Whether the body of a loop does it, be it in a function that is inlined there."""
    return any(
        file == loop.file and loop.line < line <= loop.end_line for file, line in placed.lines
    )


def without_allocation(finding: Finding, note: str) -> Finding:
    return _ranked(evolve(finding, allocates=Allocates.NO, note=note), RankReason.NO_ALLOCATION)


def _ranked(finding: Finding, reason: RankReason) -> Finding:
    """With one more reason: the only one, or the last where others say more."""
    if reason is RankReason.NO_ALLOCATION:
        reasons: tuple[RankReason, ...] = (reason,)
    else:
        others = (each for each in finding.reasons if each is not RankReason.NO_ALLOCATION)
        reasons = (*others, reason)
    return evolve(finding, reasons=reasons, rank=rank(reasons, in_loop=finding.in_loop))


GUESSED = frozenset(
    {
        ONLY_INLINED,
        "a value of one byte is boxed as a shared static one",
        "a value without size is boxed as a shared static one",
        "a zero value is boxed as a shared static one",
        "its content is constant and boxed as read-only data",
    }
)
"""Notes that may be about another instance, or another value at the same place."""
