"""When Python collects reference cycles: while nobody waits.

Such a search goes through every object that it watches, reports of large packages among them, and
all else stands still meanwhile: in the middle of an analysis it took up to a tenth of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys

_THRESHOLDS = 10_000, 20, 50
"""Much rarer than by default: only work that never pauses gets there."""
_PAUSE_SECONDS = 1.0
_SEARCHES_OF_NEW = 20
"""How often only what is new is searched until everything is, once."""


class GarbageCollector:
    """Searches when the server has been idle for a moment; then sets aside what has survived."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._before: tuple[int, int, int] = gc.get_threshold()
        self._searches = 0
        gc.set_threshold(*_THRESHOLDS)
        gc.freeze()  # modules live as long as the process
        gc.enable()

    def busy(self) -> None:
        """Somebody waits for something."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def idle(self) -> None:
        """Nobody does."""
        self.busy()
        self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._search)

    def close(self) -> None:
        """Leave everything as it was found."""
        self.busy()
        gc.unfreeze()
        gc.set_threshold(*self._before)

    def _search(self) -> None:
        self._timer = None
        self._searches += 1
        if self._searches % _SEARCHES_OF_NEW == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
        _give_back()


def _give_back() -> None:
    """What the C library holds of the memory that was freed, to the system."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - nobody waits now

        with contextlib.suppress(OSError, AttributeError):  # not every C library can
            ctypes.CDLL(None).malloc_trim(0)
