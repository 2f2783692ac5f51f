"""Positions of a compiled text, carried over to the text that stands in the editor now."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice
from operator import ne
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.positions import Place, Span  # noqa: TC001 - attrs resolves them
from goescape.analysis.syntax.source import SourceText  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen(slots=False)
class PositionShift:
    """Which line of ``old`` is which line of ``new``. Edited lines have no counterpart."""

    old: SourceText
    new: SourceText

    @property
    def unchanged(self) -> bool:
        """Whether both texts are the same."""
        return self.old.content == self.new.content

    def line(self, old_line: int) -> int | None:
        """Where a line of the old text stands now; None when it was edited or removed."""
        return old_line if self.unchanged else self._forward.get(old_line)

    def line_back(self, new_line: int) -> int | None:
        """Which line of the old text a line was; None when it is new or edited."""
        return new_line if self.unchanged else self._backward.get(new_line)

    def span(self, span: Span) -> Span | None:
        """A range in the new text; None as soon as one of its lines was touched."""
        if self.unchanged:
            return span
        first = self.line(span.line)
        if first is None:
            return None
        moved_by = first - span.line
        for line in range(span.line + 1, span.end_line + 1):
            if self.line(line) != line + moved_by:
                return None
        return span._replace(line=first, end_line=span.end_line + moved_by)

    def place(self, place: Place) -> Place | None:
        """A point in the new text; None when its line was touched."""
        line = self.line(place.line)
        return None if line is None else place._replace(line=line)

    @cached_property
    def _forward(self) -> dict[int, int]:
        old, new = self.old.lines, self.new.lines
        # Typing changes few lines: equal heads and tails need no comparison of everything.
        shorter = min(len(old), len(new))
        head = _equal(old, new, shorter)
        tail = _equal(reversed(old), reversed(new), shorter - head)
        lines = dict(zip(range(1, head + 1), range(1, head + 1), strict=True))
        matcher = SequenceMatcher(
            None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
        )
        if len(old) - head - tail <= _LARGEST_COMPARED and len(new) - head - tail <= (
            _LARGEST_COMPARED
        ):
            for block in matcher.get_matching_blocks():
                for index in range(block.size):
                    lines[head + block.a + index + 1] = head + block.b + index + 1
        last = range(len(old) - tail + 1, len(old) + 1), range(len(new) - tail + 1, len(new) + 1)
        lines.update(zip(*last, strict=True))
        return lines

    @cached_property
    def _backward(self) -> dict[int, int]:
        return {new: old for old, new in self._forward.items()}


def _equal(old: Iterable[bytes], new: Iterable[bytes], most: int) -> int:
    """How many lines are the same from the beginning on."""
    pairs = enumerate(islice(map(ne, old, new), most))
    return next((index for index, differs in pairs if differs), most)


# Comparing is quadratic at worst; beyond this many changed lines they count as edited.
_LARGEST_COMPARED = 2_000
