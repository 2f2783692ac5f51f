"""The smallest edits that turn one text into another."""

from __future__ import annotations

from difflib import SequenceMatcher

_LARGEST_COMPARED = 3_000
"""Lines between the first and the last difference; with more, all of them are one edit."""

Difference = tuple[int, int, bytes]
"""Bytes ``start`` to ``end`` (0-based, exclusive) of the old text, and what replaces them."""


def differences(old: bytes, new: bytes) -> tuple[Difference, ...]:
    """In the order of the text; none inside a character or between ``\\r`` and ``\\n``."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = _common(old_lines, new_lines)
    rest = min(len(old_lines), len(new_lines)) - head
    tail = min(rest, _common(old_lines[::-1], new_lines[::-1]))
    a, b = old_lines[head : len(old_lines) - tail], new_lines[head : len(new_lines) - tail]
    starts = [sum(map(len, old_lines[:head]))]
    for line in a:
        starts.append(starts[-1] + len(line))
    blocks = [(0, len(a), 0, len(b))]
    if max(len(a), len(b)) <= _LARGEST_COMPARED:
        opcodes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        blocks = [(a1, a2, b1, b2) for tag, a1, a2, b1, b2 in opcodes if tag != "equal"]
    return tuple(
        _trimmed(starts[a1], b"".join(a[a1:a2]), b"".join(b[b1:b2])) for a1, a2, b1, b2 in blocks
    )


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
