"""Numbers as areas: rectangles that fill a page, the largest first, one inside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import squarify
from attrs import frozen

from goescape.analysis.messages.catalogue import current_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


def tiles(areas: Iterable[Area], shape: float = 2.0) -> tuple[Tile, ...]:
    """Lay areas out on a page that is ``shape`` times as wide as high."""
    return tuple(_laid_out(_few(areas), Box(0, 0, 100, 100), shape))


def _few(areas: Iterable[Area]) -> list[Area]:
    found = sorted((each for each in areas if each.size > 0), key=lambda each: -each.size)
    least = sum(each.size for each in found) / _MOST_TIMES
    found = [each for each in found if each.size > least]
    rest = sum(each.size for each in found[_MOST:])
    more = [Area(current_catalogue().text("more", count=len(found) - _MOST), rest)] if rest else []
    return sorted([*found[:_MOST], *more], key=lambda each: -each.size)


def _laid_out(areas: Sequence[Area], page: Box, shape: float) -> Iterator[Tile]:
    if not areas:
        return
    # squares shall be square on the page, where a percent across is longer than one down
    wide = page.width * shape
    sizes = squarify.normalize_sizes([each.size for each in areas], wide, page.height)
    found = squarify.squarify(sizes, page.left * shape, page.top, wide, page.height)
    for area, each in zip(areas, found, strict=True):
        box = Box(each["x"] / shape, each["y"], each["dx"] / shape, each["dy"])
        inner: Iterator[Tile] = iter(())
        if area.parts and min(box.width, box.height) > _SMALLEST:
            inner = _laid_out(_few(area.parts), _below_title(box), shape)
        yield Tile(area, box, tuple(inner))


def _below_title(box: Box) -> Box:
    return box._replace(top=box.top + _TITLE, height=box.height - _TITLE)


_SMALLEST = 8.0
"""What is smaller, in percent, is not divided."""
_TITLE = 5.0
"""Percent of the height, for the name above the parts."""
