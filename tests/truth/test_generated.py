"""What is said of generated functions is what they allocate when they run.

``--thorough`` tries other functions at each run, and prints the seed; the same functions again:
``python -m tests.truth GO SEED COUNT``.
"""

from __future__ import annotations

from random import Random, SystemRandom
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from goescape.analysis.causes import Cause
from goescape.analysis.model import (
    Allocates,
    ExplainedAllocation,
    Finding,
    PackageReport,
    Rank,
    RankReason,
    Severity,
    SiteKind,
)
from goescape.analysis.positions import Span
from goescape.analysis.syntax.source import SourceText
from tests.truth.comparison import Fault, mismatches
from tests.truth.exclusions import Exclusion, not_excluded
from tests.truth.generator import Generator
from tests.truth.measuring import tried
from tests.truth.program import Calibration, Line, Part, Program, Unit

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("1.21.13", "1.24.11", "1.27.3")
SEED = 19


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_is_said_is_measured(
    go_toolchains: dict[str, str], tmp_path: Path, version: str, request: pytest.FixtureRequest
) -> None:
    is_thorough = request.config.getoption("--thorough")
    seed, count = (SystemRandom().randrange(10**6), 1000) if is_thorough else (SEED, 150)
    print(f"{count} functions, seed {seed}")
    found = await tried(go_toolchains[version], version, seed, count, tmp_path)
    number = (int(version.split(".", maxsplit=1)[0]), int(version.split(".")[1]))
    unknown = not_excluded(found, number)
    print(f"{len(found)} mismatches, {len(found) - len(unknown)} of known kinds")
    assert not unknown, "\n".join(map(str, unknown))


@pytest.mark.parametrize("language", [(1, 21), (1, 27)])
def test_a_seed_gives_the_same_functions(language: tuple[int, int]) -> None:
    first, again, other = (Generator(Random(s), language).program(50) for s in (7, 7, 8))
    assert first == again
    assert first != other
    places = first.places()
    assert [places[number][1] for number in sorted(places)] == [
        line for unit in first.units for line in unit.lines
    ]


def unit(times: int = 1, *, inner: int = 0, has_objects: bool = False) -> Unit:
    """A function of one line, which runs so often, beside calls of the standard library."""
    calibrations = (Calibration("C1", "", "", 1),) if inner else ()
    body = (Line("sinkAny = v1", times, times),)
    part = Part("box a variable", "int", ())
    return Unit("F1", (part,), body, (), calibrations, has_objects)


def report(*said: Finding | ExplainedAllocation) -> PackageReport:
    sources = {"/m/support.go": SourceText("/m/support.go", b"package truth\n")}
    findings = tuple(each for each in said if isinstance(each, Finding))
    explained = tuple(each for each in said if isinstance(each, ExplainedAllocation))
    return PackageReport("m", "/m", (), findings, explained=explained, sources=sources)


def finding(allocates: Allocates, program: Program) -> Finding:
    """What is said of the one line."""
    span = _span(program)
    return Finding(
        span=span,
        anchor=span.start,
        kind=SiteKind.BOXED,
        subject="v1",
        cause=Cause.INTERFACE,
        rank=Rank(Severity.HINT, RankReason.ORDINARY),
        function="F1",
        allocates=allocates,
        note=None,
        escapes=True,
        in_loop=False,
        compiler="v1 escapes to heap",
        package="m",
    )


def _span(program: Program) -> Span:
    number = next(n for n, (_, line) in program.places().items() if "sinkAny" in line.text)
    return Span("/m/code.go", number, 2, number, 4)


@pytest.mark.parametrize(
    ("allocates", "measured", "times", "fault"),
    [
        (Allocates.YES, 1, 1, None),
        (Allocates.YES, 0, 1, Fault.FALSE),
        (Allocates.YES, 2, 1, Fault.FEW),
        (Allocates.YES, 3, 3, None),
        (Allocates.YES, 2, 3, Fault.FALSE),
        (Allocates.YES, 0, 0, None),
        (Allocates.DEPENDS, 0, 1, None),
        (Allocates.DEPENDS, 1, 1, None),
        (Allocates.DEPENDS, 2, 1, Fault.FEW),
        (Allocates.NO, 0, 1, None),
        (Allocates.NO, 1, 1, Fault.SILENT),
        (None, 0, 1, None),
        (None, 1, 1, Fault.SILENT),
    ],
)
def test_each_fault_is_seen(
    allocates: Allocates | None, measured: int, times: int, fault: Fault | None
) -> None:
    program = Program((unit(times),))
    said = [finding(allocates, program)] if allocates is not None else []
    found = mismatches(program, report(*said), {"F1": measured})
    assert [each.fault for each in found] == ([fault] if fault is not None else [])
    if fault is not None:
        assert f"{measured} measured" in str(found[0])
        assert program.units[0].text in str(found[0])


def test_words_say_that_something_may_allocate() -> None:
    program = Program((unit(),))
    word = ExplainedAllocation(_span(program), "v1", "the interface holds a copy on the heap")
    assert not mismatches(program, report(word), {"F1": 1})
    assert not mismatches(program, report(word), {"F1": 0})


def test_what_the_standard_library_allocates_is_its_own() -> None:
    program = Program((unit(inner=1),))
    said = report(finding(Allocates.YES, program))
    assert not mismatches(program, said, {"F1": 3, "C1": 2})
    assert mismatches(program, said, {"F1": 4, "C1": 2})
    assert mismatches(program, said, {"F1": 0, "C1": 2})


def test_a_map_may_be_several_objects() -> None:
    program = Program((unit(has_objects=True),))
    assert not mismatches(program, report(finding(Allocates.YES, program)), {"F1": 4})
    assert mismatches(program, report(), {"F1": 4})


def test_an_exclusion_covers_its_kind_alone() -> None:
    program = Program((unit(),))
    (mismatch,) = mismatches(program, report(), {"F1": 1})
    rule = Exclusion("silent: box a variable / int", "a trial", (1, 24))
    assert rule.covers(mismatch, (1, 24))
    assert not rule.covers(mismatch, (1, 23))
    assert not evolve(rule, pattern="silent: box").covers(mismatch, (1, 24))
    assert not evolve(rule, until=(1, 25)).covers(mismatch, (1, 25))
