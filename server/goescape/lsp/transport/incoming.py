"""Bytes from the client: stdio or one TCP connection, framed by ``Content-Length``."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_LENGTH = re.compile(rb"Content-Length:[ \t]*([0-9]{1,12})[ \t]*\r?\n?$", re.IGNORECASE)
_CHUNK_BYTES = 1 << 16


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
