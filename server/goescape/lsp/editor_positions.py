"""Places of files -> positions of the editor: there lines count from 0 and columns are UTF-16."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from lsprotocol import types as lsp

if TYPE_CHECKING:
    from collections.abc import Callable

    from goescape.analysis.positions import Place, Span
    from goescape.analysis.syntax.source import SourceText


@frozen(eq=False)
class EditorPositions:
    """Turns places of files into an editor's positions."""

    text: Callable[[str], SourceText | None]
    """The text that the positions belong to; None: taken for ASCII."""
    uri: Callable[[str], str]
    """How the editor names a path."""

    def position(self, path: str, line: int, byte_column: int) -> lsp.Position:
        """The position of a point of a file."""
        source = self.text(path)
        column = max(byte_column - 1, 0)
        if source is not None:
            column = source.utf16_column(line, byte_column)
        return lsp.Position(max(line - 1, 0), column)

    def range(self, span: Span) -> lsp.Range:
        """The range of a span."""
        return lsp.Range(
            self.position(span.file, span.line, span.column),
            self.position(span.file, span.end_line, span.end_column),
        )

    def location(self, at: Place) -> lsp.Location:
        """A link to a point."""
        position = self.position(at.file, at.line, at.column)
        return lsp.Location(self.uri(at.file), lsp.Range(position, position))

    def link(self, at: Place) -> str:
        """A URI that editors open at the point: 1-based line and column."""
        position = self.position(at.file, at.line, at.column)
        return f"{self.uri(at.file)}#L{position.line + 1},{position.character + 1}"
