"""The lines where a module's benchmarks allocate most, and what goescape has for each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.advice_rules import advice_for, advice_for_call
from goescape.terminal.command_lines.shared import WorkLoop
from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.output.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.go import Go
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Place
    from goescape.analysis.profiles.joined_profile import JoinedProfile, ProfileLine
    from goescape.toolchain.options import EngineOptions

MOST = 5
_ITERATIONS = "100x"


@frozen
class HotLine:
    """A line of a module, not of its tests."""

    share: float
    """Of all objects, from 0 to 1."""
    place: str
    """``file.go:12``."""
    answer: str
    """``fix``; the advice; empty where there is only its cause, or nothing."""


def hottest(
    folder: Path, bench: str, fixed: set[tuple[str, int]], go: Go, options: EngineOptions
) -> tuple[HotLine, ...]:
    """The five hottest lines; ``fixed`` are those with a proved fix."""
    with tempfile.TemporaryDirectory(prefix="goescape-profiles-") as kept:
        profiles = tuple(_profiles(folder, bench, Path(kept), go))
        question = CheckOptions(folder=str(folder), profiles=profiles)
        with WorkLoop() as loop:
            quiet = ProgressLine(sys.stderr, enabled=False)
            checked = loop.run(check(question, options, quiet))
    if checked.joined is None:
        return ()
    lines = _by_line(checked.joined)
    hot = sorted(lines, key=lambda place: -lines[place][0])[:MOST]
    return tuple(
        HotLine(
            lines[file, line][0],
            f"{Path(file).relative_to(folder).as_posix()}:{line}",
            "fix" if (file, line) in fixed else _advice(lines[file, line][1], checked.findings),
        )
        for file, line in hot
    )


def _profiles(folder: Path, bench: str, kept: Path, go: Go) -> Iterator[str]:
    template = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}"
    for number, package in enumerate(
        go.run("list", "-f", template, "./...", directory=folder).split()
    ):
        file, program = kept / f"{number}.pprof", kept / f"{number}.test"
        arguments = ("-run", "^$", "-vet=off", "-bench", bench, "-benchtime", _ITERATIONS)
        exact = ("-memprofile", str(file), "-memprofilerate", "1", "-o", str(program))
        said = go.run("test", *arguments, *exact, package, directory=folder)
        program.unlink(missing_ok=True)
        if "\nBenchmark" in said:
            yield str(file)


def _by_line(joined: JoinedProfile) -> dict[tuple[str, int], tuple[float, list[ProfileLine]]]:
    """By file and line: its part of the objects, and what allocates them."""
    lines: dict[tuple[str, int], tuple[float, list[ProfileLine]]] = {}
    for source in joined.sources:
        place: Place | None = source.place or source.called_from
        if place is not None and not place.file.endswith("_test.go"):
            share, sources = lines.get((place.file, place.line), (0.0, []))
            lines[place.file, place.line] = (share + source.share.of_objects, [*sources, source])
    return lines


def _advice(sources: Iterable[ProfileLine], findings: Iterable[Finding]) -> str:
    """The advice about what allocates most on a line."""
    is_caused = False
    for source in sorted(sources, key=lambda source: -source.share.of_objects):
        place = source.place or source.called_from
        here = (it for it in findings if it.span.start == place) if source.finding else ()
        advice = [*map(advice_for, here), advice_for_call(source.callee)]
        said = next((each for each in advice if each is not None), None)
        if said is not None:
            return said.value
        is_caused |= source.finding is not None
    return "cause" if is_caused else ""
