"""Conversions that stay on the stack: which of them copy nothing, measured with a long text."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import GO_VERSIONS, run_coroutine
from tests.truth.measuring import report_of

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """package conversions

import "strings"

var (
	long  = strings.Repeat("x", 100)
	bytes = []byte(long)
	index = map[string]int{long: 1}
	count int
)

func compared() { if string(bytes) == long { count++ } }

func looked() { count += index[string(bytes)] }

func switched() { switch string(bytes) { case "x": count++ } }

func ranged() { for range []byte(long) { count++ } }

func stored() { local := map[string]int{}; local[string(bytes)] = 1; count += len(local) }

func read() { text := string(bytes); count += len(text) + int(text[count%2]) }
"""
TEST = """package conversions

import "testing"

func TestMeasure(t *testing.T) {
	for name, function := range map[string]func(){
		"compared": compared, "looked": looked, "switched": switched, "ranged": ranged,
	} {
		if n := testing.AllocsPerRun(50, function); n != 0 {
			t.Error(name, n)
		}
	}
}
"""


@pytest.mark.parametrize("version", [GO_VERSIONS[0], GO_VERSIONS[-1]])
def test_hovers_know_conversions_that_copy_nothing(
    version: str, go_toolchains: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "go.mod").write_text("module example.com/conversions\n\ngo 1.21\n")
    (tmp_path / "conversions.go").write_text(MODULE)
    report = run_coroutine(report_of(go_toolchains[version], tmp_path))
    lines = MODULE.splitlines()
    may_allocate = {
        re.findall(r"func (\w+)", lines[stay.span.line - 1])[0]
        for stay in report.stays
        if "(bytes)" in stay.subject or "(long)" in stay.subject
        if stay.note is not None
    }
    assert may_allocate.isdisjoint({"compared", "looked", "switched", "ranged"})
    assert "read" in may_allocate
    (tmp_path / "conversions_test.go").write_text(TEST)
    command = [go_toolchains[version], "test", "-vet=off", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
