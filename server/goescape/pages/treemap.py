"""Numbers as areas: rectangles that fill a page, the largest first, one inside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import squarify
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_MOST = 60
"""Rectangles on one level; what is smaller together is one more."""


_MOST_TIMES = 1e6
"""How much smaller than all something may be: nobody could see it."""


@frozen
class Area:
    """Something with a size, and perhaps with parts."""

    name: str
    size: float
    parts: tuple[Area, ...] = ()
    link: str = ""
    hot: float = 0.0
    """Which part of it matters most, from 0 to 1."""
    about: str = ""


class Box(NamedTuple):
    """A rectangle in percent of the whole page."""

    left: float
    top: float
    width: float
    height: float


@frozen
class Tile:
    """Where an area is."""

    area: Area
    box: Box
    inner: tuple[Tile, ...] = ()


def tiles(
    areas: Iterable[Area], more: Callable[[int], str], shape: float = 2.0
) -> tuple[Tile, ...]:
    """Lay areas out on a page that is ``shape`` times as wide as high.

    ``more`` names so many areas that are too small to be seen one by one.
    """
    return tuple(_laid_out(_few(areas, more), Box(0, 0, 100, 100), shape, more))


def _few(areas: Iterable[Area], more: Callable[[int], str]) -> list[Area]:
    largest = sorted((area for area in areas if area.size > 0), key=lambda area: -area.size)
    least = sum(area.size for area in largest) / _MOST_TIMES
    largest = [area for area in largest if area.size > least]
    rest = sum(area.size for area in largest[_MOST:])
    others = [Area(more(len(largest) - _MOST), rest)] if rest else []
    return sorted([*largest[:_MOST], *others], key=lambda area: -area.size)


def _laid_out(
    areas: Sequence[Area], page: Box, shape: float, more: Callable[[int], str]
) -> Iterator[Tile]:
    if not areas:
        return
    # squares shall be square on the page, where a percent across is longer than one down
    wide = page.width * shape
    sizes = squarify.normalize_sizes([area.size for area in areas], wide, page.height)
    rectangles = squarify.squarify(sizes, page.left * shape, page.top, wide, page.height)
    for area, rectangle in zip(areas, rectangles, strict=True):
        box = Box(rectangle["x"] / shape, rectangle["y"], rectangle["dx"] / shape, rectangle["dy"])
        inner: Iterator[Tile] = iter(())
        if area.parts and min(box.width, box.height) > _SMALLEST:
            inner = _laid_out(_few(area.parts, more), _below_title(box), shape, more)
        yield Tile(area, box, tuple(inner))


def _below_title(box: Box) -> Box:
    return box._replace(top=box.top + _TITLE, height=box.height - _TITLE)


_SMALLEST = 8.0
"""What is smaller, in percent, is not divided."""
_TITLE = 5.0
"""Percent of the height, for the name above the parts."""
