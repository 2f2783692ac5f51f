"""The report of a workspace as one page: HTML without scripts, in its viewer's colours."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.printable import printable
from goescape.pages.report_style import POLICY, STYLE
from goescape.pages.treemap import Area, Tile, tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Place
    from goescape.analysis.reports.overview import Counts, Group, Overview, Ranked
    from goescape.analysis.syntax.source import SourceText

MOST_SITES = 40
_OPEN_SITES = 3
_AROUND = 2
"""Lines of code above and below a site."""


@frozen
class PageSite:
    """One allocation site that is told in full."""

    ranked: Ranked
    source: SourceText | None = None
    share: str = ""
    """What the profile says of it."""
    is_new: bool = False


@frozen
class ProfileRow:
    """A line that allocates, according to a profile."""

    share: str
    place: str
    message: str


@frozen
class Trend:
    """How it was when a baseline was written."""

    name: str
    new: int
    gone: int


@frozen
class Page:
    """What the page tells, and how its links are made."""

    catalogue: Catalogue
    """The language that it is in."""
    title: str
    about: str
    """One line: which Go, how many packages."""
    overview: Overview
    waiting: Sequence[tuple[str, str]]
    """Packages that do not compile, with the first error."""
    fixes: Sequence[tuple[str, int]]
    link: Callable[[Place], str]
    """Where the code of a place is; empty where it cannot be reached from the page."""
    causes: Callable[[str], str]
    """Where the page of a cause is."""
    shown: Callable[[str], str] = str
    """How a file is named."""
    areas: Sequence[Area] = ()
    """Packages with their functions, by what they allocate."""
    measure: str = "allocation sites"
    """What the size of an area is."""
    sites: Sequence[PageSite] = ()
    """Most important first."""
    allocated: Sequence[ProfileRow] = ()
    profile: str = ""
    """What was allocated in all."""
    trend: Trend | None = None


def areas_of(
    findings: Iterable[Ranked], weight: Callable[[Finding], float], catalogue: Catalogue
) -> tuple[Area, ...]:
    """Packages with their functions; ``weight`` says how large a site is."""
    packages: dict[str, dict[str, list[tuple[float, bool]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for rank, finding in findings:
        weighed = weight(finding), rank.value == "warning"
        function = finding.function or catalogue.finding.package_level
        packages[finding.package][function].append(weighed)
    return tuple(_area(name, functions) for name, functions in packages.items())


def _area(name: str, functions: dict[str, list[tuple[float, bool]]]) -> Area:
    parts = tuple(
        Area(
            function,
            sum(size for size, _ in sites),
            hot=sum(size for size, hot in sites if hot) / (sum(size for size, _ in sites) or 1),
            about=f"{name}.{function}",
        )
        for function, sites in functions.items()
    )
    size = sum(part.size for part in parts)
    hot = sum(part.size * part.hot for part in parts) / (size or 1)
    return Area(name, size, parts, hot=hot, about=name)


def render(page: Page) -> str:
    """The whole document."""
    return "".join(_document(page))


def _document(page: Page) -> Iterator[str]:
    catalogue = page.catalogue
    yield f'<!DOCTYPE html>\n<html lang="{catalogue.name}"><head><meta charset="utf-8">{POLICY}\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{_escaped(page.title)}</title>\n<style>{STYLE}</style></head>\n<body><main>\n"
    yield f"<h1>{_escaped(page.title)}</h1>\n<p class='quiet'>{_escaped(page.about)}</p>\n"
    counts = page.overview.counts
    if not counts.total:
        yield f"<p>{_escaped(catalogue.report.nothing)}</p>\n"
    else:
        yield f"<p class='tiles'>{''.join(_tiles(counts, catalogue))}{_trend(page)}</p>\n"
    yield from _waiting(page)
    yield from _treemap(page)
    yield from _allocated(page)
    seen = page.overview
    yield from _groups(page, catalogue.report.packages, seen.packages, seen.more_packages)
    yield from _groups(page, catalogue.report.functions, seen.functions, seen.more_functions)
    yield from _groups(page, catalogue.report.causes, seen.causes, about=page.causes)
    yield from _sites(page)
    yield from _fixes(page)
    yield "</main></body></html>\n"


def _kinds(counts: Counts, catalogue: Catalogue) -> Iterator[tuple[str, int, str]]:
    """Each rank that sites may have: its name in styles, how many have it, what it is called."""
    yield "warning", counts.warning, catalogue.report.warning
    yield "information", counts.information, catalogue.report.information
    yield "hint", counts.hint, catalogue.report.hint


def _tiles(counts: Counts, catalogue: Catalogue) -> Iterator[str]:
    total = ("total", counts.total, catalogue.report.total)
    for kind, number, name in (total, *_kinds(counts, catalogue)):
        yield f"<span class='tile {kind}'><b>{number:,}</b> {_escaped(name)}</span>"


def _trend(page: Page) -> str:
    if (trend := page.trend) is None:
        return ""
    kind = "warning" if trend.new > trend.gone else "better"
    told = page.catalogue.report.trend.format(new=trend.new, gone=trend.gone, name=trend.name)
    return f"<span class='tile {kind}'>{_escaped(told)}</span>"


def _waiting(page: Page) -> Iterator[str]:
    if not page.waiting:
        return
    yield f"<h2>{_escaped(page.catalogue.report.waiting)}</h2>\n<ul>\n"
    for package, error in page.waiting:
        yield f"<li><code>{_escaped(package)}</code> {_escaped(error)}</li>\n"
    yield "</ul>\n"


def _treemap(page: Page) -> Iterator[str]:
    catalogue = page.catalogue
    laid_out = tiles(page.areas, lambda count: catalogue.finding.more.format(count=count))
    if not laid_out:
        return
    about = _escaped(catalogue.report.map.format(measure=page.measure))
    yield f"<h2>{_escaped(catalogue.report.where)}</h2>\n<p class='quiet'>{about}</p>\n"
    # to those who cannot see it, the tables below say the same
    yield f"<div class='treemap' role='img' aria-label='{about}'>\n"
    for tile in laid_out:
        yield from _tile(tile, page.measure, "package")
    yield "</div>\n"


def _tile(tile: Tile, measure: str, kind: str) -> Iterator[str]:
    area = tile.area
    amount = f"{area.size:,.0f}" if area.size >= 10 else f"{area.size:.3g}"
    about = f"{area.about or area.name}: {amount} {measure}"
    left, top, width, height = tile.box
    style = f"left:{left:.2f}%;top:{top:.2f}%;width:{width:.2f}%;height:{height:.2f}%"
    shade = min(int(area.hot * 5), 4)
    yield f"<div class='{kind} heat{shade}' style='{style}' title='{_escaped(about)}'>"
    yield f"<span>{_escaped(area.name)}</span></div>\n"
    for inner in tile.inner:
        yield from _tile(inner, measure, "function")


def _allocated(page: Page) -> Iterator[str]:
    if not page.allocated:
        return
    catalogue = page.catalogue
    yield f"<h2>{_escaped(catalogue.report.top)}</h2>\n"
    yield f"<p class='quiet'>{_escaped(page.profile)}</p>\n<table>\n"
    heads = (_escaped(catalogue.report.allocated), _escaped(catalogue.report.what))
    yield f"<tr><th>{heads[0]}</th><th>{heads[1]}</th></tr>\n"
    for line in page.allocated:
        yield f"<tr><td class='share'>{_escaped(line.share)}</td><td><code>{_escaped(line.place)}"
        yield f"</code> {_prose(line.message)}</td></tr>\n"
    yield "</table>\n"


def _groups(
    page: Page,
    title: str,
    groups: Sequence[Group],
    more: int = 0,
    about: Callable[[str], str] | None = None,
) -> Iterator[str]:
    if not groups:
        return
    most = max(group.counts.total for group in groups)
    yield f"<h2>{_escaped(title)}</h2>\n<table>\n"
    for group in groups:
        target = about(group.name) if about else page.link(group.place) if group.place else ""
        name = f"<code>{_escaped(group.name)}</code>"
        name = f'<a href="{_escaped(target)}">{name}</a>' if target else name
        detail = f" <span class='quiet'>{_escaped(group.detail)}</span>" if group.detail else ""
        yield f"<tr><td>{name}{detail}</td><td class='number'>{group.counts.total:,}</td>"
        yield f"<td class='bar'>{''.join(_bar(page, group.counts, most))}</td></tr>\n"
    yield "</table>\n"
    if more > 0:
        rest = page.catalogue.report.more_rows.format(count=more)
        yield f"<p class='quiet'>{_escaped(rest)}</p>\n"


def _bar(page: Page, counts: Counts, most: int) -> Iterator[str]:
    """One piece for each rank, as long as its part of the largest row."""
    for kind, number, name in _kinds(counts, page.catalogue):
        if number:
            about = f"{number} {_escaped(name)}"
            width = max(round(100 * number / most, 1), 0.5)
            yield f"<i class='{kind}' style='width:{width}%' title='{about}'></i>"


def _sites(page: Page) -> Iterator[str]:
    if not page.sites:
        return
    catalogue, more = page.catalogue, page.overview.counts.total - len(page.sites)
    rest = catalogue.report.more_sites.format(count=more) if more > 0 else ""
    order = _escaped(catalogue.report.order.format(more=rest))
    yield f"<h2>{_escaped(catalogue.report.sites)}</h2>\n<p class='quiet'>{order}</p>\n"
    for number, site in enumerate(page.sites):
        yield from _site(page, site, is_open=number < _OPEN_SITES)


def _site(page: Page, site: PageSite, *, is_open: bool) -> Iterator[str]:
    catalogue, (rank, finding) = page.catalogue, site.ranked
    place = f"{page.shown(finding.span.file)}:{finding.span.line}"
    new = f"<b class='new'>{_escaped(catalogue.report.new)}</b> " if site.is_new else ""
    yield f"<details{' open' if is_open else ''}><summary class='{rank.value}'>{new}"
    yield f"{_prose(explain.message(finding, catalogue))} "
    yield f"<span class='quiet'>{_escaped(place)}</span></summary>\n"
    if target := page.link(finding.span.start):
        yield f'<p><a href="{_escaped(target)}">{_escaped(place)}</a></p>\n'
    if site.share:
        yield f"<p><b>{_escaped(site.share)}</b></p>\n"
    yield from _code(finding, site.source)
    told = explain.explain(finding, catalogue)
    yield f"<p>{_prose(told.why)}</p>\n"
    if told.steps:
        yield "<ol>\n"
        for step in told.steps:
            at = f" {page.shown(step.place.file)}:{step.place.line}" if step.place else ""
            yield f"<li>{_prose(step.text)}<span class='quiet'>{_escaped(at)}</span></li>\n"
        yield "</ol>\n"
    if told.helps:
        yield f"<p><b>{_escaped(catalogue.hover.helps)}</b> {_prose(told.helps)}</p>\n"
    yield f"<p class='quiet'>{_prose(explain.rank_sentence(finding, catalogue))}</p></details>\n"


def _code(finding: Finding, source: SourceText | None) -> Iterator[str]:
    if source is None:
        return
    first = max(finding.span.line - _AROUND, 1)
    last = min(finding.span.line + _AROUND, source.line_count)
    yield "<pre tabindex='0'>"
    for line in range(first, last + 1):
        text = source.line(line).decode("utf-8", "replace").expandtabs(4).rstrip()
        row = f"{line:>5}  {_escaped(text)}"
        yield f"<mark>{row}</mark>\n" if line == finding.span.line else f"{row}\n"
    yield "</pre>\n"


def _escaped(text: str) -> str:
    """Text, whatever is in it."""
    return html.escape(printable(text))


def _prose(text: str) -> str:
    """What stands in backticks is code."""
    shown, position = [], 0
    for code in _CODE.finditer(text):
        shown.append(_escaped(text[position : code.start()]))
        shown.append(f"<code>{_escaped(code[1] or code[2])}</code>")
        position = code.end()
    return "".join(shown) + _escaped(text[position:])


_CODE = re.compile(r"``(.+?)``|`([^`]+)`")


def _fixes(page: Page) -> Iterator[str]:
    if not page.fixes:
        return
    catalogue = page.catalogue
    yield f"<h2>{_escaped(catalogue.report.fixes)}</h2>\n"
    yield f"<p class='quiet'>{_escaped(catalogue.report.fixes_note)}</p>\n"
    yield "<table>\n"
    for title, number in page.fixes:
        yield f"<tr><td>{_escaped(title)}</td><td class='number'>{number:,}</td></tr>\n"
    yield "</table>\n"
