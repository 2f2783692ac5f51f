"""The report of a workspace as one page: HTML without scripts, in its viewer's colours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goescape.analysis.model import Place
    from goescape.analysis.overview import Counts, Group, Overview


@frozen
class Page:
    """What the page tells, and how its links are made."""

    title: str
    about: str
    """One line: which Go, how many packages."""
    overview: Overview
    waiting: Sequence[tuple[str, str]]
    """Packages that do not compile, with the first error."""
    fixes: Sequence[tuple[str, int]]
    link: Callable[[Place], str]
    causes: Callable[[str], str]
    """Where the page of a cause is."""


def render(page: Page) -> str:
    """The whole document."""
    return "".join(_document(page))


def _document(page: Page) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{_POLICY}\n'
    yield f"<title>{escape(page.title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
    yield f"<h1>{escape(page.title)}</h1>\n<p class='quiet'>{escape(page.about)}</p>\n"
    counts = page.overview.counts
    if not counts.total:
        yield "<p>No allocations were found in what was analysed so far.</p>\n"
    else:
        yield f"<p class='tiles'>{''.join(_tiles(counts))}</p>\n"
    yield from _waiting(page)
    yield from _groups("Packages", page.overview.packages, page.link)
    yield from _groups("Functions", page.overview.functions, page.link)
    yield from _groups("Causes", page.overview.causes, lambda _: "", page.causes)
    yield from _fixes(page)
    yield "</body></html>\n"


def _tiles(counts: Counts) -> Iterator[str]:
    shown = (
        (counts.total, "allocation sites", "total"),
        (counts.warning, "in a loop, or large", "warning"),
        (counts.information, "ordinary", "information"),
        (counts.hint, "of little weight", "hint"),
    )
    for number, words, kind in shown:
        yield f"<span class='tile {kind}'><b>{number}</b> {words}</span>"


def _waiting(page: Page) -> Iterator[str]:
    if not page.waiting:
        return
    yield "<h2>Waiting: does not compile</h2>\n<ul>\n"
    for package, error in page.waiting:
        yield f"<li><code>{escape(package)}</code> {escape(error)}</li>\n"
    yield "</ul>\n"


def _groups(
    heading: str,
    groups: Sequence[Group],
    link: Callable[[Place], str],
    about: Callable[[str], str] | None = None,
) -> Iterator[str]:
    if not groups:
        return
    most = max(group.counts.total for group in groups)
    yield f"<h2>{heading}</h2>\n<table>\n"
    for group in groups:
        target = about(group.name) if about else link(group.place) if group.place else ""
        name = f"<code>{escape(group.name)}</code>"
        name = f'<a href="{escape(target)}">{name}</a>' if target else name
        detail = f" <span class='quiet'>{escape(group.detail)}</span>" if group.detail else ""
        yield f"<tr><td>{name}{detail}</td><td class='number'>{group.counts.total}</td>"
        yield f"<td class='bar'>{''.join(_bar(group.counts, most))}</td></tr>\n"
    yield "</table>\n"


def _bar(counts: Counts, most: int) -> Iterator[str]:
    """One piece for each rank, as long as its part of the largest row."""
    for kind in ("warning", "information", "hint"):
        number = getattr(counts, kind)
        if number:
            width = max(round(100 * number / most, 1), 0.5)
            yield f"<i class='{kind}' style='width:{width}%' title='{number} {kind}'></i>"


def _fixes(page: Page) -> Iterator[str]:
    if not page.fixes:
        return
    yield "<h2>Fixes that may fit</h2>\n<p class='quiet'>Found by syntax alone. A fix is offered "
    yield "in its file when the compiler has proved it.</p>\n<table>\n"
    for title, number in page.fixes:
        yield f"<tr><td>{escape(title)}</td><td class='number'>{number}</td></tr>\n"
    yield "</table>\n"


_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_STYLE = """
:root { --text: var(--vscode-foreground, #24292f); --page: var(--vscode-editor-background, #fff);
  --quiet: var(--vscode-descriptionForeground, #6e7781);
  --link: var(--vscode-textLink-foreground, #0969da);
  --line: var(--vscode-editorWidget-border, #d0d7de);
  --warning: var(--vscode-goescape-warning, #bf8700);
  --information: var(--vscode-goescape-information, #1f77d0);
  --hint: var(--vscode-goescape-hint, #8c959f); }
@media (prefers-color-scheme: dark) { :root { --text: var(--vscode-foreground, #d0d7de);
  --page: var(--vscode-editor-background, #0d1117); } }
body { color: var(--text); background: var(--page); max-width: 60rem; margin: 0 auto;
  padding: 1rem 1.5rem 3rem; line-height: 1.5;
  font-family: var(--vscode-font-family, system-ui, sans-serif); }
h1 { font-size: 1.5rem; font-weight: 600; margin: .5rem 0 0; }
h2 { font-size: 1.05rem; font-weight: 600; margin: 1.8rem 0 .4rem; }
code { font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: .92em;
  color: inherit; background: none; padding: 0; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
.quiet { color: var(--quiet); } p.quiet { margin: 0; }
.tiles { display: flex; gap: .6rem; flex-wrap: wrap; margin: 1rem 0; }
.tile { border: 1px solid var(--line); border-left: 4px solid var(--text); border-radius: 4px;
  padding: .35rem .8rem; } .tile b { font-size: 1.25rem; margin-right: .25rem; }
.tile.warning { border-left-color: var(--warning); }
.tile.information { border-left-color: var(--information); }
.tile.hint { border-left-color: var(--hint); }
table { border-collapse: collapse; width: 100%; }
td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
td.number { text-align: right; width: 3.5rem; font-variant-numeric: tabular-nums; }
td.bar { width: 38%; white-space: nowrap; font-size: 0; padding-right: 0; }
td.bar i { display: inline-block; height: .7rem; }
i.warning { background: var(--warning); } i.information { background: var(--information); }
i.hint { background: var(--hint); }
"""
