"""The report of the workspace: what was analysed, as a page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.reports.overview import Ranked, overview
from goescape.fixes.suggestions import suggestions
from goescape.lsp.features.diagnostics import DOCUMENTATION
from goescape.lsp.features.workspace_findings import FindingFilter, ranked
from goescape.lsp.uris import relative, uri_of
from goescape.pages.report import MOST_SITES, Page, PageSite, areas_of, render
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.lsp.session import Session

_MOST_FIXES = 10


async def show(session: Session) -> str | None:
    """A page about everything that was analysed: its HTML, or shown where the client asks so."""
    known = session.store.packages()
    found = [each for one in known for each in ranked(session, one, FindingFilter())]
    background = await session.ready()
    if background is None:
        return None
    try:
        go = await background.engine.go()
    except GoProblem as problem:
        session.editor.error(problem.message)
        return None
    fixes = await asyncio.to_thread(suggestions, [one.report for one in known], go.number)
    words, names = current_catalogue(), ", ".join(map(_name, session.folders))
    page = Page(
        catalogue=words,
        title=words.text("report title", name=names or words.text("report open files")),
        about=words.count("report about", len(known), go=go.version),
        overview=overview(found),
        waiting=[(one.package, one.errors[0].message) for one in known if one.errors],
        fixes=fixes.most_common(_MOST_FIXES),
        link=session.translator().link,
        causes=lambda cause: f"{DOCUMENTATION}#{cause}",
        shown=lambda path: relative(path, session.folders, session.store.identity),
        areas=areas_of(found, lambda _: 1.0, words),
        measure=words.text("report sites measure"),
        sites=_top_sites(session, found),
    )
    text = render(page)  # of bounded size, and its links are of what the editor shows now
    if not session.editor.client.results and session.editor.client.shows_documents:
        shown = session.documents.file("report", ".html")
        shown.write_text(text, encoding="utf-8")
        return None if await session.editor.browse(uri_of(str(shown))) else text
    return text


def _top_sites(session: Session, found: Sequence[Ranked]) -> list[PageSite]:
    """What matters most, with the code and what the profiles say."""
    ordered = sorted(found, key=lambda each: (each[0].order, each[1].span))[:MOST_SITES]
    sites_found = []
    for each in ordered:
        finding = each[1]
        views = session.facts(finding.span.file).views
        share = next(filter(None, (view.share(finding) for view in views)), None)
        compiled = (view.compiled(finding.span.file) for view in views)
        sites_found.append(
            PageSite(each, next(filter(None, compiled), None), share.text if share else "")
        )
    return sites_found


def _name(folder: str) -> str:
    return Path(folder).name
