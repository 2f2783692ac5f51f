"""Each shape of an allocation has its advice, in a package that the compiler compiles."""

from __future__ import annotations

from pathlib import Path

from goescape.analysis.advice import ADVICE, Advice
from goescape.analysis.advice_rules import advice_for
from goescape.analysis.messages.explain import explain
from goescape.analysis.messages.languages import ENGLISH
from tests.conftest import run_coroutine
from tests.truth.measuring import report_of

SHAPES = Path(__file__).with_name("advice.txt").read_text("utf-8")
_MARK = "// helps:"


def test_each_shape_has_its_advice(go_path: str, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/shapes\n\ngo 1.25\n")
    (tmp_path / "shapes.go").write_text(SHAPES)
    findings = run_coroutine(report_of(go_path, tmp_path)).diagnostics()
    wanted, said = [], []
    for number, line in enumerate(SHAPES.splitlines(), 1):
        code, mark, names = line.partition(_MARK)
        if not mark or not code.strip():
            continue
        found = [finding for finding in findings if finding.span.line == number]
        advice = {advice.value for advice in map(advice_for, found) if advice is not None}
        wanted.append((code.strip(), sorted(filter(None, names.strip().split(", ")))))
        said.append((code.strip(), sorted(advice)))
        for finding in found:
            own = advice_for(finding)
            if own is not None:
                assert explain(finding, ENGLISH).helps == ADVICE[own]
    for pair in zip(said, wanted, strict=True):
        assert pair[0] == pair[1]


def test_each_advice_has_a_shape() -> None:
    marks = {
        name.strip() for line in SHAPES.splitlines() for name in line.partition(_MARK)[2].split(",")
    }
    assert {advice.value for advice in Advice} <= marks
