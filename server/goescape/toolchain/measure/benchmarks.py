"""Runs the benchmarks of a package, which is the user's code: only ever on request."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.profiles.benchmarks import BenchmarkResult, BenchmarkText
from goescape.toolchain.file_stamps import FileStamp, file_stamp, stamp_of_status
from goescape.toolchain.go.process import run
from goescape.toolchain.go.process_output import BoundedText
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.toolchain.engine import Engine

LIMIT_SECONDS = 600.0
"""How long the benchmarks of one package may take: what go test itself allows by default."""
_MOST_FILES = 50_000
"""In a folder with more, nobody looks which of them benchmarks write."""
_TEXT_LIMIT = 1 << 20


@frozen
class BenchmarkOptions:
    """How to measure."""

    wanted: tuple[str, ...] = ()
    """Names such as ``BenchmarkParse`` or ``BenchmarkParse/small``; empty for all."""
    seconds: float = LIMIT_SECONDS
    benchtime: str = ""
    """As for go test: ``2s``, ``100x``; empty for Go's own."""
    memprofilerate: int = 0
    """Bytes for each sample; 0 for Go's own."""
    overlay: Mapping[str, bytes] = field(factory=dict)
    """Texts to compile instead of those of these files."""
    pattern: str = ""
    """What -bench shall be instead of the names that are wanted."""
    profile: bool = True
    """Whether to write down where memory is allocated, which takes time itself."""


@frozen
class BenchmarkRun:
    """What came of the benchmarks of one package."""

    package: str
    directory: str
    measured: tuple[BenchmarkResult, ...]
    problems: tuple[str, ...]
    """Sentences about what failed."""
    profile: str
    """The file of the heap profile; empty where there is none."""
    written: tuple[str, ...]
    """Files below the package's folder that are new, changed or gone now."""


def matching(names: Iterable[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Those of the wanted benchmarks (empty: all) that are among these functions."""
    functions = [*names]
    if not wanted:
        return tuple(functions)
    return tuple(benchmark for benchmark in wanted if benchmark.partition("/")[0] in functions)


async def measure(
    engine: Engine,
    report: PackageReport,
    how: BenchmarkOptions,
    folder: str,
    on_line: Callable[[BenchmarkText], None] = lambda _: None,
) -> BenchmarkRun:
    """Run a package's benchmarks in its folder, as go test does; all else lands in ``folder``.
    What takes too long is killed with all its children. Raises GoProblem.
    """
    home = await engine.home(next(iter(report.files)))
    text, errors = BenchmarkText(), BoundedText(_TEXT_LIMIT)
    profile = Path(folder, "mem.prof")

    def take(line: str) -> None:
        text.feed(line)
        errors.add(line)
        on_line(text)

    command = await engine.commands.command(
        home.root, "test", *_flags(how, folder), *engine.commands.build_flags, home.pattern
    )
    before = await asyncio.to_thread(_stamps, report.directory)
    problems: tuple[str, ...] = ()
    try:
        code = await with_timeout(
            how.seconds, run(evolve(command, niceness=0, overlay=how.overlay), take, errors.add)
        )
        if code != 0:
            problems = _failures(report.package, text, errors.text)
    except asyncio.TimeoutError:
        at = text.running or "a benchmark"
        limit = f"the benchmarks took more than {how.seconds:g} s"
        advice = "name fewer, or allow more with --time-limit."
        problems = (f"{at} of {report.package} was stopped: {limit}; {advice}",)
    after = await asyncio.to_thread(_stamps, report.directory)
    changed = {path for path, _ in before.items() ^ after.items()}
    has_profile = file_stamp(str(profile)) is not None
    return BenchmarkRun(
        report.package,
        report.directory,
        tuple(text.measured),
        problems,
        str(profile) if has_profile else "",
        tuple(sorted(changed)),
    )


def _flags(how: BenchmarkOptions, folder: str) -> tuple[str, ...]:
    flags = [
        "-run=^$",
        f"-bench={how.pattern or _pattern(how.wanted)}",
        "-benchmem",
        "-timeout=0",
        "-vet=off",
    ]
    flags += [f"-o={Path(folder, 'package.test')}", f"-outputdir={folder}"]
    flags += ["-memprofile=mem.prof"] if how.profile else []
    flags += [f"-benchtime={how.benchtime}"] if how.benchtime else []
    flags += [f"-memprofilerate={how.memprofilerate}"] if how.memprofilerate else []
    return tuple(flags)


def _pattern(wanted: Sequence[str]) -> str:
    """As -bench takes it: a pattern for each level of names, which are meant as they are."""
    levels: list[dict[str, None]] = []
    for name in wanted:
        for number, part in enumerate(name.split("/")):
            levels += [{}] if number == len(levels) else []
            levels[number][re.escape(part)] = None
    return "/".join(f"^({'|'.join(level)})$" for level in levels) or "."


def _failures(package: str, text: BenchmarkText, output: str) -> tuple[str, ...]:
    if text.failed:
        return tuple(
            f"{name} of {package} failed: {words or 'it says nothing'}"
            for name, words in text.failed.items()
        )
    at = f"{text.running} of {package}" if text.running else f"The benchmarks of {package}"
    if text.panic:
        return (f"{at} ended early: {text.panic}",)
    lines = [line.strip() for line in output.splitlines() if not line.startswith(("#", "FAIL"))]
    return (f"{at} failed: {next(filter(None, lines), 'go test says nothing')}",)


def _stamps(directory: str) -> dict[str, FileStamp]:
    """When each file below a folder was written, and how long it is; nothing of too many files."""
    stamps: dict[str, FileStamp] = {}
    for folder, names, files in os.walk(directory):
        names[:] = sorted(name for name in names if name != ".git")
        for file in files:
            path = Path(folder, file)
            try:
                stamps[str(path)] = stamp_of_status(path.lstat())
            except OSError:
                continue
            if len(stamps) >= _MOST_FILES:
                return {}
    return stamps
