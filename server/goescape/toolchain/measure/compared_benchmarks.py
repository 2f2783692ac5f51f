"""Benchmarks that were measured on two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.profiles.significance import SampleChange, compare_samples
from goescape.toolchain.measure.memory_meter import CYCLES, HEAP_BYTES, HEAP_OBJECTS, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.toolchain.measure.benchmarks import BenchmarkRun

UNITS = ("allocs/op", "B/op", "ns/op", CYCLES, HEAP_BYTES, HEAP_OBJECTS)
"""What is compared of every benchmark, in this order; its own units come after them."""


@frozen
class ComparedBenchmark:
    """What has become of one benchmark."""

    package: str
    name: str
    changes: tuple[SampleChange, ...]
    only: str = ""
    """``before`` or ``now`` where there is only one side of it."""


Samples = dict[tuple[str, str], list[float]]
"""By name and unit."""


def add_run(samples: Samples, run: BenchmarkRun) -> None:
    """Take what one run has measured."""
    for result in run.measured:
        for unit, amount in result.amounts.items():
            samples.setdefault((plain_name(result.name), unit), []).append(amount)


def compared_benchmarks(package: str, before: Samples, now: Samples) -> Iterator[ComparedBenchmark]:
    """Each benchmark of a package, with what has become of it."""
    names = dict.fromkeys(name for name, _ in (*now, *before))
    for name in names:
        sides = [{u: tuple(v) for (n, u), v in side.items() if n == name} for side in (before, now)]
        old, new = sides
        if not (old and new):
            yield ComparedBenchmark(package, name, (), "before" if old else "now")
            continue
        units = sorted(old.keys() & new.keys(), key=_order)
        changes = tuple(compare_samples(unit, old[unit], new[unit]) for unit in units)
        yield ComparedBenchmark(package, name, changes)


def _order(unit: str) -> tuple[int, str]:
    return (UNITS.index(unit) if unit in UNITS else len(UNITS)), unit
