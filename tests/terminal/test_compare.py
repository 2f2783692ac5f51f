"""``goescape compare``: what a change brings, told by the compiler and by benchmarks."""

from __future__ import annotations

import json
import re
import shutil
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from goescape.analysis.profiles.significance import compare_samples
from tests.conftest import EXAMPLE_PROFILE, REPOSITORY
from tests.project.terminal_picture import terminal_picture
from tests.terminal.command import goescape, sentences
from tests.terminal.test_comparing import committed, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module m

go 1.21
-- a.go --
package m

func Stays() *int {
	n := 1
	return &n
}

func Goes() []*int {
	var all []*int
	for i := 0; i < 8; i++ {
		x := i
		all = append(all, &x)
	}
	return all
}
-- a_test.go --
package m

import "testing"

var kept []*int

func BenchmarkGoes(b *testing.B) {
	for i := 0; i < b.N; i++ {
		kept = Goes()
	}
}
"""
BETTER = """package m

// A line more.
func Stays() *int {
	n := 1
	return &n
}

func Goes() []*int {
	xs := make([]int, 8)
	all := make([]*int, 0, 8)
	for i := range xs {
		all = append(all, &xs[i])
	}
	return all
}
"""
PICTURE = REPOSITORY / "docs" / "compare.svg"
QUICK = ("--benchtime", "100x", "--count", "4")


def changed(root: Path) -> None:
    """Commit the module, and make it better without committing that."""
    committed(root)
    (root / "a.go").write_text(BETTER, "utf-8")


def as_json(root: Path, go_path: str, *arguments: str) -> dict[str, Any]:
    answer = goescape("compare", *arguments, "-C", root, "--go", go_path, "--format", "json")
    assert answer.stderr == ""
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_sites_that_are_new_gone_and_moved(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    changed(root)
    before = git(root, "status", "--porcelain")
    found = as_json(root, go_path, "HEAD")
    assert {each["subject"] for each in found["gone"]} == {"x"}
    assert {each["subject"] for each in found["new"]} == {"make([]*int, 0, 8)"}
    assert {each["subject"] for each in found["replacing"]} == {"make([]int, 8)"}, "for each x"
    [moved] = [each for each in found["moved"] if each["after"]["subject"] == "n"]
    assert (moved["before"]["line"], moved["after"]["line"]) == (4, 5)
    assert {each["file"] for each in found["gone"]} == {"a.go"}
    assert git(root, "status", "--porcelain") == before


def test_the_same_for_people(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    changed(root)
    answer = goescape("compare", "HEAD", "--go", go_path, folder=root)
    assert answer.returncode == 1, "there are new ones"
    assert "gone a.go:11: `x` moves to the heap" in answer.stdout
    assert "moved a.go:5: n (line 4 before)" in answer.stdout
    assert "Allocation sites since HEAD: 1 gone, 1 instead of them, 1 new, 2 moved" in answer.stdout


def test_nothing_has_changed(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    committed(root)
    answer = goescape("compare", "HEAD", "-C", root, "--go", go_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "0 gone, 0 new, 0 moved, " in answer.stdout


def test_benchmarks_on_both_sides(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    changed(root)
    files = sorted(path.name for path in root.iterdir())
    found = as_json(root, go_path, "HEAD", "--bench", "Goes", *QUICK)
    [benchmark] = found["benchmarks"]
    assert benchmark["name"].startswith("BenchmarkGoes")
    changes = {each["unit"]: each for each in benchmark["changes"]}
    assert list(changes)[:3] == ["allocs/op", "B/op", "ns/op"]
    assert {"GC-cycles/op", "heap-B", "heap-objects"} <= changes.keys()
    allocations = changes["allocs/op"]
    assert min(allocations["before"]) > 8, "each of them is one, and there are slices"
    assert set(allocations["after"]) == {2}
    assert len(allocations["before"]) == 4
    assert allocations["p"] < 0.05
    assert sorted(path.name for path in root.iterdir()) == files, "nothing is left behind"


def test_the_article_in_kind(
    write_tree: WriteTree, go_path: str, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pointers in a slice of interfaces, then values: objects and collections fall. With
    ``--update``, the picture in the documentation is drawn again.
    """
    root = write_tree("")
    shutil.copytree(EXAMPLE_PROFILE, root, dirs_exist_ok=True)
    committed(root)
    text = (root / "profile_test.go").read_text("utf-8")
    (root / "profile_test.go").write_text(
        text.replace("WeightOfBoxed(Boxed(count))", "WeightOfPlain(Plain(count))"), "utf-8"
    )
    found = as_json(root, go_path, "HEAD", "--bench", "^BenchmarkBoxed$", *QUICK)
    [benchmark] = found["benchmarks"]
    changes = {each["unit"]: each for each in benchmark["changes"]}
    assert min(changes["allocs/op"]["before"]) > 20_000
    assert max(changes["allocs/op"]["after"]) <= 2
    for unit in ("GC-cycles/op", "B/op"):
        assert max(changes[unit]["after"]) < min(changes[unit]["before"])
    if update:
        monkeypatch.chdir(root)
        command = ("compare", "HEAD", "--bench", "^BenchmarkBoxed$")
        shown = goescape(*command, "--go", go_path, "--color", "always", "--benchtime", "200x")
        prompt = f"$ goescape {' '.join(command)}\n"
        PICTURE.write_text(terminal_picture(prompt + shown.stdout), "utf-8")
    drawn = re.sub(r"<[^>]*>", "", PICTURE.read_text("utf-8"))
    assert set(changes) <= set(drawn.split())
    row = re.search(r"allocs/op +([\d,]+) +([\d,]+) +-100\.0 % \(p=", drawn)
    assert row is not None
    for side, amount in zip(("before", "after"), row.groups(), strict=True):
        told = int(amount.replace(",", ""))
        assert told == pytest.approx(median(changes["allocs/op"][side]), abs=2), "it is an old one"


