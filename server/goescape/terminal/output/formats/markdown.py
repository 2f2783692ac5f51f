"""What fixes have brought, as a table for a pull request."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.profiles.significance import SampleChange
    from goescape.terminal.commands.fix_outcome import FixOutcome
    from goescape.toolchain.measure.compared_benchmarks import ComparedBenchmark

_UNITS = ("allocs/op", "B/op", "ns/op")


def render(outcome: FixOutcome) -> Iterator[str]:
    """Which fixes were written, and the benchmarks that they have changed, hottest first."""
    written = {code: tally.written for code, tally in outcome.tallies.items() if tally.written}
    if not written:
        yield "No fix makes a benchmark allocate less."
        return
    fixes = ", ".join(f"{number} \u00d7 `{code}`" for code, number in sorted(written.items()))
    yield f"Fixes: {fixes}."
    yield ""
    yield f"| benchmark | {' | '.join(_UNITS)} |"
    yield f"| --- | {' | '.join('---:' for _ in _UNITS)} |"
    for benchmark in outcome.benchmarks:
        yield f"| {_name(benchmark)} | {' | '.join(_cells(benchmark))} |"


def _name(benchmark: ComparedBenchmark) -> str:
    name = benchmark.name.replace("|", "\\|")
    return f"`{name}` ({benchmark.package})"


def _cells(benchmark: ComparedBenchmark) -> Iterator[str]:
    changes = {change.unit: change for change in benchmark.changes}
    for unit in _UNITS:
        yield _cell(changes[unit]) if unit in changes else ""


def _cell(change: SampleChange) -> str:
    before, after = median(change.before), median(change.after)
    if before == after:
        return f"{after:,.0f}"
    if change.unit == "ns/op" and not change.is_significant:
        return f"{before:,.0f} \u2192 {after:,.0f} (~)"
    share = f" ({(after / before - 1) * 100:+.1f} %)" if before else ""
    return f"{before:,.0f} \u2192 {after:,.0f}{share}"
