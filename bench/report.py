"""The tables and the targets, as text that is also Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import (
    NONE,
    brief_seconds,
    figure,
    milliseconds,
    percentile,
    ratio,
    seconds,
    size,
    table,
)
from bench.limits import SAVING, TYPING, limits, target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.figures import Figure
    from bench.packages import Package
    from bench.scenarios import Samples


def report(
    machine: Sequence[str],
    packages: Mapping[str, tuple[Package, Samples]],
    starts: Samples | None,
    workspace: Samples | None,
) -> str:
    """Everything."""
    parts = ["# What the benchmark measured", "", *(f"- {line}" for line in machine), ""]
    if promises := limits(packages, starts, workspace):
        parts += ["## What is promised", "", promises, ""]
    if packages:
        parts += _package_parts(packages)
    if starts is not None:
        parts += ["## Starting goescape", "", _starts(starts), ""]
    if workspace is not None:
        parts += ["## A whole workspace", "", _workspace(workspace), ""]
    noted = [
        f"- {name}: {text}" for name, (_, samples) in packages.items() for text in notes(samples)
    ]
    noted += [f"- {text}" for each in (starts, workspace) if each for text in notes(each)]
    if noted:
        parts += ["## What went wrong", "", *noted, ""]
    return "\n".join(parts)


def notes(samples: Samples) -> list[str]:
    """Each note once, with how often."""
    counts = {text: samples.notes.count(text) for text in samples.notes}
    return [text if count == 1 else f"{text} ({count} times)" for text, count in counts.items()]


def _package_parts(packages: Mapping[str, tuple[Package, Samples]]) -> list[str]:
    return [
        "## From an edit to its findings",
        "",
        "Medians. Typing counts after the wait for further keys; saving from `didSave`.",
        "",
        _edits(packages),
        "",
        "## The same with quartiles, and gopls beside it",
        "",
        _gopls(packages),
        "",
        "## What it costs",
        "",
        "Processor time with all child processes until the findings are there, in brackets what",
        "is used later (tests); bytes that one edit adds to the build cache in all.",
        "",
        _costs(packages),
        "",
        "## Opening again, and hovers while an analysis runs",
        "",
        _answers(packages),
        "",
    ]


def _edits(packages: Mapping[str, tuple[Package, Samples]]) -> str:
    header = ["package", "files", "limit", "typing", "/ limit", "saving", "/ limit", "target"]
    header += ["go build", "replayed", "gopls saving", "/ goescape"]
    rows = []
    for name, (package, samples) in packages.items():
        get = _getter(samples)
        limit, typing, saving = get("limit"), get(TYPING), get(SAVING)
        files = get("files")
        rows.append(
            [
                f"{name}: {package.module} {package.folder}",
                NONE if files is None else f"{files.median:.0f}",
                *(brief_seconds(limit), brief_seconds(typing), ratio(typing, limit)),
                *(brief_seconds(saving), ratio(saving, limit), target(limit, typing, saving)),
                *(brief_seconds(get("go")), brief_seconds(get("go replay"))),
                *(brief_seconds(get("gopls saving")), ratio(get("gopls saving"), saving)),
            ]
        )
    return table(header, rows)


def _gopls(packages: Mapping[str, tuple[Package, Samples]]) -> str:
    header = ["package", "limit", "compiler's end", "typing, with the wait", "saving", "all done"]
    header += ["go build", "gopls typing", "gopls saving"]
    names = ["limit", "compiler", "goescape typing", SAVING, "goescape saving done", "go"]
    names += ["gopls typing", "gopls saving"]
    rows = [
        [name, *(seconds(_getter(samples)(each)) for each in names)]
        for name, (_, samples) in packages.items()
    ]
    return table(header, rows)


def _costs(packages: Mapping[str, tuple[Package, Samples]]) -> str:
    header = ["package", "compiler text", "cpu: typing", "saving", "gopls saving"]
    header += ["cache: typing", "saving", "go build", "gopls saving", "memory", "gopls memory"]
    cpu = ["goescape typing", "goescape saving", "gopls saving"]
    sizes = ["goescape typing cache", "goescape saving cache", "go cache", "gopls saving cache"]
    sizes += ["goescape memory", "gopls memory"]
    rows = []
    for name, (_, samples) in packages.items():
        get = _getter(samples)
        texts = [_cpu(get(f"{each} cpu"), get(f"{each} cpu later")) for each in cpu]
        amounts = [size(_median(get(each))) for each in sizes]
        rows.append([name, size(_median(get("text"))), *texts, *amounts])
    return table(header, rows)


def _cpu(then: Figure | None, later: Figure | None) -> str:
    text = brief_seconds(then)
    return text if later is None else f"{text} (+{later.median:.2f} s)"


def _answers(packages: Mapping[str, tuple[Package, Samples]]) -> str:
    header = ["package", "server started to findings", "gopls", "closed and opened again"]
    header += ["hover p50", "p99", "longest", "hovers"]
    rows = []
    for name, (_, samples) in packages.items():
        get, hovers = _getter(samples), samples.values.get("hover", [])
        times = [percentile(hovers, each) if hovers else None for each in (50, 99, 100)]
        rows.append(
            [
                name,
                brief_seconds(get("goescape first")),
                brief_seconds(get("gopls first")),
                milliseconds(_median(get("reopened"))),
                *map(milliseconds, times),
                str(len(hovers)),
            ]
        )
    return table(header, rows)


def _starts(samples: Samples) -> str:
    names = {
        "version": "`goescape --version`",
        "initialize": "process started -> `initialize` answered",
        "first findings": "process started -> findings, nothing known",
        "first findings, known": "process started -> findings, unchanged since another server",
        "opened, known": "`didOpen` -> findings, unchanged since another server",
    }
    get = _getter(samples)
    return table(["what", "time"], [[text, seconds(get(name))] for name, text in names.items()])


def _workspace(samples: Samples) -> str:
    header = ["", "go", "goescape", "ratio", "cpu", "memory", "peak"]
    rows = []
    for suffix, text in (("", "without tests"), (", with tests", "with tests")):
        for state in ("cold", "warm"):
            get = _getter(samples)
            go, ours = get(f"go{suffix} {state}"), get(f"goescape{suffix} {state}")
            name = f"goescape{suffix} {state}"
            rows.append(
                [
                    f"{state}, {text}",
                    seconds(go),
                    seconds(ours),
                    ratio(ours, go),
                    brief_seconds(get(f"{name} cpu")),
                    size(_median(get(f"{name} memory"))),
                    size(_median(get(f"{name} peak"))),
                ]
            )
    return table(header, rows)


class _getter:  # noqa: N801 - used like a function
    """The figure of a name."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def __call__(self, name: str) -> Figure | None:
        return figure(self._samples.values.get(name, ()))


def _median(value: Figure | None) -> float | None:
    return None if value is None else value.median
