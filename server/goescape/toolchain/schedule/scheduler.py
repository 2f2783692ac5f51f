"""The one owner of background work: what is to be analysed, when, and what has become old.

Work may be dropped, never forgotten: newer text ends the running analysis of its module, but what
was asked stays asked until it has been answered.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.model import PackageReport
from goescape.toolchain.compile.direct_lane import DirectLane
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.digests import file_digests
from goescape.toolchain.go.module_folders import (
    MODULE_FILES,
    absolute,
    go_files,
    module_root,
    pattern_of,
)
from goescape.toolchain.problems import GoProblem, Problem, problem_of
from goescape.toolchain.schedule.cached_reports import CachedReports
from goescape.toolchain.schedule.events import Event, Failed, Reported
from goescape.toolchain.schedule.reported_packages import without_go_files
from goescape.toolchain.schedule.request_queue import ModuleRequests, RequestQueue
from goescape.toolchain.schedule.scheduler_state import (
    SchedulerState,
    directory_of,
    folder_of,
    unexpected_problem,
)
from goescape.toolchain.tasks import uninterrupted, with_timeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence

    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.engine import Engine

BUILDS_AT_ONCE = 2
_LONGEST_SETTLE = 20
"""How many changes in a row may hold back an analysis."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
"""Seconds without a further edit before text is analysed: as long as that took the last time."""
_MOST_SINGLY = 6
"""The go command takes more packages at once than this faster than one by one."""


class WaitForListener(Protocol):
    """Returns when the listener is done with what was emitted, or ``wholly`` done."""

    def __call__(self, *, wholly: bool) -> Awaitable[object]:
        """Wait for that."""


