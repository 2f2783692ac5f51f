"""The benchmark's arithmetic and its tables; nothing is measured here."""

from __future__ import annotations

import pytest
from bench.figures import Figure, brief_seconds, figure, percentile, ratio, seconds, size, table
from bench.limits import limits, target
from bench.packages import PACKAGES
from bench.scenarios import Samples


def test_a_figure_is_the_median_between_its_quartiles() -> None:
    assert figure([5, 1, 2, 4, 3]) == Figure(3, 2, 4, 5)
    assert figure([2, 1]) == Figure(1.5, 1.25, 1.75, 2)
    assert figure([]) is None


@pytest.mark.parametrize(("percent", "value"), [(0, 10), (50, 15), (75, 17.5), (100, 20)])
def test_a_percentile_lies_between_the_nearest_samples(percent: float, value: float) -> None:
    assert percentile([20, 10], percent) == value


def test_numbers_have_units() -> None:
    assert seconds(Figure(0.25, 0.2, 0.3, 7)) == "0.250 s (0.200-0.300)"
    assert brief_seconds(Figure(0.25, 0.2, 0.3, 7)) == "0.250 s"
    assert [size(each) for each in (0, 999, 1000, 34_567, 5_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "35 kB",
        "5.0 MB",
    ]


def test_what_was_not_measured_is_a_dash() -> None:
    known = Figure(1, 1, 1, 1)
    assert {brief_seconds(None), seconds(None), size(None), ratio(known, None)} == {"-"}
    assert target(known, None) == "-"


@pytest.mark.parametrize(
    ("limit", "reached", "answer"),
    [
        (0.200, 0.250, "met"),  # where it takes long: 1.25 times the limit
        (0.200, 0.251, "0.250 s"),
        (0.050, 0.110, "met"),  # elsewhere: 60 ms more than the limit
        (0.050, 0.111, "0.110 s"),
    ],
)
def test_the_target_says_what_was_allowed(limit: float, reached: float, answer: str) -> None:
    def exactly(value: float) -> Figure:
        return Figure(value, value, value, 1)

    assert target(exactly(limit), exactly(0.01), exactly(reached)) == answer


def test_a_table_has_numbers_to_the_right() -> None:
    assert table(["package", "time"], [["small", "1 s"], ["a", "12 s"]]).splitlines() == [
        "| package | time |",
        "| ------- | ---: |",
        "| small   |  1 s |",
        "| a       | 12 s |",
    ]


def measured(**values: float) -> Samples:
    samples = Samples()
    samples.add(**{name.replace("_", " "): value for name, value in values.items()})
    return samples


def test_of_each_promise_the_worst_is_told() -> None:
    edits = {"goescape_typing_cache": 0.0, "gopls_saving": 5.0, "hover": 0.049, "reopened": 0.1}
    good = measured(limit=0.4, goescape_typing_after_waiting=0.4, goescape_saving=0.49, **edits)
    bad = measured(limit=0.05, goescape_typing_after_waiting=0.12, goescape_saving=0.1, **edits)
    packages = {
        each.name: (each, {"client": good, "small": bad}[each.name])
        for each in PACKAGES
        if each.name in {"client", "small"}
    }
    starts = measured(version=0.1, initialize=0.61)
    workspace = measured(go_cold=10, goescape_cold=11, goescape_cold_memory=151e6)
    told = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in limits(packages, starts, workspace).splitlines()[2:]
    ]
    assert told == [
        ["typing -> findings", "1.25x, or +60 ms", "109% of it (small)", "**missed**"],
        ["saving -> findings", "1.25x, or +60 ms", "98% of it (client)", "met"],
        ["ahead of gopls (client)", "10x", "10.2x (client)", "met"],
        ["hover while an analysis runs, p99", "50 ms", "49 ms (small)", "met"],
        ["closed and opened again", "100 ms", "100 ms (small)", "met"],
        ["cache: typing", "0 B", "0 B (small)", "met"],
        ["`goescape --version`", "0.150 s", "0.100 s", "met"],
        ["process started -> `initialize` answered", "0.600 s", "0.610 s", "**missed**"],
        ["whole workspace, cold, of go's time", "1.1x", "1.10x (without tests)", "met"],
        ["memory after a workspace", "150 MB", "151 MB", "**missed**"],
    ]
    assert limits({}, None, None) == ""
