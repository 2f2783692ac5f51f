"""Commands that answer with what was found, for clients that show it in views of their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.lsp.features.workspace_findings import (
    FindingFilter,
    file_row,
    function_rows,
    package_rows,
    ranked,
)
from goescape.lsp.uris import path_of, uri_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.lsp.session import Session


async def packages(session: Session, arguments: Sequence[object]) -> list[object]:
    """The packages that were analysed and allocate, or wait: name, place, counts of each rank."""
    wanted = FindingFilter.of(arguments[0] if arguments else None)
    snapshot, findings = session.state.workspace(), []
    for package in snapshot.packages:
        findings.append((package, ranked(snapshot, package, wanted)))
        await asyncio.sleep(0)  # a large workspace must not hold up what the user does
    return package_rows(snapshot, findings)


async def sites(session: Session, arguments: Sequence[object]) -> list[object]:
    """The functions of a package (its directory's URI) with their allocation sites."""
    match arguments:
        case [str(uri), *rest] if directory := path_of(uri):
            wanted = FindingFilter.of(rest[0] if rest else None)
            return function_rows(session.state.workspace(), directory, wanted)
        case _:
            return []


async def file(session: Session, arguments: Sequence[object]) -> dict[str, object] | None:
    """The allocation sites of one file (its URI), whether diagnostics are shown or not."""
    match arguments:
        case [str(uri), *_] if path := path_of(uri):
            return file_row(session.state.document(path))
        case _:
            return None


async def show_report(session: Session, _: Sequence[object]) -> str | None:
    """A page about everything that was analysed: its HTML, or shown where the client asks so."""
    # imported here: the server answers sooner without what makes pages and fixes
    from goescape.fixes.suggestions import suggestions  # noqa: PLC0415
    from goescape.lsp.features.report_page import report_page  # noqa: PLC0415

    state = session.state
    snapshot = state.workspace()
    findings = [
        finding
        for package in snapshot.packages
        for finding in ranked(snapshot, package, FindingFilter())
    ]
    background = await session.ready()
    if background is None:
        return None
    try:
        go = await background.engine.go()
    except GoProblem as problem:
        session.editor.error(problem.message)
        return None
    reports = [package.report for package in snapshot.packages]
    suggested = await asyncio.to_thread(suggestions, reports, go.number, state.catalogue)
    # links are of what the editor shows by now
    snapshot = evolve(state.workspace(), packages=snapshot.packages)
    text = report_page(snapshot, state.document, findings, suggested, go.version)
    if state.client.results or not state.client.shows_documents:
        return text
    page = session.virtual_documents.file("report", ".html")
    page.write_text(text, encoding="utf-8")
    return None if await session.editor.browse(uri_of(str(page))) else text
