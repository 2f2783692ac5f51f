"""The one owner of background work: what is to be analysed, when, and what has become old.

Work may be dropped, never forgotten: a newer save ends the running build of its module, but what
was asked stays asked until a build has answered it.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from goescape.analysis.model import PackageReport
from goescape.toolchain.builds import Problem, problem_of
from goescape.toolchain.digests import digest, file_digests
from goescape.toolchain.events import Event, Excluded, Failed, Finished, Reported, Started
from goescape.toolchain.go_command import GoProblem
from goescape.toolchain.known import KnownPackages, without_go_files
from goescape.toolchain.packages import (
    MODULE_FILES,
    absolute,
    go_files,
    module_root,
    pattern_of,
)
from goescape.toolchain.process import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from goescape.toolchain.engine import Engine

__all__ = ["Event", "Excluded", "Failed", "Finished", "Reported", "Scheduler", "Started"]

BUILDS_AT_ONCE = 2
_LONGEST_SETTLE = 20
"""How many times the settle time a stream of saves may hold back a build."""


@define
class _Asked:
    """What is to be analysed in one module: pattern -> serial number of the last request."""

    near: dict[str, int] = field(factory=dict)
    """Saved or opened packages, and those that import them: first."""
    wide: dict[str, int] = field(factory=dict)
    """Whole folders: when nothing near waits."""
    files: dict[str, None] = field(factory=dict)
    """Files behind ``near``, to be told when the build excludes them."""
    leading: set[str] = field(factory=set)
    """Patterns of ``near`` whose importers follow."""
    asked_at: float = 0.0
    worker: asyncio.Task[None] | None = None
    running: asyncio.Task[None] | None = None
    """The build that the worker waits for; it may be ended by itself."""


class Scheduler:
    """Takes changes and wishes, runs builds, and hands events to ``emit`` on the event loop.

    Every method returns at once and is called on the event loop's thread. ``settle`` is how long,
    in seconds, a save waits for further saves.
    """

    def __init__(self, engine: Engine, emit: Callable[[Event], None], settle: float = 0.05) -> None:
        self._engine = engine
        self._emit = emit
        self._settle = settle
        self._slots = asyncio.Semaphore(BUILDS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._modules: dict[str, _Asked] = {}
        self._serials = itertools.count(1)
        self._tokens = itertools.count(1)
        self._open: dict[str, None] = {}
        self._incoming: dict[str, bool] = {}
        self._seen: dict[str, bytes] = {}
        self._known = KnownPackages()
        self._excluded: set[str] = set()
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

    def file_opened(self, path: str) -> None:
        """An editor shows the file: its package is analysed unless that has been done."""
        self._open[absolute(path)] = None
        self._take(path, forced=False)

    def file_closed(self, path: str) -> None:
        """The editor shows it no more."""
        self._open.pop(absolute(path), None)

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
        self._seen.clear()
        for asked in self._modules.values():
            asked.near.clear()
            asked.wide.clear()
            if asked.running is not None:
                asked.running.cancel()

    def replace_engine(self, engine: Engine) -> None:
        """Settings have changed: analyse again what is open, then what was known."""
        self._engine = engine
        self._seen.clear()
        self._stop_running()
        for path in self._open:
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
                if self._seen.get(path) != found:
                    self._ask_below(str(Path(path).parent))
            elif not path.endswith(".go"):
                self._ask_below(path)  # a folder that was removed or renamed
                continue
            elif incoming[path] or self._seen.get(path) != found:
                self._ask_file(path)
            self._seen[path] = found

    def _ask_file(self, path: str) -> None:
        directory = str(Path(path).parent)
        root = module_root(directory)
        pattern = pattern_of(root, directory) if root else path
        asked = self._asked(root or directory)
        asked.files[path] = None
        asked.leading.add(pattern)
        self._ask(root or directory, asked.near, [pattern])

    def _ask_below(self, folder: str) -> None:
        """How packages load has changed: open ones first, then the others that are known."""
        for path in self._open:
            if Path(path).is_relative_to(folder):
                self._ask_file(path)
        self._ask_known(folder)

    def _ask_known(self, folder: str = "") -> None:
        for root, pattern in self._known.below(folder):
            asked = self._asked(root)
            if pattern not in asked.near:
                self._ask(root, asked.wide, [pattern])

    async def _ask_folder(self, folder: str) -> None:
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
            below = pattern_of(root, folder) + "/..." if inside else "./..."
            self._ask(root, self._asked(root).wide, [below])
        if not roots:
            files = await asyncio.to_thread(go_files, folder)
            if not files:
                text = f"There is no go.mod and no Go file in {folder}."
                self._emit(Failed(Problem(text, kind="load")))
            self._ask(folder, self._asked(folder).wide, files)

    def _asked(self, root: str) -> _Asked:
        return self._modules.setdefault(root, _Asked())

    def _ask(
        self,
        root: str,
        waiting: dict[str, int],
        patterns: Iterable[str],
        *,
        interrupting: bool = True,
    ) -> None:
        """Remember the patterns, end the build that they make old, and see to the next one."""
        asked = self._modules[root]
        for pattern in patterns:
            waiting[pattern] = next(self._serials)
        asked.asked_at = asyncio.get_running_loop().time()
        if asked.running is not None and waiting is asked.near and interrupting:
            asked.running.cancel()
        self._employ(root, asked)

    def _employ(self, root: str, asked: _Asked) -> None:
        """Start the module's worker where there is work and none."""
        if not (asked.near or asked.wide) or self._closed:
            return
        if asked.worker is None or asked.worker.done():
            asked.worker = self._spawn(self._work(root, asked))

    def _stop_running(self) -> None:
        for asked in self._modules.values():
            if asked.running is not None:
                asked.running.cancel()

    async def _work(self, root: str, asked: _Asked) -> None:
        """Build until nothing is asked of the module any more."""
        while asked.near or asked.wide:
            await self._settled(asked)
            async with self._slots:
                waiting = asked.near or asked.wide
                if not waiting:
                    return
                begun = dict(waiting)
                asked.running = asyncio.ensure_future(self._build(root, asked, begun))
                try:
                    await asyncio.wait({asked.running})
                finally:
                    await _end(asked.running)
                    finished, asked.running = not asked.running.cancelled(), None
            if finished:
                _forget(waiting, begun)

    async def _settled(self, asked: _Asked) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_LONGEST_SETTLE):
            left = asked.asked_at + self._settle - loop.time()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def _build(self, root: str, asked: _Asked, patterns: dict[str, int]) -> None:
        """One build with its events, its excluded files and the importers that it leads to."""
        engine, token = self._engine, next(self._tokens)
        files = tuple(asked.files)
        reports: list[PackageReport] = []
        self._emit(Started(_title(root, patterns), token))
        cancelled = True
        try:
            gone = await asyncio.to_thread(without_go_files, root, tuple(patterns))
            self._announce_gone(root, gone)
            present = [pattern for pattern in patterns if pattern not in gone]
            async with aclosing(engine.analyze(root, present)) as items:
                async for item in items:
                    self._accept(item)
                    if isinstance(item, PackageReport):
                        reports.append(item)
            await self._tell_excluded(engine, files, reports)
            leading = asked.leading.intersection(patterns)
            await self._ask_importers(engine, leading, root, patterns, reports)
            asked.leading -= leading
            for file in files:
                asked.files.pop(file, None)
            cancelled = False
        except GoProblem as why:
            cancelled = False
            self._accept(problem_of(why))
        except Exception as problem:
            cancelled = False
            self._emit(Failed(_unforeseen(problem)))
        finally:
            self._emit(Finished(token, cancelled))

    def _accept(self, item: PackageReport | Problem) -> None:
        if isinstance(item, Problem):
            if item.kind in {"go", "load"}:
                self._seen.clear()  # the next save, even of the same content, tries again
            self._emit(Failed(item))
            return
        for replaced in self._known.take(item):
            self._emit(Reported(replaced))
        for path, source in item.sources.items():
            self._seen.setdefault(path, digest(source.content))
        self._emit(Reported(item))

    def _announce_gone(self, root: str, patterns: Iterable[str]) -> None:
        """Packages without any Go file left get an empty report."""
        for pattern in patterns:
            lone = pattern.endswith(".go")
            directory = root if lone else str(Path(root, pattern))
            for report in self._known.forget(directory):
                self._emit(Reported(report))
            if lone and (rest := go_files(directory)):
                self._ask(root, self._asked(root).near, rest, interrupting=False)

    async def _tell_excluded(
        self, engine: Engine, files: Iterable[str], reports: Iterable[PackageReport]
    ) -> None:
        compiled = {file for report in reports for file in report.files}
        for file in files:
            reason = ""
            if file not in compiled and await asyncio.to_thread(Path(file).is_file):
                reason = (await engine.home(file)).excluded
            if reason:
                self._excluded.add(file)
                self._emit(Excluded(file, reason))
            elif file in self._excluded:
                self._excluded.remove(file)
                self._emit(Excluded(file, ""))

    async def _ask_importers(
        self,
        engine: Engine,
        leading: set[str],
        root: str,
        done: Iterable[str],
        reports: Iterable[PackageReport],
    ) -> None:
        """After a saved package: the packages with open files that import it, in every module."""
        changed = {str(Path(root, pattern)) for pattern in leading}
        packages = [report.package for report in reports if report.directory in changed]
        built = {str(Path(root, pattern)) for pattern in done}
        directories = {str(Path(path).parent) for path in self._open} - built
        for other in {module_root(directory) for directory in directories} - {""}:
            for package in packages:
                found = await engine.importers(other, package, directories)
                if found and self._engine is engine:
                    # Not interrupting: the build that asks may be the one that runs.
                    self._ask(other, self._asked(other).near, found, interrupting=False)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """The safety net: what nobody foresaw becomes one message, and the server lives on."""
        try:
            await work
        except Exception as problem:
            self._emit(Failed(_unforeseen(problem)))


async def _end(task: asyncio.Task[None]) -> None:
    """Make sure that the task has ended, with its processes."""
    if not task.done():
        task.cancel()
        await uninterrupted(asyncio.wait({task}))


def _unforeseen(problem: Exception) -> Problem:
    return Problem(f"goescape itself failed ({problem!r}): please report this.")


def _forget(waiting: dict[str, int], begun: dict[str, int]) -> None:
    """Take out what was answered, unless it was asked again meanwhile."""
    for pattern, serial in begun.items():
        if waiting.get(pattern) == serial:
            del waiting[pattern]


def _title(root: str, patterns: Iterable[str]) -> str:
    names = [_shown(root, pattern) for pattern in patterns]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"


def _shown(root: str, pattern: str) -> str:
    if pattern.endswith(".go"):
        return Path(pattern).name
    return f"{Path(root).name}/{pattern.removeprefix('./')}".removesuffix("/.")
