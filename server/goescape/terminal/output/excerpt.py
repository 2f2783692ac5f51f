"""A line of code with carets under a part of it."""

from __future__ import annotations

from goescape.terminal.output.style import cell_width, printable

TAB = 4
"""Terminal cells from one tab stop to the next."""

Cells = list[tuple[str, int]]
"""Printable texts with their widths in terminal cells."""


def excerpt(line: bytes, start: int, end: int, width: int) -> tuple[str, str]:
    """The line as it can be printed, and a second one with carets under [start, end).

    ``start`` and ``end`` are byte columns from 1. Indentation is left out, and a line wider than
    ``width`` cells is cut down to the part around the carets.
    """
    line = line.rstrip(b"\r\n")
    start = min(max(start, 1), len(line) + 1)
    end = max(end, start)
    indentation = min(len(line) - len(line.lstrip(b" \t")), start - 1)
    line, start, end = line[indentation:], start - indentation, end - indentation
    parts = (line[: start - 1], line[start - 1 : end - 1], line[end - 1 :])
    if len(line) <= width and line.isascii() and (code := line.decode()).isprintable():
        # nearly always: a cell for each byte
        return code.rstrip(), " " * len(parts[0]) + "^" * max(1, len(parts[1]))
    before: Cells = []
    marked: Cells = []
    after: Cells = []
    column = 0
    for part, cells in zip(parts, (before, marked, after), strict=True):
        column = _fill(cells, part.decode("utf-8", "replace"), column)
    if _width([*before, *marked, *after]) > width:
        context = min(_width(after), width // 4)
        before = _cut_front(before, max(width - _width(marked) - context, width // 2))
    kept = _cut_back([*marked, *after], width - _width(before))
    marks = max(1, min(_width(marked), _width(kept)))
    return _text([*before, *kept]).rstrip(), " " * _width(before) + "^" * marks


def _fill(cells: Cells, text: str, column: int) -> int:
    """Append the text; ``column`` is the number of cells before it, and after it."""
    for character in text:
        shown = " " * (TAB - column % TAB) if character == "\t" else printable(character)
        cells.append((shown, sum(map(cell_width, shown))))
        column += cells[-1][1]
    return column


def _cut_front(cells: Cells, width: int) -> Cells:
    surplus = _width(cells) - width
    if surplus <= 0:
        return cells
    while surplus >= 0:
        surplus -= cells[0][1]
        cells = cells[1:]
    return [("…", 1), *cells]


def _cut_back(cells: Cells, width: int) -> Cells:
    if _width(cells) <= width:
        return cells
    kept: Cells = []
    used = 1
    for cell in cells:
        used += cell[1]
        if used > width:
            break
        kept.append(cell)
    return [*kept, ("…", 1)]


def _width(cells: Cells) -> int:
    return sum(width for _, width in cells)


def _text(cells: Cells) -> str:
    return "".join(text for text, _ in cells)
