"""Finds the end of the escape output in the compiler's text: the compiler can be stopped there."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from goescape.analysis.compiler.text import CompilerText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.compiler.lines import Understood

MARK_FLAG = "ssa/number_lines/time=1"
"""For the compiler's ``-d``: makes the first pass of code generation speak."""
_MARK_NAME = b": \tnumber_lines\t"
_LONGEST_ERROR = 8000
_MARK = re.compile(rb".*: \tnumber_lines\tTIME\(ns\)\t\d+\t")


def end_of_escapes(text: bytes | bytearray, start: int, end: int) -> int | None:
    """Where, between two offsets, the line stands with which code generation begins to speak.

    Escape analysis has said all before it, which holds for Go 1.21 to 1.27. None when there is no
    such line; ``end`` must be the end of a line.
    """
    position = text.find(_MARK_NAME, start, end)  # much faster than the pattern
    while position >= 0:
        line = text.rfind(b"\n", 0, position) + 1
        if _MARK.match(text, line):
            return line
        position = text.find(_MARK_NAME, position + 1, end)
    return None


def is_end_of_escapes(line: bytes) -> bool:
    """Whether a line, perhaps without its end, is that one."""
    return _MARK.match(line) is not None


class CompilerStream:
    """The compiler's text of one variant while it comes, up to where code generation begins.

    It is understood as it comes where ``reads_early``, else by ``finish``, which may then be called
    in a thread. ``before`` is what lines of earlier texts meant: most come again.
    """

    def __init__(
        self, key: tuple[str, str], before: Mapping[str, Understood], *, reads_early: bool
    ) -> None:
        path, variant = key
        self.text = b""
        """Its beginning, where errors stand."""
        self.has_begun = False
        """Whether there was more than errors."""
        self.decided: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when all has been said about escapes, and only evidence may follow; only where
        it is read early."""
        self._reads_early = reads_early
        self._reader = CompilerText(before)
        header = f"# {path} [{variant}]\n" if variant else f"# {path}\n"
        self._reader.feed_chunk(header.encode())
        self._unread = bytearray()
        self._rest = b""
        """The beginning of a line."""

    @property
    def understood(self) -> Mapping[str, Understood]:
        """What was read, for the next text."""
        return self._reader.understood

    def feed(self, data: bytes) -> bool:
        """Take a piece; whether all has been said."""
        data = self._rest + data
        end = data.rfind(b"\n") + 1
        lines, self._rest = data[:end], data[end:]
        self.has_begun = self.has_begun or b"inline " in lines or b" escape" in lines
        if len(self.text) < _LONGEST_ERROR:
            self.text += lines[:_LONGEST_ERROR]
        last = end_of_escapes(lines, 0, end)
        if last is not None:
            self._rest = b""  # the beginning of what is not wanted
        self._take(lines[:last])
        return last is not None

    def so_far(self) -> PackageText:
        """What was understood up to now."""
        return self._reader.so_far()

    def finish(self) -> tuple[PackageText, ...]:
        """What was understood."""
        if self._rest and not is_end_of_escapes(self._rest):
            self._unread += self._rest
        self._reader.feed_chunk(bytes(self._unread))
        return self._reader.finish()

    def _take(self, lines: bytes) -> None:
        if not self._reads_early:
            self._unread += lines
            return
        self._reader.feed_chunk(lines)
        if self._reader.has_evidence and not self.decided.done():
            self.decided.set_result(None)
