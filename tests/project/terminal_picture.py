"""A picture of what a terminal shows, as SVG."""

from __future__ import annotations

import re
from html import escape

_COLOURS = {"1": "#e6edf3", "2": "#8b949e", "31": "#ff7b72", "32": "#7ee787", "33": "#e3b341"}
_COLOURS |= {"34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea"}
_MARK = re.compile(r"\x1b\[([\d;]*)m")
_CELL, _LINE, _EDGE = 8.43, 19, 16


def terminal_picture(text: str) -> str:
    """Lines with ANSI colours in a dark window."""
    lines = text.expandtabs().splitlines()
    width = max(len(_MARK.sub("", line)) for line in lines) * _CELL + 2 * _EDGE
    height = len(lines) * _LINE + 2 * _EDGE
    rows = [
        f'<text x="{_EDGE}" y="{_EDGE + 14 + number * _LINE}">{_row(line)}</text>'
        for number, line in enumerate(lines)
    ]
    font = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;white-space:pre"
    size = f'width="{width:.0f}" height="{height}"'
    open_svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" {size}>'
    window = '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>'
    group = f'<g fill="#c9d1d9" style="{font}" xml:space="preserve">'
    return "\n".join([open_svg, window, group, *rows, "</g></svg>", ""])


def _row(line: str) -> str:
    colour, parts, position = "", [], 0
    for mark in [*_MARK.finditer(line), None]:
        piece = escape(line[position : mark.start() if mark else len(line)])
        if piece:
            parts.append(f'<tspan fill="{colour}">{piece}</tspan>' if colour else piece)
        if mark is not None:
            position = mark.end()
            wanted = [_COLOURS[code] for code in mark[1].split(";") if code in _COLOURS]
            colour = wanted[-1] if wanted else ""
    return "".join(parts)
