"""``goescape check --profile``: shares, ranks, the list of top allocations, what does not fit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.conftest import EXAMPLE_PROFILE as EXAMPLE
from tests.terminal.command import checked, goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

SHARE = r"\n +  = \d+ MB, \d(\.\d)? M objects, \d+ % of all allocations\n"


def test_the_experiment_for_people(go_path: str, example_profile: Path) -> None:
    answer = goescape("check", "--go", go_path, "--profile", example_profile, folder=EXAMPLE)
    assert answer.returncode == 1
    assert answer.stderr == ""
    whole = answer.stdout
    boxed = whole[whole.index("warning: `&Point{...}` is allocated") :]
    assert re.search(SHARE, boxed.partition("boxed.go:")[0])
    top = whole[whole.index("Top allocations of ") :]
    assert re.search(
        r"MB, .* objects, \d+ % of all allocations\n    plain\.go:\d+: a map grows", top
    )
    assert re.search(r"\n    boxed\.go:\d+:\d+: `&Point\{\.\.\.\}` is allocated", top)
    explained = re.search(r"\n  (\d+\.\d) % of what these packages allocated has a finding", top)
    assert explained is not None
    assert float(explained[1]) > 99


def test_the_experiment_for_scripts(go_path: str, example_profile: Path) -> None:
    found = checked(EXAMPLE, go_path, "--profile", str(example_profile))
    (boxed,) = (f for f in found["findings"] if f["subject"] == "&Point{...}")
    (plain,) = (f for f in found["findings"] if f["subject"] == "make([]Point, 0, count)")
    assert boxed["profile"]["objects"] > 10_000 * plain["profile"]["objects"]
    assert boxed["severity"] == plain["severity"] == "warning"
    cold = [f for f in found["findings"] if f["function"] == "Described"]
    assert {(f["severity"], f["profile"]) for f in cold} == {("hint", None)}
    largest = found["allocations"][0]
    assert (largest["file"], largest["reason"]) == ("plain.go", "map growth")
    assert sum(each["of_bytes"] for each in found["allocations"]) > 0.999


def test_several_profiles_count_as_one(go_path: str, example_profile: Path) -> None:
    one = checked(EXAMPLE, go_path, "--profile", str(example_profile))
    two = checked(EXAMPLE, go_path, *["--profile", str(example_profile)] * 2)
    assert two["allocations"][0]["bytes"] == 2 * one["allocations"][0]["bytes"]
    assert two["allocations"][0]["of_bytes"] == one["allocations"][0]["of_bytes"]


def test_without_a_profile_nothing_is_said_of_one(go_path: str) -> None:
    found = checked(EXAMPLE, go_path)
    assert "allocations" not in found
    assert "profile" not in found["findings"][0]


def test_a_profile_of_another_program(
    go_path: str, example_profile: Path, write_tree: WriteTree
) -> None:
    folder = write_tree("-- go.mod --\nmodule other\n\ngo 1.21\n-- a.go --\npackage other\n")
    answer = goescape("check", "-C", folder, "--go", go_path, "--profile", example_profile)
    assert answer.returncode == 2
    (sentence,) = sentences(answer.stderr)
    assert "has nothing of the packages that were analysed, but of goescape.example/" in sentence


def test_a_profile_that_cannot_be_read_stops_before_any_work(
    example_cpu_profile: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.prof"
    empty.touch()
    for file, words in {
        tmp_path / "none.prof": "does not exist",
        tmp_path: "cannot be read",
        empty: "is empty",
        example_cpu_profile: "is a CPU profile",
    }.items():
        answer = goescape("check", "-C", EXAMPLE, "--go", "/no/go", "--profile", file)
        assert answer.returncode == 2
        (sentence,) = sentences(answer.stderr)
        assert sentence.startswith(f"goescape: {file} {words}")
        assert answer.stdout == ""


def test_json_names_what_is_wrong(tmp_path: Path) -> None:
    answer = goescape("check", "--format", "json", "--profile", tmp_path / "no.prof")
    (error,) = json.loads(answer.stdout)["errors"]
    assert error["kind"] == "usage"
