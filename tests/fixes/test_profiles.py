"""The trial over real modules counts what the changed lines allocate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixes.profiles import Effect, Measured, profile

if TYPE_CHECKING:
    from pathlib import Path

ADDED = """\
package kept

func Kept(n int) *[4]int {
	kept := new([4]int)
	kept[0] = n
	return kept
}
"""
TEST = """\
package kept

import "testing"

var last *[4]int

func TestKept(t *testing.T) {
	for i := range 100 {
		func() { last = Kept(i) }()
	}
}
"""


def test_objects_are_counted_by_function_and_line(tmp_path: Path, go_path: str) -> None:
    (tmp_path / "go.mod").write_text("module example.com/kept.v2\n\ngo 1.22\n")
    (tmp_path / "kept.go").write_text(ADDED)
    (tmp_path / "kept_test.go").write_text(TEST)
    found = profile([go_path, "test"], tmp_path, "example.com/kept.v2", {})
    assert found is not None
    assert found.below(["example.com/kept%2ev2.Kept"]) == 100
    assert found.below(["example.com/kept%2ev2.TestKept"]) >= 100
    assert found.reaches([(str(tmp_path / "kept.go"), 4)])
    assert not found.reaches([(str(tmp_path / "kept.go"), 1)])


def test_a_difference_is_more_than_chance() -> None:
    assert Measured((100, 102), 97).effect is Effect.FEWER
    assert Measured((100, 102), 99).effect is Effect.SAME
    assert Measured((100, 100), 101).effect is Effect.MORE
