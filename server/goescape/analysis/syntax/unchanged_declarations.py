"""Which declarations of a file are the same in two of its texts, and where they stand now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.positions import Place, Span  # noqa: TC001 - resolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.source import SourceText

    _Lines = range


@frozen
class UnchangedDeclarations:
    """The lines of declarations at package level that have the same text, function bodies too.

    Equal ones are taken in their order.
    """

    is_all: bool
    """Whether no declaration was edited, added or removed."""
    _lines: Mapping[int, int] | None = None
    """New lines by old ones; None where both texts are the same."""

    @property
    def is_same_text(self) -> bool:
        """Whether nothing at all was edited."""
        return self._lines is None

    @classmethod
    def between(
        cls, old: SourceText, new: SourceText, parse: Callable[[SourceText], GoFile]
    ) -> UnchangedDeclarations:
        """Those of two texts of a file."""
        if old.content == new.content:
            return cls(is_all=True)
        before, after = _declarations(parse(old)), _declarations(parse(new))
        lines: dict[int, int] = {}
        for text, places in before.items():
            for old_place, new_place in zip(places, after.get(text, ()), strict=False):
                lines.update(zip(old_place, new_place, strict=True))
        counts = ({text: len(places) for text, places in each.items()} for each in (before, after))
        return cls(next(counts) == next(counts), lines)

    def span(self, old: Span) -> Span | None:
        """Where a range stands now; None where its declaration is another one."""
        if self._lines is None:
            return old
        line, end_line = self._lines.get(old.line), self._lines.get(old.end_line)
        if line is None or end_line is None or end_line - line != old.end_line - old.line:
            return None
        return old._replace(line=line, end_line=end_line)

    def place(self, old: Place) -> Place | None:
        """Where a point stands now; None where its declaration is another one."""
        if self._lines is None:
            return old
        line = self._lines.get(old.line)
        return None if line is None else old._replace(line=line)


def _declarations(file: GoFile) -> dict[bytes, list[_Lines]]:
    """The lines of each text, in source order: whole lines, with what else stands on them."""
    lines = file.source.lines
    declared: dict[bytes, list[_Lines]] = defaultdict(list)
    for node in file.root.named_children:
        if node.type != "comment":
            first, last = node.start_point[0], node.end_point[0]
            text = b"\n".join(lines[first : last + 1])
            declared[text].append(range(first + 1, last + 2))
    return declared
