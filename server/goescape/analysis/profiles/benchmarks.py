"""What ``go test -bench -benchmem`` prints, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    from goescape.analysis.model import Function, PackageReport

_FUNCTION = re.compile(r"Benchmark(?![a-z])")
_NAME = re.compile(r"(Benchmark\S*)(?:\s|$)")
_RESULT = re.compile(r"(?:^|\s)\d+\s+(\d[\d.e+]*) ns/op(?:\s(.*))?$")
_AMOUNT = re.compile(r"(-?\d[\d.e+-]*) (\S+)")
_FAILED = re.compile(r"--- FAIL: (Benchmark\S*)")
_IN_STACK = re.compile(r"\S+\.(Benchmark\w*)(?:\.\S+)?\(")
_PANIC = re.compile(r"(?:panic|fatal error): .+")


@frozen
class BenchmarkResult:
    """One benchmark's result, of one operation each."""

    name: str
    """As Go prints it: ``BenchmarkParse/small-8``."""
    nanoseconds: float
    bytes: int
    allocations: int
    amounts: Mapping[str, float] = field(factory=dict)
    """All that it says, by its unit: ``ns/op``, ``allocs/op``, what it reports itself."""

    @property
    def function(self) -> str:
        """The Go function: without sub-benchmarks and the number of processors."""
        return self.name.partition("/")[0].partition("-")[0]


def benchmarks_of(report: PackageReport) -> tuple[Function, ...]:
    """The benchmarks of a package, in source order."""
    benchmarks = (
        function
        for function in report.functions
        if _FUNCTION.match(function.name) and function.span.file.endswith("_test.go")
    )
    return tuple(sorted(benchmarks, key=lambda function: function.span))


def benchmark_names(report: PackageReport) -> tuple[str, ...]:
    """The names of a package's benchmarks, in source order."""
    return tuple(function.name for function in benchmarks_of(report))


@define
class BenchmarkText:
    """Takes the lines as they come; other text among them, which benchmarks print, is passed by."""

    measured: list[BenchmarkResult] = field(factory=list)
    failed: dict[str, str] = field(factory=dict)
    """What benchmarks that failed said last, by their names."""
    panic: str = ""
    running: str = ""
    """The benchmark that was named last."""
    _failing: str = ""

    def feed(self, line: str) -> None:
        """Read one line without its end."""
        name = _NAME.match(line)
        if name:
            self.running, self._failing = name[1], ""
        elif failed := _FAILED.match(line):
            self._failing = failed[1]
            self.failed.setdefault(failed[1], "")
        elif self._failing and line.startswith("    "):
            self.failed[self._failing] = line.strip()
        elif self.panic and not self.running and (called := _IN_STACK.match(line)):
            self.running = called[1]  # it ended before go test has named it
        if not self.panic and (panic := _PANIC.search(line)):
            self.panic = panic[0]
            self.running = self.running if name else ""
        if self.running and (result := _RESULT.search(line)):
            amounts = {u: float(number) for number, u in _AMOUNT.findall(result[2] or "")}
            self.measured.append(
                BenchmarkResult(
                    self.running,
                    float(result[1]),
                    round(amounts.get("B/op", 0)),
                    round(amounts.get("allocs/op", 0)),
                    {"ns/op": float(result[1]), **amounts},
                )
            )
            self.running = ""
