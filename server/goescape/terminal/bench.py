"""``goescape bench``: run benchmarks, and say what they allocated and where."""

from __future__ import annotations

import tempfile
from contextlib import aclosing
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.benchmarks import names_of
from goescape.analysis.messages import spoken
from goescape.analysis.profile_join import Joining
from goescape.analysis.profiles import Profile, ProfileProblem, merged
from goescape.terminal import profile_output
from goescape.terminal.check import Failure
from goescape.terminal.paths import shown_path
from goescape.terminal.style import Style, printable
from goescape.terminal.targets import UsageError, existing_folder, resolve
from goescape.toolchain.benchmarks import Benchmarking, Run, matching, measure
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.profile_files import changed_since, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goescape.analysis.benchmarks import BenchmarkText, Measured
    from goescape.analysis.model import PackageReport
    from goescape.analysis.profile_join import Joined
    from goescape.terminal.progress import Progress

_MOST_WRITTEN = 5
_UNITS = (("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0))


@frozen
class Measurement:
    """What was asked for."""

    folder: str
    packages: tuple[str, ...]
    how: Benchmarking

    @classmethod
    def of(cls, folder: str, words: Sequence[str], how: Benchmarking) -> Measurement:
        """Words that begin with ``Benchmark`` name benchmarks, all others packages."""
        names = tuple(word for word in words if word.startswith("Benchmark"))
        packages = tuple(word for word in words if word not in names) or ("./...",)
        return cls(
            folder, packages, Benchmarking(names, how.seconds, how.benchtime, how.memprofilerate)
        )


@define
class Outcome:
    """All that was measured."""

    runs: list[Run] = field(factory=list)
    failures: list[Failure] = field(factory=list)
    """What could not be analysed."""
    joined: Joined | None = None

    @property
    def exit_code(self) -> int:
        """2 when something failed, else 0."""
        return 2 if self.failures or any(run.problems for run in self.runs) else 0


async def bench(asked: Measurement, options: EngineOptions, progress: Progress) -> Outcome:
    """Analyse the packages, then run their benchmarks. Raises UsageError and GoProblem."""
    folder, engine, outcome = existing_folder(asked.folder), Engine(options), Outcome()
    targets = await resolve(folder, asked.packages, engine.modules)
    reports: list[PackageReport] = []
    async with progress:
        for target in targets:
            async with aclosing(engine.analyze(target.root, target.patterns)) as items:
                async for item in items:
                    progress.advance(item.package, 0)
                    if isinstance(item, Problem):
                        failure = Failure(item.kind, item.message, item.package)
                        outcome.failures.append(failure)
                        continue
                    outcome.failures += [
                        Failure("compile", error.message, item.package, error.place)
                        for error in item.errors
                    ]
                    reports.append(item)
        profiles = await _measured(engine, asked, reports, outcome, progress)
    outcome.joined = _joined(profiles, reports)
    return outcome


async def _measured(
    engine: Engine,
    asked: Measurement,
    reports: Sequence[PackageReport],
    outcome: Outcome,
    progress: Progress,
) -> list[Profile]:
    """The profiles of all packages that have such benchmarks, one after the other."""
    having = [r for r in reports if matching(names_of(r), asked.how.wanted)]
    if not having and not outcome.failures:
        raise UsageError(_none_of(asked, reports))
    profiles = []
    for report in sorted(having, key=lambda each: each.package):

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


def _none_of(asked: Measurement, reports: Sequence[PackageReport]) -> str:
    names = [name for report in reports for name in names_of(report)]
    where = " ".join(asked.packages)
    if not names:
        return (
            f"{where} has no benchmarks; name a package that has `func BenchmarkX(b *testing.B)`."
        )
    wanted = " or ".join(asked.how.wanted)
    return f"{where} has no {wanted}, but {', '.join(names[:10])}."


def _joined(profiles: Sequence[Profile], reports: Sequence[PackageReport]) -> Joined | None:
    if not any(profile.objects for profile in profiles):
        return None
    one = merged(profiles)
    profile = Profile("the benchmarks", one.taken, one.allocations)
    joining = Joining(profile, changed_since(profile))
    for report in reports:
        joining.add(report)
    return joining.result()


def render(outcome: Outcome, style: Style, here: Path) -> Iterator[str]:
    """A table of the results, then where it was allocated."""
    for run in outcome.runs:
        if run.measured:
            yield style.paint("strong", printable(run.package))
            yield from _table(run.measured, style)
            yield ""
    if outcome.joined is not None:
        yield from profile_output.render(outcome.joined, style, here, everything="")
    elif any(run.profile for run in outcome.runs):
        yield spoken().text("profile empty")


def _table(measured: Sequence[Measured], style: Style) -> Iterator[str]:
    rows = [("", "allocs/op", "B/op", "time/op"), *(_row(each) for each in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, (name, *cells) in enumerate(rows):
        padded = "  ".join(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))
        line = f"  {printable(name).ljust(widths[0])}  {padded}"
        yield line if number else style.paint("faint", line)


def _row(each: Measured) -> tuple[str, str, str, str]:
    unit, factor = next((u for u in _UNITS if each.nanoseconds >= u[1]), _UNITS[-1])
    time = f"{each.nanoseconds / factor:.3g} {unit}"
    return each.name, f"{each.allocations:,}", f"{each.bytes:,}", time


def render_problems(outcome: Outcome, here: Path) -> Iterator[str]:
    """Sentences about benchmarks that failed, and about files that were written."""
    for run in outcome.runs:
        yield from map(printable, run.problems)
        if run.written:
            yield written_sentence(run.package, run.written, here)


def written_sentence(package: str, paths: Sequence[str], here: Path) -> str:
    """That benchmarks have written files."""
    names = ", ".join(shown_path(path, here) for path in paths[:_MOST_WRITTEN])
    rest = len(paths) - _MOST_WRITTEN
    words = spoken()
    if rest > 0:
        names = words.text("names and more", names=names, count=rest)
    return printable(words.text("benchmarks wrote", package=package, names=names))
