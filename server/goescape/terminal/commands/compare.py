"""``goescape compare``: what a change brings, against a revision of git."""

from __future__ import annotations

import re
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from goescape.analysis.model import PackageReport
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.analysis.reports.baselines import match_sites
from goescape.analysis.reports.replacements import CodeState, replacements
from goescape.terminal.baseline_file import sites
from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckFailure, CheckOptions, CheckOutcome
from goescape.terminal.targets import UsageError, existing_folder, resolve, seen_from
from goescape.toolchain.engine import Engine
from goescape.toolchain.measure.benchmarks import BenchmarkOptions, BenchmarkRun, measure
from goescape.toolchain.measure.compared_benchmarks import (
    ComparedBenchmark,
    Samples,
    add_run,
    compared_benchmarks,
)
from goescape.toolchain.measure.memory_meter import metered, metered_name
from goescape.toolchain.revisions import RevisionProblem, exported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.source import SourceText
    from goescape.terminal.output.progress import ProgressLine
    from goescape.toolchain.engine import EngineOptions


@frozen
class CompareOptions:
    """What was asked for."""

    revision: str
    folder: str = "."
    packages: tuple[str, ...] = ("./...",)
    bench: str = ""
    """A regular expression as for go test; empty for no benchmarks."""
    count: int = 6
    """How often each benchmark runs on each side."""
    benchtime: str = ""
    seconds: float = 600.0
    """How long the benchmarks of one package may take, each time."""


@frozen
class MovedSite:
    """A site that is at another place now."""

    before: Finding
    after: Finding


