"""Commands that lead to places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.lsp.commands.arguments import path_argument
from goescape.lsp.features.flow import allocations, finding_named, flow, function_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Span
    from goescape.lsp.session import Session

_MOST_CHOICES = 12


async def show_flow(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Lead along the steps to the heap; the answer names each with its place."""
    path = path_argument(session.state, arguments[:1])
    match arguments:
        case [_, int(line), int(column), str(subject)] if path is not None:
            snapshot = session.state.document(path)
            named = finding_named(snapshot, line, column, subject)
        case _:
            return None
    if named is None:
        session.editor.warning(session.state.catalogue.tell.fix_is_old)
        return None
    steps, positions = flow(*named, snapshot.catalogue), snapshot.positions
    places = [
        {"message": text, "location": positions.location(span.start) if span else None}
        for text, span in steps
    ]
    if not snapshot.client.places:
        session.editor.spawn(_walk(session, steps))
    return list(places)


async def _walk(session: Session, steps: Sequence[tuple[str, Span | None]]) -> None:
    """Let the user pick steps and show them, until nothing is picked."""
    lines = {f"{number}. {text}": span for number, (text, span) in enumerate(steps[1:], 1)}
    headline, client = steps[0][0], session.state.client
    if not (client.asks and client.shows_documents and lines):
        session.editor.information("\n".join([headline, *lines]))
        return
    while (chosen := await session.editor.choose(headline, tuple(lines))) in lines:
        span = lines[chosen]
        if span is not None:
            await _go_to(session, span)


async def show_allocations(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Lead to the allocations of a function: what a click on its code lens does."""
    path = path_argument(session.state, arguments)
    line = arguments[1] if len(arguments) > 1 else None
    if path is None or not isinstance(line, int):
        return None
    snapshot = session.state.document(path)
    if not snapshot.views:
        return None
    view = snapshot.views[0]
    function = function_at(view, path, line)
    sites = [] if function is None else allocations(view, function)
    if snapshot.client.places:
        return [
            {
                "message": explain.message(finding, snapshot.catalogue),
                "location": snapshot.positions.location(span.start),
            }
            for finding, span in sites
        ]
    if len(sites) != 1 or not await _go_to(session, sites[0][1]):
        await _offer(session, sites[:_MOST_CHOICES])
    return None


async def _offer(session: Session, sites: Sequence[tuple[Finding, Span]]) -> None:
    catalogue = session.state.catalogue
    titles = {_title(finding, span, catalogue): span for finding, span in sites}
    if not titles:
        return
    client = session.state.client
    if client.asks and client.shows_documents:
        question = catalogue.editor.which_allocation
        chosen = await session.editor.choose(question, tuple(titles))
        if chosen in titles:
            await _go_to(session, titles[chosen])
    else:
        session.editor.information("\n".join(titles))


def _title(finding: Finding, span: Span, catalogue: Catalogue) -> str:
    message = explain.message(finding, catalogue)
    return catalogue.editor.on_line.format(line=span.line, message=message)


async def _go_to(session: Session, span: Span) -> bool:
    snapshot = session.state.document(span.file)
    return await session.editor.show(snapshot.uri, snapshot.positions.range(span))
