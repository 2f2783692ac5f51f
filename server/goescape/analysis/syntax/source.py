"""The text of one file, and the conversion between the two ways of counting its columns."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, repeat
from operator import add

from attrs import field, frozen

from goescape.analysis.positions import Place, Span

BOM = b"\xef\xbb\xbf"


def is_same_text(shown: bytes, stored: bytes) -> bool:
    """Whether an editor shows just this file; most hide the byte order mark."""
    return shown == stored or (stored.startswith(BOM) and shown == stored[len(BOM) :])


@frozen(slots=False)
class SourceText:
    """A snapshot of a file, as bytes. Lines are 1-based and end at ``\\n`` only, as for Go."""

    path: str
    content: bytes = field(repr=False)

    @property
    def lines(self) -> list[bytes]:
        """The lines without their ``\\n`` (a ``\\r`` stays); they are not kept."""
        return self.content.split(b"\n")

    @property
    def line_count(self) -> int:
        """How many lines there are; a text that ends with ``\\n`` has an empty last one."""
        return len(self._starts)

    @cached_property
    def _starts(self) -> array[int]:
        """The offset of each line: most that is asked of a text needs it."""
        lengths = map(len, self.lines)
        starts = array("I", accumulate(map(add, lengths, repeat(1)), initial=0))
        starts.pop()
        return starts

    def line(self, number: int) -> bytes:
        """Line ``number``; empty outside the file."""
        starts = self._starts
        if not 1 <= number <= len(starts):
            return b""
        end = starts[number] - 1 if number < len(starts) else len(self.content)
        return self.content[starts[number - 1] : end]

    def offset(self, line: int, byte_column: int) -> int | None:
        """The byte offset of a position; None where the text has no such position."""
        if not 1 <= line <= self.line_count or not 1 <= byte_column <= len(self.line(line)) + 1:
            return None
        return self._starts[line - 1] + byte_column - 1

    def place(self, offset: int) -> Place:
        """The position of a byte offset."""
        index = bisect_right(self._starts, offset) - 1
        return Place(self.path, index + 1, offset - self._starts[index] + 1)

    def span(self, start: int, end: int) -> Span:
        """The range between two byte offsets, the end exclusive."""
        first, last = self.place(start), self.place(end)
        return Span(self.path, first.line, first.column, last.line, last.column)

    def text(self, span: Span) -> str:
        """What stands in a range; empty where the range is not in the text."""
        start = self.offset(span.line, span.column)
        end = self.offset(span.end_line, span.end_column)
        if start is None or end is None:
            return ""
        return self.content[start:end].decode("utf-8", "replace")

    def utf16_column(self, line: int, byte_column: int) -> int:
        """The 0-based UTF-16 column of a 1-based byte column, clamped to the line."""
        before = self.line(line)[: max(byte_column - 1, 0)]
        return len(before.decode("utf-8", "replace").encode("utf-16-le")) // 2

    def byte_column(self, line: int, utf16_column: int) -> int:
        """The 1-based byte column of a 0-based UTF-16 column, clamped to the line.

        A column inside a surrogate pair counts as the start of its character.
        """
        before = 0
        column = 1
        for character in self.line(line).decode("utf-8", "replace"):
            before += 2 if ord(character) > 0xFFFF else 1
            if before > utf16_column:
                break
            column += len(character.encode("utf-8"))
        return min(column, len(self.line(line)) + 1)
