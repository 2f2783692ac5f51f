"""What the machine code allocates and the compiler's text never calls an escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.evidence.code_notes import BY_CONDITION, WORDS
from goescape.analysis.evidence.code_places import expression_at
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.model import ExplainedAllocation

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from goescape.analysis.evidence.code_matching import Line, PlacedCall
    from goescape.analysis.model import PackageReport
    from goescape.analysis.syntax.go_file import GoFile


def words(
    corrected: PackageReport,
    calls: Iterable[PlacedCall],
    files: Container[str],
    parsed: Callable[[str], GoFile | None],
) -> Iterator[ExplainedAllocation]:
    """What allocates in these files and is neither a finding nor a stay with a note."""
    told = set(told_lines(corrected))
    seen = {(word.span.file, word.span.line, word.note) for word in corrected.explained}
    for placed in calls:
        (file, line), kind = placed.lines[0], placed.call.kind
        note = BY_CONDITION.get(placed.call.condition) or WORDS[kind]
        note = WORDS[kind] if kind in _SAID_BY_KIND else note
        if (file, line) in told or (file, line, note) in seen or file not in files:
            continue
        seen.add((file, line, note))
        foreign = placed.call.file not in files
        parsed_file = parsed(file)
        if parsed_file is None:
            continue
        expression = expression_at(parsed_file, line, None if foreign else kind)
        if expression is not None:
            subject = expression.subject or corrected.sources[file].text(expression.span)
            yield ExplainedAllocation(expression.span, subject, note)


def told_lines(report: PackageReport) -> Iterator[Line]:
    for span in (
        *(finding.span for finding in report.findings if finding.is_diagnostic),
        *(stay.span for stay in report.stays if stay.note is not None),
    ):
        if span.line == span.end_line:
            yield span.file, span.line
        else:
            yield from ((span.file, line) for line in range(span.line, span.end_line + 1))


_SAID_BY_KIND = frozenset(
    {
        AllocationKind.GROWTH,
        AllocationKind.MOVED_SLICE,
        AllocationKind.MAP_GROWTH,
        AllocationKind.CHANNEL,
        AllocationKind.GOROUTINE,
    }
)
