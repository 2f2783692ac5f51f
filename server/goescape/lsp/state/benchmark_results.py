"""What the user's benchmarks measured last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.profiles.benchmarks import BenchmarkResult
    from goescape.toolchain.measure.benchmarks import BenchmarkRun


class BenchmarkResults:
    """The last results of each benchmark."""

    def __init__(self) -> None:
        self.results: Mapping[tuple[str, str], tuple[BenchmarkResult, ...]] = {}
        """By package and function; never changed, only replaced."""

    def keep(self, run: BenchmarkRun) -> None:
        """Results of a function replace those from before."""
        new = {
            (run.package, function): tuple(
                result for result in run.measured if result.function == function
            )
            for function in {result.function for result in run.measured}
        }
        self.results = {**self.results, **new}
