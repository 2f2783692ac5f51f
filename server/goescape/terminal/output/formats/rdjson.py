"""Reviewdog's diagnostic format; its columns count bytes from 1, as Go's do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.documentation import HOME, cause_page
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Severity
from goescape.terminal.output.formats.rules import DIRECTIVE
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goescape.analysis.model import DirectiveRemark, Finding
    from goescape.analysis.positions import Place
    from goescape.terminal.commands.check_outcome import CheckFailure, CheckOutcome

_SEVERITIES = {
    Severity.WARNING: "WARNING",
    Severity.INFORMATION: "INFO",
    Severity.HINT: "INFO",
}


def render(outcome: CheckOutcome, here: Path) -> Iterator[str]:
    """One object; files as seen from ``here``, the checkout."""
    diagnostics = [_finding(finding, here) for finding in outcome.findings]
    diagnostics += [_remark(remark, here) for remark in outcome.remarks]
    diagnostics += [_failure(failure, here) for failure in outcome.failures]
    document = {"source": {"name": "goescape", "url": HOME}, "diagnostics": diagnostics}
    yield json.dumps(document, indent=1) + "\n"


def _finding(finding: Finding, here: Path) -> dict[str, object]:
    span, code = finding.span, finding.cause.value
    diagnostic: dict[str, object] = {
        "message": explain.message(finding, ENGLISH),
        "location": {
            "path": shown_path(span.file, here),
            "range": {
                "start": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
        "severity": "ERROR" if finding.breaks_promise else _SEVERITIES[finding.severity],
        "code": {"value": code, "url": cause_page(code)},
    }
    steps = explain.explain(finding, ENGLISH).steps
    related = [
        {"message": step.text, "location": _location(step.place, here)}
        for step in steps
        if step.place is not None
    ]
    return {**diagnostic, "relatedLocations": related} if related else diagnostic


def _remark(remark: DirectiveRemark, here: Path) -> dict[str, object]:
    return {
        "message": remark.message,
        "location": _location(remark.span.start, here),
        "severity": "ERROR" if remark.is_error else "WARNING",
        "code": {"value": DIRECTIVE},
    }


def _failure(failure: CheckFailure, here: Path) -> dict[str, object]:
    diagnostic: dict[str, object] = {"message": failure.message, "severity": "ERROR"}
    if failure.place is not None:
        diagnostic["location"] = _location(failure.place, here)
    else:
        diagnostic["location"] = {"path": ""}
    return diagnostic


def _location(place: Place, here: Path) -> dict[str, object]:
    start = {"line": place.line}
    if place.column:
        start["column"] = place.column
    return {"path": shown_path(place.file, here), "range": {"start": start}}
