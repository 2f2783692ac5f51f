"""A line on a terminal that says how far a long check is."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TextIO, TypeVar

from goescape.terminal.output.style import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

_T = TypeVar("_T")
_PATIENCE = 0.5
"""Seconds before the line appears; short work needs none."""
_PERIOD = 0.1
"""Seconds between two pictures of the line."""
_FRAMES = "|/-\\"


class ProgressLine:
    """Shows the packages as they complete, while the ``async with`` block runs."""

    def __init__(self, stream: TextIO, *, enabled: bool, width: int = 100) -> None:
        self._stream = stream
        self._enabled = enabled
        self._width = width
        self._text = "Go compiles"
        self._packages = 0
        self._ticker: asyncio.Task[None] | None = None

    def advance(self, package: str, findings: int) -> None:
        """One more package is done."""
        self._packages += 1
        packages = "1 package" if self._packages == 1 else f"{self._packages} packages"
        self._text = printable(f"{packages}, {findings} findings: {package}")

    def tell(self, words: str) -> None:
        """Say what is done now."""
        self._text = printable(words)

    async def during(self, work: Awaitable[_T]) -> _T:
        """The result of some work; the line is there until it is done."""
        async with self:
            return await work

    async def __aenter__(self) -> None:
        if self._enabled:
            self._ticker = asyncio.create_task(self._tick())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)

    async def _tick(self) -> None:
        started = time.monotonic()
        shown = False
        try:
            while True:
                await asyncio.sleep(_PERIOD if shown else _PATIENCE)
                seconds = time.monotonic() - started
                frame = _FRAMES[int(seconds / _PERIOD) % len(_FRAMES)]
                line = f"{frame} {seconds:.0f} s, {self._text}"[: self._width - 1]
                self._stream.write(f"\r\x1b[K{line}")
                self._stream.flush()
                shown = True
        finally:
            if shown:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
