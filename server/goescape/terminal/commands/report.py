"""``goescape report``: everything about a workspace on one page that needs no network."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import amount_text, reason_text, share_text
from goescape.analysis.messages.documentation import cause_page
from goescape.analysis.profiles.joined_profile import top
from goescape.analysis.reports.baselines import match_sites
from goescape.analysis.reports.overview import overview
from goescape.pages.report import MOST_SITES, Page, PageSite, ProfileRow, Trend, areas_of, render
from goescape.terminal.baseline_file import read, sites
from goescape.terminal.commands.check import check
from goescape.terminal.shown_paths import shown_path
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding
    from goescape.analysis.profiles.joined_profile import JoinedProfile, ProfileLine
    from goescape.analysis.reports.baselines import BaselineSite as Baselined
    from goescape.analysis.reports.overview import Ranked
    from goescape.terminal.commands.check_outcome import CheckOptions, CheckOutcome
    from goescape.terminal.output.progress import ProgressLine
    from goescape.toolchain.engine import EngineOptions

_MOST_GROUPS = 20
_MOST_ALLOCATED = 15


@frozen
class ReportOptions:
    """What was asked for."""

    output: str
    question: CheckOptions
    catalogue: Catalogue
    """The language of the page."""
    baseline: str = ""


async def report(
    wanted: ReportOptions, options: EngineOptions, progress: ProgressLine
) -> CheckOutcome:
    """Analyse, and write the page unless nothing could be analysed. Raises UsageError."""
    sites_before = read(wanted.baseline) if wanted.baseline else None
    outcome = await check(wanted.question, options, progress)
    if not outcome.packages:
        return outcome
    new: set[int] = set()
    trend = None
    if sites_before is not None:
        pairs = sites(outcome.findings, outcome.sources, outcome.folder)
        matched = match_sites([site for _, site in pairs], sites_before)
        new = set(matched.new)
        gone = [
            sites_before[number]
            for number in matched.gone
            if _is_gone(sites_before[number], outcome)
        ]
        trend = Trend(Path(wanted.baseline).name, len(new), len(gone))
    fresh = {id(finding) for number, finding in enumerate(outcome.findings) if number in new}
    page = _page(outcome, fresh, trend, wanted.catalogue)
    text = await asyncio.to_thread(render, page)
    await asyncio.to_thread(_write, wanted.output, text)
    return outcome


def _is_gone(site: Baselined, outcome: CheckOutcome) -> bool:
    """Whether its package was looked at, or is gone itself.

    A baseline names files as seen from where it was written: here, or a folder above.
    """
    folder = Path(site.file).parent
    homes = (outcome.folder, *outcome.folder.parents)
    left = (file for home in homes for file in (home / folder).glob("*.go"))
    return site.package in outcome.analysed or not any(left)


def _page(
    outcome: CheckOutcome, fresh: set[int], trend: Trend | None, catalogue: Catalogue
) -> Page:
    findings: list[Ranked] = [
        (finding.severity, finding) for finding in outcome.findings if finding.is_diagnostic
    ]
    joined, here = outcome.joined, outcome.folder

    def weight(finding: Finding) -> float:
        if joined is None:
            return 1.0
        share = joined.share(finding)
        return float(share.bytes) if share is not None else 0.0

    ordered = sorted(findings, key=lambda site: (-weight(site[1]), site[0].order, site[1].span))
    return Page(
        catalogue=catalogue,
        title=catalogue.report.title.format(name=here.name),
        about=catalogue.report.about.format(outcome.packages, go=outcome.go),
        overview=overview(findings, _MOST_GROUPS),
        waiting=_waiting(outcome),
        fixes=(),
        link=lambda _: "",
        causes=cause_page,
        shown=lambda path: shown_path(path, here),
        areas=areas_of(findings, weight, catalogue),
        measure=catalogue.report.sites_measure
        if joined is None
        else catalogue.report.bytes_measure,
        sites=[
            PageSite(
                site,
                outcome.sources.get(site[1].span.file),
                _share(joined, site[1], catalogue),
                id(site[1]) in fresh,
            )
            for site in ordered[:MOST_SITES]
        ],
        allocated=[]
        if joined is None
        else [*_allocated(top(joined, _MOST_ALLOCATED), here, catalogue)],
        profile="" if joined is None else _amount(joined, catalogue),
        trend=trend,
    )


def _waiting(outcome: CheckOutcome) -> list[tuple[str, str]]:
    firsts: dict[str, str] = {}
    for failure in outcome.failures:
        firsts.setdefault(failure.package or failure.kind, failure.message)
    return [*firsts.items()]


def _share(joined: JoinedProfile | None, finding: Finding, catalogue: Catalogue) -> str:
    share = None if joined is None else joined.share(finding)
    return "" if share is None else share_text(share, catalogue)


def _amount(joined: JoinedProfile, catalogue: Catalogue) -> str:
    profile = joined.profile
    return f"{Path(profile.name).name}: {amount_text(profile.bytes, profile.objects, catalogue)}"


def _allocated(
    sources: Iterable[ProfileLine], here: Path, catalogue: Catalogue
) -> Iterable[ProfileRow]:
    for source in sources:
        place = source.place or source.called_from
        where = source.function if place is None else f"{shown_path(place.file, here)}:{place.line}"
        finding = source.finding
        text = reason_text(source, catalogue, in_function=True)
        message = text if finding is None else explain.message(finding, catalogue)
        yield ProfileRow(share_text(source.share, catalogue), where, message)


def _write(output: str, text: str) -> None:
    try:
        Path(output).write_text(text, "utf-8", errors="replace", newline="\n")
    except OSError as problem:
        raise UsageError(f"{output} cannot be written ({problem.strerror}).") from None
