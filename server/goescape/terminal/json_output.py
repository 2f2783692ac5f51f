"""The check's outcome as JSON; ``docs/json.md`` describes it, and schema 1 only ever grows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goescape.analysis import explain
from goescape.analysis.messages import ENGLISH
from goescape.terminal import profile_output
from goescape.terminal.paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goescape.analysis.model import Finding, Place, Remark
    from goescape.terminal.check import Failure, Outcome

SCHEMA = 1


def render(outcome: Outcome) -> Iterator[str]:
    """The text in pieces: one finding on each line."""
    yield f'{{"schema": {SCHEMA}, "go": {json.dumps(outcome.go)}, "findings": ['
    yield from _lines(_with_share(each, outcome) for each in outcome.findings)
    if outcome.joined is not None:
        yield '], "allocations": ['
        sources = outcome.joined.sources
        yield from _lines(profile_output.source_members(each, outcome.folder) for each in sources)
    yield '], "directives": ['
    yield from _lines(_remark(each, outcome.folder) for each in outcome.remarks)
    yield '], "errors": ['
    yield from _lines(_failure(each, outcome.folder) for each in outcome.failures)
    yield "]}\n"


def _lines(items: Iterator[dict[str, object]]) -> Iterator[str]:
    separator = "\n"
    for item in items:
        yield separator + json.dumps(item)
        separator = ",\n"
    if separator != "\n":
        yield "\n"


def _with_share(finding: Finding, outcome: Outcome) -> dict[str, object]:
    """The finding; with a profile, also what it allocated, ``null`` when nothing was seen of it."""
    found = _finding(finding, outcome.folder)
    if outcome.joined is not None:
        share = outcome.joined.share(finding)
        found["profile"] = profile_output.members(share) if share else None
    return found


def _finding(finding: Finding, folder: Path) -> dict[str, object]:
    span = finding.span
    return {
        "file": shown_path(span.file, folder),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": finding.cause.value,
        "severity": finding.severity.value,
        "function": finding.function,
        "subject": finding.subject,
        "message": explain.message(finding, ENGLISH),
        "allocates": finding.allocates.value,
        "in_loop": finding.in_loop,
        "breaks_promise": finding.breaks_promise,
        "compiler": finding.compiler,
        "flow": [
            {**_place(step.place, folder), "text": step.text, "reason": step.reason}
            for step in finding.flow
        ],
        "copies": [
            {**_place(copy.place, folder), "function": copy.function, "escapes": copy.escapes}
            for copy in finding.copies
        ],
    }


def _remark(remark: Remark, folder: Path) -> dict[str, object]:
    return {
        **_place(remark.span.start, folder),
        "severity": "error" if remark.is_error else "warning",
        "message": remark.message,
    }


def _failure(failure: Failure, folder: Path) -> dict[str, object]:
    return {
        "kind": failure.kind,
        "package": failure.package,
        "message": failure.message,
        **_place(failure.place, folder),
    }


def _place(place: Place | None, folder: Path) -> dict[str, object]:
    """``null`` where the compiler names no place; column 0 where it names none."""
    if place is None:
        return {"file": None, "line": None, "column": None}
    return {
        "file": shown_path(place.file, folder),
        "line": place.line,
        "column": place.column,
    }
