"""What is known of files and packages, and what is told of them."""

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
)
from goescape.toolchain.schedule.reported_packages import ReportedPackages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from goescape.toolchain.engine import Engine


_log = logging.getLogger(__name__)


class SchedulerState:
    """The memory of a scheduler. ``shown`` gives the texts that the editor holds, by path."""

    def __init__(
        self, emit: Callable[[Event], None], shown: Callable[[], Mapping[str, bytes]]
    ) -> None:
        self.emit = emit
        self.shown = shown
        self.open: dict[str, None] = {}
        """The files that the editor shows, in the order in which it opened them."""
        self.seen: dict[str, bytes] = {}
        """The digest of what each file held when its package was asked for."""
        self.known = ReportedPackages()
        self.outdated: set[str] = set()
        """Folders of packages that import something that was saved since they were analysed."""
        self._excluded: set[str] = set()
        self._tokens = itertools.count(1)
        self._urgent = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @asynccontextmanager
    async def told(self, title: str) -> AsyncIterator[None]:
        """Tells of the work inside: that it begins, what goes wrong, that it ends."""
        token, cancelled = next(self._tokens), True
        self.emit(Started(title, token))
        try:
            yield
            cancelled = False
        except GoProblem as why:
            cancelled = False
            self.accept(problem_of(why))
        except Exception as problem:
            cancelled = False
            self.emit(Failed(unexpected_problem(problem)))
        finally:
            self.emit(Finished(token, cancelled))

    @asynccontextmanager
    async def urgent(self) -> AsyncIterator[None]:
        """The user waits for the work inside."""
        self._urgent += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._urgent -= 1
            if not self._urgent:
                self._calm.set()

    async def nothing_urgent(self) -> None:
        """Return when the user waits for nothing."""
        await self._calm.wait()

    def accept_unedited(self, item: PackageReport | Problem) -> None:
        """What is being edited is analysed as it is shown."""
        if not (isinstance(item, PackageReport) and self.is_edited(item)):
            self.accept(item)

    def accept(self, item: PackageReport | Problem, *, unfinished: bool = False) -> None:
        """Remember and tell; ``unfinished`` is what does not compile and is not saved."""
        if unfinished:
            self.emit(Unfinished(item.package, item.errors[0].message))
            return
        if isinstance(item, Problem):
            if item.kind in {"go", "load"}:
                self.seen.clear()  # the next save, even of the same content, tries again
            self.emit(Failed(item))
            return
        for replaced in self.known.take(item):
            self.emit(Reported(replaced))
        for path, source in item.sources.items():
            if path not in self.open:
                self.seen.setdefault(path, digest(source.content))
        self.outdated.discard(item.directory)
        self.emit(Reported(item))

    async def tell_excluded(
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
        return any(path == pattern or folder_of(path) == directory for path in self.shown())

    async def is_unsaved(self, root: str, pattern: str) -> bool:
        """Whether the editor shows a text of a package that is not on the disk."""
        directory = directory_of(root, pattern)
        shown = {path: text for path, text in self.shown().items() if folder_of(path) == directory}
        return bool(await asyncio.to_thread(texts_not_on_disk, shown))

    def is_edited(self, report: PackageReport) -> bool:
        """Whether the editor shows another text than the one that was analysed."""
        shown = self.shown()
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
