"""Benchmarks that the user runs: their profile is loaded, their results stand over them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from typing import TYPE_CHECKING

from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.profiles.allocation_profile import ProfileProblem
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.lsp.command_names import BENCH
from goescape.lsp.features.benchmark_results import MEASURING
from goescape.lsp.uris import path_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.lsp.session import Session
    from goescape.toolchain.measure.benchmarks import BenchmarkRun

PROFILE = "benchmarks"
"""The name under which the profile of the last run is loaded."""


async def bench(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Run a benchmark (a file's URI and a line or name; without: all of the package)."""
    background = await session.ready()
    report, names = _asked(session, arguments)
    if background is None or report is None:
        session.editor.tell("open benchmarks")
        return None
    if session.benchmarks.running is not None:
        session.editor.tell("benchmark runs")
        return None
    # imported here, and below: the server answers sooner without what runs benchmarks
    from goescape.toolchain.measure.benchmarks import matching  # noqa: PLC0415

    if not matching(benchmark_names(report), names):
        words = current_catalogue()
        known = words.comma.join(benchmark_names(report)) or words.text("tell no benchmarks")
        session.editor.tell("benchmarks", package=report.package, names=known)
        return None
    try:
        run = await _measured(session, report, names)
    except asyncio.CancelledError:
        return None  # the user did not want to wait
    except (GoProblem, ProfileProblem) as problem:
        session.editor.error(str(problem))
        return None
    _tell(session, run)
    return [
        {
            "name": each.name,
            "allocations": each.allocations,
            "bytes": each.bytes,
            "nanoseconds": each.nanoseconds,
        }
        for each in run.measured
    ]


async def _measured(
    session: Session, report: PackageReport, names: tuple[str, ...]
) -> BenchmarkRun:
    from goescape.toolchain.measure.benchmarks import BenchmarkOptions, measure  # noqa: PLC0415

    background = session.background
    assert background is not None
    kept = session.benchmarks
    title = current_catalogue().text("work benchmark", names=", ".join(names) or report.package)
    with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
        how = BenchmarkOptions(names, overlay=_unsaved(session))
        kept.running = asyncio.ensure_future(measure(background.engine, report, how, work))
        try:
            with session.announced(MEASURING, title):
                run = await kept.running
        finally:
            kept.running = None
        kept.keep(run)
        if run.profile:
            await session.profiles.load(run.profile, PROFILE)
    session.publish(report.files)
    return run


def _tell(session: Session, run: BenchmarkRun) -> None:
    for sentence in run.problems:
        session.editor.warning(sentence)
    if run.written:
        names = ", ".join(os.path.relpath(path, run.directory) for path in run.written[:5])
        session.editor.tell("written", names=names)


def _asked(
    session: Session, arguments: Sequence[object]
) -> tuple[PackageReport | None, tuple[str, ...]]:
    """The package, and the benchmarks of it; none for all."""
    match arguments:
        case [str(uri), *rest]:
            path = path_of(uri) or uri
        case rest:
            path = session.latest
    views = session.facts(path).views if path else ()
    if not views:
        return None, ()
    report, files = views[0].report, views[0].names(path)
    match rest:
        case [int(line), *_]:
            names = tuple(
                each.name
                for each in report.functions
                if each.name_span.line == line and each.span.file in files
            )
            return (report, names) if names else (None, ())
        case [str(name), *_] if name:
            return report, (name,)
        case _:
            return report, ()


def _unsaved(session: Session) -> dict[str, bytes]:
    """Texts that go test shall see although they are not on the disk yet."""
    found = {}
    for buffer in session.buffers:
        disk = session.disk_text(buffer.path) if buffer.path.endswith(".go") else None
        if disk is not None and disk.content != buffer.source.content:
            found[buffer.path] = buffer.source.content
    return found


BENCH_COMMANDS: dict[str, Callable[[Session, Sequence[object]], Awaitable[object]]] = {BENCH: bench}
