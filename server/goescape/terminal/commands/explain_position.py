"""``goescape explain``: all that is known about one place in the source."""

from __future__ import annotations

import os
import re
import textwrap
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.messages import explain
from goescape.analysis.model import Finding, Function, PackageReport, Parameter
from goescape.analysis.reports.queries import CursorFacts, function_count, look_up
from goescape.terminal.output.style import Style, printable
from goescape.terminal.output.text_output import code_lines, rank_of, shown_place
from goescape.terminal.shown_paths import shown_path
from goescape.terminal.targets import SourcePosition, UsageError, parse_position
from goescape.toolchain.engine import Engine, EngineOptions, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.analysis.syntax.source import SourceText

_IDENTIFIER = re.compile(rb"[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*|[(.{&]")
"""Where something that the compiler names may begin."""


@frozen
class PositionFacts:
    """What stands at a place, each fact once."""

    findings: tuple[Finding, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    functions: tuple[Function, ...] = ()
    notes: tuple[str, ...] = ()


async def explain_position(
    text: str, options: EngineOptions, style: Style, here: Path
) -> list[str]:
    """The answer as lines. Raises UsageError and GoProblem with a sentence for the user."""
    position = parse_position(text)
    report = await _report_of(position, Engine(options))
    file = _file_in(report, position)
    lines = report.sources[file].line_count
    if not 0 < position.line <= lines:
        raise UsageError(f"{position.file.name} has {lines} lines and no line {position.line}.")
    facts = _facts(report, evolve(position, file=Path(file)))
    if facts == PositionFacts():
        where = printable(f"{shown_path(file, here)}:{position.line}")
        return [style.catalogue.explain.nothing.format(place=where)]
    return list(_render(facts, report, style, here))


async def _report_of(position: SourcePosition, engine: Engine) -> PackageReport:
    home = await engine.home(str(position.file))
    if home.excluded:
        raise UsageError(f"{position.file.name} is not analysed: {home.excluded}.")
    async with aclosing(engine.analyze(home.root, [home.pattern])) as items:
        answers = [item async for item in items]
    for item in answers:
        if isinstance(item, PackageReport) and _file_in(item, position):
            return _compiled(item)
    for item in answers:
        if isinstance(item, Problem):
            raise UsageError(item.message)
        _compiled(item)
    raise UsageError(f"{position.file.name} belongs to no package that Go compiles here.")


def _file_in(report: PackageReport, position: SourcePosition) -> str:
    """The report's own name of the file; empty when it is not in there."""
    wanted = os.path.realpath(position.file)
    return next((file for file in report.files if os.path.realpath(file) == wanted), "")


def _compiled(report: PackageReport) -> PackageReport:
    if report.errors:
        message = report.errors[0].message.rstrip(".")
        raise UsageError(f"{report.package} does not compile: {message}; mend that first.")
    return report


def _facts(report: PackageReport, position: SourcePosition) -> PositionFacts:
    """At the column when there is one, else everywhere on the line."""
    file, line = str(position.file), position.line
    if position.column:
        hit = look_up(report, file, line, position.column)
        return _merged([hit] if hit else [])
    starts = tuple(
        finding
        for finding in report.findings
        if finding.span.file == file and finding.span.line == line
    )
    code = report.sources[file].line(line).partition(b"//")[0]
    columns = (match.start() + 1 for match in _IDENTIFIER.finditer(code))
    answers = (look_up(report, file, line, column) for column in columns)
    hits = [hit for hit in answers if hit is not None]
    # a function's hit brings all findings of its body
    used = _merged(hit for hit in hits if hit.function is None)
    return evolve(_merged(hits), findings=starts or used.findings)


def _merged(hits: Iterable[CursorFacts]) -> PositionFacts:
    every = list(hits)
    return PositionFacts(
        tuple(dict.fromkeys(finding for hit in every for finding in hit.findings)),
        tuple(dict.fromkeys(hit.parameter for hit in every if hit.parameter is not None)),
        tuple(dict.fromkeys(hit.function for hit in every if hit.function is not None)),
        tuple(dict.fromkeys(note for hit in every for note in hit.notes)),
    )


def _render(facts: PositionFacts, report: PackageReport, style: Style, here: Path) -> Iterator[str]:
    for finding in facts.findings:
        yield from _finding(finding, report.sources.get(finding.span.file), style, here)
        yield ""
    shown_parameters = {
        parameter for function in facts.functions for parameter in function.parameters
    }
    for function in facts.functions:
        count = function_count(report, function)
        yield style.paint("strong", f"func {printable(function.name)}")
        for sentence in explain.function_sentences(function, count, style.catalogue):
            yield from _wrapped(sentence, style)
    for parameter in facts.parameters:
        if parameter not in shown_parameters:
            yield from _wrapped(explain.parameter_sentence(parameter, style.catalogue), style)
    for note in facts.notes:
        yield from _wrapped(note, style)


def _finding(
    finding: Finding, source: SourceText | None, style: Style, here: Path
) -> Iterator[str]:
    catalogue = style.catalogue
    explanation = explain.explain(finding, catalogue)
    rank = rank_of(finding)
    role = "faint" if rank == "note" else rank
    place = style.paint("strong", shown_place(finding.span, here))
    yield f"{place}: {style.paint(role, rank)}: {style.prose(printable(explanation.headline))}"
    yield from code_lines(finding.span, source, style, role)[0]
    yield ""
    yield from _section(catalogue.explain.why, explanation.why, style)
    if explanation.steps:
        yield style.paint("strong", catalogue.explain.steps)
    for number, step in enumerate(explanation.steps, 1):
        at = ""
        if step.place is not None:
            file = shown_path(step.place.file, here)
            column = f":{step.place.column}" if step.place.column else ""
            at = style.paint("faint", printable(f"  {file}:{step.place.line}{column}"))
        yield f"  {number}. {style.prose(printable(step.text))}{at}"
    yield from _section(catalogue.explain.helps, explanation.helps, style)
    yield from _section(catalogue.explain.ignore, explanation.ignore_when, style)
    yield from _section(
        catalogue.explain.rank, f"{rank}: {explain.rank_sentence(finding, catalogue)}", style
    )
    if finding.compiler:
        yield from _section(catalogue.explain.compiler, f"`{finding.compiler}`", style)


def _section(title: str, text: str, style: Style) -> Iterator[str]:
    """A heading and its paragraph; nothing for an empty text."""
    if text:
        yield style.paint("strong", title)
        yield from _wrapped(text, style)


def _wrapped(text: str, style: Style) -> Iterator[str]:
    for line in textwrap.wrap(
        printable(text),
        style.width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield style.prose(line)