class Scheduler:
    """Takes changes and wishes, runs analyses, and hands events to ``emit`` on the event loop.

    Every method returns at once and is called on the event loop's thread. ``shown`` gives the texts
    that the editor holds, by absolute path. ``kept`` is what earlier servers found. ``settle`` is
    how long, in seconds, changes on the disk wait for further ones when they come in a row.
    ``heard`` is asked while whole folders are analysed, which go no faster than that.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        engine: Engine,
        emit: Callable[[Event], None],
        shown: Callable[[], Mapping[str, bytes]] = dict,
        *,
        kept: DiskCache | None = None,
        settle: float = 0.05,
        heard: WaitForListener | None = None,
    ) -> None:
        self._engine = engine
        self._kept = kept
        self._lane = DirectLane(engine, kept)
        self._ledger = SchedulerState(emit, shown)
        self._settle = settle
        self._heard = heard
        self._slots = asyncio.Semaphore(BUILDS_AT_ONCE)
        self._wide_slot = asyncio.Semaphore(1)
        self._wide_goes_on = asyncio.Event()
        self._wide_goes_on.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._modules: dict[str, ModuleRequests] = {}
        self._incoming: dict[str, bool] = {}
        self._seconds: dict[str, float] = {}
        """How long a folder's package takes until its first report."""
        self._cancellations = 0
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return not self._tasks

    async def wait_idle(self) -> None:
        """Return when everything that was asked has been answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def file_changed(self, path: str) -> None:
        """A file was saved, created, deleted or changed on disk; the same content is ignored.

        Also takes a folder that was removed.
        """
        self._take(path, forced=False)

    def file_edited(self, path: str) -> None:
        """The editor shows a text of this file that was not analysed yet."""
        path = absolute(path)
        if self._closed or not path.endswith(".go"):
            return
        root, directory, pattern = _home(path)
        requests = self._requests(root)
        if pattern not in requests.near.waiting:
            requests.typed.add(pattern)
        pause = self._seconds.get(directory, _SHORTEST_PAUSE)
        pause = min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        requests.postpone(asyncio.get_running_loop().time(), pause)
        self._ask_near(root, [pattern])

    def file_opened(self, path: str) -> None:
        """An editor shows the file: its package is analysed unless that has been done."""
        path = absolute(path)
        self._ledger.open[path] = None
        self._take(path, forced=str(Path(path).parent) in self._ledger.outdated)

    def file_closed(self, path: str) -> None:
        """The editor shows it no more."""
        self._ledger.open.pop(absolute(path), None)

    def analyze_package_of(self, path: str) -> None:
        """Analyse the file's package, changed or not."""
        self._take(path, forced=True)

    def analyze_folder(self, folder: str) -> None:
        """Analyse all packages of a folder, after everything that is more urgent."""
        self._spawn(self._ask_folder(absolute(folder)))

    def cancel(self) -> None:
        """Drop all that runs and waits: the user's own wish, the only way to forget something."""
        self._cancellations += 1
        self._incoming.clear()
        self._ledger.seen.clear()
        for requests in self._modules.values():
            for queue in (requests.near, requests.wide):
                queue.waiting.clear()
                queue.interrupt()

    @property
    def is_paused(self) -> bool:
        """Whether whole folders have to wait."""
        return not self._wide_goes_on.is_set()

    def pause(self) -> None:
        """End what runs for whole folders until ``resume``; it goes on where it was."""
        self._wide_goes_on.clear()
        for requests in self._modules.values():
            requests.wide.interrupt()

    def resume(self) -> None:
        """Go on with whole folders."""
        self._wide_goes_on.set()

    def replace_engine(self, engine: Engine) -> None:
        """Settings have changed: analyse again what is open, then what was known."""
        self._engine, self._lane = engine, DirectLane(engine, self._kept)
        self._ledger.seen.clear()
        for requests in self._modules.values():
            requests.near.interrupt()
            requests.wide.interrupt()
        for path in self._ledger.open:
            self._ask_file(path)
        self._ask_known()

    async def close(self) -> None:
        """End everything, processes included, and wait for it."""
        self._closed = True
        self.cancel()
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await uninterrupted(asyncio.wait(set(self._tasks)))

    # What is asked.

    def _take(self, path: str, *, forced: bool) -> None:
        path = absolute(path)
        if not self._incoming and not self._closed:
            self._spawn(self._take_in())
        self._incoming[path] = forced or self._incoming.get(path, False)

    async def _take_in(self) -> None:
        """Read what was changed and ask for its packages; many changes are read at once."""
        incoming, self._incoming = self._incoming, {}
        cancellations = self._cancellations
        digests = await asyncio.to_thread(file_digests, tuple(incoming))
        if cancellations != self._cancellations:
            return
        for path, found in digests.items():
            if Path(path).name in MODULE_FILES:
                if self._ledger.seen.get(path) != found:
                    self._ask_below(str(Path(path).parent))
            elif not path.endswith(".go"):
                self._ask_below(path)  # a folder that was removed or renamed
                continue
            elif incoming[path] or self._ledger.seen.get(path) != found:
                self._ask_file(path)
            self._ledger.seen[path] = found

    def _ask_file(self, path: str) -> None:
        root, _, pattern = _home(path)
        requests = self._requests(root)
        requests.files[path] = None
        requests.leading.add(pattern)
        requests.typed.discard(pattern)
        requests.settle(asyncio.get_running_loop().time(), self._settle)
        self._ask_near(root, [pattern])

    def _ask_below(self, folder: str) -> None:
        """How packages load has changed: open ones first, then the others that are known."""
        for path in self._ledger.open:
            if Path(path).is_relative_to(folder):
                self._ask_file(path)
        self._ask_known(folder)

    def _ask_known(self, folder: str = "") -> None:
        for root, pattern in self._ledger.known.below(folder):
            if pattern not in self._requests(root).near.waiting:
                self._ask_wide(root, [pattern])

    async def _ask_folder(self, folder: str) -> None:
        cancellations = self._cancellations
        try:
            roots = await self._engine.modules(folder)
        except GoProblem as why:
            self._ledger.emit(Failed(problem_of(why)))
            return
        if cancellations != self._cancellations:
            return
        for root in roots:
            inside = root != folder and Path(root) in Path(folder).parents
            self._ask_wide(root, [pattern_of(root, folder) + "/..." if inside else "./..."])
        if not roots:
            files = await asyncio.to_thread(go_files, folder)
            if not files:
                text = f"There is no go.mod and no Go file in {folder}."
                self._ledger.emit(Failed(Problem(text, kind="load")))
            self._ask_wide(folder, files)

    def _requests(self, root: str) -> ModuleRequests:
        return self._modules.setdefault(root, ModuleRequests())

    def _ask_near(self, root: str, patterns: Iterable[str], *, interrupting: bool = True) -> None:
        """Remember the patterns, end the work that they make old, and see to the next one."""
        requests = self._requests(root)
        requests.near.ask(patterns)
        if interrupting:
            requests.near.interrupt()
        self._employ(requests.near, self._work_near(root, requests))

    def _ask_wide(self, root: str, patterns: Iterable[str]) -> None:
        requests = self._requests(root)
        requests.wide.ask(patterns)
        self._employ(requests.wide, self._work_wide(root, requests.wide))

    def _employ(self, queue: RequestQueue, work: Coroutine[Any, Any, None]) -> None:
        """Start a worker where there is something to do and none that does it."""
        busy = queue.worker is not None and not queue.worker.done()
        if busy or not queue.waiting or self._closed:
            work.close()
        else:
            queue.worker = self._spawn(work)

    # Work.

    async def _work_near(self, root: str, requests: ModuleRequests) -> None:
        """Analyse until nothing near is asked of the module any more."""
        while requests.near.waiting:
            await _settled(requests)
            async with self._slots:
                if requests.near.waiting:
                    await _finished(requests.near, self._analyze_near(root, requests))

    async def _work_wide(self, root: str, queue: RequestQueue) -> None:
        while queue.waiting:
            await self._wide_goes_on.wait()
            await self._after_what_is_near()
            async with self._wide_slot:
                if queue.waiting and not self.is_paused:
                    await _finished(queue, self._analyze_wide(root, queue))

    async def _after_what_is_near(self) -> None:
        """Return when nothing is asked that the user waits for."""
        while busy := [
            each.near.worker
            for each in self._modules.values()
            if each.near.worker is not None and not each.near.worker.done()
        ]:
            await asyncio.wait(busy)

    async def _analyze_near(self, root: str, requests: ModuleRequests) -> None:
        begun, patterns = dict(requests.near.waiting), requests.urgency()
        async with self._ledger.told(_title(root, patterns)), self._ledger.urgent():
            gone = await asyncio.to_thread(without_go_files, root, tuple(patterns))
            gone = {pattern for pattern in gone if not self._ledger.is_shown(root, pattern)}
            self._announce_gone(root, gone)
            patterns = [pattern for pattern in patterns if pattern not in gone]
            if len(patterns) > _MOST_SINGLY:
                await self._analyze_many(root, requests, patterns)
            else:
                for pattern in patterns:
                    await self._analyze_one(root, requests, pattern)
            await self._until_heard(wholly=True)
        requests.near.answered(begun)  # what could not be done has been told

    async def _analyze_one(self, root: str, requests: ModuleRequests, pattern: str) -> None:
        """One package, as the editor shows it."""
        begun = {pattern: requests.near.waiting[pattern]}
        typed, loop = pattern in requests.typed, asyncio.get_running_loop()
        engine, started = self._engine, loop.time()
        reports: list[PackageReport] = []
        is_first = True
        items = self._lane.analyze(root, pattern, self._ledger.shown(), tests=not typed)
        async with aclosing(items):
            async for item in items:
                if is_first:
                    self._seconds[directory_of(root, pattern)] = loop.time() - started
                is_first = False
                unfinished = bool(item.errors) and await self._ledger.is_unsaved(root, pattern)
                self._ledger.accept(item, unfinished=unfinished)
                if isinstance(item, PackageReport) and item.is_final:
                    reports.append(item)
        if not typed:
            await self._follow_up(engine, root, requests, [pattern], reports)
            if reports and not self._ledger.is_edited(reports[-1]):
                self._spawn(self._lane.keep(reports[-1]))
        requests.near.answered(begun)
        if pattern not in requests.near.waiting:
            requests.typed.discard(pattern)

    async def _analyze_many(self, root: str, requests: ModuleRequests, patterns: list[str]) -> None:
        engine = self._engine
        reports: list[PackageReport] = []
        overlay = await asyncio.to_thread(texts_not_on_disk, self._ledger.shown())
        async with aclosing(engine.analyze(root, patterns, overlay)) as items:
            async for item in items:
                self._ledger.accept(item)
                if isinstance(item, PackageReport):
                    reports.append(item)
        await self._follow_up(engine, root, requests, patterns, reports)
        requests.typed.difference_update(patterns)

    async def _analyze_wide(self, root: str, queue: RequestQueue) -> None:
        begun = dict(queue.waiting)
        async with self._ledger.told(_title(root, begun)):
            gone = await asyncio.to_thread(without_go_files, root, tuple(begun))
            self._announce_gone(root, gone)
            present = [pattern for pattern in begun if pattern not in gone]
            await self._look_widely(root, present)
            await self._until_heard(wholly=True)
        queue.answered(begun)

    async def _look_widely(self, root: str, patterns: Sequence[str]) -> None:
        """First what an earlier server found; what is compiled is kept for the next one."""
        engine = self._engine
        recall = CachedReports(self._kept, engine, root) if self._kept is not None else None
        if recall is not None:
            async with aclosing(recall.reports(patterns)) as reports:
                async for report in reports:
                    self._ledger.accept_unedited(report)
                    await self._ready_for_more()
            patterns = recall.rest
        if not patterns:
            return
        async with aclosing(engine.analyze(root, patterns)) as items:
            async for item in items:
                self._ledger.accept_unedited(item)
                if recall is not None and isinstance(item, PackageReport):
                    await recall.keep(item)
                await self._ready_for_more()

    async def _ready_for_more(self) -> None:
        """Return when the user waits for nothing, and what was told has been taken in."""
        await self._until_heard(wholly=False)
        await self._ledger.nothing_urgent()

    async def _until_heard(self, *, wholly: bool) -> None:
        if self._heard is not None:
            await self._heard(wholly=wholly)

    # What comes of it.

    def _announce_gone(self, root: str, patterns: Iterable[str]) -> None:
        """Packages without any Go file left get an empty report."""
        for pattern in patterns:
            directory = root if pattern.endswith(".go") else directory_of(root, pattern)
            for report in self._ledger.known.forget(directory):
                self._ledger.emit(Reported(report))
            if pattern.endswith(".go") and (rest := go_files(directory)):
                self._ask_near(root, rest, interrupting=False)

    async def _follow_up(
        self,
        engine: Engine,
        root: str,
        requests: ModuleRequests,
        patterns: Iterable[str],
        reports: list[PackageReport],
    ) -> None:
        """What a saved package leads to: files that are left out, packages that import it."""
        directories = {directory_of(root, pattern) for pattern in patterns}
        files = [each for each in requests.files if str(Path(each).parent) in directories]
        await self._ledger.tell_excluded(engine, files, reports)
        leading = requests.leading.intersection(patterns)
        saved = {directory_of(root, pattern) for pattern in leading}
        for report in reports:
            if report.directory in saved and self._engine is engine:
                await self._ask_importers(engine, report, directories)
        requests.leading -= leading
        for file in files:
            requests.files.pop(file, None)

    async def _ask_importers(self, engine: Engine, report: PackageReport, done: set[str]) -> None:
        """The packages with open files that import a saved one, nearest first, in every module.

        Those that nobody looks at are remembered as old.
        """
        shown = {str(Path(path).parent) for path in self._ledger.open} - done
        self._ledger.outdated.update({*self._ledger.known.directories()} - shown - done)
        known = {each: self._lane.distance(each, report.package) for each in shown}
        importing = [each for each, distance in known.items() if distance]
        unknown = {each for each, distance in known.items() if distance is None}
        for root in {module_root(directory) for directory in unknown} - {""}:
            patterns = await engine.packages.importers(root, report.package, unknown)
            importing += [directory_of(root, pattern) for pattern in patterns]
        if self._engine is not engine:
            return
        for directory in sorted(importing, key=lambda each: known[each] or 1):
            root = module_root(directory)
            # Not interrupting: the work that asks may be what runs.
            self._ask_near(root, [pattern_of(root, directory)], interrupting=False)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """The safety net: what nobody foresaw becomes one message, and the server lives on."""
        try:
            await work
        except Exception as problem:
            self._ledger.emit(Failed(unexpected_problem(problem)))


