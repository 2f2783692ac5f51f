"""What is known of the workspace, as data: for clients that show it in views of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from goescape.analysis.causes import Cause
from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import percent_text, share_text
from goescape.analysis.model import Finding, Severity
from goescape.analysis.profiles.joined_profile import sum_of_shares
from goescape.analysis.reports.overview import Counts, Ranked, by_function
from goescape.analysis.reports.queries import once_per_site
from goescape.lsp.features.diagnostics import shown_findings
from goescape.lsp.file_filter import is_silenced
from goescape.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from goescape.analysis.positions import Span
    from goescape.analysis.profiles.joined_profile import AllocationShare
    from goescape.lsp.state.package_store import PackageState
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot, Snapshot, WorkspaceSnapshot


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
        cause_codes = {cause.value for cause in Cause}
        wanted = frozenset(causes) & cause_codes if isinstance(causes, list) else frozenset()
        minimum = raw.get("minimumSeverity")
        known_ranks = {rank.value for rank in Severity}
        return cls(Severity(minimum) if minimum in known_ranks else Severity.HINT, wanted)

    def takes(self, rank: Severity, finding: Finding) -> bool:
        """Whether a finding passes."""
        return rank.at_least(self.minimum) and (
            not self.causes or finding.cause.value in self.causes
        )


def package_rows(
    snapshot: WorkspaceSnapshot, ranked: Iterable[tuple[PackageState, Sequence[Ranked]]]
) -> list[object]:
    """The packages that allocate, or wait: name, place, counts of each rank."""
    by_directory: dict[str, list[tuple[PackageState, Sequence[Ranked]]]] = defaultdict(list)
    for package, findings in ranked:
        by_directory[package.directory].append((package, findings))
    rows = {
        (members[0][0].package, directory): _package_row(snapshot, members)
        for directory, members in by_directory.items()
        if any(findings or package.errors for package, findings in members)
    }
    return [rows[name] for name in sorted(rows)]


def _package_row(
    snapshot: WorkspaceSnapshot, members: Sequence[tuple[PackageState, Sequence[Ranked]]]
) -> dict[str, object]:
    """One directory: a package, or the lone files in it."""
    first = members[0][0]
    path = first.directory
    inside = [folder for folder in snapshot.folders if Path(path).is_relative_to(folder)]
    waits = [package.errors[0].message for package, _ in members if package.errors]
    counts = Counts.of(rank for _, findings in members for rank, _ in findings)
    return {
        "name": first.package,
        "uri": uri_of(path),
        "folder": uri_of(max(inside, key=len)) if inside else "",
        "waits": waits[0] if waits else "",
        "counts": attrs.asdict(counts),
    }


def function_rows(
    snapshot: WorkspaceSnapshot, directory: str, wanted: FindingFilter
) -> list[object]:
    """The functions of a directory's package with their allocation sites."""
    return [
        function
        for package in snapshot.packages
        if package.directory == directory
        for function in _functions(snapshot, package, wanted)
    ]


def _functions(
    snapshot: WorkspaceSnapshot, package: PackageState, wanted: FindingFilter
) -> Iterator[object]:
    view = snapshot.view(package)
    for name, findings in by_function(ranked(snapshot, package, wanted)).items():
        shown = [(rank, finding, view.span(finding.span)) for rank, finding in findings]
        rows = [
            _site(snapshot, rank, finding, span, view.share(finding))
            for rank, finding, span in shown
            if span is not None
        ]
        if rows:
            counts = Counts.of(rank for rank, _, span in shown if span is not None)
            place = _declaration(snapshot, view, name) or rows[0]["location"]
            files = dict.fromkeys(finding.span.file for _, finding in findings)
            share = sum_of_shares(filter(None, (view.function_share(file, name) for file in files)))
            yield {
                "name": name,
                "percent": "" if share is None else percent_text(share, snapshot.catalogue),
                "location": place,
                "counts": attrs.asdict(counts),
                "sites": rows,
            }


def _declaration(snapshot: WorkspaceSnapshot, view: ReportView, name: str) -> object:
    spans = (
        view.span(function.name_span)
        for function in view.report.functions
        if name and function.name == name
    )
    span = next(filter(None, spans), None)
    return None if span is None else _location(snapshot, span)


def file_row(snapshot: DocumentSnapshot) -> dict[str, object] | None:
    """The allocation sites of one file, whether diagnostics are shown or not."""
    if not snapshot.views or snapshot.is_silenced:
        return None
    shown = [
        (finding.severity, finding, span, view.share(finding))
        for span, finding, view in shown_findings(snapshot)
    ]
    shown.sort(key=lambda site: site[2])
    return {
        "counts": attrs.asdict(Counts.of(rank for rank, *_ in shown)),
        "waits": snapshot.waiting is not None,
        "sites": [_site(snapshot, *site) for site in shown],
    }


def ranked(
    snapshot: WorkspaceSnapshot, package: PackageState, wanted: FindingFilter
) -> list[Ranked]:
    """A package's allocation sites as the settings and the filter have them."""
    settings = snapshot.settings
    silenced = {
        path: is_silenced(snapshot.relative_to_folder(path), settings) for path in package.places
    }
    report = snapshot.ranked(package)
    shown = (finding for finding in report.diagnostics() if not silenced[finding.span.file])
    return [
        (finding.severity, finding)
        for finding in once_per_site(shown)
        if not finding.rank.is_hidden and wanted.takes(finding.severity, finding)
    ]


def _site(
    snapshot: Snapshot, rank: Severity, finding: Finding, span: Span, share: AllocationShare | None
) -> dict[str, object]:
    at = finding.anchor
    return {
        "subject": finding.subject,
        "message": explain.message(finding, snapshot.catalogue),
        "label": explain.label(finding, snapshot.catalogue),
        "cause": finding.cause.value,
        "severity": rank.value,
        "reason": explain.rank_sentence(finding, snapshot.catalogue),
        "share": "" if share is None else share_text(share, snapshot.catalogue),
        "percent": "" if share is None else percent_text(share, snapshot.catalogue),
        "location": _location(snapshot, span),
        "flow": [snapshot.documents.uri(at.file), at.line, at.column, finding.subject],
    }


def _location(snapshot: Snapshot, span: Span) -> dict[str, object]:
    """In the protocol's own terms: lines from 0, columns in UTF-16."""
    shown = snapshot.positions.range(span)
    ends = {"start": shown.start, "end": shown.end}
    at = {name: {"line": end.line, "character": end.character} for name, end in ends.items()}
    return {"uri": snapshot.documents.uri(span.file), "range": at}
