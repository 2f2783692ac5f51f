"""Workflow commands: GitHub shows each as an annotation of its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Severity
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goescape.terminal.commands.check_outcome import CheckOutcome

_COMMANDS = {
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def render(outcome: CheckOutcome, here: Path) -> Iterator[str]:
    """One line for each finding and failure; files as seen from ``here``, the checkout."""
    for finding in outcome.findings:
        span = finding.span
        where = {
            "file": shown_path(span.file, here),
            "line": span.line,
            "endLine": span.end_line,
            "title": f"goescape: {finding.cause.value}",
        }
        if span.line == span.end_line:  # columns of several lines would mean nothing
            where |= {"col": span.column, "endColumn": span.end_column}
        name = "error" if finding.breaks_promise else _COMMANDS[finding.severity]
        yield _command(name, where, explain.message(finding, ENGLISH))
    for remark in outcome.remarks:
        name = "error" if remark.is_error else "warning"
        where = {"file": shown_path(remark.span.file, here), "line": remark.span.line}
        yield _command(name, {**where, "title": "goescape: directive"}, remark.message)
    for failure in outcome.failures:
        where = {"title": "goescape: not analysed"}
        if failure.place is not None:
            where |= {"file": shown_path(failure.place.file, here), "line": failure.place.line}
        yield _command("error", where, failure.message)


def _command(name: str, properties: dict[str, object], message: str) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