@frozen
class Comparison:
    """All that was found."""

    revision: str
    folder: Path
    go: str = ""
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    replacing: tuple[Finding, ...] = ()
    """Sites of now that stand where worse ones are gone: they are not among the new ones."""
    moved: tuple[MovedSite, ...] = ()
    same: int = 0
    """How many sites are where they were."""
    benchmarks: tuple[ComparedBenchmark, ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    written: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Files of the user's that the benchmarks of a package wrote."""
    old_folder: Path = field(factory=Path)
    """Where the revision lay: the files of what is gone are named from there."""
    sources: Mapping[str, SourceText] = field(factory=dict)

    @property
    def exit_code(self) -> int:
        """2 when something failed, 1 when there are new allocation sites, 0 for none."""
        return 2 if self.failures else int(bool(self.new))


async def compare(
    asked: CompareOptions, options: EngineOptions, progress: ProgressLine
) -> Comparison:
    """Analyse both sides, then measure them in turn. Raises UsageError and GoProblem."""
    folder = existing_folder(asked.folder)
    pattern = _pattern(asked.bench)
    done = Comparison(asked.revision, folder)
    asked = evolve(asked, packages=seen_from(folder, asked.packages))
    question = CheckOptions(folder=asked.folder, packages=asked.packages)
    try:
        async with exported(folder, asked.revision) as old:
            now = await check(question, options, progress)
            done = evolve(done, go=now.go, old_folder=old, failures=now.failures)
            if now.failures:
                return done
            before = await _before(evolve(question, folder=str(old)), options, progress)
            done = _matched(done, now, before)
            if pattern is not None:
                with_tests = evolve(options, tests=True)  # where benchmarks are
                bench = _Bench(asked, with_tests, pattern, progress)
                async with progress:
                    measured = tuple(await bench.both(folder, old))
                written = {name: tuple(sorted(paths)) for name, paths in bench.written.items()}
                failures = tuple(bench.failures)
                done = evolve(done, benchmarks=measured, failures=failures, written=written)
    except RevisionProblem as problem:
        done = evolve(done, failures=(*done.failures, CheckFailure("usage", str(problem))))
    return done


async def _before(
    question: CheckOptions, options: EngineOptions, progress: ProgressLine
) -> CheckOutcome | None:
    """What there was; None where nothing of it existed. Raises RevisionProblem."""
    outcome = await check(question, options, progress)
    failure = next(iter(outcome.failures), None)
    if failure is None:
        return outcome
    if failure.kind == "usage":
        return None
    raise RevisionProblem(
        "The revision cannot be compared with, as not all of it compiles: "
        f"{failure.package or failure.kind}: {failure.message}"
    )


def _matched(done: Comparison, now: CheckOutcome, before: CheckOutcome | None) -> Comparison:
    of_now = sites(now.findings, now.sources, now.folder)
    of_old = [] if before is None else sites(before.findings, before.sources, before.folder)
    matching = match_sites([site for _, site in of_now], [site for _, site in of_old])
    pairs = [(of_old[old], of_now[new]) for new, old in sorted(matching.same.items())]
    moved = tuple(
        MovedSite(old[0], new[0])
        for old, new in pairs
        if (old[1].file, old[0].span.line) != (new[1].file, new[0].span.line)
    )
    sources_before = {} if before is None else before.sources
    better = replacements(
        CodeState(of_now, now.sources), CodeState(of_old, sources_before), matching
    )
    return evolve(
        done,
        new=tuple(of_now[number][0] for number in matching.new if number not in better),
        replacing=tuple(of_now[number][0] for number in sorted(better)),
        gone=tuple(of_old[number][0] for number in matching.gone),
        moved=moved,
        same=len(pairs) - len(moved),
        sources={**now.sources, **sources_before},
    )


def _pattern(bench: str) -> re.Pattern[str] | None:
    """What the names of functions must match. Raises UsageError."""
    if not bench:
        return None
    if "|" in bench.partition("/")[2]:
        raise UsageError(f"--bench {bench} has a | behind a /: compare such benchmarks singly.")
    try:
        return re.compile(bench.partition("/")[0])
    except re.error as problem:
        raise UsageError(f"--bench {bench} is no regular expression: {problem}.") from None


@define
class _Side:
    """One of the two trees."""

    engine: Engine
    reports: dict[str, PackageReport]
    """Of packages with such benchmarks, by import path."""
    names: dict[str, frozenset[str]]


@define
class _Bench:
    """Measures both sides, a little of each in turn: what disturbs the machine disturbs both."""

    asked: CompareOptions
    options: EngineOptions
    pattern: re.Pattern[str]
    progress: ProgressLine
    failures: list[CheckFailure] = field(factory=list)
    written: dict[str, set[str]] = field(factory=dict)
    """Files of the user's that were written, by package."""

    async def both(self, folder: Path, old: Path) -> list[ComparedBenchmark]:
        """Every benchmark with its samples."""
        now = await self._side(folder)
        if not now.reports:
            where = " ".join(self.asked.packages)
            message = f"{where} has no benchmark that matches --bench {self.asked.bench}."
            self.failures.append(CheckFailure("usage", message))
            return []
        before = await self._side(old)
        compared: list[ComparedBenchmark] = []
        for package in sorted(now.reports | before.reports):
            samples = await self._samples(package, before, now)
            compared += compared_benchmarks(package, *samples)
        return compared

    async def _side(self, folder: Path) -> _Side:
        engine, reports, names = Engine(self.options), {}, {}
        try:
            targets = await resolve(folder, self.asked.packages, engine.modules)
        except UsageError:
            targets = ()  # it was not there yet
        for target in targets:
            async with aclosing(engine.analyze(target.root, target.patterns)) as items:
                async for item in items:
                    if not isinstance(item, PackageReport):
                        continue
                    matching = frozenset(filter(self.pattern.search, benchmark_names(item)))
                    if matching:
                        reports[item.package], names[item.package] = item, matching
        return _Side(engine, reports, names)

    async def _samples(self, package: str, before: _Side, now: _Side) -> tuple[Samples, Samples]:
        samples: tuple[Samples, Samples] = ({}, {})
        with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
            sides = [
                (side, of_side, Path(work, name))
                for side, of_side, name in zip(
                    (before, now), samples, ("before", "now"), strict=True
                )
                if package in side.reports
            ]
            for _, _, place in sides:
                place.mkdir()
            for number in range(self.asked.count):
                for side, of_side, place in sides[:: 1 if number % 2 == 0 else -1]:
                    words = f"{package}: {place.name}, {number + 1} of {self.asked.count}"
                    self.progress.tell(words)
                    run = await self._run(side, package, place)
                    if side is now and run.written:
                        self.written.setdefault(package, set()).update(run.written)
                    if run.problems:
                        messages = (f"{problem} ({place.name})" for problem in run.problems)
                        self.failures += [
                            CheckFailure("bench", message, package) for message in messages
                        ]
                        return {}, {}  # half of it says nothing
                    add_run(of_side, run)
        return samples

    async def _run(self, side: _Side, package: str, place: Path) -> BenchmarkRun:
        names = side.names[package]
        first = f"^({'|'.join(re.escape(metered_name(name)) for name in sorted(names))})$"
        _, slash, rest = self.asked.bench.partition("/")
        how = BenchmarkOptions(
            seconds=self.asked.seconds,
            benchtime=self.asked.benchtime,
            overlay=metered(side.reports[package], names),
            pattern=f"{first}{slash}{rest}",
            profile=False,
        )
        return await measure(side.engine, side.reports[package], how, str(place))
