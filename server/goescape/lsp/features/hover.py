"""Hover: everything that is known of the value under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import share_text
from goescape.analysis.messages.documentation import fix_page
from goescape.analysis.reports import queries
from goescape.toolchain.proofs.offers import reason_to_leave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Place, Span
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot, Snapshot
    from goescape.toolchain.proofs.prover import Proof

_MOST_FINDINGS = 4  # a hover is read, not scrolled


@frozen
class HoverCard:
    """What a hover shows, and over which range."""

    text: str
    span: Span
    markdown: bool


@frozen
class HoverStyle:
    """How text is marked up for one client, and its language."""

    markdown: bool
    link: Callable[[Place], str]
    """A URI that opens a place."""
    catalogue: Catalogue

    @classmethod
    def of(cls, snapshot: Snapshot) -> HoverStyle:
        """The style of the client."""
        return cls(snapshot.client.markdown, snapshot.positions.link, snapshot.catalogue)

    def bold(self, text: str) -> str:
        """A headline."""
        return f"**{text}**" if self.markdown else text

    def quiet(self, text: str) -> str:
        """A remark."""
        return f"_{text}_" if self.markdown else text

    def item(self, text: str, place: Place | None) -> str:
        """A line of a list that leads to a place."""
        if place is None:
            return f"- {text}"
        name = place.file.replace("\\", "/").rpartition("/")[2]
        where = f"{name}:{place.line}"
        if not self.markdown:
            return f"- {text} ({where}:{place.column})"
        return f"- {text} ([{_escaped(where)}]({self.link(place)}))"

    def page(self, text: str, address: str) -> str:
        """A link to the web."""
        return f"[{_escaped(text)}]({address})" if self.markdown else f"{text} ({address})"

    def code(self, text: str) -> str:
        """The compiler's own words."""
        if not self.markdown:
            return f"    {text}"
        fence = "```"
        while fence in text:
            fence += "`"
        return f"{fence}text\n{text}\n{fence}"


def card(snapshot: DocumentSnapshot, at: Place) -> HoverCard | None:
    """The hover at a point of the text that is shown; None where nothing is known."""
    style = HoverStyle.of(snapshot)
    for view in snapshot.views:
        for name in sorted(view.names(at.file)):
            line = view.line_back(name, at.line)
            hit = None if line is None else queries.look_up(view.report, name, line, at.column)
            span = None if hit is None else view.span(hit.span)
            parts = [] if hit is None else [*_about(hit, view, style, snapshot.fix_offers.proofs)]
            if span is not None and parts:
                return HoverCard("\n\n".join(parts), span, style.markdown)
    return None


def finding_text(finding: Finding, view: ReportView, style: HoverStyle) -> str:
    """The whole explanation of one finding."""
    return "\n\n".join(_about_finding(finding, view, style))


def _about(
    hit: queries.CursorFacts, view: ReportView, style: HoverStyle, proofs: Sequence[Proof]
) -> Iterator[str]:
    """The sections, most important first."""
    catalogue = style.catalogue
    if hit.function is not None:
        count = queries.function_count(view.report, hit.function)
        yield from explain.function_sentences(hit.function, count, catalogue)
        if share := view.function_share(hit.function.span.file, hit.function.name):
            yield f"{style.bold(catalogue.hover.profile)} {share_text(share, catalogue)}"
        yield from _remarks(hit, view, style)
        return
    shown = sorted(hit.findings, key=lambda finding: finding.severity.order)
    for index, finding in enumerate(shown[:_MOST_FINDINGS]):
        if index:
            yield "---"
        yield from _about_finding(finding, view, style, proofs)
    if len(shown) > _MOST_FINDINGS:
        yield style.quiet(catalogue.hover.more.format(count=len(shown) - _MOST_FINDINGS))
    if hit.parameter is not None:
        yield explain.parameter_sentence(hit.parameter, catalogue)
        if hit.parameter.compiler:
            yield style.code("\n".join(hit.parameter.compiler))
    yield from _remarks(hit, view, style)


def _remarks(hit: queries.CursorFacts, view: ReportView, style: HoverStyle) -> Iterator[str]:
    yield from hit.notes
    if view.waiting:
        yield style.quiet(style.catalogue.hover.waiting)


def _about_finding(
    finding: Finding, view: ReportView, style: HoverStyle, proofs: Sequence[Proof] = ()
) -> Iterator[str]:
    catalogue = style.catalogue
    explanation = explain.explain(finding, catalogue)
    yield style.bold(explanation.headline)
    if share := view.share(finding):
        yield f"{style.bold(catalogue.hover.profile)} {share_text(share, catalogue)}"
    if explanation.why:
        yield explanation.why
    steps = [
        style.item(step.text, None if step.place is None else view.place(step.place))
        for step in explanation.steps
    ]
    if steps:
        yield "\n".join(steps)
    if explanation.helps:
        yield f"{style.bold(catalogue.hover.helps)} {explanation.helps}"
    if pages := [*_pages(finding, style, proofs)]:
        yield f"{style.bold(catalogue.hover.fixes)} {catalogue.comma.join(pages)}"
    if explanation.ignore_when:
        yield f"{style.bold(catalogue.hover.ignore)} {explanation.ignore_when}"
    if finding.is_diagnostic:
        yield style.quiet(explain.rank_sentence(finding, catalogue))
    if finding.compiler:
        yield style.code(finding.compiler)


def _pages(finding: Finding, style: HoverStyle, proofs: Sequence[Proof]) -> Iterator[str]:
    """The fixes that are offered for it, with their documentation."""
    for candidate in (proof.candidate for proof in proofs):
        target = candidate.target
        same = target is not None and (target.span, target.subject) == (
            finding.span,
            finding.subject,
        )
        if same and not reason_to_leave(finding):
            yield style.page(candidate.headline(style.catalogue), fix_page(candidate.code))


def _escaped(text: str) -> str:
    return "".join(
        f"\\{character}" if character in "\\[]*_`<>" else character for character in text
    )
