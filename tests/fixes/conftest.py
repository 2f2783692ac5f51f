"""A table of all cases at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SECTION = "fixes by case"
Tell = Callable[[str, str], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Write the outcome of a case into the table: ``tell("01-return-value", "offered")``."""

    def write(case: str, outcome: str) -> None:
        # reports bring their properties along from the processes that run the tests
        request.node.user_properties.append((SECTION, [case, outcome]))

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    rows = {
        case: outcome  # the last that was told
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, row in report.user_properties
        if name == SECTION
        for case, outcome in [row]
    }
    if rows:
        terminalreporter.section(SECTION)
        for case, outcome in sorted(rows.items()):
            terminalreporter.write_line(f"{case:32} {outcome}")
