"""What fixes bring in modules that were not written here: ``python -m bench.effect``.

For each module, in a pinned version and a copy: ``goescape fix --measure`` writes what makes its
own benchmarks allocate less, objects are counted before and after, and its tests run again. Beside
that, how many lines with a warning have a proved fix. The table is ``docs/effect.md``; ``MODULE``
takes only some, and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from bench.figures import table
from bench.go import KEPT, REPOSITORY, BenchProblem, Go, installed_go, version_of
from bench.hottest import HotLine, hottest
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Severity
from goescape.settings import Settings
from goescape.terminal.command_lines.shared import WorkLoop, run_to_end
from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.commands.fix import FixRun
from goescape.terminal.commands.fix_outcome import FixOptions, FixOutcome
from goescape.terminal.output.fix_output import FixScreen
from goescape.terminal.output.progress import ProgressLine
from goescape.terminal.output.style import style_for
from goescape.toolchain.measure.fix_measurement import MeasureOptions
from goescape.toolchain.options import EngineOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.fixes.candidate import Candidate
    from goescape.toolchain.proofs.prover import Proof

PAGE = REPOSITORY / "docs" / "effect.md"


@frozen
class Module:
    """A module of the proxy with benchmarks."""

    name: str
    """With its version."""
    bench: str = "."
    """Which benchmarks: others take minutes, or need what is not here."""


MODULES = (
    Module("github.com/jedib0t/go-pretty/v6@v6.6.7", "Table|List"),
    Module("github.com/PuerkitoBio/purell@v1.2.1"),
    Module("github.com/vektah/gqlparser/v2@v2.5.64"),
    Module("github.com/go-viper/mapstructure/v2@v2.5.0"),
    Module("github.com/wI2L/jsondiff@v0.7.1"),
    Module("github.com/golang/glog@v1.2.5"),
    Module("github.com/aymanbagabas/go-udiff@v0.4.2"),
    Module("github.com/russross/blackfriday/v2@v2.1.0"),
    Module("github.com/sirupsen/logrus@v1.9.3"),
    Module("github.com/hbollon/go-edlib@v1.7.0"),
)


@frozen
class Effect:
    """What came of one module."""

    module: Module
    objects: dict[tuple[str, str], tuple[float, float]]
    """Per operation before and after, of every benchmark."""
    written: int
    warnings: int
    """Lines with a warning."""
    fixed: int
    """Those with a proved fix or refactoring."""
    tests: str
    """``pass``, or what the tests say."""
    hot: tuple[HotLine, ...]
    """The hottest lines before anything is fixed."""

    @property
    def sums(self) -> tuple[float, float]:
        """Objects of all benchmarks."""
        pairs = self.objects.values()
        return sum(before for before, _ in pairs), sum(after for _, after in pairs)

    @property
    def mean(self) -> float:
        """The geometric mean of after by before; benchmarks without objects are left out."""
        ratios = [(after + 1) / (before + 1) for before, after in self.objects.values() if before]
        return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else 1.0

    @property
    def worse(self) -> int:
        """How many benchmarks allocate more objects, by more than pools and maps make them differ
        from run to run."""
        return sum(after > before * 1.01 + 0.5 for before, after in self.objects.values())


class _Collecting(FixScreen):
    """Shows nothing, and remembers which lines a proof is about."""

    def __init__(self, request: FixOptions, folder: Path) -> None:
        super().__init__(request, style_for("never", sys.stdout, {}, ENGLISH), folder)
        self.lines: set[tuple[str, int]] = set()

    def decide(self, proof: Proof) -> str:
        """Nothing is written."""
        for target in (proof.candidate.target, *proof.candidate.also):
            if target is not None:
                self.lines.add((target.span.file, target.span.line))
        return "no"

    def show(self, proof: Proof, parts: Sequence[Candidate]) -> None:
        """What is written shows in the objects."""


def main(arguments: list[str]) -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser("python -m bench.effect", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="PATH@VERSION; writes nothing")
    parser.add_argument("--bench", default=".", help="which benchmarks of these modules")
    options = parser.parse_args(arguments)
    go = installed_go()
    modules = [Module(name, options.bench) for name in options.modules] or MODULES
    effects = []
    for module in modules:
        effects.append(effect_of(module, go))
        print(_row(effects[-1]), flush=True)
    page = render(effects, version_of(go.path, "version"))
    print(page)
    if not options.modules:
        PAGE.write_text(page, "utf-8")
    return 0


def effect_of(module: Module, go: Go) -> Effect:
    """Fix a copy of a module, and count. Raises BenchProblem."""
    KEPT.mkdir(parents=True, exist_ok=True)
    source = json.loads(go.run("mod", "download", "-json", module.name, directory=KEPT))["Dir"]
    with tempfile.TemporaryDirectory(prefix="goescape-effect-") as work:
        folder = Path(work, "module")
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
        go.run("mod", "download", directory=folder)
        go.run(*_TEST, directory=folder)
        was_clean = _complaint(go, folder, "vet", "./...") is None
        own = {name: value for name, value in go.environment.items() if name.startswith("GO")}
        options = EngineOptions.of(Settings(go_path=str(go.path), go_env=own))
        warnings, fixed = _lines(folder, options)
        hot = hottest(folder, module.bench, fixed, go, options)
        how = MeasureOptions(module.bench, count=0)
        outcome = _run(FixOptions(str(folder), yes=True, test=True, measure=how), options, folder)[
            0
        ]
        complaint = _complaint(go, folder, "vet", "./...") if was_clean else None
        tests = complaint or _complaint(go, folder, *_TEST) or "pass"
    written = sum(tally.written for tally in outcome.tallies.values())
    counts = (written, len(warnings), len(fixed & warnings))
    return Effect(module, outcome.objects, *counts, tests, hot)


_TEST = ("test", "-vet=off", "./...")
"""Modules that are older than today's Go may have what its ``vet`` does not like."""


