"""What was measured of each function beside what its findings say of it.

A finding that says "allocates" counts as often as its line runs at least, for the least that a
function must allocate; it and what may allocate as often as the line runs at most, for the most.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import Allocates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from goescape.analysis.model import Finding, PackageReport
    from goescape.analysis.positions import Span
    from tests.truth.program import Program, Unit


class Fault(str, enum.Enum):
    """How what is said of a function differs from what was measured."""

    FALSE = "false"
    """More is said to allocate than does."""
    SILENT = "silent"
    """It allocates, and nothing is said."""
    FEW = "few"
    """It allocates more than is said."""


@frozen
class Said:
    """What a report says of one function."""

    least: int
    most: int
    messages: tuple[str, ...]


@frozen
class Mismatch:
    """A function of which something untrue is said."""

    unit: Unit
    fault: Fault
    measured: int
    inner: int
    """What of it the standard library allocates in its own functions, at most."""
    said: Said

    @property
    def kinds(self) -> tuple[str, ...]:
        """The fault with each part of the function, for exclusions."""
        return tuple(f"{self.fault.value}: {part}" for part in self.unit.parts)

    def __str__(self) -> str:
        said = "".join(f"\n    {message}" for message in self.said.messages) or " nothing"
        amount = f"{self.measured} measured, {self.inner} of it in the standard library"
        bounds = f"said {self.said.least} to {self.said.most}"
        return f"{' + '.join(self.kinds)}\n{self.unit.text}  {amount}; {bounds}:{said}\n"


def mismatches(
    program: Program, report: PackageReport, measured: Mapping[str, int]
) -> list[Mismatch]:
    """Each function that allocates less than is said, or more."""
    said = _said(program, report)
    found = []
    for unit in program.units:
        inner = sum(measured[each.name] * each.times for each in unit.calibrations)
        fault = _fault(unit, said[unit.name], measured[unit.name], inner)
        if fault is not None:
            found.append(Mismatch(unit, fault, measured[unit.name], inner, said[unit.name]))
    return found


def _fault(unit: Unit, said: Said, measured: int, inner: int) -> Fault | None:
    own = measured - inner
    if measured < said.least:
        return Fault.FALSE
    if own > said.most and not (unit.has_objects and said.most):
        return Fault.FEW if said.most else Fault.SILENT
    return None


def _said(program: Program, report: PackageReport) -> dict[str, Said]:
    places = program.places()
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    messages: dict[str, list[str]] = {unit.name: [] for unit in program.units}
    for number, allocates, message in _statements(report, _Helpers(program, report)):
        if number in places:
            unit, line = places[number]
            least[unit.name] += line.low * (allocates is Allocates.YES)
            most[unit.name] += line.high
            messages[unit.name].append(f"{line.text.strip()}: {allocates.value}, {message}")
    return {name: Said(least[name], most[name], tuple(texts)) for name, texts in messages.items()}


class _Helpers:
    """Which lines of ``code.go`` use which functions of ``support.go``."""

    def __init__(self, program: Program, report: PackageReport) -> None:
        self._functions = [f for f in report.functions if f.span.file.endswith("support.go")]
        self._texts = {f.name: report.sources[f.span.file].text(f.span) for f in self._functions}
        self._places = program.places()
        source = next(text for path, text in report.sources.items() if path.endswith("support.go"))
        lines = enumerate(source.lines, 1)
        self._never = {number for number, line in lines if line.rstrip().endswith(b"//x0")}

    def lines(self, span: Span) -> Iterator[int]:
        """The lines that come by a place in a helper."""
        if span.line in self._never:
            return
        names = {f.name for f in self._functions if f.span.line <= span.line <= f.span.end_line}
        for name, text in self._texts.items():
            if any(re.search(rf"return {inner}\(", text) for inner in {*names}):
                names.add(name)
        calls = re.compile(rf"\b(?:{'|'.join(names)})(?:\[.*\])?\(") if names else None
        for number, (_, line) in self._places.items():
            if calls is not None and calls.search(line.text):
                yield number


def _statements(report: PackageReport, helpers: _Helpers) -> Iterator[tuple[int, Allocates, str]]:
    """What is said: the line of ``code.go``, whether it allocates, and the words for it."""
    for finding in report.findings:
        if finding.allocates is not Allocates.NO:
            yield from _of_finding(finding, helpers)
    stays = [(each.span, each.subject, each.note) for each in report.stays if each.note is not None]
    explained = [(each.span, each.subject, each.note) for each in report.explained]
    for span, subject, note in (*stays, *explained):
        for line in _lines(span, helpers):
            yield line, Allocates.DEPENDS, f"{subject}: {note}"


def _lines(span: Span, helpers: _Helpers) -> Iterator[int]:
    """The lines of ``code.go`` that a place belongs to."""
    if span.file.endswith("code.go"):
        yield span.line
    elif span.file.endswith("support.go"):
        yield from helpers.lines(span)


def _of_finding(finding: Finding, helpers: _Helpers) -> Iterator[tuple[int, Allocates, str]]:
    """A finding at its own line, or where its function was inlined: of many copies, not all need
    allocate.
    """
    note = f"{finding.compiler} ({finding.note})" if finding.note else finding.compiler
    allocates = finding.allocates
    if finding.span.file.endswith("support.go") or any(not it.escapes for it in finding.copies):
        allocates = Allocates.DEPENDS
    stay = {copy.place.line for copy in finding.copies if finding.escapes and copy.stays}
    for line in _lines(finding.span, helpers):
        if finding.span.file.endswith("code.go") or line not in stay:
            yield from [(line, allocates, note)] * finding.objects


def kinds(found: Iterable[Mismatch]) -> Counter[str]:
    """How many functions have each fault in each statement."""
    return Counter(
        " + ".join(f"{each.fault.value}: {part.statement}" for part in each.unit.parts)
        for each in found
    )
