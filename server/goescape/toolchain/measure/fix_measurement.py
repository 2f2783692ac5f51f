"""Whether fixes lower what the user's benchmarks allocate: before, with each trial, and at the end.

Every number is exact: the runtime writes down each object, and both sides do the same number of
operations. Only time is left to chance.
"""

from __future__ import annotations

import asyncio
import math
import re
import tempfile
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.profiles.allocation_profile import Profile
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.toolchain.measure.benchmarks import BenchmarkOptions, BenchmarkRun, measure
from goescape.toolchain.measure.candidate_shares import (
    CandidateShares,
    function_of,
    objects_below,
)
from goescape.toolchain.measure.compared_benchmarks import (
    ComparedBenchmark,
    Samples,
    add_run,
    compared_benchmarks,
)
from goescape.toolchain.measure.profile_files import load
from goescape.toolchain.problems import MeasurementProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.fixes.candidate import Candidate
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.proofs.prover import Proof

_REPEATS = 4
"""How often a rise is measured again: what pools keep differs by half from run to run."""
_NOISE = 0.01
"""The part of the bytes by which maps differ from run to run."""
_NOISE_BYTES = 4096
"""In one run: what a pool that the garbage collector has emptied allocates anew."""


@frozen
class MeasureOptions:
    """How to measure."""

    bench: str = "."
    """Which benchmarks: a regular expression as for go test."""
    benchtime: str = "100x"
    """As for go test, but a number: both sides must do the same."""
    count: int = 6
    """How often each side runs at the end, for its time."""
    seconds: float = 600.0
    """How long the benchmarks of one package may take, each time."""

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[1-9]\d*x", self.benchtime):
            raise MeasurementProblem(
                f"--benchtime {self.benchtime} is no number of operations; with --measure it is "
                "one, such as 100x, so that both sides do the same."
            )


@frozen(eq=False)
class _Measured:
    """The benchmarks of one package, once."""

    samples: Mapping[tuple[str, str], float]
    """By benchmark and unit."""
    shares: CandidateShares

    def joined(self, other: _Measured, pick: Callable[[float, float], float]) -> _Measured:
        """The same with one of both amounts of each."""
        samples = {
            key: pick(amount, other.samples.get(key, amount))
            for key, amount in self.samples.items()
        }
        return evolve(self, samples=samples)


