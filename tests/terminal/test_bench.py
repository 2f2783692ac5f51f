"""``goescape bench``: benchmarks with what they allocate and where; those that fail or hang."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.profiles.benchmarks import BenchmarkResult, BenchmarkText
from tests.conftest import EXAMPLE_PROFILE as EXAMPLE
from tests.terminal.command import goescape, sentences
from tests.terminal.test_interruption import alive

if TYPE_CHECKING:
    from tests.conftest import WriteTree

ONCE = ("--benchtime", "1x", "--memprofilerate", "1")
MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- broken/broken_test.go --
package broken

import "testing"

func BenchmarkWrong(b *testing.B) { b.Fatal("the answer is wrong") }
-- ends/ends_test.go --
package ends

import (
	"os"
	"testing"
)

func BenchmarkWell(b *testing.B) {
	for i := 0; i < b.N; i++ {
		kept = make([]byte, 4096)
	}
}

func BenchmarkPanics(b *testing.B) {
	os.WriteFile("left.txt", nil, 0o600)
	panic("no more")
}

var kept []byte
-- hangs/hangs_test.go --
package hangs

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
)

func BenchmarkHangs(b *testing.B) {
	child := exec.Command("sleep", "1000")
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	os.WriteFile("pid", []byte(strconv.Itoa(child.Process.Pid)), 0o600)
	child.Wait()
}
-- none/none.go --
package none
"""


def test_the_experiment(go_path: str) -> None:
    before = sorted(EXAMPLE.iterdir())
    options = ("--benchtime", "20x", "--memprofilerate", "4096")
    answer = goescape("bench", "--go", go_path, *options, folder=EXAMPLE)
    assert (answer.returncode, answer.stderr) == (0, "")
    table, _, top = answer.stdout.partition("\n\n")
    first, heads, boxed, plain, _ = table.splitlines()
    assert first == "goescape.example/profile"
    assert heads.split() == ["allocs/op", "B/op", "time/op"]
    assert re.match(r"  BenchmarkBoxed\S*  +20,00\d +967,\d{3}  +\S+ [mu]?s", boxed)
    assert re.match(r"  BenchmarkPlain\S*  +1  +\d{3},\d{3} ", plain)
    assert top.startswith("Top allocations of the benchmarks (")
    assert re.search(r"objects, \d+ % of all allocations\n    boxed\.go:\d+:\d+: `&Point", top)
    assert sorted(EXAMPLE.iterdir()) == before


def test_one_benchmark_and_one_that_is_not_there(go_path: str) -> None:
    answer = goescape("bench", "-C", EXAMPLE, "--go", go_path, *ONCE, "BenchmarkPlain")
    assert answer.returncode == 0
    assert re.findall(r"^  (Benchmark\w+)", answer.stdout, re.MULTILINE) == ["BenchmarkPlain"]
    assert "plain.go:5:12: `make([]Point, 0, count)`" in answer.stdout

    answer = goescape("bench", "-C", EXAMPLE, "--go", go_path, "BenchmarkPlane", ".")
    assert answer.returncode == 2
    names = "BenchmarkBoxed, BenchmarkPlain, BenchmarkIndex"
    assert sentences(answer.stderr) == [f"goescape: . has no BenchmarkPlane, but {names}."]


def test_what_fails_is_named_and_the_rest_is_shown(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    answer = goescape("bench", "./broken", "./ends", "--go", go_path, *ONCE, folder=folder)
    assert answer.returncode == 2
    wrong, panics, written = sentences(answer.stderr)
    assert wrong.startswith("goescape: BenchmarkWrong of example.com/m/broken failed: ")
    assert wrong.endswith("the answer is wrong")
    # go test may or may not have named it, with the number of processors, before it ends
    name, _, rest = panics.partition(" of ")
    assert re.fullmatch(r"goescape: BenchmarkPanics(-\d+)?", name)
    assert rest == "example.com/m/ends ended early: panic: no more"
    left = os.path.join("ends", "left.txt")  # noqa: PTH118
    assert written.endswith(f"of example.com/m/ends ran, and stay: {left}.")
    row = re.search(r"  BenchmarkWell\S*  +\d+  +([\d,]+) ", answer.stdout)
    assert row is not None
    # it runs once, and what the runtime allocates for itself at that time counts, too
    assert int(row[1].replace(",", "")) >= 4096

    answer = goescape("bench", "./none", "--go", go_path, folder=folder)
    assert answer.returncode == 2
    assert sentences(answer.stderr)[0].startswith("goescape: ./none has no benchmarks; ")


@pytest.mark.skipif(os.name == "nt", reason="there is no sleep command")
def test_what_hangs_is_ended_with_its_children(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    answer = goescape("bench", "./hangs", "--go", go_path, "--time-limit", "10", folder=folder)
    assert answer.returncode == 2
    hangs, written = sentences(answer.stderr)
    assert re.match(r"goescape: .+ of example.com/m/hangs was stopped: the benchmarks took", hangs)
    assert written.endswith(": hangs/pid.")
    assert not alive(int((folder / "hangs" / "pid").read_text()))


def test_numbers_are_checked_first() -> None:
    answer = goescape("bench", "--time-limit", "soon")
    assert answer.returncode == 2
    assert "soon is not a number of seconds" in answer.stderr


def test_benchmarks_may_print_and_measure_what_they_like() -> None:
    text = BenchmarkText()
    for line in (
        "goos: linux",
        "BenchmarkSays/a-b-8 \tit says this",
        "and that",
        "     200\t   1.5e+03 ns/op\t  12.5 MB/s\t 3.0 things\t  48 B/op\t  2 allocs/op",
        "BenchmarkBare-8   \t1000000000\t         0.25 ns/op",
        "ok  \texample.com/m\t1.2s",
    ):
        text.feed(line)
    says = {"ns/op": 1500.0, "MB/s": 12.5, "things": 3.0, "B/op": 48.0, "allocs/op": 2.0}
    assert text.measured == [
        BenchmarkResult("BenchmarkSays/a-b-8", 1500.0, 48, 2, says),
        BenchmarkResult("BenchmarkBare-8", 0.25, 0, 0, {"ns/op": 0.25}),
    ]
    assert [each.function for each in text.measured] == ["BenchmarkSays", "BenchmarkBare"]
