"""The check's outcome as JSON; ``docs/json.md`` describes it, and schema 1 only ever grows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from goescape.analysis.advice_rules import advice_for
from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import ENGLISH
from goescape.terminal.output import profile_output
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from goescape.analysis.model import DirectiveRemark, Finding
    from goescape.analysis.positions import Place
    from goescape.terminal.commands.check_outcome import CheckFailure, CheckOutcome

SCHEMA = 1
Members: TypeAlias = "Iterable[Mapping[str, object]]"


def render(outcome: CheckOutcome) -> Iterator[str]:
    """The text in pieces: one finding on each line."""
    folder, joined = outcome.folder, outcome.joined
    allocations = None
    if joined is not None:
        allocations = (profile_output.source_members(line, folder) for line in joined.sources)
    yield from document(
        outcome.go,
        (_with_share(finding, outcome) for finding in outcome.findings),
        allocations,
        (_remark(remark, folder) for remark in outcome.remarks),
        (_failure(failure, folder) for failure in outcome.failures),
        None if outcome.shard == (1, 1) else outcome.shard,
    )


def document(  # noqa: PLR0913, PLR0917 - the members of one object, in their order
    go: str,
    findings: Members,
    allocations: Members | None,
    directives: Members,
    errors: Members,
    shard: tuple[int, int] | None = None,
) -> Iterator[str]:
    """The whole from its parts."""
    yield f'{{"schema": {SCHEMA}, "go": {json.dumps(go)}, "findings": ['
    yield from _lines(findings)
    if allocations is not None:
        yield '], "allocations": ['
        yield from _lines(allocations)
    yield '], "directives": ['
    yield from _lines(directives)
    yield '], "errors": ['
    yield from _lines(errors)
    yield "]}\n" if shard is None else f'], "shard": {json.dumps(shard)}}}\n'


def _lines(items: Members) -> Iterator[str]:
    separator = "\n"
    for item in items:
        yield separator + json.dumps(item)
        separator = ",\n"
    if separator != "\n":
        yield "\n"


def _with_share(finding: Finding, outcome: CheckOutcome) -> dict[str, object]:
    """The finding; with a profile, also what it allocated, ``null`` when nothing was seen of it."""
    members = _finding(finding, outcome.folder)
    if outcome.joined is not None:
        share = outcome.joined.share(finding)
        members["profile"] = profile_output.members(share) if share else None
    return members


def _finding(finding: Finding, folder: Path) -> dict[str, object]:
    span, advice = finding.span, advice_for(finding)
    return {
        "file": shown_path(span.file, folder),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": finding.cause.value,
        "severity": finding.severity.value,
        "function": finding.function or "",
        "subject": finding.subject,
        "message": explain.message(finding, ENGLISH),
        "allocates": finding.allocates.value,
        "in_loop": finding.in_loop,
        "breaks_promise": finding.breaks_promise,
        "advice": advice.value if advice is not None else "",
        "compiler": finding.compiler,
        "flow": [
            {**_place(step.place, folder), "text": step.text, "reason": step.reason}
            for step in finding.flow
        ],
        "copies": [
            {**_place(copy.place, folder), "function": copy.function or "", "escapes": copy.on_heap}
            for copy in finding.copies
        ],
    }


def _remark(remark: DirectiveRemark, folder: Path) -> dict[str, object]:
    return {
        **_place(remark.span.start, folder),
        "severity": "error" if remark.is_error else "warning",
        "message": remark.message,
    }


def _failure(failure: CheckFailure, folder: Path) -> dict[str, object]:
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
