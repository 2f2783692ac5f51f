"""What is known of the workspace, as data: for clients that show it in views of their own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from goescape.analysis.causes import Cause
from goescape.analysis.messages import explain
from goescape.analysis.model import Finding, Severity
from goescape.analysis.profiles.join import sum_of_shares
from goescape.analysis.reports.overview import Counts, Ranked, by_function
from goescape.analysis.reports.queries import once_per_site
from goescape.lsp.features.diagnostics import is_silenced, shown_findings
from goescape.lsp.uris import path_of, relative, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.positions import Span
    from goescape.analysis.profiles.join import AllocationShare
    from goescape.lsp.session import Session
    from goescape.lsp.state.package_store import PackageState
    from goescape.lsp.state.report_view import ReportView


@frozen
class FindingFilter:
    """What a view shows; unknown words in a request change nothing."""

    minimum: Severity = Severity.HINT
    causes: frozenset[str] = frozenset()
    """Empty: all."""

    @classmethod
    def of(cls, request: object) -> FindingFilter:
        """Read ``{"minimumSeverity": ..., "causes": [...]}``."""
        raw = request if isinstance(request, Mapping) else {}
        causes = raw.get("causes")
        known = {cause.value for cause in Cause}
        wanted = frozenset(causes) & known if isinstance(causes, list) else frozenset()
        minimum = raw.get("minimumSeverity")
        known_ranks = {rank.value for rank in Severity}
        return cls(Severity(minimum) if minimum in known_ranks else Severity.HINT, wanted)

    def takes(self, rank: Severity, finding: Finding) -> bool:
        """Whether a finding passes."""
        return rank.at_least(self.minimum) and (
            not self.causes or finding.cause.value in self.causes
        )


async def packages(session: Session, arguments: Sequence[object]) -> list[object]:
    """The packages that were analysed and allocate, or wait: name, place, counts of each rank."""
    wanted = FindingFilter.of(arguments[0] if arguments else None)
    by_directory: dict[str, list[tuple[PackageState, list[Ranked]]]] = defaultdict(list)
    for known in session.store.packages():
        by_directory[known.directory].append((known, ranked(session, known, wanted)))
        await asyncio.sleep(0)  # a large workspace must not hold up what the user does
    rows = {
        (members[0][0].package, directory): _package(session, members)
        for directory, members in by_directory.items()
        if any(found or known.errors for known, found in members)
    }
    return [rows[name] for name in sorted(rows)]


def _package(
    session: Session, members: Sequence[tuple[PackageState, Sequence[Ranked]]]
) -> dict[str, object]:
    """One directory: a package, or the lone files in it."""
    known = members[0][0]
    path = known.directory
    inside = [each for each in session.folders if Path(path).is_relative_to(each)]
    waits = [known.errors[0].message for known, _ in members if known.errors]
    counts = Counts.of(rank for _, found in members for rank, _ in found)
    return {
        "name": known.package,
        "uri": uri_of(path),
        "folder": uri_of(max(inside, key=len)) if inside else "",
        "waits": waits[0] if waits else "",
        "counts": attrs.asdict(counts),
    }


async def sites(session: Session, arguments: Sequence[object]) -> list[object]:
    """The functions of a package (its directory's URI) with their allocation sites."""
    match arguments:
        case [str(uri), *rest]:
            directory, wanted = path_of(uri), FindingFilter.of(rest[0] if rest else None)
        case _:
            return []
    return [
        function
        for known in session.store.packages()
        if known.directory == directory
        for function in _functions(session, known, wanted)
    ]


def _functions(session: Session, known: PackageState, wanted: FindingFilter) -> Iterator[object]:
    view = session.view(known)
    for name, found in by_function(ranked(session, known, wanted)).items():
        shown = [(rank, each, view.span(each.span)) for rank, each in found]
        rows = [
            _site(session, rank, each, span, view.share(each))
            for rank, each, span in shown
            if span is not None
        ]
        if rows:
            counts = Counts.of(rank for rank, _, span in shown if span is not None)
            place = _declaration(session, view, name) or rows[0]["location"]
            files = dict.fromkeys(each.span.file for _, each in found)
            share = sum_of_shares(filter(None, (view.function_share(file, name) for file in files)))
            yield {
                "name": name,
                "percent": "" if share is None else share.percent,
                "location": place,
                "counts": attrs.asdict(counts),
                "sites": rows,
            }


def _declaration(session: Session, view: ReportView, name: str) -> object:
    names = (each.name_span for each in view.report.functions if name and each.name == name)
    span = next((now for each in names if (now := view.span(each)) is not None), None)
    return None if span is None else _location(session, span)


async def file(session: Session, arguments: Sequence[object]) -> dict[str, object] | None:
    """The allocation sites of one file (its URI), whether diagnostics are shown or not."""
    match arguments:
        case [str(uri), *_] if path := path_of(uri):
            facts = session.facts(path)
        case _:
            return None
    if not facts.views or is_silenced(facts.relative, session.settings):
        return None
    found = [
        (finding.severity, finding, span, view.share(finding))
        for span, finding, view in shown_findings(facts, session.settings)
    ]
    found.sort(key=lambda each: each[2])
    return {
        "counts": attrs.asdict(Counts.of(rank for rank, *_ in found)),
        "waits": facts.waiting is not None,
        "sites": [_site(session, *each) for each in found],
    }


def ranked(session: Session, known: PackageState, wanted: FindingFilter) -> list[Ranked]:
    """A package's allocation sites as the settings and the filter have them."""
    settings, heard = session.settings, {}
    for path in known.places:
        heard[path] = not is_silenced(
            relative(path, session.folders, session.store.identity), settings
        )
    report, _ = session.ranked(known.report)
    shown = (each for each in report.diagnostics() if heard[each.span.file])
    return [
        (finding.severity, finding)
        for finding in once_per_site(shown)
        if not finding.rank.is_hidden and wanted.takes(finding.severity, finding)
    ]


def _site(
    session: Session, rank: Severity, finding: Finding, span: Span, share: AllocationShare | None
) -> dict[str, object]:
    at = finding.anchor
    return {
        "subject": finding.subject,
        "message": explain.message(finding),
        "label": explain.label(finding),
        "cause": finding.cause.value,
        "severity": rank.value,
        "reason": explain.rank_sentence(finding),
        "share": "" if share is None else share.text,
        "percent": "" if share is None else share.percent,
        "location": _location(session, span),
        "flow": [session.buffers.uri(at.file), at.line, at.column, finding.subject],
    }


def _location(session: Session, span: Span) -> dict[str, object]:
    """In the protocol's own terms: lines from 0, columns in UTF-16."""
    shown = session.translator().range(span)
    ends = {"start": shown.start, "end": shown.end}
    at = {name: {"line": end.line, "character": end.character} for name, end in ends.items()}
    return {"uri": session.buffers.uri(span.file), "range": at}


QUESTIONS = {
    "goescape.packages": packages,
    "goescape.sites": sites,
    "goescape.file": file,
}
