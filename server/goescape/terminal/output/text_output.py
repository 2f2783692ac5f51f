"""The check's outcome for people: findings with their code lines, then a summary."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import share_text
from goescape.analysis.model import Allocates, Finding, Severity
from goescape.terminal.output import profile_output
from goescape.terminal.output.excerpt import excerpt
from goescape.terminal.output.style import Style, printable
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.source import SourceText
    from goescape.terminal.commands.check_outcome import CheckFailure, CheckOutcome

_GUTTER = 6
"""Terminal cells for line numbers."""
_MOST_FILES = 3
_MOST_FAILURES = 20
"""A broken dependency can break hundreds of packages; JSON has all of them."""


def render(outcome: CheckOutcome, style: Style, here: Path) -> Iterator[str]:
    """Lines without their ends. Files are named from ``here``, so that terminals can open them."""
    for _, findings in groupby(outcome.findings, key=lambda finding: finding.span.file):
        for finding in findings:
            yield from _finding(finding, outcome.sources.get(finding.span.file), style, here)
            if outcome.joined is not None and (share := outcome.joined.share(finding)):
                text = f"= {share_text(share, style.catalogue)}"
                yield f"{' ' * _GUTTER} {style.paint('strong', text)}"
        yield ""
    for remark in outcome.remarks:
        rank = "error" if remark.is_error else "warning"
        place = style.paint("strong", shown_place(remark.span, here))
        message = style.prose(printable(remark.message))
        yield f"{place}: {style.paint(rank, rank)}: {message} {style.paint('faint', '(directive)')}"
    if outcome.remarks:
        yield ""
    if outcome.joined is not None:
        yield from profile_output.render(outcome.joined, style, here)
        yield ""
    if outcome.packages:
        yield from _summary(outcome, style, here)


def render_failures(failures: Sequence[CheckFailure], style: Style, here: Path) -> Iterator[str]:
    """What could not be analysed: belongs on standard error."""
    for failure in failures[:_MOST_FAILURES]:
        yield _failure(failure, style, here)
    if (more := len(failures) - _MOST_FAILURES) > 0:
        yield style.catalogue.check.failures.format(count=more)


def _finding(
    finding: Finding, source: SourceText | None, style: Style, here: Path
) -> Iterator[str]:
    place = style.paint("strong", shown_place(finding.span, here))
    rank = rank_of(finding)
    role = "faint" if rank == "note" else rank
    message = style.prose(printable(explain.message(finding, style.catalogue)))
    code = style.paint("faint", f"({finding.cause.value})")
    yield f"{place}: {style.paint(role, rank)}: {message} {code}"
    reason = printable(explain.rank_label(finding, style.catalogue))
    lines, reason = code_lines(finding.span, source, style, role, reason)
    yield from lines
    yield from _decisive_line(finding, source, style, here)
    if reason:
        yield f"{' ' * _GUTTER} {style.paint('faint', f'= {reason}')}"


def _decisive_line(
    finding: Finding, source: SourceText | None, style: Style, here: Path
) -> Iterator[str]:
    """The code where it was decided, unless that is the finding's own line."""
    place = finding.decisive.place if finding.decisive else None
    if place is None or (place.file == finding.span.file and place.line == finding.span.line):
        return
    if source is None or place.file != finding.span.file:
        where = f"{shown_path(place.file, here)}:{place.line}"
        decided = printable(style.catalogue.check.decided.format(place=where))
        yield f"{' ' * _GUTTER} {style.paint('faint', f'= {decided}')}"
    elif 0 < place.line <= source.line_count:
        line = source.line(place.line)
        code, _ = excerpt(line, place.column, place.column, style.width - _GUTTER - 3)
        yield style.paint("faint", f"{place.line:>{_GUTTER}} | {code}")


def rank_of(finding: Finding) -> str:
    """The word in front of the message."""
    if finding.breaks_promise:
        return "error"
    return "note" if finding.allocates is Allocates.NO else finding.severity.value


def shown_place(span: Span, here: Path) -> str:
    """``path:line:column``, as Go prints it."""
    return printable(f"{shown_path(span.file, here)}:{span.line}:{span.column}")


def code_lines(
    span: Span, source: SourceText | None, style: Style, role: str, label: str = ""
) -> tuple[list[str], str]:
    """The first line of the range with carets under it and the label behind them.

    The second part is the label again where it found no room, or the text is unknown.
    """
    if source is None or not 0 < span.line <= source.line_count:
        return [], label
    line = source.line(span.line)
    end = span.end_column if span.end_line == span.line else len(line.rstrip()) + 1
    width = style.width - _GUTTER - 3
    code, marks = excerpt(line, span.column, end, width)
    bar = style.paint("faint", "|")
    first = f"{style.paint('faint', f'{span.line:>{_GUTTER}}')} {bar} {code}"
    second = f"{' ' * _GUTTER} {bar} {style.paint(role, marks)}"
    if len(marks) + 1 + len(label) > width:
        return [first, second], label
    return [first, f"{second} {style.paint('faint', label)}".rstrip()], ""


def _summary(outcome: CheckOutcome, style: Style, here: Path) -> Iterator[str]:
    sites = [finding for finding in outcome.findings if finding.is_diagnostic]
    ranks = Counter(finding.severity for finding in sites)
    ranked = [
        style.paint(rank.value, f"{ranks[rank]} {rank.value}") for rank in Severity if ranks[rank]
    ]
    catalogue = style.catalogue
    toolchain = f"{outcome.go or catalogue.check.log}, {outcome.seconds:.1f} s"
    counted = catalogue.check.sites if outcome.known_count is None else catalogue.check.new_sites
    nothing = catalogue.check.no_new_sites if outcome.known_count else catalogue.check.no_sites
    total = counted.format(len(sites)) if sites else nothing
    summary = catalogue.check.summary if sites else catalogue.check.summary_nothing
    sentence = summary.format(
        total=style.paint("strong", total),
        packages=catalogue.check.packages.format(outcome.packages),
        told=toolchain,
    )
    yield f"{sentence}{': ' if sites else catalogue.full_stop}{', '.join(ranked)}"
    causes = Counter(finding.cause.value for finding in sites)
    if causes:
        yield style.paint("faint", "  " + ", ".join(f"{n} {c}" for c, n in causes.most_common()))
    files = Counter(finding.span.file for finding in sites)
    if len(files) > _MOST_FILES:
        most = (f"{shown_path(file, here)} ({n})" for file, n in files.most_common(_MOST_FILES))
        most_text = catalogue.check.most.format(files=", ".join(most))
        yield style.paint("faint", printable(f"  {most_text}"))
    if outcome.known_count is not None:
        yield style.paint("faint", f"  {catalogue.check.known.format(count=outcome.known_count)}")
    if outcome.hidden:
        yield style.paint("faint", f"  {catalogue.check.hidden.format(count=outcome.hidden)}")


def count(number: int, noun: str) -> str:
    """``1 package``, ``2 packages``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _failure(failure: CheckFailure, style: Style, here: Path) -> str:
    if failure.kind in {"usage", "bench"}:
        return f"goescape: {printable(failure.message)}"
    place = ""
    if failure.place is not None:
        where = (failure.place.line, failure.place.column)
        shown = ":".join(str(number) for number in where if number)
        place = f"{shown_path(failure.place.file, here)}:{shown}: "
    package = f" ({failure.package})" if failure.package else ""
    error = style.paint("error", style.catalogue.check.not_analysed)
    return f"{printable(place)}{error}: {printable(failure.message + package)}"
