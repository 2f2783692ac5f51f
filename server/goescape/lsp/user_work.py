"""Work that the user asked for by a command and may cancel: tests with a fix, benchmarks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from goescape.lsp.progress import WorkProgress

TESTING = -1
"""The token of tests; those of the scheduler are positive."""
MEASURING = -2
"""The token of benchmarks."""

T = TypeVar("T")


class UserWork:
    """What runs, by token; its progress is shown."""

    def __init__(self, progress: WorkProgress) -> None:
        self._progress = progress
        self._tasks: dict[int, asyncio.Task[object]] = {}

    def is_running(self, token: int) -> bool:
        """Whether work of this kind runs."""
        return token in self._tasks

    async def run(self, token: int, title: str, work: Coroutine[object, object, T]) -> T:
        """Show some work as long as it lasts. Raises CancelledError when the user cancels it."""
        task = asyncio.ensure_future(work)
        self._tasks[token] = task
        self._progress.started(token, title)
        try:
            return await task
        finally:
            self._progress.finished(token, cancelled=False)
            self._tasks.pop(token, None)

    def cancel(self, name: object) -> bool:
        """End the work behind a token of the protocol; whether there was any."""
        for token, task in self._tasks.items():
            if self._progress.is_shown(name, token):
                task.cancel()
                return True
        return False
