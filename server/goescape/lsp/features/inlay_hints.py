"""Inlay hints: a few words behind each value that moves to the heap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import percent_text
from goescape.analysis.positions import Place, Span
from goescape.lsp.features.hover import HoverStyle, finding_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from goescape.analysis.model import Finding, Parameter
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot


@frozen
class InlayHint:
    """An inlay hint at a point of the text that is shown now."""

    place: Place
    label: str
    share: str = ""
    """Which part of all allocations a profile saw there."""
    target: Place | None = None
    """Where a click leads: the decisive step."""
    data: Mapping[str, object] = field(factory=dict)
    """Finds the hint again when its tooltip is asked for."""
    explain: Callable[[], str] = field(default=str, eq=False)
    markdown: bool = False

    @property
    def text(self) -> str:
        """What is shown."""
        return f"{self.label}, {self.share}" if self.share else self.label

    @property
    def tooltip(self) -> str:
        """The explanation; made only when it is asked for."""
        return self.explain()


def inlay_hints(snapshot: DocumentSnapshot, first: int, last: int) -> tuple[InlayHint, ...]:
    """The hints on the lines ``first`` to ``last`` (1-based, both included), in source order."""
    if not snapshot.settings.hints_enable or snapshot.is_silenced:
        return ()
    shown: dict[tuple[Place, str], InlayHint] = {}
    for view in snapshot.views:
        for hint in _of_view(view, snapshot):
            if first <= hint.place.line <= last:
                key = hint.place, hint.label
                if key not in shown or (hint.share and not shown[key].share):
                    shown[key] = hint
    return tuple(sorted(shown.values(), key=lambda hint: hint.place))


def hint_with_data(snapshot: DocumentSnapshot, data: Mapping[str, object]) -> InlayHint | None:
    """The hint that once got this data; None when it is gone."""
    hints = inlay_hints(snapshot, 0, 1 << 31)
    return next((hint for hint in hints if dict(hint.data) == dict(data)), None)


def _of_view(view: ReportView, snapshot: DocumentSnapshot) -> Iterator[InlayHint]:
    names = view.names(snapshot.path)
    for finding in view.report.diagnostics():
        if finding.span.file in names and not finding.rank.is_hidden:
            yield from _of_finding(finding, view, snapshot)
    if not snapshot.settings.hints_stack:
        return
    for stay in view.report.stays:
        if stay.span.file in names:
            yield from _plain(
                view.span(stay.span),
                "stack",
                snapshot.catalogue.finding.stays_on_the_stack.format(subject=f"`{stay.subject}`"),
            )
    for function in view.report.functions:
        for parameter in function.parameters if function.span.file in names else ():
            yield from _of_parameter(parameter, view, snapshot)


def _of_finding(
    finding: Finding, view: ReportView, snapshot: DocumentSnapshot
) -> Iterator[InlayHint]:
    span = view.span(finding.span)
    if span is None:
        return
    step, style = finding.decisive, HoverStyle.of(snapshot)
    share = view.share(finding) if snapshot.settings.hints_profile else None
    anchor = finding.anchor
    yield InlayHint(
        place=_behind(span),
        label=explain.label(finding, snapshot.catalogue),
        share="" if share is None else percent_text(share, snapshot.catalogue),
        target=view.place(step.place) if step is not None and step.place is not None else None,
        data={
            "file": anchor.file,
            "line": anchor.line,
            "column": anchor.column,
            "compiler": finding.compiler,
        },
        explain=lambda: finding_text(finding, view, style),
        markdown=style.markdown,
    )


def _of_parameter(
    parameter: Parameter, view: ReportView, snapshot: DocumentSnapshot
) -> Iterator[InlayHint]:
    label = "leaks" if parameter.leaks else "stack"
    tooltip = explain.parameter_sentence(parameter, snapshot.catalogue)
    yield from _plain(view.span(parameter.span), label, tooltip)


def _plain(span: Span | None, label: str, tooltip: str) -> Iterator[InlayHint]:
    if span is not None:
        place = _behind(span)
        data = {"file": place.file, "line": place.line, "column": place.column, "label": label}
        yield InlayHint(place, label, data=data, explain=lambda: tooltip)


def _behind(span: Span) -> Place:
    return Place(span.file, span.end_line, span.end_column)