async def _settled(requests: ModuleRequests) -> None:
    """Wait until no further change is to be expected."""
    loop = asyncio.get_running_loop()
    for _ in range(_LONGEST_SETTLE):
        left = requests.due - loop.time()
        if left <= 0:
            return
        requests.moved.clear()
        with contextlib.suppress(asyncio.TimeoutError):
            await with_timeout(left, requests.moved.wait())


async def _finished(queue: RequestQueue, work: Coroutine[Any, Any, None]) -> None:
    """Run some work of a queue, which may be ended by itself, and wait for its end."""
    task = queue.running = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await uninterrupted(asyncio.wait({task}))
        queue.running = None
    if not task.cancelled():
        task.result()


def _home(path: str) -> tuple[str, str, str]:
    """The module's root, the folder and the pattern of a file's package."""
    directory = folder_of(path)
    root = module_root(directory)
    return root or directory, directory, pattern_of(root, directory) if root else path


def _title(root: str, patterns: Iterable[str]) -> str:
    names = [_name(root, pattern) for pattern in patterns]
    if len(names) == 1:
        return names[0]
    return current_catalogue().editor.work_packages.format(first=names[0], count=len(names) - 1)


def _name(root: str, pattern: str) -> str:
    if pattern.endswith(".go"):
        return Path(pattern).name
    return f"{Path(root).name}/{pattern.removeprefix('./')}".removesuffix("/.")
