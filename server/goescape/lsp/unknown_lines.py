"""Compiler lines that were not understood: in the log once, with how many there were."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport

_log = logging.getLogger(__name__)

_MOST_REMEMBERED = 1_000


class UnknownLines:
    """Logs the lines of a report that no earlier one had, wherever in the source they stand."""

    def __init__(self) -> None:
        self._logged: set[str] = set()

    def log_new(self, report: PackageReport) -> None:
        """Log the first of the lines that are new, and how many the report has in all."""
        if not report.unknown_lines:
            return
        from goescape.analysis.compiler.lines import message_of  # noqa: PLC0415 - rare

        messages = {message_of(line): line for line in reversed(report.unknown_lines)}
        new = [line for message, line in messages.items() if message not in self._logged]
        if new and len(self._logged) < _MOST_REMEMBERED:
            self._logged.update(messages)
            _log.warning(
                "compiler lines about %s that goescape does not understand: %d; please report: %s",
                report.package,
                report.unknown_line_count,
                new[-1],
            )
