"""Analyses what was asked of a module, tells of it, and asks for what that leads to."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from goescape.analysis.model import PackageReport
from goescape.toolchain.compile.direct_lane import DirectLane
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.go.module_folders import go_files, module_root, pattern_of
from goescape.toolchain.problems import GoProblem, Problem, problem_of
from goescape.toolchain.schedule.cached_reports import CachedReports
from goescape.toolchain.schedule.events import (
    Excluded,
    Failed,
    Finished,
    Reported,
    Started,
    Unfinished,
    WorkTitle,
)
from goescape.toolchain.schedule.reported_packages import without_go_files
from goescape.toolchain.schedule.scheduler_state import (
    SchedulerState,
    directory_of,
    unexpected_problem,
)
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence

    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.schedule.events import Event
    from goescape.toolchain.schedule.request_queue import ModuleRequests, RequestQueue

_log = logging.getLogger(__name__)

_MOST_SINGLY = 6
"""The go command takes more packages at once than this faster than one by one."""


_QUIET_SECONDS = 2.0
"""How long the user must have waited for nothing before a saved package is compiled to the end."""


class WaitForDelivery(Protocol):
    """Returns when the client was sent what was emitted, or also what may wait for more."""

    def __call__(self, *, include_postponed: bool) -> Awaitable[object]:
        """Wait for that."""


class FollowUps(Protocol):
    """Takes what an analysis leads to: the scheduler does."""

    def request_packages(self, root: str, patterns: Iterable[str]) -> None:
        """Analyse packages soon, without ending what runs: it may be what asks."""

    def run_aside(self, work: Coroutine[Any, Any, None]) -> object:
        """Do some work that nobody waits for."""

    def run_unasked(self, work: Coroutine[Any, Any, None]) -> object:
        """Do some work when nothing else is to be done."""


class ModuleAnalysis:
    """Analyses with one engine; another engine has another one. ``on_event`` hears of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - each of another type
        self,
        engine: Engine,
        on_event: Callable[[Event], None],
        state: SchedulerState,
        follow_ups: FollowUps,
        disk_cache: DiskCache | None,
        wait_for_delivery: WaitForDelivery | None,
    ) -> None:
        self.is_replaced = False
        """Whether another engine is in use: what is still running leads to nothing."""
        self._engine = engine
        self._emit = on_event
        self._lane = DirectLane(engine, disk_cache)
        self._state = state
        self._follow_ups = follow_ups
        self._disk_cache = disk_cache
        self._wait_for_delivery = wait_for_delivery
        self._unjudged: dict[str, PackageReport] = {}
        """Saved packages whose machine code was not read, by folder; the last one comes first."""
        self._is_judging = False

    async def analyze_urgent(self, root: str, requests: ModuleRequests) -> None:
        """All that is urgent in a module, what the user touched last first."""
        begun, patterns = dict(requests.urgent.waiting), requests.by_urgency()
        async with self._announced(_title(root, patterns)), self._state.urgent_work():
            gone = await asyncio.to_thread(without_go_files, root, tuple(patterns))
            gone = {pattern for pattern in gone if not self._state.is_shown(root, pattern)}
            self._announce_gone(root, gone)
            patterns = [pattern for pattern in patterns if pattern not in gone]
            if len(patterns) > _MOST_SINGLY:
                await self._analyze_many(root, requests, patterns)
            else:
                for pattern in patterns:
                    await self._analyze_one(root, requests, pattern)
            await self._wait_until_delivered(include_postponed=True)
        requests.urgent.remove_answered(begun)  # what could not be done has been told

    async def analyze_bulk(self, root: str, queue: RequestQueue) -> None:
        """Whole folders, no faster than their reports are delivered."""
        begun = dict(queue.waiting)
        async with self._announced(_title(root, begun)):
            gone = await asyncio.to_thread(without_go_files, root, tuple(begun))
            self._announce_gone(root, gone)
            await self._analyze_folders(root, [pattern for pattern in begun if pattern not in gone])
            await self._wait_until_delivered(include_postponed=True)
        queue.remove_answered(begun)

    async def _analyze_one(self, root: str, requests: ModuleRequests, pattern: str) -> None:
        """One package, as the editor shows it."""
        begun = {pattern: requests.urgent.waiting[pattern]}
        is_typed, loop = pattern in requests.edited, asyncio.get_running_loop()
        started, reports = loop.time(), list[PackageReport]()
        is_first = True
        items = self._lane.analyze(root, pattern, self._state.editor_texts(), tests=not is_typed)
        async with aclosing(items):
            async for item in items:
                if is_first:
                    seconds = loop.time() - started
                    self._state.seconds_to_first_report[directory_of(root, pattern)] = seconds
                is_first = False
                unfinished = bool(item.errors) and await self._state.is_unsaved(root, pattern)
                if unfinished:
                    self._emit(Unfinished(item.package, item.errors[0].message))
                else:
                    self._tell(item)
                if isinstance(item, PackageReport) and item.is_final:
                    reports.append(item)
        if not is_typed:
            await self._follow_up(root, requests, [pattern], reports)
            if reports and not self._state.is_edited(reports[-1]):
                self._follow_ups.run_aside(self._lane.keep(reports[-1]))
                self._judge_later(reports[-1])
        requests.urgent.remove_answered(begun)
        if pattern not in requests.urgent.waiting:
            requests.edited.discard(pattern)

    async def _analyze_many(self, root: str, requests: ModuleRequests, patterns: list[str]) -> None:
        reports: list[PackageReport] = []
        overlay = await asyncio.to_thread(texts_not_on_disk, self._state.editor_texts())
        async with aclosing(self._engine.analyze(root, patterns, overlay, early=True)) as items:
            async for item in items:
                self._tell(item)
                if isinstance(item, PackageReport):
                    reports.append(item)
        await self._follow_up(root, requests, patterns, reports)
        requests.edited.difference_update(patterns)

    async def _analyze_folders(self, root: str, patterns: Sequence[str]) -> None:
        """First what an earlier server found; what is compiled is kept for the next one."""
        cached = None
        if self._disk_cache is not None:
            cached = CachedReports(self._disk_cache, self._engine, root)
            async with aclosing(cached.reports(patterns)) as reports:
                async for report in reports:
                    self._tell_unless_edited(report)
                    await self._ready_for_more()
            patterns = cached.not_found
        if not patterns:
            return
        async with aclosing(self._engine.analyze(root, patterns, early=True)) as items:
            async for item in items:
                self._tell_unless_edited(item)
                if cached is not None and isinstance(item, PackageReport):
                    await cached.keep(item)
                await self._ready_for_more()

    async def _ready_for_more(self) -> None:
        """Return when the user waits for nothing, and what was emitted has been delivered."""
        await self._wait_until_delivered(include_postponed=False)
        await self._state.wait_for_urgent_work()

    async def _wait_until_delivered(self, *, include_postponed: bool) -> None:
        if self._wait_for_delivery is not None:
            await self._wait_for_delivery(include_postponed=include_postponed)

    def _judge_later(self, report: PackageReport) -> None:
        """Have the machine code of a saved package read when the user waits for nothing."""
        if report.is_judged or report.errors:
            return
        self._unjudged.pop(report.directory, None)
        self._unjudged[report.directory] = report
        if not self._is_judging:
            self._is_judging = True
            self._follow_ups.run_unasked(self._judge_saved())

    async def _judge_saved(self) -> None:
        """What was saved last first; where the user goes on, it has to wait again."""
        try:
            while self._unjudged and not self.is_replaced:
                await self._state.wait_for_urgent_work()
                if await self._state.is_quiet(_QUIET_SECONDS):
                    _, report = self._unjudged.popitem()
                    await self._judge(report)
        finally:
            self._is_judging = False

    async def _judge(self, report: PackageReport) -> None:
        judging = asyncio.ensure_future(self._lane.judged(report))
        interrupted = asyncio.ensure_future(self._state.wait_for_next_urgent_work())
        try:
            await asyncio.wait({judging, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if not judging.done():
                self._unjudged.setdefault(report.directory, report)
                return
            if (judged := judging.result()) is not None:
                if _say_the_same(judged, report):
                    self._lane.take_judgement(judged)
                else:
                    self._tell_unless_edited(judged)
                await self._lane.keep(judged)
        except GoProblem as problem:
            _log.info("the machine code of %s is not read: %s", report.package, problem)
        finally:
            for task in (judging, interrupted):
                task.cancel()
            await uninterrupted(asyncio.wait({judging, interrupted}))

    # What is told.

    @asynccontextmanager
    async def _announced(self, title: WorkTitle) -> AsyncIterator[None]:
        """Tells that the work inside begins, what goes wrong, and that it ends."""
        token, cancelled = next(self._state.tokens), True
        self._emit(Started(title, token))
        try:
            yield
            cancelled = False
        except GoProblem as why:
            cancelled = False
            self._tell(problem_of(why))
        except Exception as problem:
            cancelled = False
            self._emit(Failed(unexpected_problem(problem)))
        finally:
            self._emit(Finished(token, cancelled))

    def _tell(self, item: PackageReport | Problem) -> None:
        """Remember and emit."""
        if isinstance(item, PackageReport):
            self._lane.take_judgement(item)
            for replaced in self._state.remember(item):
                self._emit(Reported(replaced))
            self._emit(Reported(item))
            return
        if item.kind in {"go", "load"}:
            # the next save, even of the same content, tries again
            self._state.requested_digests.clear()
        self._emit(Failed(item))

    def _tell_unless_edited(self, item: PackageReport | Problem) -> None:
        """What is being edited is analysed as it is shown."""
        if isinstance(item, PackageReport) and self._state.is_edited(item):
            self._lane.take_judgement(item)  # of what was not edited
        else:
            self._tell(item)

    async def _tell_excluded(self, files: Iterable[str], reports: Iterable[PackageReport]) -> None:
        """Which of these files the build leaves out, and which no more. Raises GoProblem."""
        compiled = {file for report in reports for file in report.files}
        for file in files:
            reason = ""
            if file not in compiled and await asyncio.to_thread(Path(file).is_file):
                reason = (await self._engine.home(file)).excluded
            if self._state.exclude(file, reason):
                self._emit(Excluded(file, reason))

    # What comes of it.

    def _announce_gone(self, root: str, patterns: Iterable[str]) -> None:
        """Packages without any Go file left get an empty report."""
        for pattern in patterns:
            directory = root if pattern.endswith(".go") else directory_of(root, pattern)
            for report in self._state.reported.forget(directory):
                self._emit(Reported(report))
            if pattern.endswith(".go") and (rest := go_files(directory)):
                self._follow_ups.request_packages(root, rest)

    async def _follow_up(
        self,
        root: str,
        requests: ModuleRequests,
        patterns: Iterable[str],
        reports: list[PackageReport],
    ) -> None:
        """What a saved package leads to: files that are left out, packages that import it."""
        directories = {directory_of(root, pattern) for pattern in patterns}
        files = [file for file in requests.files if str(Path(file).parent) in directories]
        await self._tell_excluded(files, reports)
        saved = requests.saved.intersection(patterns)
        saved_directories = {directory_of(root, pattern) for pattern in saved}
        for report in reports:
            if report.directory in saved_directories and not self.is_replaced:
                await self._request_importers(report, directories)
        requests.saved -= saved
        for file in files:
            requests.files.pop(file, None)

    async def _request_importers(self, report: PackageReport, done: set[str]) -> None:
        """The packages with open files that import a saved one, nearest first, in every module.

        Those that nobody looks at are remembered as old.
        """
        shown = {str(Path(path).parent) for path in self._state.open_files} - done
        reported = {*self._state.reported.directories()}
        self._state.outdated_folders.update(reported - shown - done)
        distances = {folder: self._lane.distance(folder, report.package) for folder in shown}
        importing = [folder for folder, distance in distances.items() if distance]
        unknown = {folder for folder, distance in distances.items() if distance is None}
        for root in {root for folder in unknown if (root := module_root(folder)) is not None}:
            patterns = await self._engine.packages.importers(root, report.package, unknown)
            importing += [directory_of(root, pattern) for pattern in patterns]
        if self.is_replaced:
            return
        for folder in sorted(importing, key=lambda folder: distances[folder] or 1):
            if (root := module_root(folder)) is not None:
                self._follow_ups.request_packages(root, [pattern_of(root, folder)])


def _say_the_same(one: PackageReport, other: PackageReport) -> bool:
    return (one.findings, one.explained) == (other.findings, other.explained)


def _title(root: str, patterns: Iterable[str]) -> WorkTitle:
    names = [_name(root, pattern) for pattern in patterns]
    return WorkTitle(names[0], len(names) - 1)


def _name(root: str, pattern: str) -> str:
    if pattern.endswith(".go"):
        return Path(pattern).name
    return f"{Path(root).name}/{pattern.removeprefix('./')}".removesuffix("/.")
