"""Bytes to the client: standard output, and how messages are framed."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections import deque
from typing import BinaryIO, Protocol

if sys.platform == "linux":
    import fcntl

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


def stdout_sink() -> Stdout:
    """Standard output; prints of anybody else go to standard error from now on."""
    sink = Stdout(sys.stdout.buffer)
    sys.stdout = sys.stderr
    return sink


def notification(method: str, params: str) -> bytes:
    """A notification whose parameters are JSON already, in ASCII."""
    body = f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}'
    return f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
