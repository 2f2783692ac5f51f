"""``goescape bench``: run benchmarks, and say what they allocated and where."""

from __future__ import annotations

import tempfile
from contextlib import aclosing
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.profiles.allocation_profile import Profile, ProfileProblem, merged
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.analysis.profiles.join import ProfileJoin
from goescape.terminal.commands.check_outcome import CheckFailure
from goescape.terminal.output import profile_output
from goescape.terminal.output.style import Style, printable
from goescape.terminal.shown_paths import shown_path
from goescape.terminal.targets import UsageError, existing_folder, resolve
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.measure.benchmarks import BenchmarkOptions, BenchmarkRun, matching, measure
from goescape.toolchain.measure.profile_files import changed_since, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import PackageReport
    from goescape.analysis.profiles.benchmarks import BenchmarkResult, BenchmarkText
    from goescape.analysis.profiles.joined_profile import JoinedProfile
    from goescape.terminal.output.progress import ProgressLine

_MOST_WRITTEN = 5
_UNITS = (("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0))


@frozen
class BenchOptions:
    """What was asked for."""

    folder: str
    packages: tuple[str, ...]
    how: BenchmarkOptions

    @classmethod
    def of(cls, folder: str, words: Sequence[str], how: BenchmarkOptions) -> BenchOptions:
        """Words that begin with ``ComparedBenchmark`` name benchmarks, all others packages."""
        names = tuple(word for word in words if word.startswith("Benchmark"))
        packages = tuple(word for word in words if word not in names) or ("./...",)
        return cls(
            folder,
            packages,
            BenchmarkOptions(names, how.seconds, how.benchtime, how.memprofilerate),
        )


@define
class BenchOutcome:
    """All that was measured."""

    runs: list[BenchmarkRun] = field(factory=list)
    failures: list[CheckFailure] = field(factory=list)
    """What could not be analysed."""
    joined: JoinedProfile | None = None

    @property
    def exit_code(self) -> int:
        """2 when something failed, else 0."""
        return 2 if self.failures or any(run.problems for run in self.runs) else 0


async def bench(
    asked: BenchOptions, options: EngineOptions, progress: ProgressLine
) -> BenchOutcome:
    """Analyse the packages, then run their benchmarks. Raises UsageError and GoProblem."""
    folder, engine, outcome = existing_folder(asked.folder), Engine(options), BenchOutcome()
    targets = await resolve(folder, asked.packages, engine.modules)
    reports: list[PackageReport] = []
    async with progress:
        for target in targets:
            async with aclosing(engine.analyze(target.root, target.patterns)) as items:
                async for item in items:
                    progress.advance(item.package, 0)
                    if isinstance(item, Problem):
                        failure = CheckFailure(item.kind, item.message, item.package)
                        outcome.failures.append(failure)
                        continue
                    outcome.failures += [
                        CheckFailure("compile", error.message, item.package, error.place)
                        for error in item.errors
                    ]
                    reports.append(item)
        profiles = await _measured(engine, asked, reports, outcome, progress)
    outcome.joined = _joined(profiles, reports)
    return outcome


async def _measured(
    engine: Engine,
    asked: BenchOptions,
    reports: Sequence[PackageReport],
    outcome: BenchOutcome,
    progress: ProgressLine,
) -> list[Profile]:
    """The profiles of all packages that have such benchmarks, one after the other."""
    having = [r for r in reports if matching(benchmark_names(r), asked.how.wanted)]
    if not having and not outcome.failures:
        raise UsageError(_none_of(asked, reports))
    profiles = []
    for report in sorted(having, key=lambda report: report.package):

        def tell(text: BenchmarkText, package: str = report.package) -> None:
            last = text.running or (text.measured[-1].name if text.measured else "")
            progress.tell(f"{len(text.measured)} measured in {package}: {last}")

        progress.tell(f"the benchmarks of {report.package}")
        with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
            run = await measure(engine, report, asked.how, work, tell)
            outcome.runs.append(run)
            if run.profile:
                profiles.append(_load(run.profile))
    return profiles


def _load(path: str) -> Profile:
    try:
        return load(path)
    except ProfileProblem as problem:
        raise UsageError(str(problem)) from None


def _none_of(asked: BenchOptions, reports: Sequence[PackageReport]) -> str:
    names = [name for report in reports for name in benchmark_names(report)]
    where = " ".join(asked.packages)
    if not names:
        return (
            f"{where} has no benchmarks; name a package that has `func BenchmarkX(b *testing.B)`."
        )
    wanted = " or ".join(asked.how.wanted)
    return f"{where} has no {wanted}, but {', '.join(names[:10])}."


def _joined(profiles: Sequence[Profile], reports: Sequence[PackageReport]) -> JoinedProfile | None:
    if not any(profile.objects for profile in profiles):
        return None
    one = merged(profiles)
    profile = Profile("the benchmarks", one.taken, one.allocations)
    joining = ProfileJoin(profile, changed_since(profile))
    for report in reports:
        joining.add(report)
    return joining.result()


def render(outcome: BenchOutcome, style: Style, here: Path) -> Iterator[str]:
    """A table of the results, then where it was allocated."""
    for run in outcome.runs:
        if run.measured:
            yield style.paint("strong", printable(run.package))
            yield from _table(run.measured, style)
            yield ""
    if outcome.joined is not None:
        yield from profile_output.render(outcome.joined, style, here, everything="")
    elif any(run.profile for run in outcome.runs):
        yield style.catalogue.profile.empty


def _table(measured: Sequence[BenchmarkResult], style: Style) -> Iterator[str]:
    rows = [("", "allocs/op", "B/op", "time/op"), *(_row(result) for result in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, (name, *cells) in enumerate(rows):
        padded = "  ".join(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))
        line = f"  {printable(name).ljust(widths[0])}  {padded}"
        yield line if number else style.paint("faint", line)


def _row(result: BenchmarkResult) -> tuple[str, str, str, str]:
    unit, factor = next((u for u in _UNITS if result.nanoseconds >= u[1]), _UNITS[-1])
    time = f"{result.nanoseconds / factor:.3g} {unit}"
    return result.name, f"{result.allocations:,}", f"{result.bytes:,}", time


def render_problems(outcome: BenchOutcome, style: Style, here: Path) -> Iterator[str]:
    """Sentences about benchmarks that failed, and about files that were written."""
    for run in outcome.runs:
        yield from map(printable, run.problems)
        if run.written:
            yield written_sentence(run.package, run.written, style.catalogue, here)


def written_sentence(package: str, paths: Sequence[str], catalogue: Catalogue, here: Path) -> str:
    """That benchmarks have written files."""
    names = ", ".join(shown_path(path, here) for path in paths[:_MOST_WRITTEN])
    rest = len(paths) - _MOST_WRITTEN
    if rest > 0:
        names = catalogue.bench.names_and_more.format(names=names, count=rest)
    return printable(catalogue.bench.wrote_files.format(package=package, names=names))
