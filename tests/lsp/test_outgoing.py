"""What goes out does not wait for whoever reads it."""

from __future__ import annotations

import os
import threading

import pytest

from goescape.lsp.transport.outgoing import Stdout

pytestmark = pytest.mark.fast  # no Go runs here

MANY = [f"{number:07}".encode() * 9_000 for number in range(100)]
"""More than any pipe holds."""


def read(descriptor: int, found: list[bytes]) -> None:
    """All that comes until the other end is closed."""
    while chunk := os.read(descriptor, 1 << 16):
        found.append(chunk)


def test_nobody_reads_for_a_while() -> None:
    source, target = os.pipe()
    file = os.fdopen(target, "wb")
    sink = Stdout(file)
    for each in MANY:
        sink.write(each)  # would wait for ever
    found: list[bytes] = []
    reader = threading.Thread(target=read, args=(source, found))
    reader.start()
    sink.write(b"the last")
    sink.close()
    file.close()
    reader.join()
    os.close(source)
    assert b"".join(found) == b"".join([*MANY, b"the last"])


def test_what_fits_is_there_at_once() -> None:
    source, target = os.pipe()
    with os.fdopen(target, "wb") as file, os.fdopen(source, "rb", buffering=0) as pipe:
        sink = Stdout(file)
        for word in (b"one", b"two"):
            sink.write(word)
            assert pipe.read(10) == word


def test_nobody_will_ever_read() -> None:
    source, target = os.pipe()
    os.close(source)
    with os.fdopen(target, "wb") as file:
        sink = Stdout(file)
        for each in MANY:
            sink.write(each)
        sink.close()
