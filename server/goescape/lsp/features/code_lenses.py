"""Code lenses: how many heap allocations a function has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import share_text
from goescape.analysis.profiles.benchmarks import benchmarks_of
from goescape.analysis.reports import queries
from goescape.lsp.command_names import BENCH, SHOW_ALLOCATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.positions import Span
    from goescape.analysis.profiles.benchmarks import BenchmarkResult
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot


@frozen
class CodeLens:
    """A lens over a function's name, in the text that is shown now."""

    span: Span
    title: str
    line: int
    """The 1-based line of the name, as the compiler saw it: it names the function."""
    command: str = SHOW_ALLOCATIONS


def code_lenses(snapshot: DocumentSnapshot) -> tuple[CodeLens, ...]:
    """The lenses of one file, in source order; only its own package counts."""
    if not snapshot.settings.lenses_enable or snapshot.is_silenced or not snapshot.views:
        return ()
    view, catalogue = snapshot.views[0], snapshot.catalogue
    shown = []
    for name in view.names(snapshot.path):
        for lens in queries.lens_lines(view.report, name):
            span = view.span(lens.span)
            if span is not None:
                title = explain.lens(lens, catalogue)
                share = view.function_share(name, lens.function)
                title = title if share is None else f"{title}: {share_text(share, catalogue)}"
                shown.append(CodeLens(span, title, lens.span.line))
        shown += _without_findings(view, name, catalogue)
        shown += _over_benchmarks(view, name, snapshot)
    return tuple(sorted(shown, key=lambda lens: lens.span))


def _without_findings(view: ReportView, name: str, catalogue: Catalogue) -> Iterator[CodeLens]:
    """Functions in which profiles saw allocations that no finding explains."""
    if view.joined is None:
        return
    counted = {lens.function for lens in queries.lens_lines(view.report, name)}
    for function in view.report.functions:
        share = view.function_share(name, function.name)
        if share is not None and function.name_span.file == name and function.name not in counted:
            span = view.span(function.name_span)
            if span is not None:
                yield CodeLens(span, share_text(share, catalogue), function.name_span.line)


def _over_benchmarks(view: ReportView, name: str, snapshot: DocumentSnapshot) -> Iterator[CodeLens]:
    """What a click runs."""
    for function in benchmarks_of(view.report):
        span = view.span(function.name_span) if function.name_span.file == name else None
        if span is not None:
            results = snapshot.benchmarks.get((view.report.package, function.name), ())
            title = _benchmark_title(results, snapshot.catalogue)
            yield CodeLens(span, title, function.name_span.line, BENCH)


def _benchmark_title(results: Sequence[BenchmarkResult], catalogue: Catalogue) -> str:
    if not results:
        return catalogue.bench.run
    most = max(results, key=lambda result: (result.allocations, result.bytes))
    text = f"{most.allocations:,} allocs/op, {most.bytes:,} B/op"
    if len(results) > 1:
        text = catalogue.bench.parts.format(result=text, count=len(results))
    return catalogue.bench.run_again.format(result=text)
