"""SARIF 2.1.0: what code scanning reads. Columns count UTF-16 units from 1, paths are relative."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from goescape import __version__
from goescape.analysis.causes import CAUSES, Cause
from goescape.analysis.messages import explain
from goescape.analysis.messages.documentation import HOME, cause_page
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Severity
from goescape.terminal.baseline_file import sites
from goescape.terminal.output.formats.rules import DIRECTIVE
from goescape.terminal.shown_paths import shown_path
from goescape.toolchain.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from goescape.analysis.model import DirectiveRemark, Finding
    from goescape.analysis.reports.baselines import BaselineSite
    from goescape.analysis.syntax.source import SourceText
    from goescape.terminal.commands.check_outcome import CheckFailure, CheckOutcome

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "ROOT"
_LEVELS = {
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_CAUSES = tuple(Cause)


def render(outcome: CheckOutcome, here: Path) -> Iterator[str]:
    """One log with one run; files as seen from ``here``, the checkout."""
    writer = _Writer(outcome.sources, here)
    pairs = sites(outcome.findings, outcome.sources, here)
    run = {
        "tool": {"driver": _driver()},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"uri": f"{here.as_uri().rstrip('/')}/"}},
        "invocations": [
            {
                "executionSuccessful": not outcome.failures,
                "toolExecutionNotifications": [
                    writer.failure(failure) for failure in outcome.failures
                ],
            }
        ],
        "results": [
            *(writer.result(finding, site) for finding, site in pairs),
            *(writer.remark(remark) for remark in outcome.remarks),
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, indent=1) + "\n"


def _driver() -> dict[str, object]:
    return {
        "name": "goescape",
        "version": __version__,
        "informationUri": HOME,
        "rules": [
            {
                "id": cause.value,
                "shortDescription": {"text": CAUSES[cause].title},
                "helpUri": cause_page(cause.value),
            }
            for cause in _CAUSES
        ]
        + [{"id": DIRECTIVE, "shortDescription": {"text": "A directive in the source"}}],
    }


class _Writer:
    """Writes values of the analysis as SARIF has them."""

    def __init__(self, sources: Mapping[str, SourceText], here: Path) -> None:
        self._sources = sources
        self._here = here

    def result(self, finding: Finding, site: BaselineSite) -> dict[str, object]:
        """A finding; its fingerprint is that of a baseline."""
        span = finding.span
        location = self._location(
            span.file, (span.line, span.column), (span.end_line, span.end_column)
        )
        if finding.function:
            name = f"{finding.package}.{finding.function}"
            location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "function"}]
        result: dict[str, object] = {
            "ruleId": finding.cause.value,
            "ruleIndex": _CAUSES.index(finding.cause),
            "level": "error" if finding.breaks_promise else _LEVELS[finding.severity],
            "message": {"text": explain.message(finding, ENGLISH)},
            "locations": [location],
            "partialFingerprints": {"site/v1": digest(repr(site).encode()).hex()},
            "properties": {
                "severity": finding.severity.value,
                "allocates": finding.allocates.value,
                "inLoop": finding.in_loop,
            },
        }
        if flow := self._flow(finding):
            result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
        return result

    def _flow(self, finding: Finding) -> list[dict[str, object]]:
        locations: list[dict[str, object]] = []
        for step in explain.explain(finding, ENGLISH).steps:
            if step.place is not None:
                location = self._location(step.place.file, step.place[1:])
                location["message"] = {"text": step.text}
                locations.append({"location": location})
        return locations

    def remark(self, remark: DirectiveRemark) -> dict[str, object]:
        """What there is to say about a directive."""
        span = remark.span
        end = (span.end_line, span.end_column)
        return {
            "ruleId": DIRECTIVE,
            "ruleIndex": len(_CAUSES),
            "level": "error" if remark.is_error else "warning",
            "message": {"text": remark.message},
            "locations": [self._location(span.file, (span.line, span.column), end)],
        }

    def failure(self, failure: CheckFailure) -> dict[str, object]:
        """Something that could not be analysed."""
        notification: dict[str, object] = {
            "level": "error",
            "message": {"text": failure.message},
            "descriptor": {"id": failure.kind},
        }
        if failure.place is not None:
            place = failure.place
            notification["locations"] = [self._location(place.file, (place.line, place.column))]
        return notification

    def _location(
        self, file: str, start: tuple[int, ...], end: tuple[int, int] | None = None
    ) -> dict[str, object]:
        region = {"startLine": start[0]}
        if start[1]:
            region["startColumn"] = self._column(file, *start)
        if end is not None:
            region |= {"endLine": end[0], "endColumn": self._column(file, *end)}
        path = shown_path(file, self._here)
        where: dict[str, object] = {"uri": quote(path)}
        if path.startswith(("/", "..")) or path[1:2] == ":":
            where = {"uri": self._absolute(file)}
        else:
            where["uriBaseId"] = _ROOT
        return {"physicalLocation": {"artifactLocation": where, "region": region}}

    @staticmethod
    def _absolute(file: str) -> str:
        path = file.replace("\\", "/")
        return f"file://{quote(path)}" if path.startswith("/") else f"file:///{quote(path)}"

    def _column(self, file: str, line: int, column: int) -> int:
        source = self._sources.get(file)
        return column if source is None else source.utf16_column(line, column) + 1
