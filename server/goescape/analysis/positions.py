"""Points and ranges of files, in the compiler's own coordinates: lines and byte columns from 1."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A point of a file. ``column`` is 0 when the compiler printed none."""

    file: str
    line: int
    column: int


class Span(NamedTuple):
    """A range of a file; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> Place:
        """Where the range begins."""
        return Place(self.file, self.line, self.column)

    def contains(self, line: int, column: int) -> bool:
        """Whether the point lies in the range, its end included (a cursor stands between bytes)."""
        return (self.line, self.column) <= (line, column) <= (self.end_line, self.end_column)
