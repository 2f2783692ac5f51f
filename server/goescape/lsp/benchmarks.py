"""Benchmarks that the user runs: their profile is loaded, their results stand over them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.benchmarks import names_of
from goescape.analysis.messages import spoken
from goescape.analysis.profiles import ProfileProblem
from goescape.lsp.names import BENCH
from goescape.lsp.paths import path_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from goescape.analysis.benchmarks import Measured
    from goescape.analysis.model import PackageReport
    from goescape.lsp.session import Session
    from goescape.toolchain.benchmarks import Run

MEASURING = -2
"""The token of that work; those of the scheduler are positive."""
PROFILE = "benchmarks"
"""The name under which the profile of the last run is loaded."""


@define
class Benchmarks:
    """Lives on the event loop's thread; one run at a time."""

    results: dict[tuple[str, str], list[Measured]] = field(factory=dict)
    """What was measured last, by package and function."""
    running: asyncio.Future[Run] | None = None

    def title(self, package: str, function: str) -> str:
        """The words of a benchmark's lens."""
        measured, words = self.results.get((package, function)), spoken()
        if not measured:
            return words.text("benchmark run")
        most = max(measured, key=lambda each: (each.allocations, each.bytes))
        result = f"{most.allocations:,} allocs/op, {most.bytes:,} B/op"
        if len(measured) > 1:
            result = words.text("benchmark parts", result=result, count=len(measured))
        return words.text("benchmark again", result=result)

    def cancel(self) -> None:
        """The user does not want to wait."""
        if self.running is not None:
            self.running.cancel()

    def keep(self, run: Run) -> None:
        """Results of a function replace those from before."""
        for function in {each.function for each in run.measured}:
            found = [each for each in run.measured if each.function == function]
            self.results[run.package, function] = found


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
    from goescape.toolchain.benchmarks import matching  # noqa: PLC0415

    if not matching(names_of(report), names):
        words = spoken()
        known = words.comma.join(names_of(report)) or words.text("tell no benchmarks")
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


async def _measured(session: Session, report: PackageReport, names: tuple[str, ...]) -> Run:
    from goescape.toolchain.benchmarks import Benchmarking, measure  # noqa: PLC0415

    background = session.background
    assert background is not None
    kept = session.benchmarks
    title = spoken().text("work benchmark", names=", ".join(names) or report.package)
    with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
        how = Benchmarking(names, overlay=_unsaved(session))
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


def _tell(session: Session, run: Run) -> None:
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
