"""What the machine code allocates and the compiler's text never calls an escape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.causes import Cause
from goescape.analysis.evidence.code import AllocationKind
from goescape.analysis.evidence.code_notes import BY_CONDITION, WORDS
from goescape.analysis.evidence.code_places import expression_at
from goescape.analysis.model import Allocates, ExplainedAllocation, Finding, RankReason, SiteKind
from goescape.analysis.ranking.rank import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from goescape.analysis.evidence.code_matching import Line, PlacedCall
    from goescape.analysis.model import Function, PackageReport
    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.go_file import GoFile


def large_maps(
    report: PackageReport, written: Mapping[Line, list[PlacedCall]]
) -> Iterator[Finding]:
    """Maps that stay in their function and are made for too many entries."""
    for stay in report.stays:
        span = stay.span
        sized = re.fullmatch(r"make\(map\[.*, (\d+)\)", stay.subject)
        made = [
            placed
            for placed in written.get((span.file, span.line), ())
            if placed.call.kind is AllocationKind.MAP
        ]
        if sized is None or not made or int(sized[1]) <= _MAP_ON_STACK:
            continue
        function = _function_around(report, span)
        yield Finding(
            span=span,
            anchor=span.start,
            kind=SiteKind.EXPRESSION,
            subject=stay.subject,
            cause=Cause.TOO_LARGE,
            rank=rank((RankReason.ORDINARY,), in_loop=False),
            function=function.name if function is not None else None,
            allocates=Allocates.YES,
            note=None,
            escapes=True,
            in_loop=False,
            compiler=f"{stay.subject} does not escape",
            package=report.package,
            reasons=(RankReason.ORDINARY,),
        )


def words(
    corrected: PackageReport, calls: Iterable[PlacedCall], files: Mapping[str, GoFile]
) -> Iterator[ExplainedAllocation]:
    """What allocates and is neither a finding nor said to stay on the stack only if small."""
    told = set(told_lines(corrected))
    seen = set()
    for placed in calls:
        (file, line), kind = placed.lines[0], placed.call.kind
        note = BY_CONDITION.get(placed.call.condition) or WORDS[kind]
        note = WORDS[kind] if kind in _SAID_BY_KIND else note
        if (file, line) in told or (file, line, note) in seen or file not in files:
            continue
        seen.add((file, line, note))
        foreign = placed.call.file not in files
        expression = expression_at(files[file], line, None if foreign else kind)
        if expression is not None:
            subject = expression.subject or corrected.sources[file].text(expression.span)
            yield ExplainedAllocation(expression.span, subject, note)


def told_lines(report: PackageReport) -> Iterator[Line]:
    for span in (
        *(finding.span for finding in report.findings if finding.is_diagnostic),
        *(stay.span for stay in report.stays if stay.note is not None),
    ):
        yield from ((span.file, line) for line in range(span.line, span.end_line + 1))


def _function_around(report: PackageReport, span: Span) -> Function | None:
    for function in report.functions:
        around = function.span
        if around.file == span.file and around.line <= span.line <= around.end_line:
            return function
    return None


_MAP_ON_STACK = 8
"""Entries that a map may have on the stack."""
_SAID_BY_KIND = frozenset(
    {
        AllocationKind.GROWTH,
        AllocationKind.MOVED_SLICE,
        AllocationKind.MAP_GROWTH,
        AllocationKind.CHANNEL,
        AllocationKind.GOROUTINE,
    }
)
