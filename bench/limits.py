"""What goescape promises, and whether this run kept it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from bench.figures import NONE, figure, milliseconds, percentile, seconds, size, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.figures import Figure
    from bench.packages import Package
    from bench.scenarios import Samples

TYPING, SAVING = "goescape typing after waiting", "goescape saving"
_LONG = 0.15
"""Seconds of the compiler's limit from which on it is the ratio that counts."""
_RATIO = 1.25
_MARGIN = 0.060
_AHEAD = 10.0
_AHEAD_OF = ("metadata", "client", "large")
"""Where gopls takes so long for other reasons than the compiler."""


@frozen
class Kept:
    """A promise, and the worst that was measured of it."""

    what: str
    allowed: str
    reached: str
    met: bool


def allowed(limit: float) -> float:
    """The seconds that an edit may take where the bare compiler takes so many."""
    return limit * _RATIO if limit > _LONG else limit + _MARGIN


def limits(
    packages: Mapping[str, tuple[Package, Samples]],
    starts: Samples | None,
    workspace: Samples | None,
) -> str:
    """A line for each promise that something was measured of."""
    kept = [*_of_packages(packages), *_of_starts(starts), *_of_workspace(workspace)]
    rows = [
        [each.what, each.allowed, each.reached, "met" if each.met else "**missed**"]
        for each in kept
    ]
    return table(["what", "allowed", "the worst", ""], rows) if rows else ""


def _of_packages(packages: Mapping[str, tuple[Package, Samples]]) -> Iterator[Kept]:
    for name, what in ((TYPING, "typing"), (SAVING, "saving")):
        over = {
            each: reached / allowed(limit)
            for each, (_, samples) in packages.items()
            if (limit := _median(samples, "limit")) and (reached := _median(samples, name))
        }
        if over:
            worst = max(over, key=over.__getitem__)
            share = f"{over[worst]:.0%} of it ({worst})"
            yield Kept(f"{what} -> findings", "1.25x, or +60 ms", share, over[worst] <= 1)
    ahead = {
        each: theirs / ours
        for each, (_, samples) in packages.items()
        if each in _AHEAD_OF
        and (theirs := _median(samples, "gopls saving"))
        and (ours := _median(samples, SAVING))
    }
    if ahead:
        worst = min(ahead, key=ahead.__getitem__)
        yield Kept(
            f"ahead of gopls ({', '.join(ahead)})",
            f"{_AHEAD:.0f}x",
            f"{ahead[worst]:.1f}x ({worst})",
            ahead[worst] >= _AHEAD,
        )
    yield from _most(packages, "hover", "hover while an analysis runs, p99", 0.050, milliseconds)
    yield from _most(packages, "reopened", "closed and opened again", 0.100, milliseconds)
    yield from _most(packages, "goescape typing cache", "cache: typing", 0, size)


def _most(
    packages: Mapping[str, tuple[Package, Samples]],
    name: str,
    what: str,
    most: float,
    show: Callable[[float], str],
) -> Iterator[Kept]:
    found = {
        each: percentile(samples.values[name], 99)
        if name == "hover"
        else (_median(samples, name) or 0.0)
        for each, (_, samples) in packages.items()
        if samples.values.get(name)
    }
    if found:
        worst = max(found, key=found.__getitem__)
        yield Kept(what, show(most), f"{show(found[worst])} ({worst})", found[worst] <= most)


def _of_starts(starts: Samples | None) -> Iterator[Kept]:
    for name, what, most in (
        ("version", "`goescape --version`", 0.15),
        ("initialize", "process started -> `initialize` answered", 0.6),
        ("opened, known", "`didOpen` -> findings, unchanged", 0.1),
    ):
        if starts is not None and (reached := _median(starts, name)) is not None:
            yield Kept(what, seconds(most), seconds(reached), reached <= most)


def _of_workspace(workspace: Samples | None) -> Iterator[Kept]:
    for name, most in (("cold", 1.1), ("warm", 0.5)):
        found = {}
        for suffix, text in (("", "without tests"), (", with tests", "with tests")):
            theirs = ours = None
            if workspace is not None:
                theirs = _median(workspace, f"go{suffix} {name}")
                ours = _median(workspace, f"goescape{suffix} {name}")
            if theirs and ours:
                found[text] = ours / theirs
        if found:
            worst = max(found, key=found.__getitem__)
            reached = f"{found[worst]:.2f}x ({worst})"
            yield Kept(
                f"whole workspace, {name}, of go's time",
                f"{most}x",
                reached,
                found[worst] <= most,
            )
    memory = [
        value
        for name, values in ({} if workspace is None else workspace.values).items()
        if name.startswith("goescape") and name.endswith(" memory")
        for value in values
    ]
    if memory:
        yield Kept("memory after a workspace", size(150e6), size(max(memory)), max(memory) < 150e6)


def _median(samples: Samples, name: str) -> float | None:
    found = figure(samples.values.get(name, ()))
    return None if found is None else found.median


def target(limit: Figure | None, *reached: Figure | None) -> str:
    """Whether an analysis is as near to the limit as it should be."""
    if limit is None or any(each is None for each in reached):
        return NONE
    most = allowed(limit.median)
    met = all(each is not None and each.median <= most for each in reached)
    return "met" if met else seconds(most)
