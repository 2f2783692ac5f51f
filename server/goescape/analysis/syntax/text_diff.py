"""The smallest edits that turn one text into another."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

_LARGEST_COMPARED = 3_000
"""Lines between the first and the last difference; with more, all of them are one edit."""

Difference = tuple[int, int, bytes]
"""Bytes ``start`` to ``end`` (0-based, exclusive) of the old text, and what replaces them."""


class LineChange(NamedTuple):
    """Lines ``first`` to ``last`` (1-based, inclusive) of the old text became ``new_first`` to
    ``new_last``; a last line before the first one says that there are none.
    """

    first: int
    last: int
    new_first: int
    new_last: int


def differences(old: bytes, new: bytes) -> tuple[Difference, ...]:
    """In the order of the text; none inside a character or between ``\\r`` and ``\\n``."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in old_lines:
        starts.append(starts[-1] + len(line))
    return tuple(
        _trimmed(starts[a1], b"".join(old_lines[a1:a2]), b"".join(new_lines[b1:b2]))
        for a1, a2, b1, b2 in _blocks(old_lines, new_lines)
    )


def changed_lines(old: bytes, new: bytes) -> tuple[LineChange, ...]:
    """The lines that differ, in their order."""
    return tuple(
        LineChange(a1 + 1, a2, b1 + 1, b2)
        for a1, a2, b1, b2 in _blocks(old.split(b"\n"), new.split(b"\n"))
    )


def _blocks(old: list[bytes], new: list[bytes]) -> list[tuple[int, int, int, int]]:
    head = _common(old, new)
    rest = min(len(old), len(new)) - head
    tail = min(rest, _common(old[::-1], new[::-1]))
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    blocks = [(0, len(a), 0, len(b))]
    if max(len(a), len(b)) <= _LARGEST_COMPARED:
        opcodes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        blocks = [(a1, a2, b1, b2) for tag, a1, a2, b1, b2 in opcodes if tag != "equal"]
    return [(head + a1, head + a2, head + b1, head + b2) for a1, a2, b1, b2 in blocks]


def _trimmed(start: int, old: bytes, new: bytes) -> Difference:
    """Without the characters that both begin and end with."""
    head = _common(old, new)
    while head and (_is_inside(old, head) or _is_inside(new, head)):
        head -= 1
    tail = min(len(old), len(new)) - head
    tail = min(tail, _common(old[::-1], new[::-1]))
    while tail and (_is_inside(old, len(old) - tail) or _is_inside(new, len(new) - tail)):
        tail -= 1
    return start + head, start + len(old) - tail, new[head : len(new) - tail]


def _is_inside(text: bytes, offset: int) -> bool:
    """Whether an offset splits a character, or an end of line."""
    if offset >= len(text):
        return False
    return text[offset] & 0xC0 == 0x80 or text[offset - 1 : offset + 1] == b"\r\n"


def _common(a: bytes | list[bytes], b: bytes | list[bytes]) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count
