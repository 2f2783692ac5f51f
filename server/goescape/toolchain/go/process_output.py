"""What listens to a process: it hands over what comes, and knows when all has come."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, TypeVar, cast

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WAIT_DELAY = 2.0
"""Seconds that a pipe may stay open after the process has ended: a descendant may hold it, as with
Go's own os/exec (golang/go#23019)."""
LONGEST_LINE = 1 << 20
"""Bytes; the rest of a longer line is dropped. Go's longest have a few thousand."""
_TOGETHER_SECONDS = 0.004
"""How long output is collected before it is handed over."""
_PIPE_BYTES = 1 << 20
_MOST_ERRORS = 4000
_T = TypeVar("_T")


class ProcessListener(asyncio.SubprocessProtocol):
    """Knows when a process has ended and has said everything."""

    def __init__(self) -> None:
        self.exited = asyncio.Event()
        self.drained = asyncio.Event()
        self.on_started: Callable[[int], None] = lambda _process: None
        """Gets the process's number before anything that it says is handed over."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.on_started(cast("asyncio.SubprocessTransport", transport).get_pid())

    def process_exited(self) -> None:
        self.exited.set()

    async def ended(self) -> None:
        """Wait for the end; a pipe that a descendant holds open is not waited for long."""
        await self.exited.wait()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.drained.wait(), WAIT_DELAY)


class ChunkListener(ProcessListener):
    """Hands over what has come every few milliseconds: the compiler writes line by line."""

    def __init__(self, feed: Callable[[bytes], bool]) -> None:
        super().__init__()
        self.outcome: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._feed = feed
        self._chunks: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transport = cast("asyncio.SubprocessTransport", transport)
        pipe = self._pipe()
        file = pipe.get_extra_info("pipe") if pipe is not None else None
        if file is not None and sys.platform == "linux":
            with contextlib.suppress(OSError):  # the system may not allow as much
                fcntl.fcntl(file.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._chunks.append(data)
        pipe = self._pipe()
        if self._timer is None and pipe is not None:
            pipe.pause_reading()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_TOGETHER_SECONDS, self._go_on, pipe)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._hand_over()
        self.drained.set()
        self._conclude()

    def process_exited(self) -> None:
        super().process_exited()
        self._conclude()

    def _pipe(self) -> asyncio.ReadTransport | None:
        pipe = self._transport.get_pipe_transport(1) if self._transport is not None else None
        return cast("asyncio.ReadTransport | None", pipe)

    def _go_on(self, pipe: asyncio.ReadTransport) -> None:
        self._timer = None
        self._hand_over()
        if not pipe.is_closing():
            pipe.resume_reading()

    def _hand_over(self) -> None:
        data, self._chunks = b"".join(self._chunks), []
        if not data or self.outcome.done():
            return
        try:
            if self._feed(data):
                self.outcome.set_result(None)
                self._stop()
        except Exception as failure:
            self.outcome.set_exception(failure)

    def _stop(self) -> None:
        """What is left to be done is not wanted, and would slow down what is done with it."""
        if self._transport is None or self.exited.is_set():
            return
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._transport.kill()
            else:  # the transport would ask for the exit code, which is the event loop's to know
                os.killpg(self._transport.get_pid(), signal.SIGKILL)

    def _conclude(self) -> None:
        if self.exited.is_set() and self.drained.is_set() and not self.outcome.done():
            transport = self._transport
            self.outcome.set_result((transport.get_returncode() if transport else 0) or 0)


class Backpressure:
    """Stops what a process says on standard error while nobody can follow; the process waits."""

    def __init__(self) -> None:
        self._pipe: asyncio.ReadTransport | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self.turns = 0
        """How often it was shut."""

    def fit(self, transport: asyncio.BaseTransport) -> None:
        """The process has started."""
        process = cast("asyncio.SubprocessTransport", transport)
        self._pipe = cast("asyncio.ReadTransport | None", process.get_pipe_transport(2))

    def shut(self) -> None:
        """Read no more."""
        if self._flows.is_set() and self._pipe is not None and not self._pipe.is_closing():
            self._flows.clear()
            self.turns += 1
            self._pipe.pause_reading()

    def open(self) -> None:
        """Go on."""
        if not self._flows.is_set() and self._pipe is not None:
            self._flows.set()
            if not self._pipe.is_closing():
                self._pipe.resume_reading()

    async def flowing(self) -> int:
        """Wait until it is open; how often it has been shut by then."""
        await self._flows.wait()
        return self.turns


def _nowhere(_line: str) -> None:
    """For a stream that nobody reads."""


class LineListener(ProcessListener):
    """Splits both streams into lines as they come; holds at most one line of each."""

    def __init__(
        self,
        on_output: Callable[[str], None] | None,
        on_error: Callable[[str], None] | None,
        on_bytes: Mapping[int, Callable[[bytes], None]],
        valve: Backpressure | None = None,
    ) -> None:
        """``on_bytes`` has the receivers of streams that are not split, by their number."""
        super().__init__()
        self._valve = valve
        self._receivers = {1: on_output or _nowhere, 2: on_error or _nowhere}
        self._on_bytes = on_bytes
        self._rest = {1: bytearray(), 2: bytearray()}
        self._failure: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._valve is not None:
            self._valve.fit(transport)

    async def ended(self) -> None:
        """Nothing that waits behind the valve is given up."""
        while True:
            turns = 0 if self._valve is None else await self._valve.flowing()
            await super().ended()
            if self.drained.is_set() or self._valve is None or self._valve.turns == turns:
                return

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if (receiver := self._on_bytes.get(fd)) is not None:
            self._guarded(receiver, (data,))
            return
        rest = self._rest[fd]
        first, newline, others = data.partition(b"\n")
        rest += first[: LONGEST_LINE - len(rest)]
        if not newline:
            return
        self._hand_over(fd, bytes(rest))
        lines, newline, last = others.rpartition(b"\n")
        if newline:
            self._hand_over(fd, *lines.split(b"\n"))
        rest[:] = last[:LONGEST_LINE]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if rest := self._rest.pop(fd, None):
            self._hand_over(fd, bytes(rest))
        if not self._rest:
            self.drained.set()

    def raise_failure(self) -> None:
        """Raise what a receiver raised: inside the event loop's callback it would be lost."""
        if self._failure is not None:
            raise self._failure

    def _hand_over(self, fd: int, *lines: bytes) -> None:
        shown = (line[:LONGEST_LINE].removesuffix(b"\r") for line in lines)
        self._guarded(self._receivers[fd], (line.decode("utf-8", "replace") for line in shown))

    def _guarded(self, receiver: Callable[[_T], None], pieces: Iterable[_T]) -> None:
        if self._failure is not None:
            return
        try:
            for piece in pieces:
                receiver(piece)
        except Exception as failure:
            self._failure = failure


