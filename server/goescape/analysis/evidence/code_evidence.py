"""What the machine code of a package shows of its lines and functions, for a judge to ask."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.causes import Cause
from goescape.analysis.evidence.code_matching import (
    Line,
    PlacedCall,
    fits,
    may_be_text,
    placed_calls,
    plain_name,
)
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.model import SiteKind
from goescape.analysis.sites.run_time_size import WHEN_FULL, WHILE_SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goescape.analysis.evidence.machine_code import MachineCode
    from goescape.analysis.inlined_copy import InlinedCopy
    from goescape.analysis.model import Finding, Function, PackageReport
    from goescape.analysis.positions import Span

_LINE_DIRECTIVE = re.compile(rb"^//line [^\n]*:\d|/\*line [^\n*]*:\d+\*/", re.MULTILINE)
_FOREIGN_NAME = re.compile(r"[a-z]\w*\.\w+$")
ONLY_INLINED = "every call is inlined, and stays on the stack there"
"""The note of what a function allocates that runs nowhere as itself."""


class CodeEvidence:
    """The code of the files ``own`` of a package, beside its report."""

    def __init__(self, report: PackageReport, code: MachineCode, own: frozenset[str]) -> None:
        self._report = report
        self._code = code
        self._own = own
        self.calls = tuple(placed_calls(code, own))
        self._callees: dict[Span, frozenset[str]] = {}
        self.written: dict[Line, list[PlacedCall]] = defaultdict(list)
        """The calls by the line where they are written."""
        self.inlined_at: dict[Line, list[PlacedCall]] = defaultdict(list)
        """The calls by the lines that they were inlined at."""
        for placed in self.calls:
            self.written[placed.lines[0]].append(placed)
            for line in placed.lines[1:]:
                self.inlined_at[line].append(placed)

    def calls_in(
        self, finding: Finding, calls: Mapping[Line, list[PlacedCall]]
    ) -> list[PlacedCall]:
        """The calls on the lines of a finding that may be its own."""
        span = finding.span
        is_inside = self.is_inlined(finding) and not _is_result(finding)
        is_long = span.end_line > span.line and not is_inside
        last = span.end_line if is_long else span.line
        return [
            placed
            for line in range(span.line, last + 1)
            for placed in calls.get((span.file, line), ())
            if fits(finding, placed.call.kind) or may_be_text(finding, placed.call.kind)
        ]

    def has_call_of_copy(self, variable: Finding) -> bool:
        """Whether a variable is allocated where its loop body was inlined: by the iterator."""
        return variable.kind is SiteKind.VARIABLE and any(
            fits(variable, placed.call.kind)
            for copy in variable.copies
            if copy.escapes
            for placed in self.inlined_at.get(copy.place[:2], ())
        )

    def with_copies(self, finding: Finding) -> Finding:
        """A finding that says what its copies allocate: nothing, as boxes of one byte, or more
        than the compiler says, as a slice that is moved when an inlined function returns it."""
        copies = tuple(self._with_code(finding, copy) for copy in finding.copies)
        if copies == finding.copies:
            return finding
        is_moved = any(copy.escapes and copy.may_allocate for copy in copies)
        return evolve(as_moved(finding) if is_moved else finding, copies=copies)

    def _with_code(self, finding: Finding, copy: InlinedCopy) -> InlinedCopy:
        if copy.escapes:
            return evolve(copy, is_free=True) if self._is_free(finding, copy) else copy
        is_moved = copy.may_allocate and self._is_moved(finding, copy.place[:2])
        return evolve(copy, escapes=True) if is_moved else copy

    def _is_moved(self, finding: Finding, line: Line) -> bool:
        if not finding.subject.startswith("append"):
            return False
        calls = self.written.get(line, ())
        return any(placed.call.kind is AllocationKind.MOVED_SLICE for placed in calls)

    def _is_free(self, finding: Finding, copy: InlinedCopy) -> bool:
        line = copy.place[:2]
        calls = (*self.inlined_at.get(line, ()), *self.written.get(line, ()))
        if any(fits(finding, placed.call.kind) for placed in calls):
            return False
        function = self.function_at(*line)
        symbols = () if function is None else self._symbols_of(function)
        return bool(symbols) and not any("[" in symbol for symbol in symbols)

    def with_callee(self, finding: Finding) -> Finding:
        """What other packages' code hands on, inlined here: to a variable that no code is called
        by the name of."""
        callee = finding.destination or ""
        if finding.cause is not Cause.PASSED or _FOREIGN_NAME.match(callee) is None:
            return finding
        function = self.function_at(*finding.anchor[:2])
        if function is None or finding.inlined_from is None or not self._symbols_of(function):
            return finding
        known = self._callees.get(function.span)
        if known is None:
            known = self._callees[function.span] = frozenset(self._callees_of(function.span))
        return finding if callee in known else evolve(finding, cause=Cause.INDIRECT)

    def _callees_of(self, span: Span) -> Iterator[str]:
        """The names of what the code of a function calls, its literals included."""
        for each in self._code.functions:
            if each.file == span.file and span.line <= each.line <= span.end_line:
                for called in each.callees:
                    yield called.rpartition("/")[2].partition("[")[0]

    def is_inlined(self, finding: Finding) -> bool:
        """Whether it is about something inside the function that is called at its place."""
        if finding.inlined_from is not None:
            return True
        source = self._report.sources[finding.span.file]
        if source.line(finding.anchor.line)[finding.anchor.column - 1 :][:1] != b"(":
            return False
        callee = "".join(source.text(finding.span).partition("(")[0].split())
        return not "".join(finding.subject.split()).startswith(callee)

    def may_be_inside(self, finding: Finding) -> bool:
        """Whether it is, or may be, about something inside the function that is called there."""
        return self.is_inlined(finding) or _is_result(finding)

    def has_code(self, finding: Finding) -> bool:
        """Whether all code of a finding's function is here."""
        function = self.function_at(finding.span.file, finding.span.line)
        if function is None:
            return True  # initialisation of the package
        symbols = self._symbols_of(function)
        if any("[" in symbol for symbol in symbols):
            return False  # other packages may have other instances
        return bool(symbols) or function.name in self._inlined_functions

    def function_at(self, file: str, line: int) -> Function | None:
        functions = self._functions.get(file, ())
        number = bisect_right(functions, line, key=lambda function: function.span.line) - 1
        if number < 0 or line > functions[number].span.end_line:
            return None
        return functions[number]

    def _symbols_of(self, function: Function) -> Sequence[str]:
        return self._symbols.get((function.span.file, function.span.line), ())

    @cached_property
    def _functions(self) -> Mapping[str, list[Function]]:
        by_file: dict[str, list[Function]] = defaultdict(list)
        for function in sorted(self._report.functions, key=lambda function: function.span):
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
    def never_called(self) -> frozenset[str]:
        """The symbols of functions that run only where they are inlined."""
        inlined = {
            finding.function for finding in self._report.findings if finding.note == ONLY_INLINED
        }
        return frozenset(
            function.symbol
            for function in self._code.functions
            if plain_name(function.symbol).partition(".func")[0] in inlined
            and function.file in self._own
        )

    @cached_property
    def _inlined_functions(self) -> frozenset[str]:
        """The names of functions of which there are inlined copies that allocate."""
        frames = (frame.function for placed in self.calls for frame in placed.call.inlined)
        return frozenset(plain_name(symbol) for symbol in frames)


def as_moved(finding: Finding) -> Finding:
    """A finding about a slice of an inlined function that is moved to the heap at its return."""
    if finding.note != WHILE_SMALL:
        return finding
    return evolve(finding, cause=Cause.RETURNED, note=WHEN_FULL)


def has_own_lines(report: PackageReport, path: str) -> bool:
    """Whether no ``//line`` says that code of a file stands elsewhere."""
    source = report.sources.get(path)
    return source is None or _LINE_DIRECTIVE.search(source.content) is None


def _is_result(finding: Finding) -> bool:
    """Whether it is the result of a call that was inlined, which may be put into an interface here
    or in there."""
    return finding.compiler.startswith("~r")
