"""``goescape merge``: what several machines found, as if one had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from goescape.analysis.model import Severity
from goescape.terminal.output.json_output import SCHEMA, document
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@frozen
class MergedCheck:
    """All parts together."""

    go: str
    findings: tuple[dict[str, Any], ...]
    directives: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]

    def exit_code(self, fail_on: Severity) -> int:
        """As that of the check: 2 with errors, 1 with findings that count or remarks, else 0."""
        counts = any(
            finding["allocates"] != "no" and Severity(finding["severity"]).at_least(fail_on)
            for finding in self.findings
        )
        return 2 if self.errors else int(counts or bool(self.directives))

    def render(self) -> Iterator[str]:
        """The JSON of one check."""
        yield from document(self.go, self.findings, None, self.directives, self.errors)


def merge(names: Sequence[str]) -> MergedCheck:
    """Read the JSON of checks that were split with ``--shard``. Raises UsageError."""
    parts = [_read(name) for name in names]
    _check_complete(parts)
    versions = sorted({part["go"] for part in parts if part["go"]})
    if len(versions) > 1:
        raise UsageError(
            f"The parts were made with {' and '.join(versions)}: analyse all with one Go."
        )
    try:
        return MergedCheck(
            next(iter(versions), ""),
            tuple(_unique_findings(finding for part in parts for finding in part["findings"])),
            _unique_items(remark for part in parts for remark in part["directives"]),
            _unique_items(error for part in parts for error in part["errors"]),
        )
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{', '.join(names)}: something in there is no finding of goescape; make them with "
            "`goescape check --format json`."
        ) from None


def _check_complete(parts: Sequence[dict[str, Any]]) -> None:
    """Raises UsageError when a part is missing: its findings would be missing, too."""
    shards = sorted(part["shard"] for part in parts if part["shard"])
    if not shards:
        return
    count = shards[0][1]
    if [*shards] != [[number, count] for number in range(1, count + 1)]:
        given = ", ".join(f"{number}/{count}" for number, count in shards)
        raise UsageError(f"These are the parts {given}: merge needs each of one division once.")


def _unique_findings(findings: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each site once: generic code is seen wherever it is used, the most important counts."""
    best: dict[tuple[object, ...], dict[str, Any]] = {}
    for finding in findings:
        site = (*_place(finding), finding["end_line"], finding["end_column"], finding["subject"])
        best_so_far = best.setdefault(site, finding)
        if _importance(finding) < _importance(best_so_far):
            best[site] = finding
    return iter(sorted(best.values(), key=lambda finding: (*_place(finding), finding["subject"])))


def _importance(finding: dict[str, Any]) -> tuple[int, list[tuple[str, int, int]]]:
    return Severity(finding["severity"]).order, [_place(copy) for copy in finding["copies"]]


def _place(item: dict[str, Any]) -> tuple[str, int, int]:
    return item["file"] or "", item["line"] or 0, item["column"] or 0


def _unique_items(items: Iterator[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    once = {json.dumps(item, sort_keys=True): item for item in items}
    return tuple(sorted(once.values(), key=lambda item: (*_place(item), item["message"])))


def _read(name: str) -> dict[str, Any]:
    try:
        part = json.loads(Path(name).read_text("utf-8"))
        if part["schema"] != SCHEMA:
            raise UsageError(f"{name} has schema {part['schema']}, this goescape knows {SCHEMA}.")
        if "allocations" in part:
            raise UsageError(
                f"{name} was made with --profile, which needs all packages at once: run the check "
                "without it."
            )
        lists = ("findings", "directives", "errors")
        kept = {"go": str(part["go"]), "shard": part.get("shard")}
        return {**kept, **{name: [*part[name]] for name in lists}}
    except OSError as problem:
        raise UsageError(f"{name} cannot be read ({problem.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{name} is no JSON of goescape; make it with `goescape check --format json`."
        ) from None
