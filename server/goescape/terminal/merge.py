"""``goescape merge``: what several machines found, as if one had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from goescape.analysis.model import Severity
from goescape.terminal.json_output import SCHEMA, document
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@frozen
class Whole:
    """All parts together."""

    go: str
    findings: tuple[dict[str, Any], ...]
    directives: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]

    @property
    def exit_code(self) -> int:
        """As that of the check: 2 with errors, 1 with findings or remarks, else 0."""
        return 2 if self.errors else int(bool(self.findings or self.directives))

    def render(self) -> Iterator[str]:
        """The JSON of one check."""
        yield from document(self.go, self.findings, None, self.directives, self.errors)


def merge(names: Sequence[str]) -> Whole:
    """Read the JSON of checks that were split with ``--shard``. Raises UsageError."""
    parts = [_read(name) for name in names]
    versions = sorted({part["go"] for part in parts if part["go"]})
    if len(versions) > 1:
        raise UsageError(
            f"The parts were made with {' and '.join(versions)}: analyse all with one Go."
        )
    return Whole(
        next(iter(versions), ""),
        tuple(_once(each for part in parts for each in part["findings"])),
        _same(each for part in parts for each in part["directives"]),
        _same(each for part in parts for each in part["errors"]),
    )


def _once(findings: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each site once: generic code is seen wherever it is used, the most important counts."""
    best: dict[tuple[object, ...], dict[str, Any]] = {}
    for each in findings:
        site = (*_place(each), each["end_line"], each["end_column"], each["subject"])
        known = best.setdefault(site, each)
        if _importance(each) < _importance(known):
            best[site] = each
    return iter(sorted(best.values(), key=lambda each: (*_place(each), each["subject"])))


def _importance(each: dict[str, Any]) -> tuple[int, list[tuple[str, int, int]]]:
    return Severity(each["severity"]).order, [_place(copy) for copy in each["copies"]]


def _place(each: dict[str, Any]) -> tuple[str, int, int]:
    return each["file"] or "", each["line"] or 0, each["column"] or 0


def _same(items: Iterator[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    found = {json.dumps(each, sort_keys=True): each for each in items}
    return tuple(sorted(found.values(), key=lambda each: (*_place(each), each["message"])))


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
        return {"go": str(part["go"]), **{each: [*part[each]] for each in lists}}
    except OSError as problem:
        raise UsageError(f"{name} cannot be read ({problem.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{name} is no JSON of goescape; make it with `goescape check --format json`."
        ) from None
