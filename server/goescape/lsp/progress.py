"""Work that takes long enough to be told: progress in the editor, and the status."""

from __future__ import annotations

import asyncio
import enum
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.toolchain.problems import Problem

PATIENCE_SECONDS = 0.5
"""Shorter work is not announced: it would only flicker."""


class ServerState(str, enum.Enum):
    """What goescape is doing."""

    IDLE = "idle"
    ANALYZING = "analyzing"
    WAITING = "waiting"
    """A package does not compile; its findings are old ones."""
    ERROR = "error"


@frozen
class Status:
    """The content of a ``goescape/status`` notification."""

    state: ServerState = ServerState.IDLE
    message: str = ""
    """One sentence; empty when there is nothing to say."""
    packages: tuple[str, ...] = ()
    """Those that are analysed, or that wait."""
    problem: str = ""
    """Of an error: ``go`` when there is no Go to use, ``load`` when it cannot use a module..."""
    go: str = ""
    """The Go that is used, and why: ``go1.27.3, /usr/bin/go (PATH)``."""


def status(
    catalogue: Catalogue,
    running: Sequence[str],
    problem: Problem | None,
    waiting: Sequence[str],
    first_error: str = "",
) -> Status:
    """What to say: a problem that stops everything first, then work, then what waits."""
    if problem is not None:
        return Status(ServerState.ERROR, problem.message, problem=problem.kind)
    if running:
        text = catalogue.editor.status_analysing.format(what=catalogue.comma.join(running))
        return Status(ServerState.ANALYZING, text, tuple(running))
    if waiting:
        text = catalogue.editor.status_does_not_compile.format(package=waiting[0])
        if first_error:
            template = catalogue.editor.status_does_not_compile_why
            text = template.format(package=waiting[0], why=first_error)
        return Status(ServerState.WAITING, text, tuple(waiting))
    return Status()


class Announcer(Protocol):
    """Shows the progress of one piece of work."""

    def begin(self, token: str, title: str) -> None:
        """Start to show it."""

    def end(self, token: str, *, cancelled: bool) -> None:
        """Stop to show it."""


class WorkProgress:
    """Which work runs; tells of it when it lasts."""

    def __init__(self, announcer: Callable[[], Announcer | None]) -> None:
        self._announcer = announcer
        self._titles: dict[int, str] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._shown: dict[int, Announcer] = {}

    @property
    def running(self) -> tuple[str, ...]:
        """The titles of the work that runs."""
        return tuple(self._titles.values())

    def started(self, token: int, title: str) -> None:
        """Some work has begun."""
        self._titles[token] = title
        loop = asyncio.get_running_loop()
        self._timers[token] = loop.call_later(PATIENCE_SECONDS, self._show, token)

    def finished(self, token: int, *, cancelled: bool) -> None:
        """It has ended."""
        self._titles.pop(token, None)
        if timer := self._timers.pop(token, None):
            timer.cancel()
        if announcer := self._shown.pop(token, None):
            announcer.end(_name(token), cancelled=cancelled)

    def is_shown(self, name: object, only: int | None = None) -> bool:
        """Whether a token of the protocol belongs to work that runs, perhaps to ``only`` this."""
        return any(_name(token) == name for token in self._shown if only in {None, token})

    def _show(self, token: int) -> None:
        announcer = self._announcer()
        if announcer is not None and token in self._titles:
            self._shown[token] = announcer
            announcer.begin(_name(token), self._titles[token])


def _name(token: int) -> str:
    return f"goescape-{token}"
