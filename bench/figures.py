"""From samples to what is printed: medians, quartiles, ratios, tables. Pure."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NONE = "-"
"""Stands where nothing was measured."""


@frozen
class Figure:
    """What a number of samples say; whatever unit they have."""

    median: float
    low: float
    """The first quartile."""
    high: float
    """The third one."""
    count: int


def figure(samples: Iterable[float]) -> Figure | None:
    """Median and quartiles; None without samples."""
    ordered = sorted(samples)
    if not ordered:
        return None
    low, high = percentile(ordered, 25), percentile(ordered, 75)
    return Figure(statistics.median(ordered), low, high, len(ordered))


def percentile(samples: Iterable[float], percent: float) -> float:
    """Between the two nearest samples, in proportion: 50 is the median, 100 the largest."""
    ordered = sorted(samples)
    place = (len(ordered) - 1) * percent / 100
    before, after = ordered[math.floor(place)], ordered[math.ceil(place)]
    return before + (after - before) * (place - math.floor(place))


def seconds(value: Figure | float | None) -> str:
    """``0.123 s``; with quartiles ``0.123 s (0.120-0.140)``."""
    if value is None:
        return NONE
    if isinstance(value, Figure):
        return f"{value.median:.3f} s ({value.low:.3f}-{value.high:.3f})"
    return f"{value:.3f} s"


def brief_seconds(value: Figure | None) -> str:
    """Only the median."""
    return seconds(None if value is None else value.median)


def milliseconds(value: float | None) -> str:
    """Of a number of seconds: ``12 ms``."""
    return NONE if value is None else f"{value * 1000:.0f} ms"


def size(value: float | None) -> str:
    """Of a number of bytes: ``12 B``, ``3.4 kB``, ``56 MB``."""
    if value is None:
        return NONE
    units = ["B", "kB", "MB", "GB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        del units[0]
    return f"{value:.1f} {units[0]}" if 0 < value < 10 else f"{value:.0f} {units[0]}"


def ratio(value: Figure | None, base: Figure | None) -> str:
    """How many times the base: ``1.21x``."""
    if value is None or base is None or not base.median:
        return NONE
    return f"{value.median / base.median:.2f}x"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that reads well as it is and as Markdown; all columns but the first to the right."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(lines[0]), line(rule), *map(line, lines[1:])])
