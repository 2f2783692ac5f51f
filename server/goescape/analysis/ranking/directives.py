"""What comments in the source say about escapes: promises, marks and silencers.

A directive behind code is about its line. One on a line of its own is about the statement or
declaration below: before a function, about all of it.
"""

from __future__ import annotations

import enum
import re
from itertools import chain
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from attrs import frozen

from goescape.analysis.model import DirectiveRemark
from goescape.analysis.positions import Place, Span
from goescape.analysis.syntax.nodes import text, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile


class DirectiveKind(enum.Enum):
    """What a directive asks for; the value is what is written behind ``//goescape:``."""

    NOESCAPE = "noescape"
    """Nothing in its scope may escape."""
    HOT = "hot"
    """Everything in its scope matters."""
    IGNORE = "ignore"
    """Nothing in its scope is to be shown."""


HELP = {
    DirectiveKind.NOESCAPE: "An error when anything here escapes to the heap.",
    DirectiveKind.HOT: "Every allocation here is a warning: this code runs often.",
    DirectiveKind.IGNORE: "Allocations here are not shown. Say why: `//goescape:ignore REASON`.",
}


@frozen
class Directive:
    """One comment, and what it is about."""

    order: DirectiveKind
    reason: str
    span: Span
    """The comment."""
    first: int
    last: int
    """The lines of its scope, 1-based."""

    def is_about(self, line: int) -> bool:
        """Whether a line is in its scope."""
        return self.first <= line <= self.last


@frozen(eq=False)
class FileDirectives:
    """The directives of a file, and what is wrong with those that are none."""

    directives: tuple[Directive, ...] = ()
    remarks: tuple[DirectiveRemark, ...] = ()

    def at(self, line: int) -> frozenset[DirectiveKind]:
        """What the source asks for on a line."""
        about = (directive for directive in self.directives if directive.is_about(line))
        return frozenset(directive.order for directive in about)

    def shown(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """The findings of the file that are not silenced."""
        if not self.directives:
            return findings
        return [finding for finding in findings if not self._silences(finding)]

    def _silences(self, finding: Finding) -> bool:
        return finding.is_diagnostic and DirectiveKind.IGNORE in self.at(finding.span.line)


class PackageDirectives:
    """Reads the directives of a package's files, and says what there is to say of them."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[GoFile, FileDirectives] = WeakKeyDictionary()
        self._final_remarks: dict[GoFile, list[DirectiveRemark]] = {}

    def of(self, file: GoFile) -> FileDirectives:
        """The directives of a file, read once."""
        if file not in self._read:
            self._read[file] = _directives_of(file)
        return self._read[file]

    def remarks(
        self, files: Mapping[str, GoFile], findings: Mapping[str, list[Finding]], *, is_final: bool
    ) -> tuple[DirectiveRemark, ...]:
        """What there is to say about the directives, given all findings, silenced ones too.

        What is said of a silencer that may still have something to silence is what was said before.
        """
        remarks = {}
        for path, file in files.items():
            read = self.of(file)
            file_remarks = [*read.remarks]
            if read.directives:
                everything = chain.from_iterable(findings.values())
                file_remarks += _broken_by_inlining(read.directives, path, everything)
                file_remarks += _remarks_on_silencers(read.directives, findings[path])
            if file_remarks or read.directives:
                remarks[file] = file_remarks if is_final else self._final_remarks.get(file, [])
        if is_final:
            self._final_remarks = remarks
        flat = chain.from_iterable(remarks.values())
        return tuple(sorted(flat, key=lambda remark: (remark.span, remark.message)))


def _directives_of(file: GoFile) -> FileDirectives:
    """The directives of a file, and what is wrong with those that are none."""
    if _ANY.search(file.source.content) is None:
        return FileDirectives()
    directives, remarks = [], []
    for node in walk(file.root):
        if node.type != "comment" or (match := _DIRECTIVE.match(text(node))) is None:
            continue
        order = _order(match)
        if order is not None:
            first, last = _scope(node, file)
            reason = (match["rest"] or "").strip()
            directives.append(Directive(order, reason, file.span(node), first, last))
        elif match["name"] is not None:
            kinds = ", ".join(kind.value for kind in DirectiveKind)
            message = f"goescape has no directive `{match['name']}`; there are {kinds}"
            remarks.append(DirectiveRemark(file.span(node), message))
    return FileDirectives(tuple(directives), tuple(remarks))


def directive_at(line: str) -> DirectiveKind | None:
    """The directive that a line of source has."""
    match = _DIRECTIVE.search(line)
    return None if match is None else _order(match)


def _remarks_on_silencers(
    directives: Iterable[Directive], findings: Iterable[Finding]
) -> Iterator[DirectiveRemark]:
    """What the silencers of a file lack: a reason, or something to silence."""
    lines = {finding.span.line for finding in findings if finding.is_diagnostic}
    for silencer in directives:
        if silencer.order is not DirectiveKind.IGNORE:
            continue
        if not silencer.reason:
            yield DirectiveRemark(silencer.span, "say why: `//goescape:ignore REASON`")
        if not any(map(silencer.is_about, lines)):
            message = "nothing escapes here that this could silence"
            yield DirectiveRemark(silencer.span, message)


def _broken_by_inlining(
    directives: Sequence[Directive], path: str, findings: Iterable[Finding]
) -> Iterator[DirectiveRemark]:
    """Promises that calls in a file break: what they call is inlined, and escapes from here."""
    promises = [directive for directive in directives if directive.order is DirectiveKind.NOESCAPE]
    for finding in findings if promises else ():
        for copy in finding.copies:
            if not copy.on_heap or copy.place.file != path or not finding.is_diagnostic:
                continue
            if any(promise.is_about(copy.place.line) for promise in promises):
                message = (
                    f"`{finding.subject}` of `{finding.function or ''}` escapes, inlined here: "
                    "`noescape` promises that nothing does"
                )
                yield DirectiveRemark(_point(copy.place), message, is_error=True)


def _order(match: re.Match[str]) -> DirectiveKind | None:
    if match["name"] is not None:
        return next((kind for kind in DirectiveKind if kind.value == match["name"]), None)
    words = match["gcassert"].split(",")
    return DirectiveKind.NOESCAPE if "noescape" in words else None


def _scope(comment: Node, file: GoFile) -> tuple[int, int]:
    line = comment.start_point[0] + 1
    before = file.source.line(line)[: comment.start_point[1]]
    if before.strip():
        return line, line
    below = comment.next_named_sibling
    while below is not None and below.type == "comment":
        below = below.next_named_sibling
    if below is None or below.start_point[0] + 1 > line + _FARTHEST:
        return line, line
    return below.start_point[0] + 1, below.end_point[0] + 1


def _point(place: Place) -> Span:
    return Span(place.file, place.line, place.column, place.line, place.column + 1)


_FARTHEST = 40
"""Lines of comments between a directive and what it is about."""
_ANY = re.compile(rb"//(?:goescape:|gcassert:)")
_DIRECTIVE = re.compile(
    r"//(?:goescape:(?P<name>\w*)|gcassert:(?P<gcassert>[\w,]+))(?P<rest>[ \t].*)?$"
)
