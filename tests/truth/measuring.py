"""A generated package with one Go: what its functions allocate, and what goescape says."""

from __future__ import annotations

import json
import re
import subprocess
from random import Random
from typing import TYPE_CHECKING

from goescape.toolchain.engine import Engine, EngineOptions, Problem
from tests.truth.comparison import Mismatch, mismatches
from tests.truth.generator import Generator
from tests.truth.program import MEASURED

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import PackageReport


def allocations(go: str, folder: Path) -> dict[str, int]:
    """The allocations per run, by function."""
    command = [go, "test", "-vet=off", "-count=1", "-run=TestMeasure", "-v", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:5000] + done.stderr[:5000]
    line = next(line for line in done.stdout.splitlines() if line.startswith(MEASURED))
    measured: dict[str, int] = json.loads(line[len(MEASURED) :])
    return measured


async def report_of(go: str, folder: Path) -> PackageReport:
    """What goescape says of the package, with its types and its machine code."""
    engine = Engine(EngineOptions(go_path=go))
    try:
        (report,) = [item async for item in engine.analyze(str(folder), ["."])]
    finally:
        await engine.facts.close()
    assert not isinstance(report, Problem), report.message
    assert not report.errors, report.errors
    assert report.is_typed
    assert report.is_judged
    return report


async def tried(go: str, version: str, seed: int, count: int, folder: Path) -> list[Mismatch]:
    """The functions of which something untrue is said, with one Go."""
    major, minor = map(int, re.findall(r"\d+", version)[:2])
    program = Generator(Random(seed), (major, minor)).program(count)
    program.write(folder, (major, minor))
    return mismatches(program, await report_of(go, folder), allocations(go, folder))
