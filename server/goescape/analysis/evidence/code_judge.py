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

from goescape.analysis.evidence.code import AllocationCondition, AllocationKind
from goescape.analysis.evidence.code_additions import large_maps, words
from goescape.analysis.evidence.code_matching import (
    Line,
    PlacedCall,
    fits,
    is_inside,
    is_surely,
    placed_calls,
    plain_name,
    starts_with,
)
from goescape.analysis.evidence.code_notes import (
    BY_CONDITION,
    NOT_IN_THE_CODE,
    SHARED_ALLOCATION,
)
from goescape.analysis.evidence.code_places import expression_at
from goescape.analysis.model import (
    Allocates,
    Finding,
    InlinedCopy,
    RankReason,
    SiteKind,
)
from goescape.analysis.ranking.rank import rank
from goescape.analysis.syntax.go_file import GoFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from goescape.analysis.evidence.code import MachineCode
    from goescape.analysis.model import Function, PackageReport
    from goescape.analysis.positions import Place, Span


def with_code(report: PackageReport, code: MachineCode) -> PackageReport:
    """The report as the code of its package has it.

    Test files have their code in other archives. A report about other files than the code comes
    back as it is.
    """
    own = frozenset(file for file in report.files if not file.endswith("_test.go"))
    if report.errors or not any(function.file in own for function in code.functions):
        return report
    return _Judge(report, code, own).report()


