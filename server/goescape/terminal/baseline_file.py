"""The file of ``goescape baseline``: the sites that a project lives with, one on each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.reports.baselines import BaselineSite
from goescape.terminal.shown_paths import shown_path
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.source import SourceText

_KIND = "goescape-baseline"
_SCHEMA = 1
_FIELDS = ("package", "file", "function", "code", "subject", "line")


def sites(
    findings: Sequence[Finding], sources: Mapping[str, SourceText], folder: Path
) -> list[tuple[Finding, BaselineSite]]:
    """Each finding with the site that it is of; files are named from ``folder``."""
    return [
        (finding, _site(finding, sources.get(finding.span.file), folder)) for finding in findings
    ]


def _site(finding: Finding, source: SourceText | None, folder: Path) -> BaselineSite:
    line = "" if source is None else source.line(finding.span.line).decode("utf-8", "replace")
    return BaselineSite(
        finding.package,
        shown_path(finding.span.file, folder),
        finding.function or "",
        finding.cause.value,
        finding.subject,
        line.strip(),
    )


def render(sites_before: Iterable[BaselineSite]) -> str:
    """The text of a baseline: the same sites make the same text."""
    lines = [
        json.dumps({name: getattr(site, name) for name in _FIELDS}, ensure_ascii=False)
        for site in sorted(sites_before)
    ]
    head = f'{{"kind": "{_KIND}", "schema": {_SCHEMA}, "sites": ['
    body = ",\n".join(lines)
    return f"{head}\n{body}\n]}}\n" if lines else f"{head}]}}\n"


def read(name: str) -> list[BaselineSite]:
    """The sites of a file. Raises UsageError, which says what is wrong with it."""
    try:
        text = Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is no UTF-8 text"
        raise UsageError(
            f"The baseline {name} cannot be read ({reason}); write one with `goescape baseline`."
        ) from None
    if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines()):
        raise UsageError(
            f"The baseline {name} has merge conflicts; write it again with `goescape baseline`."
        )
    try:
        document = json.loads(text)
        if document["kind"] != _KIND:
            raise KeyError
        if document["schema"] != _SCHEMA:
            raise UsageError(
                f"The baseline {name} has schema {document['schema']}, this goescape knows "
                f"{_SCHEMA}; write it again with `goescape baseline`, or use the goescape "
                "that wrote it."
            )
        return [
            BaselineSite(*(str(site[field]) for field in _FIELDS)) for site in document["sites"]
        ]
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{name} is no baseline of goescape; write one with `goescape baseline`."
        ) from None
