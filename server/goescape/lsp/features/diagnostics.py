"""Diagnostics: which findings of a file are shown unasked, and how."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.model import CompileError, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.state.report_view import ReportView
    from goescape.settings import Settings

DOCUMENTATION = "https://github.com/goescape/goescape/blob/main/docs/causes.md"
DIRECTIVES = "https://github.com/goescape/goescape/blob/main/docs/directives.md"

Found: TypeAlias = "tuple[Span, Finding, ReportView]"
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
    def told(self) -> str:
        """Equal for equal notices."""
        related = [(*each.place, each.text) for each in self.related]
        rest = (self.severity.value, self.code, self.message, self.href, self.data, self.is_error)
        return repr((*self.span, related, rest))


@frozen
class ShownFinding:
    """What the client was told about a file."""

    uri: str
    version: int | None
    notices: tuple[Notice, ...]
    result_id: str = ""


@frozen
class FileState:
    """All that decides what is shown in one file."""

    path: str
    relative: str
    """Below its workspace folder, with slashes."""
    views: tuple[ReportView, ...] = ()
    """The packages that speak of the file, its own first."""
    waiting: tuple[CompileError, ...] | None = None
    """The errors of its package; None when it compiles."""
    excluded: str = ""
    """Why the build leaves it out."""
    text: SourceText | None = None
    fixes: Mapping[tuple[Span, str], int] = field(factory=dict)
    """How many fixes are proved of a finding, by its span and subject."""


def is_quiet(facts: FileState, settings: Settings) -> bool:
    """Whether the settings silence the file."""
    return is_silenced(facts.relative, settings)


def is_silenced(relative: str, settings: Settings) -> bool:
    """Whether the settings silence the file of this name below its folder."""
    if relative.endswith("_test.go") and not settings.include_tests:
        return True
    return any(_glob(pattern).fullmatch(relative) for pattern in settings.exclude)


class Wordings:
    """What is told of findings: worded once for as long as reports hold the same finding."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Finding, object, Notice]] = {}

    def of(self, found: Found, settings: Settings, fixes: int, *, related: bool) -> Notice:
        """The diagnostic of a finding whose package is shown as it was compiled."""
        _, finding, view = found
        like = settings, fixes, related, view.report.package
        known = self._known.get(id(finding))
        if known is None or known[0] is not finding or known[1] != like:
            if len(self._known) > _MOST_WORDINGS:
                self._known.clear()
            notice = _of_finding(found, settings, fixes, related=related)
            known = self._known[id(finding)] = (finding, like, notice)
        return known[2]


_MOST_WORDINGS = 4_000


def notices(
    facts: FileState, settings: Settings, wordings: Wordings, *, related: bool
) -> tuple[Notice, ...]:
    """The diagnostics of one file, in source order."""
    if not settings.diagnostics_enable or is_quiet(facts, settings):
        return ()
    findings = sorted(
        shown_findings(facts, settings), key=lambda found: (found[0], found[1].anchor)
    )
    as_compiled = {id(view) for view in facts.views if view.is_as_compiled}
    of_findings = []
    for found in findings:
        _, finding, view = found
        fixes = facts.fixes.get((finding.span, finding.subject), 0)
        word = wordings.of if id(view) in as_compiled else _of_finding
        of_findings.append(word(found, settings, fixes, related=related))
    return (*_of_file(facts, related=related), *of_findings, *_of_directives(facts))


def shown_findings(facts: FileState, settings: Settings) -> Iterable[Found]:
    """The findings of the file with their ranges now. Packages that instantiate the same generic
    code speak of the same site: it is shown once, as the most important of them."""
    threshold = Severity(settings.diagnostics_minimum_severity)
    best: dict[tuple[Span, str], tuple[Span, Finding, ReportView]] = {}
    for view in facts.views:
        for finding in view.diagnostics(facts.path):
            span, severity = view.span(finding.span), finding.severity
            if finding.rank.is_hidden or span is None or not severity.at_least(threshold):
                continue
            key = (span, finding.subject)
            if key not in best or severity.order < best[key][1].severity.order:
                best[key] = (span, finding, view)
    return best.values()


def _of_finding(found: Found, settings: Settings, fixes: int, *, related: bool) -> Notice:
    span, finding, view = found
    anchor, steps = finding.anchor, explain.explained_steps(finding) if related else ()
    # A diagnostic that is another one makes editors ask again what can be done about it.
    proved = {"fixes": fixes} if fixes else {}
    return Notice(
        span=span,
        severity=finding.severity,
        code=finding.cause.value,
        message=explain.message(finding),
        related=tuple(_steps(steps, view)),
        href=f"{DOCUMENTATION}#{finding.cause.value}",
        data={
            "package": finding.package or view.report.package,
            "anchor": {"file": anchor.file, "line": anchor.line, "column": anchor.column},
            "compiler": finding.compiler,
            "function": finding.function,
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


def _of_directives(facts: FileState) -> Iterator[Notice]:
    """What there is to say about the directives of the file."""
    for view in facts.views:
        for remark in view.report.remarks:
            span = view.span(remark.span) if remark.span.file in view.names(facts.path) else None
            if span is not None:
                yield Notice(
                    span,
                    Severity.WARNING,
                    "directive",
                    remark.message,
                    href=DIRECTIVES,
                    is_error=remark.is_error,
                )


def _of_file(facts: FileState, *, related: bool) -> Iterator[Notice]:
    """What concerns the file as a whole stands on its package clause."""
    if facts.text is None or (facts.waiting is None and not facts.excluded):
        return
    span = package_clause(facts.text)
    if facts.excluded:
        message = current_catalogue().text("file excluded", why=facts.excluded)
        yield Notice(span, Severity.HINT, "excluded", message)
    elif facts.waiting is not None:
        first = tuple(_first_error(facts.waiting)) if related else ()
        yield Notice(span, Severity.HINT, "waiting", current_catalogue().text("file waits"), first)


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


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """``**`` crosses folders, ``*`` and ``?`` do not; a pattern without slash fits anywhere."""
    pattern = pattern.removeprefix("./").replace("\\", "/")
    if pattern.endswith("/"):
        pattern += "**"
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    return re.compile("".join(_glob_part(part) for part in _GLOB_PARTS.findall(pattern)))


_GLOB_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


def _glob_part(part: str) -> str:
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return wild.get(part) or re.escape(part)
