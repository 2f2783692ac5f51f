"""A small LSP client that stands in nobody's way: it notes when a message came, and no more.

Published diagnostics are searched for bytes and never parsed, so that what is measured is the
server and not its client.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from bench import machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PUBLISH = b'"textDocument/publishDiagnostics"'
_LARGEST = 1 << 28
_GOODBYE_SECONDS = 10.0
_STATUS = "goescape/status"


@frozen
class Published:
    """When a message with diagnostics had arrived, and the message."""

    time: float
    body: bytes


@define(eq=False)
class _Expected:
    needles: tuple[bytes, ...]
    future: asyncio.Future[Published]


@define(eq=False)
class Client:
    """One conversation with one server; times are those of ``time.perf_counter``."""

    process: asyncio.subprocess.Process
    settings: Mapping[str, object]
    """What the server is told when it asks for its configuration."""
    statuses: list[tuple[float, str]] = field(factory=list)
    """When goescape said what it is doing."""
    errors: list[str] = field(factory=list)
    """What the server logged as errors."""
    last: deque[Published] = field(factory=lambda: deque(maxlen=8))
    _expected: list[_Expected] = field(factory=list)
    _answers: dict[int, asyncio.Future[Any]] = field(factory=dict)
    _number: int = 0
    _reader: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        directory: Path,
        environment: Mapping[str, str],
        settings: Mapping[str, object],
    ) -> Client:
        """Start a server on standard input and output."""
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=directory,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LARGEST,
            start_new_session=True,
        )
        client = cls(process, settings)
        client._reader = asyncio.create_task(client._read())
        return client

    # Talking.

    def notify(self, method: str, params: object) -> float:
        """Send a notification; when it was sent."""
        return self._send({"method": method, "params": params})

    async def request(self, method: str, params: object, timeout: float = 60.0) -> Any:
        """Ask, and wait for the answer; raises ``TimeoutError``, and ``RuntimeError`` on errors."""
        self._number += 1
        number = self._number
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        try:
            return await asyncio.wait_for(future, timeout)
        finally:
            self._answers.pop(number, None)

    def expect(self, *needles: bytes) -> asyncio.Future[Published]:
        """The first message with diagnostics that holds all these bytes; to be called before."""
        future: asyncio.Future[Published] = asyncio.get_running_loop().create_future()
        self._expected.append(_Expected(needles, future))
        return future

    def _send(self, message: Mapping[str, object]) -> float:
        body = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode()
        assert self.process.stdin is not None
        now = time.perf_counter()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return now

    # Listening.

    async def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await stream.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.partition(b":")[2])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                )
                body = await stream.readexactly(length)
                self._take(time.perf_counter(), body)

    def _take(self, now: float, body: bytes) -> None:
        if _PUBLISH in body:
            self._take_published(Published(now, body))
            return
        message = json.loads(body)
        method, number = message.get("method"), message.get("id")
        if method is None:
            self._take_answer(message)
        elif number is not None:
            self._send({"id": number, "result": self._answer(method, message.get("params"))})
        elif method == _STATUS:
            self.statuses.append((now, str(message["params"]["state"])))
        elif method == "window/logMessage" and message["params"]["type"] == 1:
            self.errors.append(str(message["params"]["message"]))

    def _take_published(self, published: Published) -> None:
        self.last.append(published)
        for each in tuple(self._expected):
            if all(needle in published.body for needle in each.needles):
                self._expected.remove(each)
                if not each.future.done():
                    each.future.set_result(published)

    def _take_answer(self, message: Mapping[str, Any]) -> None:
        future = self._answers.get(message["id"])
        if future is None or future.done():
            return
        if error := message.get("error"):
            future.set_exception(RuntimeError(str(error.get("message"))))
        else:
            future.set_result(message.get("result"))

    def _answer(self, method: str, params: Any) -> object:
        if method == "workspace/configuration":
            return [self.settings for _ in params["items"]]
        return None

    # The end.

    async def stop(self) -> list[int]:
        """Say goodbye and see that nothing is left; processes that had to be killed."""
        family = machine.tree(self.process.pid)
        with contextlib.suppress(asyncio.TimeoutError, RuntimeError, ConnectionError):
            await self.request("shutdown", None, _GOODBYE_SECONDS)
            self.notify("exit", None)
            await asyncio.wait_for(self.process.wait(), _GOODBYE_SECONDS)
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        if self._reader is not None:
            self._reader.cancel()
        own = set(machine.tree(os.getpid()))
        left = [each for each in family[1:] if each in own or _is_alive(each)]
        for each in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        return left


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
