"""Has benchmarks also say what they leave in memory, and how often the garbage collector ran.

go test tells time and allocations. What it does not tell is read by a function around each
benchmark, in a file that only the compiler sees: nothing is written into the user's folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.profiles.benchmarks import benchmarks_of
from goescape.analysis.syntax.parsed_files import ParsedFiles

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport

CYCLES, HEAP_BYTES, HEAP_OBJECTS = "GC-cycles/op", "heap-B", "heap-objects"
"""Units: collections that ran by themselves, and what was on the heap in the end."""
_SUFFIX = "__goescape"
_HEAD = """package {package}

import (
	runtime__goescape "runtime"
	testing__goescape "testing"
)

func measured__goescape(b *testing__goescape.B, run func(*testing__goescape.B)) {{
	var before, after runtime__goescape.MemStats
	runtime__goescape.GC()
	runtime__goescape.ReadMemStats(&before)
	b.ResetTimer()
	run(b)
	b.StopTimer()
	runtime__goescape.ReadMemStats(&after)
	forced := after.NumForcedGC - before.NumForcedGC
	b.ReportMetric(float64(after.NumGC-before.NumGC-forced)/float64(b.N), "{cycles}")
	b.ReportMetric(float64(after.HeapAlloc), "{heap_bytes}")
	b.ReportMetric(float64(after.HeapObjects), "{heap_objects}")
}}
"""
_ONE = """
func {name}{suffix}(b *testing__goescape.B) {{ measured__goescape(b, {name}) }}
"""


def metered(report: PackageReport, names: frozenset[str]) -> dict[str, bytes]:
    """Files to be compiled with a package: each of its benchmarks that is named, metered."""
    files: dict[str, bytes] = {}
    parsed = ParsedFiles()
    for benchmark in benchmarks_of(report):
        if benchmark.name not in names:
            continue
        file = Path(benchmark.span.file)
        package = parsed.of(report.sources[benchmark.span.file]).package_name
        path = str(file.with_name(f"zz_{package}_goescape_test.go"))
        head = _HEAD.format(
            package=package, cycles=CYCLES, heap_bytes=HEAP_BYTES, heap_objects=HEAP_OBJECTS
        )
        text = _ONE.format(name=benchmark.name, suffix=_SUFFIX)
        files[path] = files.get(path, head.encode()) + text.encode()
    return files


def metered_name(name: str) -> str:
    """What a benchmark is called that is metered."""
    return f"{name}{_SUFFIX}"


def plain_name(name: str) -> str:
    """What a result is called without the meter: ``BenchmarkParse/small-8``."""
    return name.replace(_SUFFIX, "", 1)
