"""The one owner of background work: what is to be analysed, when, and what has become old.

Work may be dropped, never forgotten: newer text ends the running analysis of its module, but what
was asked stays asked until it has been answered.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goescape.toolchain.digests import file_digests
from goescape.toolchain.go.module_folders import (
    MODULE_FILES,
    absolute,
    go_files,
    module_root,
    pattern_of,
)
from goescape.toolchain.problems import GoProblem, Problem, problem_of
from goescape.toolchain.schedule.events import Event, Failed
from goescape.toolchain.schedule.module_analysis import ModuleAnalysis, WaitForDelivery
from goescape.toolchain.schedule.request_queue import ModuleRequests, RequestQueue
from goescape.toolchain.schedule.scheduler_state import (
    SchedulerState,
    folder_of,
    unexpected_problem,
)
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.engine import Engine

__all__ = ["Scheduler", "WaitForDelivery"]

BUILDS_AT_ONCE = 2
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
"""Seconds without a further edit before text is analysed: as long as that took the last time."""


class Scheduler:
    """Takes changes and wishes, runs analyses, and gives events to ``on_event`` on the event loop.

    Every method returns at once and is called on the event loop's thread. ``editor_texts`` gives
    what the editor holds, by absolute path. ``disk_cache`` is what earlier servers found.
    ``settle_seconds`` is how long changes on the disk wait for further ones when they come in a
    row. Whole folders are analysed no faster than ``wait_for_delivery`` returns.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        engine: Engine,
        on_event: Callable[[Event], None],
        editor_texts: Callable[[], Mapping[str, bytes]] = dict,
        *,
        disk_cache: DiskCache | None = None,
        settle_seconds: float = 0.05,
        wait_for_delivery: WaitForDelivery | None = None,
    ) -> None:
        self._engine = engine
        self._disk_cache = disk_cache
        self._wait_for_delivery = wait_for_delivery
        self._emit = on_event
        self._state = SchedulerState(editor_texts)
        self._analysis = self._analysis_with(engine)
        self._settle_seconds = settle_seconds
        self._slots = asyncio.Semaphore(BUILDS_AT_ONCE)
        self._bulk_slot = asyncio.Semaphore(1)
        self._bulk_goes_on = asyncio.Event()
        self._bulk_goes_on.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unasked: set[asyncio.Task[None]] = set()
        """What runs when nothing else does."""
        self._modules: dict[str, ModuleRequests] = {}
        self._incoming: dict[str, bool] = {}
        """Files that may have changed, and whether they count even if they have not."""
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
        if pattern not in requests.urgent.waiting:
            requests.edited.add(pattern)
        pause = self._state.seconds_to_first_report.get(directory, _SHORTEST_PAUSE)
        pause = min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        requests.postpone(asyncio.get_running_loop().time(), pause)
        self._request_urgent(root, [pattern], interrupting=True)

    def file_opened(self, path: str) -> None:
        """An editor shows the file: its package is analysed unless that has been done."""
        path = absolute(path)
        self._state.open_files[path] = None
        self._take(path, forced=str(Path(path).parent) in self._state.outdated_folders)

    def file_closed(self, path: str) -> None:
        """The editor shows it no more."""
        self._state.open_files.pop(absolute(path), None)

    def analyze_package_of(self, path: str) -> None:
        """Analyse the file's package, changed or not."""
        self._take(path, forced=True)

    def analyze_folder(self, folder: str) -> None:
        """Analyse all packages of a folder, after everything that is more urgent."""
        self.run_aside(self._request_folder(absolute(folder)))

    def cancel(self) -> None:
        """Drop all that runs and waits: the user's own wish, the only way to forget something."""
        self._cancellations += 1
        self._incoming.clear()
        self._state.requested_digests.clear()
        for requests in self._modules.values():
            for queue in (requests.urgent, requests.bulk):
                queue.waiting.clear()
                queue.interrupt()

    @property
    def is_paused(self) -> bool:
        """Whether whole folders have to wait."""
        return not self._bulk_goes_on.is_set()

    def pause(self) -> None:
        """End what runs for whole folders until ``resume``; it goes on where it was."""
        self._bulk_goes_on.clear()
        for requests in self._modules.values():
            requests.bulk.interrupt()

    def resume(self) -> None:
        """Go on with whole folders."""
        self._bulk_goes_on.set()

    def replace_engine(self, engine: Engine) -> None:
        """Settings have changed: analyse again what is open, then what was reported."""
        self._analysis.is_replaced = True
        self._engine, self._analysis = engine, self._analysis_with(engine)
        self._state.requested_digests.clear()
        for requests in self._modules.values():
            requests.urgent.interrupt()
            requests.bulk.interrupt()
        for path in self._state.open_files:
            self._request_file(path)
        self._request_reported()

    async def close(self) -> None:
        """End everything, processes included, and wait for it."""
        self._closed = True
        self.cancel()
        while tasks := self._tasks | self._unasked:
            for task in tasks:
                task.cancel()
            await uninterrupted(asyncio.wait(tasks))

    # What analyses lead to.

    def request_packages(self, root: str, patterns: Iterable[str]) -> None:
        """Analyse packages soon, without ending what runs: it may be what asks."""
        self._request_urgent(root, patterns, interrupting=False)

    def run_aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do some work that nobody waits for; what fails is told."""
        return self._run(work, self._tasks)

    def run_unasked(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """The same for work that waits until nothing else runs: it does not make this busy."""
        return self._run(work, self._unasked)

    def _run(
        self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]
    ) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(work))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began
        return task

    # What is asked.

    def _analysis_with(self, engine: Engine) -> ModuleAnalysis:
        return ModuleAnalysis(
            engine, self._emit, self._state, self, self._disk_cache, self._wait_for_delivery
        )

    def _take(self, path: str, *, forced: bool) -> None:
        path = absolute(path)
        if not self._incoming and not self._closed:
            self.run_aside(self._take_in())
        self._incoming[path] = forced or self._incoming.get(path, False)

    async def _take_in(self) -> None:
        """Read what was changed and ask for its packages; many changes are read at once."""
        incoming, self._incoming = self._incoming, {}
        cancellations = self._cancellations
        digests = await asyncio.to_thread(file_digests, tuple(incoming))
        if cancellations != self._cancellations:
            return
        requested = self._state.requested_digests
        for path, digest in digests.items():
            if Path(path).name in MODULE_FILES:
                if requested.get(path) != digest:
                    self._request_below(str(Path(path).parent))
            elif not path.endswith(".go"):
                self._request_below(path)  # a folder that was removed or renamed
                continue
            elif incoming[path] or requested.get(path) != digest:
                self._request_file(path)
            requested[path] = digest

    def _request_file(self, path: str) -> None:
        root, _, pattern = _home(path)
        requests = self._requests(root)
        requests.files[path] = None
        requests.saved.add(pattern)
        requests.edited.discard(pattern)
        requests.settle(asyncio.get_running_loop().time(), self._settle_seconds)
        self._request_urgent(root, [pattern], interrupting=True)

    def _request_below(self, folder: str) -> None:
        """How packages load has changed: open ones first, then the others that were reported."""
        for path in self._state.open_files:
            if Path(path).is_relative_to(folder):
                self._request_file(path)
        self._request_reported(folder)

    def _request_reported(self, folder: str = "") -> None:
        for root, pattern in self._state.reported.below(folder):
            if pattern not in self._requests(root).urgent.waiting:
                self._request_bulk(root, [pattern])

    async def _request_folder(self, folder: str) -> None:
        cancellations = self._cancellations
        try:
            roots = await self._engine.modules(folder)
        except GoProblem as why:
            self._emit(Failed(problem_of(why)))
            return
        if cancellations != self._cancellations:
            return
        for root in roots:
            inside = root != folder and Path(root) in Path(folder).parents
            self._request_bulk(root, [pattern_of(root, folder) + "/..." if inside else "./..."])
        if not roots:
            files = await asyncio.to_thread(go_files, folder)
            if not files:
                text = f"There is no go.mod and no Go file in {folder}."
                self._emit(Failed(Problem(text, kind="load")))
            self._request_bulk(folder, files)

    def _requests(self, root: str) -> ModuleRequests:
        return self._modules.setdefault(root, ModuleRequests())

    def _request_urgent(self, root: str, patterns: Iterable[str], *, interrupting: bool) -> None:
        """Remember the patterns, end the work that they make old, and see to the next one."""
        requests = self._requests(root)
        requests.urgent.add(patterns)
        if interrupting:
            requests.urgent.interrupt()
        self._ensure_worker(requests.urgent, self._work_on_urgent(root, requests))

    def _request_bulk(self, root: str, patterns: Iterable[str]) -> None:
        requests = self._requests(root)
        requests.bulk.add(patterns)
        self._ensure_worker(requests.bulk, self._work_on_bulk(root, requests.bulk))

    # Who works on it.

    def _ensure_worker(self, queue: RequestQueue, work: Coroutine[Any, Any, None]) -> None:
        """Start a worker where there is something to do and none that does it."""
        busy = queue.worker is not None and not queue.worker.done()
        if busy or not queue.waiting or self._closed:
            work.close()
        else:
            queue.worker = self.run_aside(work)

    async def _work_on_urgent(self, root: str, requests: ModuleRequests) -> None:
        """Analyse until nothing urgent is asked of the module any more."""
        while requests.urgent.waiting:
            await requests.until_due()
            async with self._slots:
                if requests.urgent.waiting:
                    await requests.urgent.run(self._analysis.analyze_urgent(root, requests))

    async def _work_on_bulk(self, root: str, queue: RequestQueue) -> None:
        while queue.waiting:
            await self._bulk_goes_on.wait()
            await self._after_urgent_workers()
            async with self._bulk_slot:
                if queue.waiting and not self.is_paused:
                    await queue.run(self._analysis.analyze_bulk(root, queue))

    async def _after_urgent_workers(self) -> None:
        """Return when nothing is asked that the user waits for."""
        while busy := [
            requests.urgent.worker
            for requests in self._modules.values()
            if requests.urgent.worker is not None and not requests.urgent.worker.done()
        ]:
            await asyncio.wait(busy)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """The safety net: what nobody foresaw becomes one message, and the server lives on."""
        try:
            await work
        except Exception as problem:
            self._emit(Failed(unexpected_problem(problem)))


def _home(path: str) -> tuple[str, str, str]:
    """The module's root, the folder and the pattern of a file's package."""
    directory = folder_of(path)
    root = module_root(directory)
    return root or directory, directory, pattern_of(root, directory) if root else path
