"""What the user's benchmarks measured last, and the run that is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.messages.languages import current_catalogue

if TYPE_CHECKING:
    import asyncio

    from goescape.analysis.profiles.benchmarks import BenchmarkResult
    from goescape.toolchain.measure.benchmarks import BenchmarkRun

MEASURING = -2
"""The token of that work; those of the scheduler are positive."""


@define
class BenchmarkResults:
    """Lives on the event loop's thread; one run at a time."""

    results: dict[tuple[str, str], list[BenchmarkResult]] = field(factory=dict)
    """What was measured last, by package and function."""
    running: asyncio.Future[BenchmarkRun] | None = None

    def title(self, package: str, function: str) -> str:
        """The words of a benchmark's lens."""
        measured, words = self.results.get((package, function)), current_catalogue()
        if not measured:
            return words.text("benchmark run")
        most = max(measured, key=lambda each: (each.allocations, each.bytes))
        result = f"{most.allocations:,} allocs/op, {most.bytes:,} B/op"
        if len(measured) > 1:
            result = words.text("benchmark parts", result=result, count=len(measured))
        return words.text("benchmark again", result=result)

    def cancel(self) -> None:
        """The user does not want to wait."""
        if self.running is not None:
            self.running.cancel()

    def keep(self, run: BenchmarkRun) -> None:
        """Results of a function replace those from before."""
        for function in {each.function for each in run.measured}:
            found = [each for each in run.measured if each.function == function]
            self.results[run.package, function] = found