class DialogueListener(ProcessListener):
    """Hands over each line of standard output, however long, and keeps the last errors."""

    def __init__(self, on_line: Callable[[bytes], None], longest: int) -> None:
        super().__init__()
        self.errors = bytearray()
        self._on_line = on_line
        self._longest = longest
        self._line = bytearray()
        self._is_open = {1, 2}
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transport = cast("asyncio.SubprocessTransport", transport)

    @property
    def process(self) -> int | None:
        """Its number in the system; None before it has started."""
        return self._transport.get_pid() if self._transport is not None else None

    def send(self, line: bytes) -> None:
        """Write to standard input, now or when there is room; nobody may be left to read it."""
        pipe = self._transport.get_pipe_transport(0) if self._transport is not None else None
        if pipe is not None and not pipe.is_closing():
            cast("asyncio.WriteTransport", pipe).write(line)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.errors += data
            del self.errors[:-_MOST_ERRORS]
            return
        *complete, last = data.split(b"\n")
        for line in complete:
            self._on_line(bytes(self._line) + line)
            self._line.clear()
        self._line += last
        if len(self._line) > self._longest:
            self._line.clear()  # its rest is no answer

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._is_open.discard(fd)
        if not self._is_open:
            self.drained.set()


class BoundedText:
    """Lines joined again, up to a limit in characters."""

    def __init__(self, limit: int) -> None:
        self._lines: list[str] = []
        self._left = limit
        self.complete = True

    def add(self, line: str) -> None:
        """Keep the line if there is room."""
        if len(line) >= self._left:
            self.complete = False
            return
        self._left -= len(line) + 1
        self._lines.append(line)

    @property
    def text(self) -> str:
        """The lines that were kept, each with its ``\\n``."""
        return "".join(f"{line}\n" for line in self._lines)
