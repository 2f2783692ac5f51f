"""How reports say that function literals hold variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import CapturedVariable, PackageReport
from goescape.toolchain.engine import Engine, EngineOptions

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """package p

type big struct{ a [40]int }

func (b *big) set() { b.a[0]++ }

func all(once, twice, addressed int, large, called big) (fs []func() int) {
	fs = append(fs, func() int { return once })
	fs = append(fs, func() int { return twice }, func() int { return twice + 1 })
	fs = append(fs, func() int { return addressed }, func() int { return large.a[1] })
	fs = append(fs, func() int { return large.a[1] }, func() int { return called.a[1] })
	twice++
	p := &addressed
	*p = 3
	called.set()
	return fs
}
"""


@pytest.fixture
def module(tmp_path: Path) -> str:
    root = tmp_path.resolve()
    (root / "go.mod").write_text("module example.com/p\n\ngo 1.22\n", "utf-8")
    (root / "p.go").write_text(SOURCE, "utf-8")
    return str(root)


@pytest.fixture
async def captures(module: str, go_path: str) -> dict[str, CapturedVariable]:
    engine = Engine(EngineOptions(go_path=go_path))
    reports = [item async for item in engine.analyze(module, ["."])]
    assert isinstance(reports[0], PackageReport)
    lines = SOURCE.splitlines()
    return {
        lines[c.place.line - 1][c.place.column - 1 :].split(",")[0].split()[0]: c
        for c in reports[0].captures
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("once", (False, False, False, 8)),
        ("twice", (True, False, True, 8)),
        ("addressed", (True, True, False, 8)),
        ("large", (True, False, False, 320)),
        ("called", (True, True, False, 320)),
    ],
)
def test_what_the_compiler_knows_of_a_variable(
    captures: dict[str, CapturedVariable], name: str, expected: tuple[bool, bool, bool, int]
) -> None:
    found = captures[name]
    assert (found.by_reference, found.addressed, found.assigned, found.width) == expected
