"""Where the compiler's talk about escapes ends: by then it need not go on."""

from __future__ import annotations

import re

MARK_FLAG = "ssa/number_lines/time=1"
"""For the compiler's ``-d``: makes the first pass of code generation speak."""
_MARK_NAME = b": \tnumber_lines\t"
_MARK = re.compile(rb".*: \tnumber_lines\tTIME\(ns\)\t\d+\t")


def end_of_escapes(text: bytes | bytearray, start: int, end: int) -> int | None:
    """Where, between two offsets, the line stands with which code generation begins to speak.

    Escape analysis has said all before it, which holds for Go 1.21 to 1.27. None when there is no
    such line; ``end`` must be the end of a line.
    """
    found = text.find(_MARK_NAME, start, end)  # much faster than the pattern
    while found >= 0:
        line = text.rfind(b"\n", 0, found) + 1
        if _MARK.match(text, line):
            return line
        found = text.find(_MARK_NAME, found + 1, end)
    return None


def is_end(line: bytes) -> bool:
    """Whether a line, perhaps without its end, is that one."""
    return _MARK.match(line) is not None
