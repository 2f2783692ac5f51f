"""A fix lowers what is allocated: whole objects, counted by Go before and after.

For each shape, small and large operands: no call may make more than it did, and some must make
fewer.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from tests.terminal.command import goescape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

TEXTS = ("a", "abcdefgh", "abcdefgh" * 4, "abcdefgh" * 20)
NUMBERS = (5, 150, 1500, -1234567890)
SPRINTF = (
    'fmt.Sprintf("%d", n)',
    'fmt.Sprintf("id-%d", n)',
    'fmt.Sprintf("%d-%d", n, m)',
    'fmt.Sprintf("%d%d", n, m)',
    'fmt.Sprintf("%d-%d-%d", n, m, n)',
    'fmt.Sprintf("%s:%d", s, n)',
    'fmt.Sprintf("%s:%d-%d", s, n, m)',
    'fmt.Sprintf("%s %s:%d", s, t, n)',
    'fmt.Sprintf("%s/%s", s, t)',
    'fmt.Sprintf("<%s>", s)',
    'fmt.Sprintf("%q", s)',
    'fmt.Sprintf("name=%q", s)',
    'fmt.Sprintf("%q=%d", s, n)',
    'fmt.Sprintf("%q=%q", s, t)',
    'fmt.Sprintf("%s is %t", s, n > 100)',
    'fmt.Sprintf("%d is %t", n, n > 100)',
    "fmt.Sprint(n)",
    "fmt.Sprint(s, t)",
    's + fmt.Sprintf("%d", n)',
    's + fmt.Sprintf("-%d", n)',
)
TEST = """
package m

import (
	"encoding/json"
	"os"
	"testing"
)

var kept string

func TestCount(t *testing.T) {
	counts := [][]float64{}
	for _, shape := range shapes {
		var its []float64
		for _, s := range []string{%s} {
			for _, n := range []int{%s} {
				its = append(its, testing.AllocsPerRun(20, func() { kept = shape(s, s, n, n) }))
			}
		}
		counts = append(counts, its)
	}
	text, _ := json.Marshal(counts)
	os.WriteFile("counts.json", text, 0o600)
}
"""


def test_sprintf_never_makes_more_objects(go_path: str, write_tree: WriteTree) -> None:
    functions = "\n\n".join(
        f"//go:noinline\nfunc f{i}(s, t string, n, m int) string {{\n\treturn {call}\n}}"
        for i, call in enumerate(SPRINTF)
    )
    names = ", ".join(f"f{i}" for i in range(len(SPRINTF)))
    shapes = f"var shapes = []func(s, t string, n, m int) string{{{names}}}"
    folder = write_tree(
        f"-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n\n"
        f'import "fmt"\n\n{shapes}\n\n{functions}\n'
    )
    test = TEST % (", ".join(map(json.dumps, TEXTS)), ", ".join(map(str, NUMBERS)))
    (folder / "a_test.go").write_text(test)
    before = counts(folder, go_path)
    answer = goescape("fix", "-C", folder, "--go", go_path, "--yes", "--only", "sprintf")
    fixed = (folder / "a.go").read_text()
    assert "fmt." not in fixed, answer.stdout
    after = counts(folder, go_path)
    for call, old, new in zip(SPRINTF, before, after, strict=True):
        assert all(b <= a for a, b in zip(old, new, strict=True)), (call, old, new)
        assert sum(new) < sum(old), (call, old, new)


def counts(folder: Path, go: str) -> list[list[float]]:
    """Objects of each call: by shape, then by operands."""
    subprocess.run([go, "test", "-count=1", "./..."], cwd=folder, check=True, capture_output=True)
    numbers: list[list[float]] = json.loads((folder / "counts.json").read_text())
    return numbers
