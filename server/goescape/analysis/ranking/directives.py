"""What comments in the source say about escapes: promises, marks and silencers.

A directive behind code is about its line. One on a line of its own is about the statement or
declaration below: before a function, about all of it.
"""

from __future__ import annotations

import enum
import re
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from attrs import frozen

from goescape.analysis.model import DirectiveRemark
from goescape.analysis.positions import Place, Span
from goescape.analysis.ranking.rank import marked
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


FileDirectives: TypeAlias = tuple[tuple[Directive, ...], tuple[DirectiveRemark, ...]]
"""The directives of a file, and what is wrong with those that are none."""


class PackageDirectives:
    """Reads the directives of a package's files, and applies them to what was found."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[GoFile, FileDirectives] = WeakKeyDictionary()
        self._final_remarks: dict[GoFile, list[DirectiveRemark]] = {}

    def apply(
        self, files: Mapping[str, GoFile], findings: Mapping[str, list[Finding]], *, is_final: bool
    ) -> tuple[dict[str, list[Finding]], tuple[DirectiveRemark, ...]]:
        """The findings as the source wants them, and what there is to say about that.

        What is said of a silencer that may still have something to silence is what was said before.
        """
        wanted, remarks = dict(findings), {}
        for path, file in files.items():
            directives, file_remarks = self._of(file)
            if directives:
                everything = chain.from_iterable(findings.values())
                broken = _broken_by_inlining(directives, path, everything)
                wanted[path], more = _applied(directives, findings[path])
                file_remarks = (*file_remarks, *broken, *more)
            if file_remarks or directives:
                remarks[file] = [*file_remarks] if is_final else self._final_remarks.get(file, [])
        if is_final:
            self._final_remarks = remarks
        flat = chain.from_iterable(remarks.values())
        return wanted, tuple(sorted(flat, key=lambda remark: (remark.span, remark.message)))

    def _of(self, file: GoFile) -> FileDirectives:
        if file not in self._read:
            self._read[file] = _directives_of(file)
        return self._read[file]


def _directives_of(file: GoFile) -> FileDirectives:
    """The directives of a file, and what is wrong with those that are none."""
    if _ANY.search(file.source.content) is None:
        return (), ()
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
    return tuple(directives), tuple(remarks)


def directive_at(line: str) -> DirectiveKind | None:
    """The directive that a line of source has."""
    match = _DIRECTIVE.search(line)
    return None if match is None else _order(match)


def _applied(
    directives: Sequence[Directive], findings: Iterable[Finding]
) -> tuple[list[Finding], list[DirectiveRemark]]:
    """The findings of one file as its directives want them, and what they are to be told."""
    kept, used, remarks = [], set(), []
    for finding in findings:
        about = [directive for directive in directives if directive.is_about(finding.span.line)]
        if not finding.is_diagnostic:
            kept.append(finding)
            continue
        silencers = [directive for directive in about if directive.order is DirectiveKind.IGNORE]
        used.update(silencers)
        if not silencers:
            kinds = {directive.order for directive in about}
            kept.append(
                marked(
                    finding,
                    is_promised=DirectiveKind.NOESCAPE in kinds,
                    is_hot=DirectiveKind.HOT in kinds,
                )
            )
    for directive in directives:
        if directive.order is DirectiveKind.IGNORE and not directive.reason:
            remarks.append(DirectiveRemark(directive.span, "say why: `//goescape:ignore REASON`"))
        if directive.order is DirectiveKind.IGNORE and directive not in used:
            remarks.append(
                DirectiveRemark(directive.span, "nothing escapes here that this could silence")
            )
    return kept, remarks


def _broken_by_inlining(
    directives: Sequence[Directive], path: str, findings: Iterable[Finding]
) -> Iterator[DirectiveRemark]:
    """Promises that calls in a file break: what they call is inlined, and escapes from here."""
    promises = [directive for directive in directives if directive.order is DirectiveKind.NOESCAPE]
    for finding in findings if promises else ():
        for copy in finding.copies:
            if not copy.escapes or copy.place.file != path or not finding.is_diagnostic:
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
