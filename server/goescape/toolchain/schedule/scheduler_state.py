"""What is known of files and packages, and the events that tell of them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.model import PackageReport
from goescape.analysis.syntax.source import is_same_text
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.digests import digest
from goescape.toolchain.go.module_folders import absolute
from goescape.toolchain.problems import GoProblem, Problem, problem_of
from goescape.toolchain.schedule.events import (
    Event,
    Excluded,
    Failed,
    Finished,
    Reported,
    Started,
    Unfinished,
    WorkTitle,
)
from goescape.toolchain.schedule.reported_packages import ReportedPackages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from goescape.toolchain.engine import Engine


_log = logging.getLogger(__name__)


class SchedulerState:
    """The memory of a scheduler.

    ``on_event`` hears of what happens. ``editor_texts`` gives what the editor holds, by path.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        editor_texts: Callable[[], Mapping[str, bytes]],
    ) -> None:
        self.emit = on_event
        self.editor_texts = editor_texts
        self.open_files: dict[str, None] = {}
        """The files that the editor shows, in the order in which it opened them."""
        self.requested_digests: dict[str, bytes] = {}
        """The digest of what each file held when its package was asked for."""
        self.reported = ReportedPackages()
        self.outdated_folders: set[str] = set()
        """Folders of packages that import something that was saved since they were analysed."""
        self.seconds_to_first_report: dict[str, float] = {}
        """How long the package of a folder took the last time."""
        self._excluded: set[str] = set()
        self._tokens = itertools.count(1)
        self._urgent_works = 0
        self._nothing_urgent = asyncio.Event()
        self._nothing_urgent.set()

    @asynccontextmanager
    async def announced_work(self, title: WorkTitle) -> AsyncIterator[None]:
        """Emits that the work inside begins, what goes wrong, and that it ends."""
        token, cancelled = next(self._tokens), True
        self.emit(Started(title, token))
        try:
            yield
            cancelled = False
        except GoProblem as why:
            cancelled = False
            self.record(problem_of(why))
        except Exception as problem:
            cancelled = False
            self.emit(Failed(unexpected_problem(problem)))
        finally:
            self.emit(Finished(token, cancelled))

    @asynccontextmanager
    async def urgent_work(self) -> AsyncIterator[None]:
        """The user waits for the work inside."""
        self._urgent_works += 1
        self._nothing_urgent.clear()
        try:
            yield
        finally:
            self._urgent_works -= 1
            if not self._urgent_works:
                self._nothing_urgent.set()

    async def wait_for_urgent_work(self) -> None:
        """Return when the user waits for nothing."""
        await self._nothing_urgent.wait()

    def record_unless_edited(self, item: PackageReport | Problem) -> None:
        """What is being edited is analysed as it is shown."""
        if not (isinstance(item, PackageReport) and self.is_edited(item)):
            self.record(item)

    def record(self, item: PackageReport | Problem, *, unfinished: bool = False) -> None:
        """Remember and emit; ``unfinished`` is what does not compile and is not saved."""
        if unfinished:
            self.emit(Unfinished(item.package, item.errors[0].message))
            return
        if isinstance(item, Problem):
            if item.kind in {"go", "load"}:
                # the next save, even of the same content, tries again
                self.requested_digests.clear()
            self.emit(Failed(item))
            return
        for replaced in self.reported.take(item):
            self.emit(Reported(replaced))
        for path, source in item.sources.items():
            if path not in self.open_files:
                self.requested_digests.setdefault(path, digest(source.content))
        self.outdated_folders.discard(item.directory)
        self.emit(Reported(item))

    async def emit_excluded(
        self, engine: Engine, files: Iterable[str], reports: Iterable[PackageReport]
    ) -> None:
        """Which of these files the build leaves out, and which no more. Raises GoProblem."""
        compiled = {file for report in reports for file in report.files}
        for file in files:
            reason = ""
            if file not in compiled and await asyncio.to_thread(Path(file).is_file):
                reason = (await engine.home(file)).excluded
            if reason:
                self._excluded.add(file)
                self.emit(Excluded(file, reason))
            elif file in self._excluded:
                self._excluded.remove(file)
                self.emit(Excluded(file, ""))

    def is_shown(self, root: str, pattern: str) -> bool:
        """Whether the editor shows a file of a package, which may not be on the disk yet."""
        directory = directory_of(root, pattern)
        return any(path == pattern or folder_of(path) == directory for path in self.editor_texts())

    async def is_unsaved(self, root: str, pattern: str) -> bool:
        """Whether the editor shows a text of a package that is not on the disk."""
        directory = directory_of(root, pattern)
        texts = self.editor_texts().items()
        shown = {path: text for path, text in texts if folder_of(path) == directory}
        return bool(await asyncio.to_thread(texts_not_on_disk, shown))

    def is_edited(self, report: PackageReport) -> bool:
        """Whether the editor shows another text than the one that was analysed."""
        shown = self.editor_texts()
        return any(
            path in shown and not is_same_text(shown[path], source.content)
            for path, source in report.sources.items()
        )


def folder_of(path: str) -> str:
    """The folder of a file."""
    return str(Path(path).parent)


def directory_of(root: str, pattern: str) -> str:
    """The folder of the package behind a pattern."""
    return folder_of(pattern) if pattern.endswith(".go") else absolute(f"{root}/{pattern}")


def unexpected_problem(problem: Exception) -> Problem:
    """What nobody thought of, as something to tell; the log has all of it."""
    _log.error("goescape itself failed", exc_info=problem, extra={"is_told": True})
    return Problem(f"goescape itself failed ({problem!r}): please report this.")
