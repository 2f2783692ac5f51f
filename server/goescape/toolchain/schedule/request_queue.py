"""What is asked of one module and not answered yet."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from attrs import define, field

from goescape.toolchain.tasks import uninterrupted, with_timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

_LONGEST_SETTLE = 20
"""How many changes in a row may hold back an analysis."""
_serials = itertools.count(1)


@define(eq=False)
class RequestQueue:
    """Patterns that wait for an answer, each with the number of its last request."""

    waiting: dict[str, int] = field(factory=dict)
    worker: asyncio.Task[None] | None = None
    running: asyncio.Task[None] | None = None
    """The work that the worker waits for; it may be ended by itself."""

    def add(self, patterns: Iterable[str]) -> None:
        """Remember them; what runs for an older request will not answer this one."""
        for pattern in patterns:
            self.waiting[pattern] = next(_serials)

    def remove_answered(self, begun: dict[str, int]) -> None:
        """Take out what was answered, unless it was asked again meanwhile."""
        for pattern, serial in begun.items():
            if self.waiting.get(pattern) == serial:
                del self.waiting[pattern]

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work, which may be ended by ``interrupt``, and wait for its end."""
        task = self.running = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task})
        finally:
            if not task.done():
                task.cancel()
                await uninterrupted(asyncio.wait({task}))
            self.running = None
        if not task.cancelled():
            task.result()

    def interrupt(self) -> None:
        """End what runs; what it was to answer waits on."""
        if self.running is not None:
            self.running.cancel()


@define(eq=False)
class ModuleRequests:
    """All that is asked of one module."""

    urgent: RequestQueue = field(factory=RequestQueue)
    """Packages that the user works on, and those that import them."""
    bulk: RequestQueue = field(factory=RequestQueue)
    """Whole folders, and what was known of packages before."""
    files: dict[str, None] = field(factory=dict)
    """Files behind ``urgent``, to be told when the build excludes them."""
    saved: set[str] = field(factory=set)
    """Patterns of ``urgent`` that were saved: their importers follow."""
    edited: set[str] = field(factory=set)
    """Patterns of ``urgent`` whose text is being edited: their tests are left for later."""
    saved_at: float = float("-inf")
    due: float = 0.0
    """When ``urgent`` may be answered, in the event loop's time."""
    due_changed: asyncio.Event = field(factory=asyncio.Event)

    def postpone(self, now: float, pause: float) -> None:
        """Text was edited: it may be edited again within ``pause`` seconds."""
        self.due = now + pause
        self.due_changed.set()

    def settle(self, now: float, pause: float) -> None:
        """Something was saved: begin at once, but wait when such changes come in a row."""
        self.due = now if now - self.saved_at > pause else now + pause
        self.saved_at = now
        self.due_changed.set()

    async def until_due(self) -> None:
        """Wait until no further change is to be expected."""
        loop = asyncio.get_running_loop()
        for _ in range(_LONGEST_SETTLE):
            left = self.due - loop.time()
            if left <= 0:
                return
            self.due_changed.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await with_timeout(left, self.due_changed.wait())

    def by_urgency(self) -> list[str]:
        """The patterns of ``urgent``: what the user touched last, then their importers in order."""
        waiting = self.urgent.waiting
        touched = {pattern for pattern in waiting if pattern in self.saved | self.edited}
        newest = sorted(touched, key=lambda pattern: -waiting[pattern])
        return [*newest, *(pattern for pattern in waiting if pattern not in touched)]
