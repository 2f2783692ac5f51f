"""Fixes that no finding shows lower what is allocated: objects, counted by Go before and after.

``objects.txt`` has a section ``=== code: name`` for each: a package with a function ``Run``. All
are fixed together; each must make fewer objects then, and ``Run`` must return the same.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from tests.terminal.command import goescape

if TYPE_CHECKING:
    from tests.conftest import WriteTree

TEXT = Path(__file__).with_name("objects.txt").read_text("utf-8")
TEST = """
package m

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

%s
)

func TestCount(t *testing.T) {
	results := map[string][]any{}
	for name, run := range map[string]func() any{
%s
	} {
		results[name] = []any{testing.AllocsPerRun(20, func() { run() }), fmt.Sprint(run())}
	}
	text, _ := json.Marshal(results)
	os.WriteFile("results.json", text, 0o600)
}
"""


@frozen
class Section:
    name: str
    code: str
    text: str


def sections() -> list[Section]:
    parts = re.findall(r"^=== (\S+): (.*)\n((?:(?!=== ).*\n)*)", TEXT, re.MULTILINE)
    return [Section(re.sub(r"\W+", "_", name), code, text) for code, name, text in parts]


def test_each_makes_fewer_objects(go_path: str, write_tree: WriteTree) -> None:
    all_sections = sections()
    names = [section.name for section in all_sections]
    assert len(set(names)) == len(names)
    packages = "".join(f"-- {s.name}/a.go --\npackage {s.name}\n\n{s.text}" for s in all_sections)
    folder = write_tree(f"-- go.mod --\nmodule m\n\ngo 1.24\n{packages}")
    imports = "\n".join(f'\t"m/{name}"' for name in names)
    table = "\n".join(f'\t\t"{name}": {name}.Run,' for name in names)
    (folder / "a_test.go").write_text(TEST % (imports, table))
    before = results(folder, go_path)
    only = [f"--only={code}" for code in sorted({section.code for section in all_sections})]
    answer = goescape("fix", "-C", folder, "--go", go_path, "--yes", *only, "./...")
    after = results(folder, go_path)
    for name in names:
        (old, printed), (new, still_printed) = before[name], after[name]
        assert new < old, f"{name}: {old} to {new}\n{answer.stdout}"
        assert still_printed == printed, name


def results(folder: Path, go: str) -> dict[str, tuple[float, str]]:
    """Objects of a run of each package, and what it returns."""
    subprocess.run([go, "test", "-count=1", "."], cwd=folder, check=True, capture_output=True)
    numbers: dict[str, tuple[float, str]] = json.loads((folder / "results.json").read_text())
    return numbers