def _complaint(go: Go, folder: Path, *arguments: str) -> str | None:
    """What Go says of a module; None if it is content."""
    try:
        go.run(*arguments, directory=folder)
    except BenchProblem as problem:
        return str(problem)
    return None


def _lines(
    folder: Path, options: EngineOptions
) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """The lines with a warning, and those with a fix that was proved."""
    quiet = ProgressLine(sys.stderr, enabled=False)
    checked = run_to_end(check(CheckOptions(folder=str(folder)), options, quiet))
    warnings = {
        (finding.span.file, finding.span.line)
        for finding in checked.findings
        if finding.severity is Severity.WARNING
    }
    return warnings, _run(FixOptions(str(folder), diff=True), options, folder)[1]


def _run(
    request: FixOptions, options: EngineOptions, folder: Path
) -> tuple[FixOutcome, set[tuple[str, int]]]:
    screen = _Collecting(request, folder)
    quiet = ProgressLine(sys.stderr, enabled=False)
    with WorkLoop() as loop:
        outcome = FixRun(request, options, loop.run).work(quiet, screen)
    return outcome, screen.lines


_HEADER = (
    *("module", "benchmarks", "objects before", "after", "sum", "mean", "fixes"),
    *("get worse", "warnings with a fix", "tests"),
)


def _row(effect: Effect) -> tuple[str, ...]:
    before, after = effect.sums
    return (
        effect.module.name,
        str(len(effect.objects)),
        f"{before:,.0f}",
        f"{after:,.0f}",
        _percent(after / before if before else 1.0),
        _percent(effect.mean),
        str(effect.written),
        str(effect.worse),
        f"{effect.fixed} of {effect.warnings}",
        effect.tests,
    )


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %"


def render(effects: Sequence[Effect], go: str) -> str:
    """The page."""
    sums = [after / before if before else 1.0 for before, after in (e.sums for e in effects)]
    means = [effect.mean for effect in effects]
    warnings = sum(effect.warnings for effect in effects)
    fixed = sum(effect.fixed for effect in effects)
    average, mean = (_percent(sum(each) / len(each) if each else 1.0) for each in (sums, means))
    return f"""# What fixes bring

Made by `python -m bench.effect` with {go}; nothing is chosen by hand but the modules.

{len(effects)} modules that were not written here, each in a copy: `goescape fix --measure` writes
the fixes that make the module's own benchmarks allocate less, then the objects that one operation
of each benchmark allocates are counted again. *sum*: of all benchmarks of the module; *mean*: the
geometric mean over its benchmarks. *get worse*: benchmarks with over 1 % more objects (pools and
maps vary by less). *warnings with a fix*: lines with a warning for which some fix or refactoring
was proved.

{table(_HEADER, map(_row, effects))}

On average over the modules: {average} objects (sums), {mean} (means). {fixed} of {warnings} lines
with a warning have a proved fix.

## The hottest lines

Where the same benchmarks allocate most objects before anything is fixed, outside of tests: *fix* if
one was proved for the line, else the advice that goescape gives (named as in
`server/goescape/analysis/advice.py`); *cause*: only what helps with its cause.

{table(("module", "objects", "line", "answer"), _hot_rows(effects))}
"""


def _hot_rows(effects: Sequence[Effect]) -> Iterator[tuple[str, ...]]:
    for effect in effects:
        name = effect.module.name.rpartition("@")[0].removeprefix("github.com/")
        for line in effect.hot:
            yield name, f"{line.share * 100:.1f} %", line.place, line.answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
