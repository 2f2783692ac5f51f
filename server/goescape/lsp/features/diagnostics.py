"""Diagnostics: which findings of a file are shown unasked, and how."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.documentation import DIRECTIVES, cause_page
from goescape.analysis.model import CompileError, Finding, Severity, SiteKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.state.report_view import ReportView
    from goescape.lsp.state.snapshot import DocumentSnapshot

ShownFinding: TypeAlias = "tuple[Span, Finding, ReportView]"
"""A finding, where it is now, and the package that it belongs to."""


@frozen
class Related:
    """One step of the flow."""

    place: Place
    text: str


@frozen
class Notice:
    """A diagnostic, with positions in the text that is shown now."""

    span: Span
    severity: Severity
    code: str
    message: str
    related: tuple[Related, ...] = ()
    href: str = ""
    data: Mapping[str, object] = field(factory=dict)
    is_error: bool = False
    """Whether the source promises something that does not hold."""

    @cached_property
    def fingerprint(self) -> str:
        """Equal for equal notices."""
        related = [(*step.place, step.text) for step in self.related]
        rest = (self.severity.value, self.code, self.message, self.href, self.data, self.is_error)
        return repr((*self.span, related, rest))


@frozen
class FileDiagnostics:
    """The diagnostics of a file, for a client that asks."""

    uri: str
    version: int | None
    notices: tuple[Notice, ...]
    result_id: str = ""


class NoticeCache:
    """The diagnostics of findings: made once for as long as reports hold the same finding."""

    def __init__(self) -> None:
        self._cached: dict[int, tuple[Finding, object, Notice]] = {}

    def of(self, shown: ShownFinding, snapshot: DocumentSnapshot) -> Notice:
        """The diagnostic of a finding whose package is shown as it was compiled."""
        _, finding, view = shown
        depends_on = (
            snapshot.settings,
            snapshot.catalogue.name,
            _fix_count(finding, snapshot),
            snapshot.client.related,
            view.report.package,
        )
        cached = self._cached.get(id(finding))
        if cached is None or cached[0] is not finding or cached[1] != depends_on:
            if len(self._cached) > _MOST_NOTICES:
                self._cached.clear()
            notice = _of_finding(shown, snapshot)
            cached = self._cached[id(finding)] = (finding, depends_on, notice)
        return cached[2]


_MOST_NOTICES = 4_000


def notices(snapshot: DocumentSnapshot, cache: NoticeCache) -> tuple[Notice, ...]:
    """The diagnostics of one file, in source order."""
    if not snapshot.settings.diagnostics_enable or snapshot.is_silenced:
        return ()
    findings = sorted(shown_findings(snapshot), key=lambda shown: (shown[0], shown[1].anchor))
    as_compiled = {id(view) for view in snapshot.views if view.is_as_compiled}
    of_findings = (
        cache.of(shown, snapshot) if id(shown[2]) in as_compiled else _of_finding(shown, snapshot)
        for shown in findings
    )
    return (*_of_file(snapshot), *of_findings, *_of_directives(snapshot))


def _fix_count(finding: Finding, snapshot: DocumentSnapshot) -> int:
    return snapshot.fix_counts.get((finding.span, finding.subject), 0)


def shown_findings(snapshot: DocumentSnapshot) -> Iterable[ShownFinding]:
    """The findings of the file with their ranges now. Packages that instantiate the same generic
    code speak of the same site: it is shown once, as the most important of them. An array that
    grows and the box around it are two, whatever they have in common."""
    threshold = Severity(snapshot.settings.diagnostics_minimum_severity)
    best: dict[tuple[Span, str, SiteKind], ShownFinding] = {}
    for view in snapshot.views:
        for finding in view.diagnostics(snapshot.path):
            span, severity = view.span(finding.span), finding.severity
            if finding.rank.is_hidden or span is None or not severity.at_least(threshold):
                continue
            key = (span, finding.subject, finding.kind)
            if key not in best or severity.order < best[key][1].severity.order:
                best[key] = (span, finding, view)
    return best.values()


def _of_finding(shown: ShownFinding, snapshot: DocumentSnapshot) -> Notice:
    span, finding, view = shown
    anchor = finding.anchor
    steps = explain.explained_steps(finding, snapshot.catalogue) if snapshot.client.related else ()
    # A diagnostic that is another one makes editors ask again what can be done about it.
    fixes = _fix_count(finding, snapshot)
    proved = {"fixes": fixes} if fixes else {}
    return Notice(
        span=span,
        severity=finding.severity,
        code=finding.cause.value,
        message=explain.message(finding, snapshot.catalogue),
        related=tuple(_steps(steps, view)),
        href=cause_page(finding.cause.value),
        data={
            "package": finding.package or view.report.package,
            "anchor": {"file": anchor.file, "line": anchor.line, "column": anchor.column},
            "compiler": finding.compiler,
            "function": finding.function or "",
            "kind": finding.kind.value,
            "subject": finding.subject,
            **proved,
        },
        is_error=finding.breaks_promise,
    )


def _steps(steps: Sequence[explain.ExplainedStep], view: ReportView) -> Iterator[Related]:
    last = None
    for step in steps:
        place = None if step.place is None else view.place(step.place)
        if place is not None and (place, step.text) != last:
            last = (place, step.text)
            yield Related(place, step.text)


def _of_directives(snapshot: DocumentSnapshot) -> Iterator[Notice]:
    """What there is to say about the directives of the file."""
    for view in snapshot.views:
        names = view.names(snapshot.path) if view.report.remarks else ()
        for remark in view.report.remarks:
            span = view.span(remark.span) if remark.span.file in names else None
            if span is not None:
                yield Notice(
                    span,
                    Severity.WARNING,
                    "directive",
                    remark.message,
                    href=DIRECTIVES,
                    is_error=remark.is_error,
                )


def _of_file(snapshot: DocumentSnapshot) -> Iterator[Notice]:
    """What concerns the file as a whole stands on its package clause."""
    waiting, excluded = snapshot.waiting, snapshot.excluded
    if (waiting is None and excluded is None) or snapshot.text is None:
        return
    span = package_clause(snapshot.text)
    if excluded is not None:
        message = snapshot.catalogue.editor.file_excluded.format(why=excluded)
        yield Notice(span, Severity.HINT, "excluded", message)
    elif waiting is not None:
        first = tuple(_first_error(waiting)) if snapshot.client.related else ()
        yield Notice(span, Severity.HINT, "waiting", snapshot.catalogue.editor.file_waits, first)


def _first_error(errors: Sequence[CompileError]) -> Iterator[Related]:
    for error in errors:
        if error.place is not None:
            yield Related(error.place, error.message)
            return


_TRIVIA = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_CLAUSE = re.compile(rb"package[ \t]+[^\s;/]+")


def package_clause(source: SourceText) -> Span:
    """The range of ``package name``; the file's first position when there is none."""
    trivia = _TRIVIA.match(source.content)
    start = trivia.end() if trivia else 0
    clause = _CLAUSE.match(source.content, start)
    return source.span(start, clause.end()) if clause else source.span(0, 0)
