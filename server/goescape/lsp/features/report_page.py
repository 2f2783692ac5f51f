"""The report of the workspace: what was analysed, as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.messages.amounts import share_text
from goescape.analysis.messages.documentation import cause_page
from goescape.analysis.reports.overview import Ranked, overview
from goescape.pages.report import MOST_SITES, Page, PageSite, areas_of, render

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.lsp.state.snapshot import DocumentSnapshot, WorkspaceSnapshot

_MOST_FIXES = 10


def report_page(
    snapshot: WorkspaceSnapshot,
    document: Callable[[str], DocumentSnapshot],
    findings: Sequence[Ranked],
    suggested: Counter[str],
    go: str,
) -> str:
    """The HTML of a page about everything that was analysed; of bounded size.

    ``findings`` are all that are shown of its packages, ``suggested`` counts the fixes that may
    fit, ``go`` is the compiler's version, ``document`` gives the files.
    """
    packages, catalogue = snapshot.packages, snapshot.catalogue
    names = ", ".join(map(_name, snapshot.folders))
    page = Page(
        catalogue=catalogue,
        title=catalogue.report.title.format(name=names or catalogue.report.open_files),
        about=catalogue.report.about.format(len(packages), go=go),
        overview=overview(findings),
        waiting=[
            (package.package, package.errors[0].message) for package in packages if package.errors
        ],
        fixes=suggested.most_common(_MOST_FIXES),
        link=snapshot.positions.link,
        causes=cause_page,
        shown=snapshot.relative_to_folder,
        areas=areas_of(findings, lambda _: 1.0, catalogue),
        measure=catalogue.report.sites_measure,
        sites=_top_sites(findings, document, catalogue),
    )
    return render(page)


def _top_sites(
    findings: Sequence[Ranked],
    document: Callable[[str], DocumentSnapshot],
    catalogue: Catalogue,
) -> list[PageSite]:
    """What matters most, with the code and what the profiles say."""
    ordered = sorted(findings, key=lambda ranked: (ranked[0].order, ranked[1].span))[:MOST_SITES]
    sites = []
    for ranked in ordered:
        finding = ranked[1]
        views = document(finding.span.file).views
        share = next(filter(None, (view.share(finding) for view in views)), None)
        compiled = (view.compiled(finding.span.file) for view in views)
        source = next(filter(None, compiled), None)
        sites.append(PageSite(ranked, source, share_text(share, catalogue) if share else ""))
    return sites


def _name(folder: str) -> str:
    return Path(folder).name
