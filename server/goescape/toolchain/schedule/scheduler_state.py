"""What is known of files and packages, whichever engine found it out."""

from __future__ import annotations

import asyncio
import itertools
import logging
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.syntax.source import is_same_text
from goescape.toolchain.compile.editor_files import texts_not_on_disk
from goescape.toolchain.digests import digest
from goescape.toolchain.go.module_folders import absolute
from goescape.toolchain.problems import Problem
from goescape.toolchain.schedule.reported_packages import ReportedPackages
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from goescape.analysis.model import PackageReport

_log = logging.getLogger(__name__)


class SchedulerState:
    """The memory of a scheduler. ``editor_texts`` gives what the editor holds, by path."""

    def __init__(self, editor_texts: Callable[[], Mapping[str, bytes]]) -> None:
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
        self.tokens = itertools.count(1)
        """Of the work that is announced."""
        self._urgent_works = 0
        self._nothing_urgent = asyncio.Event()
        self._nothing_urgent.set()
        self._something_urgent = asyncio.Event()

    @asynccontextmanager
    async def urgent_work(self) -> AsyncIterator[None]:
        """The user waits for the work inside."""
        self._urgent_works += 1
        self._nothing_urgent.clear()
        self._something_urgent.set()
        try:
            yield
        finally:
            self._urgent_works -= 1
            if not self._urgent_works:
                self._nothing_urgent.set()
                self._something_urgent.clear()

    async def wait_for_urgent_work(self) -> None:
        """Return when the user waits for nothing."""
        await self._nothing_urgent.wait()

    async def wait_for_next_urgent_work(self) -> None:
        """Return when the user waits for something."""
        await self._something_urgent.wait()

    async def is_quiet(self, seconds: float) -> bool:
        """Whether the user waits for nothing during the next seconds."""
        with suppress(asyncio.TimeoutError):
            await with_timeout(seconds, self._something_urgent.wait())
        return not self._something_urgent.is_set()

    def remember(self, report: PackageReport) -> tuple[PackageReport, ...]:
        """A package was analysed; the answer is empty reports for those that it replaces."""
        for path, source in report.sources.items():
            if path not in self.open_files:
                self.requested_digests.setdefault(path, digest(source.content))
        self.outdated_folders.discard(report.directory)
        return self.reported.take(report)

    def exclude(self, file: str, reason: str) -> bool:
        """The build leaves a file out, or does not where there is no reason; whether it is news."""
        if not reason and file not in self._excluded:
            return False
        (self._excluded.add if reason else self._excluded.discard)(file)
        return True

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