def test_benchmarks_of_one_side_only(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    committed(root)
    tests = (root / "a_test.go").read_text("utf-8")
    (root / "a_test.go").write_text(tests.replace("BenchmarkGoes", "BenchmarkLater"), "utf-8")
    answer = goescape(
        "compare", "HEAD", "--bench", ".", *QUICK, "-C", root, "--go", go_path, "--format", "text"
    )
    assert "BenchmarkLater" in answer.stdout
    assert ": only now" in answer.stdout
    assert "BenchmarkGoes" in answer.stdout
    assert ": only before" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere",), "nowhere names no commit of this repository"),
        (("HEAD", "--bench", "Absent"), "has no benchmark that matches --bench Absent."),
        (("HEAD", "--bench", "("), "is no regular expression"),
        (("HEAD", "--bench", "A/a|B/b"), "has a | behind a /"),
    ],
)
def test_what_cannot_be_compared(
    write_tree: WriteTree, go_path: str, arguments: tuple[str, ...], told: str
) -> None:
    root = write_tree(MODULE)
    committed(root)
    answer = goescape("compare", *arguments, "-C", root, "--go", go_path)
    assert answer.returncode == 2
    [sentence] = sentences(answer.stderr)
    assert told in sentence


def test_absolute_paths_are_of_both_sides(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    changed(root)
    found = as_json(root, go_path, "HEAD", str(root))
    assert {each["subject"] for each in found["gone"]} == {"x"}
    since = goescape("check", str(root), "-C", root, "--go", go_path, "--since", "HEAD")
    assert "1 new allocation site in" in since.stdout
    outside = goescape("compare", "HEAD", str(root.parent), "-C", root, "--go", go_path)
    assert outside.returncode == 2
    assert "is not below" in outside.stderr


def test_a_revision_that_does_not_build(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    (root / "a.go").write_text("package m\n\nfunc broken() { return 1 }\n", "utf-8")
    committed(root)
    (root / "a.go").write_text(BETTER, "utf-8")
    answer = goescape("compare", "HEAD", "-C", root, "--go", go_path)
    assert answer.returncode == 2
    assert "not all of it compiles" in answer.stderr


def test_a_benchmark_that_fails_on_one_side(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    committed(root)
    tests = (root / "a_test.go").read_text("utf-8")
    (root / "a_test.go").write_text(tests.replace("kept = Goes()", 'b.Fatal("no")'), "utf-8")
    answer = goescape("compare", "HEAD", "--bench", ".", *QUICK, "-C", root, "--go", go_path)
    assert answer.returncode == 2
    assert "BenchmarkGoes" in answer.stderr
    assert "failed" in answer.stderr
    assert "(now)" in answer.stderr
    assert "only before" not in answer.stdout, "it is there, and failed"


def test_a_benchmark_that_hangs_is_ended(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    tests = (root / "a_test.go").read_text("utf-8")
    hangs = tests.replace("kept = Goes()", "time.Sleep(time.Hour)")
    hangs = hangs.replace('import "testing"', 'import (\n\t"testing"\n\t"time"\n)')
    (root / "a_test.go").write_text(hangs, "utf-8")
    committed(root)
    quick = (*QUICK, "--time-limit", "20")
    answer = goescape("compare", "HEAD", "--bench", ".", *quick, "-C", root, "--go", go_path)
    assert answer.returncode == 2
    assert "a benchmark of m was stopped: the benchmarks took more than 20 s" in answer.stderr
    assert "(before)" in answer.stderr, "the other side need not run any more"


def test_a_benchmark_that_writes_files(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    tests = (root / "a_test.go").read_text("utf-8")
    writes = tests.replace("kept = Goes()", 'os.WriteFile("left.txt", nil, 0o600)')
    writes = writes.replace('import "testing"', 'import (\n\t"os"\n\t"testing"\n)')
    (root / "a_test.go").write_text(writes, "utf-8")
    committed(root)
    arguments = ("compare", "HEAD", "--bench", ".", "--benchtime", "1x", "--count", "1")
    answer = goescape(*arguments, "--go", go_path, folder=root)
    assert answer.returncode == 0
    [sentence] = sentences(answer.stderr)
    assert "while the benchmarks of m ran, and stay: left.txt." in sentence
    assert (root / "left.txt").exists()


def test_a_shallow_clone(write_tree: WriteTree, go_path: str, tmp_path: Path) -> None:
    root = write_tree(MODULE)
    changed(root)
    git(root, "commit", "--all", "--message", "better")
    first = git(root, "rev-parse", "HEAD~1").strip()
    git(root, "clone", "--depth", "1", root.as_uri(), str(tmp_path / "shallow"))
    shallow = tmp_path / "shallow"
    answer = goescape("compare", first, "-C", shallow, "--go", go_path)
    assert answer.returncode == 2
    assert "is not in this shallow clone: fetch it first" in answer.stderr
    assert goescape("compare", "HEAD", "-C", shallow, "--go", go_path).returncode == 0


def test_without_git(write_tree: WriteTree, go_path: str, tmp_path: Path) -> None:
    root = write_tree(MODULE)
    answer = goescape("compare", "HEAD", "-C", root, "--go", go_path)
    assert answer.returncode == 2
    assert "is in no git repository" in answer.stderr
    nothing = tmp_path / "bin"
    nothing.mkdir()
    answer = goescape("compare", "HEAD", "-C", root, "--go", go_path, env={"PATH": str(nothing)})
    assert answer.returncode == 2
    assert "git was not found: install it" in answer.stderr


@pytest.mark.slow
def test_what_is_chance_and_what_is_not() -> None:
    assert compare_samples("ns/op", (1, 2, 3), (4, 5, 6)).is_significant is None, "too few"
    assert compare_samples("allocs/op", (5, 5, 5, 5), (5, 5, 5, 5)).is_significant is False
    assert compare_samples("ns/op", (1, 2, 3, 4), (5, 6, 7, 8)).is_significant is True
    assert compare_samples("ns/op", (1, 5, 3, 7), (2, 4, 6, 8)).is_significant is False
