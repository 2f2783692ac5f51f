"""Parsed files that are kept while they may be asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from goescape.analysis.syntax.go_file import GoFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.syntax.source import SourceText


class ParsedFiles:
    """Parsed files by path and content, so that nobody parses a text twice.

    Keeps those that were asked for last, as far as their texts have ``limit`` bytes together: a
    tree takes about twenty times as much memory as its text. Knows others as long as somebody else
    has them.
    """

    def __init__(self, limit: int = 2_000_000) -> None:
        self._limit = limit
        self._size = 0
        self._files: dict[tuple[str, bytes], GoFile] = {}
        self._alive: WeakValueDictionary[tuple[str, bytes], GoFile] = WeakValueDictionary()

    def of(self, source: SourceText) -> GoFile:
        """The syntax of a text."""
        key = source.path, source.content
        if (file := self._files.pop(key, None)) is None:
            if (file := self._alive.get(key)) is None:
                file = self._alive[key] = GoFile(source)
            self._size += len(source.content)
        self._files[key] = file
        while self._size > self._limit and len(self._files) > 1:
            (_, content) = oldest = next(iter(self._files))
            del self._files[oldest]
            self._size -= len(content)
        return file

    def precompute(self, sources: Iterable[SourceText]) -> None:
        """Look up what a report on these texts will ask for, while nobody asks yet."""
        for source in sources:
            self.of(source).precompute()
