"""The way of a finding to the heap, step by step, and the findings of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding, Function
    from goescape.analysis.positions import Place
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot


def finding_named(
    snapshot: DocumentSnapshot, line: int, column: int, subject: str
) -> tuple[ReportView, Finding] | None:
    """The finding of the file with this anchor (the compiler's line and byte column)."""
    name = line, column, subject
    named = (
        (view, finding)
        for view, finding in _findings(snapshot)
        if (finding.anchor.line, finding.anchor.column, finding.subject) == name
    )
    return next(named, None)


def _findings(snapshot: DocumentSnapshot) -> Iterator[tuple[ReportView, Finding]]:
    for view in snapshot.views:
        names = view.names(snapshot.path)
        yield from (
            (view, finding) for finding in view.report.findings if finding.span.file in names
        )


def flow(view: ReportView, finding: Finding, catalogue: Catalogue) -> list[tuple[str, Span | None]]:
    """The steps in words, the finding itself first, each with its place in the present text."""
    message = explain.message(finding, catalogue)
    steps: list[tuple[str, Span | None]] = [(message, view.span(finding.span))]
    for step in explain.explain(finding, catalogue).steps:
        place = None if step.place is None else view.place(step.place)
        span = None
        if place is not None:
            span = Span(place.file, place.line, place.column, place.line, place.column)
        steps.append((step.text, span))
    return steps


def function_at(view: ReportView, path: str, line: int) -> Function | None:
    """The function whose name stands on a line, as the compiler saw it."""
    names = view.names(path)
    functions = (
        function
        for function in view.report.functions
        if function.name_span.line == line and function.span.file in names
    )
    return next(functions, None)


def allocations(view: ReportView, function: Function) -> list[tuple[Finding, Span]]:
    """The allocations of a function that the text still has, most important first.

    Where it has none of its own, those of what is inlined there, at the calls.
    """
    inside = function.span
    own = [
        (finding, finding.span)
        for finding in view.report.diagnostics()
        if _is_at(inside, finding.span.start)
    ]
    inlined = [
        (finding, Span(*copy.place, copy.place.line, copy.place.column + 1))
        for finding in view.report.diagnostics()
        for copy in finding.copies
        if copy.allocates and _is_at(inside, copy.place)
    ]
    shown = [
        (finding, now) for finding, span in own or inlined if (now := view.span(span)) is not None
    ]
    return sorted(shown, key=lambda site: (site[0].severity.order, site[0].span))


def _is_at(span: Span, place: Place) -> bool:
    return place.file == span.file and span.contains(place.line, place.column)
