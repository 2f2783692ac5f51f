"""A comparison for people, and as JSON (see ``docs/json.md``)."""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import ENGLISH
from goescape.terminal.output.style import Style, printable
from goescape.terminal.shown_paths import shown_path
from goescape.toolchain.measure.memory_meter import CYCLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding
    from goescape.analysis.profiles.significance import SampleChange
    from goescape.terminal.commands.compare import Comparison
    from goescape.toolchain.measure.compared_benchmarks import ComparedBenchmark

SCHEMA = 1
_MOST_MOVED = 5


def render(comparison: Comparison, style: Style, here: Path) -> Iterator[str]:
    """Lines without their ends."""
    catalogue = style.catalogue
    parts = (
        (catalogue.compare.gone, comparison.gone, "hint", comparison.old_folder, comparison.folder),
        (catalogue.compare.instead, comparison.replacing, "hint", here, here),
        (catalogue.compare.new, comparison.new, "warning", here, here),
    )
    for label, findings, role, base, named_from in parts:
        for finding in findings:
            name = shown_path(finding.span.file, base)
            if findings is comparison.gone:  # as if it still were where the user is
                name = shown_path(str(named_from / name), here)
            place = style.paint("strong", printable(f"{name}:{finding.span.line}"))
            message = style.prose(printable(explain.message(finding, catalogue)))
            yield f"{style.paint(role, label)} {place}: {message}"
    for moved in comparison.moved[:_MOST_MOVED]:
        after = f"{shown_path(moved.after.span.file, here)}:{moved.after.span.line}"
        old = catalogue.compare.line.format(line=moved.before.span.line)
        name = shown_path(moved.before.span.file, comparison.old_folder)
        if name != shown_path(moved.after.span.file, comparison.folder):
            old = f"{name}:{moved.before.span.line}"
        moved_text = catalogue.compare.moved.format(
            place=after, subject=moved.after.subject, before=old
        )
        yield style.paint("faint", printable(moved_text))
    if (more := len(comparison.moved) - _MOST_MOVED) > 0:
        yield style.paint("faint", catalogue.compare.more.format(count=more))
    if not comparison.failures or comparison.new or comparison.gone or comparison.same:
        yield _total(comparison, style)
    if comparison.benchmarks:
        yield ""
        yield from render_benchmarks(comparison.benchmarks, style)


def _total(comparison: Comparison, style: Style) -> str:
    catalogue = style.catalogue
    title = catalogue.compare.since.format(revision=printable(comparison.revision))
    title = style.paint("strong", title)
    gone, new = len(comparison.gone), len(comparison.new)
    moved, same = len(comparison.moved), comparison.same
    if instead := len(comparison.replacing):
        return catalogue.compare.total_instead.format(
            title=title, gone=gone, instead=instead, new=new, moved=moved, same=same
        )
    return catalogue.compare.total.format(title=title, gone=gone, new=new, moved=moved, same=same)


def render_benchmarks(benchmarks: Sequence[ComparedBenchmark], style: Style) -> Iterator[str]:
    """A few lines for each benchmark, and what cannot be said of chance."""
    catalogue, package = style.catalogue, ""
    for benchmark in benchmarks:
        if benchmark.package != package:
            package = benchmark.package
            yield style.paint("strong", printable(package))
        only = {"before": catalogue.compare.only_before, "now": catalogue.compare.only_now}
        yield f"  {printable(benchmark.name)}{only.get(benchmark.only, '')}"
        rows = [_row(change, catalogue) for change in benchmark.changes]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
        for change, (unit, old, new, verdict) in zip(benchmark.changes, rows, strict=True):
            line = f"    {unit.ljust(widths[0])}  {old.rjust(widths[1])}  {new.rjust(widths[2])}"
            better = change.is_significant and change.ratio is not None and change.ratio < 1
            role = "hint" if better else "warning" if change.is_significant else "faint"
            yield f"{line}  {style.paint(role, verdict)}"
    changes = [change for benchmark in benchmarks for change in benchmark.changes]
    if any(change.p_value is None for change in changes):
        few = any(len(change.before) < 4 for change in changes)
        sentence = catalogue.compare.chance_few if few else catalogue.compare.chance_unknown
        yield style.paint("faint", f"  {sentence}")


def _row(change: SampleChange, catalogue: Catalogue) -> tuple[str, str, str, str]:
    before, after = (_amount(median(side), change.unit) for side in (change.before, change.after))
    return change.unit, before, after, _verdict(change, catalogue)


def _verdict(change: SampleChange, catalogue: Catalogue) -> str:
    ratio = change.ratio
    percent = "" if ratio is None else f"{(ratio - 1) * 100:+.1f} %"
    if change.p_value is None:
        return percent
    runs = f"n={len(change.before)}+{len(change.after)}"
    if not change.is_significant:
        return f"~ (p={change.p_value:.3f} {runs})" if change.p_value < 1 else f"~ ({runs})"
    shown = percent or catalogue.compare.from_nothing
    return f"{shown} (p={change.p_value:.3f} {runs})"


def _amount(number: float, unit: str) -> str:
    if unit == CYCLES or (0 < number < 10 and not number.is_integer()):
        return f"{number:.3g}"
    return f"{number:,.0f}"


def render_json(comparison: Comparison) -> str:
    """The whole of it; files that are gone are named as they were in the revision."""
    value = {
        "schema": SCHEMA,
        "go": comparison.go,
        "revision": comparison.revision,
        "new": [_site(finding, comparison.folder) for finding in comparison.new],
        "replacing": [_site(finding, comparison.folder) for finding in comparison.replacing],
        "gone": [_site(finding, comparison.old_folder) for finding in comparison.gone],
        "moved": [
            {
                "before": _site(moved.before, comparison.old_folder),
                "after": _site(moved.after, comparison.folder),
            }
            for moved in comparison.moved
        ],
        "same": comparison.same,
        "benchmarks": [
            {
                "package": benchmark.package,
                "name": benchmark.name,
                "only": benchmark.only or None,
                "changes": [
                    {
                        "unit": change.unit,
                        "before": list(change.before),
                        "after": list(change.after),
                        "p": change.p_value,
                    }
                    for change in benchmark.changes
                ],
            }
            for benchmark in comparison.benchmarks
        ],
        "written": {
            package: [shown_path(path, comparison.folder) for path in paths]
            for package, paths in comparison.written.items()
        },
        "errors": [
            {"kind": failure.kind, "package": failure.package, "message": failure.message}
            for failure in comparison.failures
        ],
    }
    return json.dumps(value, indent=1) + "\n"


def _site(finding: Finding, folder: Path) -> dict[str, object]:
    return {
        "file": shown_path(finding.span.file, folder),
        "line": finding.span.line,
        "code": finding.cause.value,
        "severity": finding.severity.value,
        "function": finding.function or "",
        "subject": finding.subject,
        "message": explain.message(finding, ENGLISH),
    }