@define(eq=False)
class FixMeasurement:
    """Of one run of ``goescape fix``. Raises GoProblem and MeasurementProblem."""

    _engine: Engine
    _asked: MeasureOptions
    _tell: Callable[[str], None]
    _texts: Mapping[str, bytes] = field(factory=dict)
    """What files hold instead of what is on the disk."""
    _reports: dict[str, PackageReport] = field(factory=dict, init=False)
    """The packages with benchmarks, by import path."""
    _now: dict[str, _Measured] = field(factory=dict, init=False)
    """What they allocate with what has been accepted."""
    _first: dict[str, _Measured] = field(factory=dict, init=False)
    """What they allocated at the beginning."""
    _trials: dict[object, dict[str, _Measured]] = field(factory=dict, init=False)
    _originals: dict[str, bytes] = field(factory=dict, init=False)
    _concerned: set[str] = field(factory=set, init=False)
    """The packages whose benchmarks some fix has changed."""

    written: dict[str, set[str]] = field(factory=dict, init=False)
    """Files of the user's that benchmarks have written, by package."""

    async def begin(self, reports: Sequence[PackageReport], asked: Sequence[str]) -> None:
        """Measure the code as it is."""
        self._reports = {report.package: report for report in reports if benchmark_names(report)}
        if not self._reports:
            raise MeasurementProblem(
                f"{' '.join(asked)} has no benchmarks, so nothing can be measured; leave out "
                "--measure, or write a `func BenchmarkX(b *testing.B)`."
            )
        for package in self._reports:
            measured = await self._measured(package, {})
            if isinstance(measured, str):
                raise MeasurementProblem(f"The benchmarks fail without any fix: {measured}")
            again = await self._measured(package, {})
            if isinstance(again, _Measured):  # what is seen once may be the runtime's own
                measured = measured.joined(again, min)
            if measured.samples:
                self._first[package] = self._now[package] = measured
        if not self._now:
            raise MeasurementProblem(f"No benchmark matches --bench {self._asked.bench}.")

    def objects(self, report: PackageReport, candidate: Candidate) -> int:
        """How many objects the code of a candidate allocates in all benchmarks."""
        shares = (measured.shares.of(report, candidate) for measured in self._now.values())
        return sum(share.objects for share in shares if share is not None)

    def hottest(self, report: PackageReport) -> int:
        """How many objects one site of a package allocates at most, in one run."""
        return max(measured.shares.hottest(report) for measured in self._now.values())

    async def objection(
        self, report: PackageReport, proof: Proof, parts: Sequence[Candidate]
    ) -> Reason | None:
        """Why fixes that hold are not kept; None where they lower objects or bytes."""
        trial: dict[str, _Measured] = {}
        is_better = False
        for package in await asyncio.to_thread(self._reached, report, parts):
            now = self._now[package]
            after = await self._measured(package, proof.contents)
            if isinstance(after, str):
                return Reason.of(ReasonCode.BENCHMARKS_FAIL, failure=after)
            before = now
            for _ in range(_REPEATS):
                if self._rise(before, after) is not None:
                    before, after = await self._both_again(package, proof.contents, before, after)
            if (rise := self._rise(before, after)) is not None:
                return rise
            is_better = is_better or self._falls(before, after)
            trial[package] = after
        idle = len(parts) > 1 and await asyncio.to_thread(self._idle, report, parts, trial)
        if idle or not is_better:
            return Reason.of(ReasonCode.MEASURED_SAME)
        self._trials[_key(proof.contents)] = trial
        return None

    def accept(self, proof: Proof) -> None:
        """Its texts are the user's now."""
        trial = self._trials.get(_key(proof.contents), {})
        self._trials.clear()
        self._now.update(trial)
        self._concerned |= trial.keys()
        for path, content in proof.originals.items():
            self._originals.setdefault(path, content)

    def objects_of_all(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Objects per operation before and after, by package and benchmark."""
        return {
            (package, name): (amount, self._now[package].samples.get((name, unit), amount))
            for package, measured in self._first.items()
            for (name, unit), amount in measured.samples.items()
            if unit == "allocs/op"
        }

    async def result(self) -> tuple[list[ComparedBenchmark], dict[str, tuple[str, ...]]]:
        """The benchmarks that fixes have changed, measured on both sides in turn; and what has
        failed, by package.
        """
        compared: list[ComparedBenchmark] = []
        for package in sorted(self._concerned):
            before: Samples = {}
            after: Samples = {}
            sides = [("before", before, self._originals), ("now", after, {})]
            for number in range(self._asked.count):
                for name, samples, overlay in sides[:: 1 if number % 2 == 0 else -1]:
                    self._tell(f"{package}: {name}, {number + 1} of {self._asked.count}")
                    with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
                        how = evolve(self._how(overlay), profile=False, memprofilerate=0)
                        run = await self._run(package, how, work)
                    if run.problems:
                        return compared, {package: run.problems}
                    add_run(samples, run)
            changed = compared_benchmarks(package, before, after)
            compared += sorted(changed, key=_objects_before, reverse=True)
        return compared, {}

    def _rise(self, before: _Measured, after: _Measured) -> Reason | None:
        """The first benchmark that allocates more."""
        for (name, unit), amount in after.samples.items():
            old = before.samples.get((name, unit))
            if old is not None and amount > old + self._noise(unit, old):
                return Reason.of(
                    ReasonCode.MEASURED_MORE,
                    benchmark=name,
                    before=f"{old:,.0f}",
                    after=f"{amount:,.0f}",
                    unit=unit,
                )
        return None

    def _falls(self, before: _Measured, after: _Measured) -> bool:
        """Whether some benchmark allocates fewer objects or bytes."""
        return any(
            amount < before.samples.get(key, amount) - self._noise(key[1], amount)
            for key, amount in after.samples.items()
        )

    def _noise(self, unit: str, amount: float) -> float:
        """What is no difference; infinite for what is not allocation."""
        if unit == "allocs/op":
            return 0.0
        if unit == "B/op":
            return _NOISE * amount + _NOISE_BYTES / int(self._asked.benchtime[:-1])
        return math.inf

    def _reached(self, report: PackageReport, parts: Sequence[Candidate]) -> list[str]:
        """The packages whose benchmarks allocate in the code of some fix."""
        return [
            package
            for package, measured in self._now.items()
            if any(measured.shares.of(report, part) for part in parts)
        ]

    def _idle(
        self, report: PackageReport, parts: Sequence[Candidate], trial: Mapping[str, _Measured]
    ) -> bool:
        """Whether the function of one of several parts allocates as much as before."""
        for part in parts:
            function = function_of(report, part)
            before, after = (
                sum(
                    objects_below(side[name].shares.profile, report.package, function)
                    for name in trial
                )
                for side in (self._now, trial)
            )
            if after >= before:
                return True
        return False

    async def _both_again(
        self, package: str, contents: Mapping[str, bytes], before: _Measured, after: _Measured
    ) -> tuple[_Measured, _Measured]:
        """Both sides as far from a rise as they have been seen: pools differ from run to run."""
        more_before = await self._measured(package, {})
        more_after = await self._measured(package, contents)
        if isinstance(more_before, str) or isinstance(more_after, str):
            return before, after
        return before.joined(more_before, max), after.joined(more_after, min)

    async def _measured(self, package: str, overlay: Mapping[str, bytes]) -> _Measured | str:
        """What the benchmarks of a package allocate with other texts; or why they fail."""
        self._tell(f"the benchmarks of {package}")
        with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
            run = await self._run(package, self._how(overlay), work)
            if run.problems:
                return run.problems[0]
            nothing = Profile("nothing", 0.0, ())
            profile = await asyncio.to_thread(load, run.profile) if run.profile else nothing
        samples: Samples = {}
        add_run(samples, run)
        least = {key: min(amounts) for key, amounts in samples.items()}
        return _Measured(least, CandidateShares(profile))

    async def _run(self, package: str, how: BenchmarkOptions, work: str) -> BenchmarkRun:
        run = await measure(self._engine, self._reports[package], how, work)
        if run.written:
            self.written.setdefault(package, set()).update(run.written)
        return run

    def _how(self, overlay: Mapping[str, bytes]) -> BenchmarkOptions:
        return BenchmarkOptions(
            seconds=self._asked.seconds,
            pattern=self._asked.bench,
            benchtime=self._asked.benchtime,
            memprofilerate=1,
            overlay={**self._texts, **overlay},
        )


def _objects_before(benchmark: ComparedBenchmark) -> float:
    return max((max(c.before) for c in benchmark.changes if c.unit == "allocs/op"), default=0.0)


def _key(contents: Mapping[str, bytes]) -> object:
    return tuple(sorted(contents.items()))
