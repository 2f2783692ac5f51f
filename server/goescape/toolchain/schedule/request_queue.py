"""What is asked of one module and not answered yet."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterable

_serials = itertools.count(1)


@define(eq=False)
class RequestQueue:
    """Patterns that wait for an answer, each with the number of its last request."""

    waiting: dict[str, int] = field(factory=dict)
    worker: asyncio.Task[None] | None = None
    running: asyncio.Task[None] | None = None
    """The work that the worker waits for; it may be ended by itself."""

    def ask(self, patterns: Iterable[str]) -> None:
        """Remember them; what runs for an older request will not answer this one."""
        for pattern in patterns:
            self.waiting[pattern] = next(_serials)

    def answered(self, begun: dict[str, int]) -> None:
        """Take out what was answered, unless it was asked again meanwhile."""
        for pattern, serial in begun.items():
            if self.waiting.get(pattern) == serial:
                del self.waiting[pattern]

    def interrupt(self) -> None:
        """End what runs; what it was to answer waits on."""
        if self.running is not None:
            self.running.cancel()


@define(eq=False)
class ModuleRequests:
    """All that is asked of one module."""

    near: RequestQueue = field(factory=RequestQueue)
    """Packages that the user works on, and those that import them."""
    wide: RequestQueue = field(factory=RequestQueue)
    """Whole folders, and what was known of packages before."""
    files: dict[str, None] = field(factory=dict)
    """Files behind ``near``, to be told when the build excludes them."""
    leading: set[str] = field(factory=set)
    """Patterns of ``near`` that were saved: their importers follow."""
    typed: set[str] = field(factory=set)
    """Patterns of ``near`` whose text is being edited: their tests are left for later."""
    saved_at: float = float("-inf")
    due: float = 0.0
    """When ``near`` may be answered, in the event loop's time."""
    moved: asyncio.Event = field(factory=asyncio.Event)
    """Set when ``due`` has changed."""

    def postpone(self, now: float, pause: float) -> None:
        """Text was edited: it may be edited again within ``pause`` seconds."""
        self.due = now + pause
        self.moved.set()

    def settle(self, now: float, pause: float) -> None:
        """Something was saved: begin at once, but wait when such changes come in a row."""
        self.due = now if now - self.saved_at > pause else now + pause
        self.saved_at = now
        self.moved.set()

    def urgency(self) -> list[str]:
        """The patterns of ``near``: what the user touched last, then their importers in order."""
        touched = {each for each in self.near.waiting if each in self.leading | self.typed}
        newest = sorted(touched, key=lambda each: -self.near.waiting[each])
        return [*newest, *(each for each in self.near.waiting if each not in touched)]
