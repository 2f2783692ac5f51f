"""Benchmarks that the user runs: their profile is loaded, their results stand over them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

from goescape.analysis.profiles.allocation_profile import ProfileProblem
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.lsp.uris import path_of
from goescape.lsp.user_work import MEASURING
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.model import PackageReport
    from goescape.lsp.background import Background
    from goescape.lsp.session import Session
    from goescape.lsp.state.workspace_state import WorkspaceState
    from goescape.toolchain.measure.benchmarks import BenchmarkRun

PROFILE = "benchmarks"
"""The name under which the profile of the last run is loaded."""


_SECONDS_FOR_TESTS = 10.0
"""How long a package without benchmarks is asked again."""


async def bench(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Run a benchmark (a file's URI and a line or name; without: all of the package)."""
    background = await session.ready()
    report, names = _target(session.state, arguments)
    if background is not None and report is not None and not benchmark_names(report):
        # a package's tests are compiled last
        with contextlib.suppress(asyncio.TimeoutError):
            await with_timeout(_SECONDS_FOR_TESTS, background.scheduler.wait_idle())
        report, names = _target(session.state, arguments)
    if background is None or report is None:
        session.editor.warning(session.state.catalogue.tell.open_benchmarks)
        return None
    if session.user_work.is_running(MEASURING):
        session.editor.warning(session.state.catalogue.tell.benchmark_runs)
        return None
    # imported here, and below: the server answers sooner without what runs benchmarks
    from goescape.toolchain.measure.benchmarks import matching  # noqa: PLC0415

    if not matching(benchmark_names(report), names):
        catalogue = session.state.catalogue
        existing = catalogue.comma.join(benchmark_names(report)) or catalogue.tell.no_benchmarks
        warning = catalogue.tell.benchmarks.format(package=report.package, names=existing)
        session.editor.warning(warning)
        return None
    try:
        run = await _measured(session, background, report, names)
    except asyncio.CancelledError:
        return None  # the user did not want to wait
    except (GoProblem, ProfileProblem) as problem:
        session.editor.error(str(problem))
        return None
    _tell(session, run)
    return [
        {
            "name": result.name,
            "allocations": result.allocations,
            "bytes": result.bytes,
            "nanoseconds": result.nanoseconds,
        }
        for result in run.measured
    ]


async def _measured(
    session: Session, background: Background, report: PackageReport, names: tuple[str, ...]
) -> BenchmarkRun:
    from goescape.toolchain.measure.benchmarks import BenchmarkOptions, measure  # noqa: PLC0415

    state = session.state
    title = state.catalogue.editor.work_benchmark.format(names=", ".join(names) or report.package)
    with tempfile.TemporaryDirectory(prefix="goescape-bench-") as work:
        options = BenchmarkOptions(names, overlay=unsaved_texts(state))
        measuring = measure(background.engine, report, options, work)
        run = await session.user_work.run(MEASURING, title, measuring)
        state.benchmarks.keep(run)
        if run.profile:
            await state.profiles.load(run.profile, PROFILE)
    session.publisher.publish(report.files)
    return run


def _tell(session: Session, run: BenchmarkRun) -> None:
    for sentence in run.problems:
        session.editor.warning(sentence)
    if run.written:
        names = ", ".join(os.path.relpath(path, run.directory) for path in run.written[:5])
        session.editor.warning(session.state.catalogue.tell.written.format(names=names))


def _target(
    state: WorkspaceState, arguments: Sequence[object]
) -> tuple[PackageReport | None, tuple[str, ...]]:
    """The package, and the benchmarks of it; none for all."""
    path: str | None
    match arguments:
        case [str(uri), *rest]:
            path = path_of(uri) or uri
        case rest:
            path = state.latest_path
    views = state.document(path).views if path is not None else ()
    if path is None or not views:
        return None, ()
    report, files = views[0].report, views[0].names(path)
    match rest:
        case [int(line), *_]:
            names = tuple(
                function.name
                for function in report.functions
                if function.name_span.line == line and function.span.file in files
            )
            return (report, names) if names else (None, ())
        case [str(name), *_] if name:
            return report, (name,)
        case _:
            return report, ()


def unsaved_texts(state: WorkspaceState) -> dict[str, bytes]:
    """Texts that go test shall see although they are not on the disk yet."""
    snapshot, unsaved = state.workspace(), {}
    for buffer in snapshot.documents:
        disk = snapshot.disk_text(buffer.path) if buffer.path.endswith(".go") else None
        if disk is not None and disk.content != buffer.source.content:
            unsaved[buffer.path] = buffer.source.content
    return unsaved