class _Judge:
    def __init__(self, report: PackageReport, code: MachineCode, own: frozenset[str]) -> None:
        self._report = report
        self._code = code
        self._own = own
        self._calls = tuple(placed_calls(code, own))
        self._written: dict[Line, list[PlacedCall]] = defaultdict(list)
        self._inlined_at: dict[Line, list[PlacedCall]] = defaultdict(list)
        for placed in self._calls:
            self._written[placed.lines[0]].append(placed)
            for line in placed.lines[1:]:
                self._inlined_at[line].append(placed)

    def report(self) -> PackageReport:
        """The corrected report."""
        merged = _merged(
            (judged, finding)
            for finding in self._report.findings
            for judged in self._judged(finding)
        )
        findings = sorted([*merged, *large_maps(self._report, self._written)], key=_in_source_order)
        corrected = evolve(self._report, findings=tuple(findings))
        explained = tuple(words(corrected, self._calls, self._files))
        return evolve(corrected, explained=explained)

    def _judged(self, finding: Finding) -> Iterator[Finding]:
        """What becomes of a finding: nothing where it only repeats others."""
        if finding.span.file not in self._files:
            yield finding
            return
        calls = self._calls_in(finding, self._written)
        if finding.allocates is Allocates.NO:
            yield self._upgraded(finding, calls)
        elif not finding.is_diagnostic:
            yield finding
        elif finding.kind is SiteKind.VARIABLE and self._shares(finding, calls):
            yield _without_allocation(finding, SHARED_ALLOCATION)
        elif calls:
            yield self._confirmed(finding, calls)
        elif (inlined := self._calls_in(finding, self._inlined_at)) and self._is_inlined(finding):
            # What is inlined there may be something else as well: a value and the box around it.
            certain = [placed for placed in inlined if is_surely(finding, placed.call.kind)]
            if certain:
                yield from self._moved(finding, certain)
            elif finding.subject.startswith("append") and self._has_code(finding):
                yield _without_allocation(finding, NOT_IN_THE_CODE)
            else:
                yield finding
        elif self._has_code(finding) and not self._may_be_around(finding):
            yield _without_allocation(finding, NOT_IN_THE_CODE)
        else:
            yield finding

    def _calls_in(
        self, finding: Finding, calls: Mapping[Line, list[PlacedCall]]
    ) -> list[PlacedCall]:
        """The calls on the lines of a finding that may be its own."""
        span = finding.span
        last = span.line if self._is_inlined(finding) else span.end_line
        return [
            placed
            for line in range(span.line, last + 1)
            for placed in calls.get((span.file, line), ())
            if fits(finding, placed.call.kind)
        ]

    def _confirmed(self, finding: Finding, calls: list[PlacedCall]) -> Finding:
        """A finding that allocates, with what the code says of its condition and its copies."""
        conditions = {placed.call.condition for placed in calls}
        if finding.allocates is Allocates.YES and conditions == {AllocationCondition.NOT_SMALL}:
            note = BY_CONDITION[AllocationCondition.NOT_SMALL]
            finding = evolve(finding, allocates=Allocates.DEPENDS, note=note)
        inlined = {line for placed in calls for line in placed.lines[1:]}
        copies = tuple(
            evolve(copy, escapes=copy.escapes or copy.place[:2] in inlined)
            for copy in finding.copies
        )
        if copies == finding.copies:
            return finding
        reasons = tuple(
            reason for reason in finding.reasons if reason is not RankReason.STAYS_WHERE_USED
        )
        return _ranked(evolve(finding, copies=copies, reasons=reasons), RankReason.ORDINARY)

    def _upgraded(self, finding: Finding, calls: list[PlacedCall]) -> Finding:
        """A finding that was said not to allocate, where there is a call that can only be its."""
        if finding.note not in _GUESSED or not calls:
            return finding
        others = [other for other in self._report.findings if starts_with(other, finding)]
        rivals = [
            other
            for other in others
            if (other.is_diagnostic or other.note in _GUESSED) and other.kind is finding.kind
        ]
        if rivals or (finding.note == _ONLY_INLINED and any(o.is_diagnostic for o in others)):
            return finding  # the calls may be theirs
        if finding.kind is SiteKind.BOXED and not any(
            is_surely(finding, placed.call.kind) for placed in calls
        ):
            return finding
        if any(p.call.condition is AllocationCondition.NOT_SMALL for p in calls):
            note = BY_CONDITION[AllocationCondition.NOT_SMALL]
            finding = evolve(finding, allocates=Allocates.DEPENDS, note=note)
        else:
            finding = evolve(finding, allocates=Allocates.YES, note=None)
        reason = RankReason.LOOP if finding.in_loop else RankReason.ORDINARY
        return self._confirmed(_ranked(finding, reason), calls)

    def _moved(self, finding: Finding, calls: list[PlacedCall]) -> Iterator[Finding]:
        """The compiler prints the call into which a literal was inlined: the places are inside.

        Where they have findings of their own, this one is a copy of them.
        """
        for (file, line), kind in {placed.lines[0]: placed.call.kind for placed in calls}.items():
            source = self._files.get(file)
            if source is None or self._is_found(finding, file, line):
                continue
            name = finding.subject if finding.kind is SiteKind.VARIABLE else None
            if (told := expression_at(source, line, kind, name)) is None:
                continue
            copy = InlinedCopy(finding.anchor, finding.function, escapes=True)
            function = self._function_at(file, line)
            yield evolve(
                finding,
                span=told.span,
                anchor=told.span.start,
                subject=told.subject or finding.subject,
                function=function.name if function is not None else finding.function,
                inlined_from=None,
                copies=tuple(sorted({copy, *finding.copies}, key=lambda copy: copy.place)),
            )

    def _is_found(self, finding: Finding, file: str, line: int) -> bool:
        """Whether there is a finding of the same kind on a line."""
        return any(
            other.span[:2] == (file, line) and other.kind is finding.kind and other.is_diagnostic
            for other in self._report.findings
        )

    def _is_inlined(self, finding: Finding) -> bool:
        """Whether it is about something inside the function that is called at its place."""
        if finding.inlined_from is not None:
            return True
        source = self._report.sources[finding.span.file]
        if source.line(finding.anchor.line)[finding.anchor.column - 1 :][:1] != b"(":
            return False
        callee = source.text(finding.span).partition("(")[0]
        return not finding.subject.startswith(callee)

    def _shares(self, finding: Finding, calls: list[PlacedCall]) -> bool:
        """Whether a variable is allocated with one before it: small ones without pointers are."""
        function = self._function_at(finding.span.file, finding.span.line)
        if function is None:
            return False
        before = [
            other
            for other in self._report.findings
            if other.kind is SiteKind.VARIABLE
            and other.is_diagnostic
            and is_inside(other.span, function.span)
            and other.span < finding.span
        ]
        lines = {other.span[:2] for other in before}
        if calls:
            # One call for several variables of a line: it has no type.
            same_line = [other for other in before if starts_with(other, finding)]
            return len(calls) == 1 and calls[0].call.type is None and bool(same_line)
        return any(
            placed.call.kind is AllocationKind.OBJECT and placed.call.type is None
            for line in lines
            for placed in self._written.get(line, ())
        )

    def _has_code(self, finding: Finding) -> bool:
        """Whether all code of a finding's function is here."""
        function = self._function_at(finding.span.file, finding.span.line)
        if function is None:
            return True  # initialisation of the package
        symbols = self._symbols.get((function.span.file, function.span.line), ())
        if any("[" in symbol for symbol in symbols):
            return False  # other packages may have other instances
        return bool(symbols) or function.name in self._inlined_functions

    def _may_be_around(self, finding: Finding) -> bool:
        """Whether its call may stand at the beginning of a literal around it."""
        for other in self._report.findings:
            if other.span != finding.span and is_inside(finding.span, other.span):
                line = (other.span.file, other.span.line)
                fitting = [
                    placed
                    for placed in self._written.get(line, ())
                    if fits(finding, placed.call.kind)
                ]
                if len(fitting) > (1 if fits(other, AllocationKind.OBJECT) else 0):
                    return True
        return False

    def _function_at(self, file: str, line: int) -> Function | None:
        for function in self._functions.get(file, ()):
            if function.span.line <= line <= function.span.end_line:
                return function
        return None

    @cached_property
    def _files(self) -> dict[str, GoFile]:
        sources = self._report.sources
        return {path: GoFile(sources[path]) for path in self._own if path in sources}

    @cached_property
    def _functions(self) -> Mapping[str, list[Function]]:
        by_file: dict[str, list[Function]] = defaultdict(list)
        for function in self._report.functions:
            by_file[function.span.file].append(function)
        return by_file

    @cached_property
    def _symbols(self) -> Mapping[Line, list[str]]:
        """The symbols of functions by the line where they begin."""
        symbols: dict[Line, list[str]] = defaultdict(list)
        for function in self._code.functions:
            symbols[function.file, function.line].append(function.symbol)
        return symbols

    @cached_property
    def _inlined_functions(self) -> frozenset[str]:
        """The names of functions of which there are inlined copies that allocate."""
        frames = (frame.function for placed in self._calls for frame in placed.call.inlined)
        return frozenset(plain_name(symbol) for symbol in frames)


