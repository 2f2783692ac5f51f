"""Bytes in, bytes out: stdio or one TCP connection, framed by ``Content-Length``."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import select
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, BinaryIO, Protocol

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_LENGTH = re.compile(rb"Content-Length:[ \t]*([0-9]{1,12})[ \t]*\r?\n?$", re.IGNORECASE)
_CHUNK_BYTES = 1 << 16
_PIPE_BYTES = 1 << 20
_LAST_SECONDS = 2.0


class Sink(Protocol):
    """What pygls writes to."""

    def write(self, data: bytes) -> None:
        """Send the bytes, now or soon."""

    def close(self) -> None:
        """No more bytes will come."""


class Stdout:
    """Standard output. Nobody waits for a client that does not read: a thread does.

    A client that is gone is noticed by the end of its input.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._descriptor = file.fileno()
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._thread: threading.Thread | None = None
        """Writes what waits; None where nothing does."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # it is no pipe, or the system allows less
                fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def write(self, data: bytes) -> None:
        """Send as much as there is room for at once, and the rest soon, in the same order."""
        with self._lock:
            if self._thread is None:
                data = self._at_once(data)
            if not data:
                return
            self._waiting.append(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._drain, name="stdout", daemon=True)
                self._thread.start()

    def _at_once(self, data: bytes) -> bytes:
        """Write without waiting; what is left."""
        if sys.platform == "win32":
            return data
        done, view = 0, memoryview(data)
        try:
            room = select.poll()
            room.register(self._descriptor, select.POLLOUT)
            while done < len(data) and room.poll(0):
                # as much as the system promises room for
                done += os.write(self._descriptor, view[done : done + select.PIPE_BUF])
        except OSError:
            return b""  # nobody will ever read it
        return data[done:]

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                data = self._waiting.popleft()
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                with self._lock:
                    self._waiting.clear()

    def close(self) -> None:
        """Wait a moment for what is still being written: the process ends soon."""
        thread = self._thread
        if thread is not None:
            thread.join(_LAST_SECONDS)


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The bodies of the messages. Bytes that are no header are passed over until one is."""
    while True:
        length = await _next_length(reader)
        if length is None:
            return
        try:
            yield await reader.readexactly(length)
        except asyncio.IncompleteReadError as rest:
            if rest.partial:
                yield rest.partial
            return


async def _next_length(reader: asyncio.StreamReader) -> int | None:
    """How long the next body is; None at the end of the input."""
    length = None
    while True:
        try:
            line = await reader.readline()
        except ValueError:
            continue  # a line longer than the reader's limit: not a header
        except ConnectionError:
            return None
        if not line:
            return None
        if match := _LENGTH.search(line):
            length = int(match[1])
        elif not line.strip() and length is not None:
            return length


def stdin_reader() -> asyncio.StreamReader:
    """Standard input, read by a thread that dies with the process.

    Pipes, files and terminals can be read so on every system; and ``os.read`` holds no lock that
    the interpreter would wait for at its end.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_CHUNK_BYTES)
    descriptor = sys.stdin.fileno()

    def pump() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            while chunk := _read(descriptor):
                loop.call_soon_threadsafe(reader.feed_data, chunk)
            loop.call_soon_threadsafe(reader.feed_eof)

    threading.Thread(target=pump, name="stdin", daemon=True).start()
    return reader


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:
        return b""


def stdout_sink() -> Stdout:
    """Standard output; prints of anybody else go to standard error from now on."""
    sink = Stdout(sys.stdout.buffer)
    sys.stdout = sys.stderr
    return sink


async def accept_one(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The first client that connects."""
    first: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
        asyncio.get_running_loop().create_future()
    )

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first.done():
            writer.close()
        else:
            first.set_result((reader, writer))

    server = await asyncio.start_server(connected, host, port)
    where = server.sockets[0].getsockname()
    print(f"goescape listens on {where[0]}:{where[1]}", file=sys.stderr, flush=True)
    try:
        return await first
    finally:
        server.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
