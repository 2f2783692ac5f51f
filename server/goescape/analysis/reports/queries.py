"""What a report knows about one point of a file, and about a file as a whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import (
    Allocates,
    ExplainedAllocation,
    Finding,
    Function,
    Parameter,
    SiteKind,
)
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from goescape.analysis.model import PackageReport
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText


@frozen
class CursorFacts:
    """What is known about the thing under the cursor."""

    span: Span
    findings: tuple[Finding, ...] = ()
    parameter: Parameter | None = None
    function: Function | None = None
    notes: tuple[str, ...] = ()


@frozen
class FunctionCount:
    """How many allocations a function has."""

    span: Span
    """The name of the function."""
    total: int
    in_loops: int
    function: str = ""
    inlined: int = 0
    """Those of functions that are inlined there, which are findings where they are written."""
    without_escape: int = 0
    """Those that are no findings: what is on the stack while it is small, channels and the like."""


def look_up(report: PackageReport, file: str, line: int, byte_column: int) -> CursorFacts | None:
    """What the report knows about a position of the compiled text; None if nothing.

    A use of a variable answers for its declaration. The smallest thing under the cursor wins.
    """
    source = report.sources.get(file)
    offset = source.offset(line, byte_column) if source is not None else None
    if source is None or offset is None:
        return None
    syntax = _syntax(source)
    name = _name_at(syntax, offset)
    if name is not None and (hit := _about_name(report, syntax, name)) is not None:
        return hit
    return _about_expression(report, file, line, byte_column)


def lens_lines(report: PackageReport, file: str) -> tuple[FunctionCount, ...]:
    """The functions of a file that allocate, be it in what is inlined there."""
    by_function: dict[str | None, list[Finding]] = defaultdict(list)
    inlined: Counter[str | None] = Counter()
    for finding in report.diagnostics():
        if finding.span.file == file:
            by_function[finding.function].append(finding)
        kept = [copy for copy in finding.copies if copy.place.file == file and copy.allocates]
        callers = {copy.function for copy in kept}
        inlined.update(callers - {finding.function})
    return tuple(
        FunctionCount(
            function.name_span,
            _objects(by_function[function.name]),
            _objects(each for each in by_function[function.name] if each.in_loop),
            function.name,
            inlined[function.name],
        )
        for function in report.functions
        if function.name_span.file == file
        and (function.name in by_function or function.name in inlined)
    )


def function_count(report: PackageReport, function: Function) -> FunctionCount:
    """What one function allocates, also where it is told elsewhere."""
    file = function.span.file
    own = [
        finding
        for finding in report.diagnostics()
        if finding.function == function.name and finding.span.file == file
    ]
    return FunctionCount(
        function.name_span,
        _objects(own),
        _objects(finding for finding in own if finding.in_loop),
        function.name,
        sum(_is_inlined_in(function, finding) for finding in report.diagnostics()),
        _without_escape(report, function, {finding.span for finding in own}),
    )


def _objects(findings: Iterable[Finding]) -> int:
    return sum(finding.objects for finding in findings)


def _is_inlined_in(function: Function, finding: Finding) -> bool:
    if finding.function == function.name or finding.allocates is Allocates.NO:
        return False
    return any(c.function == function.name and c.allocates for c in finding.copies)


def _without_escape(report: PackageReport, function: Function, told: set[Span]) -> int:
    spans = {stay.span for stay in report.stays if stay.note is not None}
    spans |= {explained.span for explained in report.explained}
    return sum(_within(span, function.span) for span in spans - told)


def once_per_site(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In source order, each site once, as the most important of its findings.

    The same site comes from several packages where generic code is instantiated. Of equally
    important ones it is always the same, in whatever order they come.
    """
    best: dict[tuple[Span, str, SiteKind], Finding] = {}
    for finding in findings:
        key = finding.span, finding.subject, finding.kind
        important = best.setdefault(key, finding)
        if important is not finding and _importance(finding) < _importance(important):
            best[key] = finding
    return tuple(sorted(best.values(), key=lambda f: (f.span, f.anchor, f.subject)))


def _importance(finding: Finding) -> tuple[int, list[Place]]:
    return finding.severity.order, [copy.place for copy in finding.copies]


def _about_name(report: PackageReport, syntax: GoFile, name: Node) -> CursorFacts | None:
    span = syntax.span(name)
    for function in report.functions:
        if function.name_span == span:
            inside = tuple(f for f in report.diagnostics() if _within(f.span, function.span))
            return CursorFacts(span, inside, None, function)
    declared = definition(name) if name.type == "identifier" else None
    if declared is None:
        return None
    place = syntax.span(declared).start
    findings = tuple(
        f for f in report.findings if f.kind is SiteKind.VARIABLE and f.span.start == place
    )
    boxed = tuple(f for f in report.findings if f.span == span and f not in findings)
    parameter = next(
        (p for function in report.functions for p in function.parameters if p.span.start == place),
        None,
    )
    if findings or boxed or parameter is not None:
        return CursorFacts(span, findings + boxed, parameter)
    return None


def _about_expression(
    report: PackageReport, file: str, line: int, byte_column: int
) -> CursorFacts | None:
    here = [
        f for f in report.findings if f.span.file == file and f.span.contains(line, byte_column)
    ]
    stays = [s for s in report.stays if s.span.file == file and s.span.contains(line, byte_column)]
    if here:
        smallest = min((f.span for f in here), key=_size)
        stays = [s for s in stays if _within(s.span, smallest) and s.span != smallest]
        if not stays:
            words = tuple(_word(word) for word in report.explained if word.span == smallest)
            return CursorFacts(smallest, tuple(f for f in here if f.span == smallest), notes=words)
    if stays:
        stay = min(stays, key=lambda s: _size(s.span))
        note = f"; {stay.note}" if stay.note else ""
        # who points at the beginning of a marked expression means all of it
        begun = tuple(f for f in here if f.span[:3] == stay.span[:3] and f.is_diagnostic)
        return CursorFacts(stay.span, begun, notes=(f"`{stay.subject}` does not escape{note}.",))
    said = [
        word
        for word in report.explained
        if word.span.file == file and word.span.contains(line, byte_column)
    ]
    if said:
        span = min((word.span for word in said), key=_size)
        return CursorFacts(span, notes=tuple(_word(word) for word in said if word.span == span))
    return None


def _word(word: ExplainedAllocation) -> str:
    return f"`{word.subject}`: {word.note}."


def _name_at(syntax: GoFile, offset: int) -> Node | None:
    for position in (offset, offset - 1):
        node = syntax.node_at(position) if position >= 0 else None
        if node is not None and node.type in {"identifier", "field_identifier"}:
            return node
    return None


@lru_cache(maxsize=8)
def _syntax(source: SourceText) -> GoFile:
    """The parsed file: who asks about a text asks again."""
    return GoFile(source)


def _within(inner: Span, outer: Span) -> bool:
    return (
        inner.file == outer.file
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _size(span: Span) -> tuple[int, int]:
    lines = span.end_line - span.line
    return (lines, span.end_column - span.column if lines == 0 else span.end_column)