def _without_allocation(finding: Finding, note: str) -> Finding:
    return _ranked(evolve(finding, allocates=Allocates.NO, note=note), RankReason.NO_ALLOCATION)


def _ranked(finding: Finding, reason: RankReason) -> Finding:
    """With one more reason: the only one, or the last where others say more."""
    if reason is RankReason.NO_ALLOCATION:
        reasons: tuple[RankReason, ...] = (reason,)
    else:
        others = (each for each in finding.reasons if each is not RankReason.NO_ALLOCATION)
        reasons = (*others, reason)
    return evolve(finding, reasons=reasons, rank=rank(reasons, in_loop=finding.in_loop))


def _merged(judged: Iterable[tuple[Finding, Finding]]) -> list[Finding]:
    """One finding for each place, however many copies were moved there from theirs."""
    kept: list[Finding] = []
    moved: dict[object, Finding] = {}
    for finding, before in judged:
        if finding.span == before.span:
            kept.append(finding)
            continue
        first = moved.setdefault((finding.span, finding.kind), finding)
        copies = tuple(sorted({*first.copies, *finding.copies}, key=lambda copy: copy.place))
        moved[finding.span, finding.kind] = evolve(first, copies=copies)
    return [*kept, *moved.values()]


def _in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject


_ONLY_INLINED = "every call is inlined, and stays on the stack there"
_GUESSED = frozenset(
    {
        _ONLY_INLINED,
        "a value of one byte is boxed as a shared static one",
        "a zero value is boxed as a shared static one",
        "its content is constant and boxed as read-only data",
    }
)
"""Notes that may be about another instance, or another value at the same place."""
