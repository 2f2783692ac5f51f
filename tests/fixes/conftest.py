"""A table of all cases at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

ROWS: pytest.StashKey[dict[str, str]] = pytest.StashKey()
Tell = Callable[[str, str], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Write the outcome of a case into the table: ``tell("01-return-value", "offered")``."""
    rows = request.config.stash.setdefault(ROWS, {})
    return rows.__setitem__


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    rows = terminalreporter.config.stash.get(ROWS, {})
    if rows:
        terminalreporter.section("fixes by case")
        for case, outcome in sorted(rows.items()):
            terminalreporter.write_line(f"{case:32} {outcome}")
