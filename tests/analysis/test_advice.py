"""Each shape of an allocation has its advice, in a package that the compiler compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from goescape.analysis.advice import ADVICE, Advice
from goescape.analysis.advice_rules import advice_for, advice_for_call
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


CALLS = {
    "strings.Split": Advice.SPLIT,
    "bytes.Fields": Advice.SPLIT,
    "strings.Join": Advice.NEW_TEXT,
    "strings.ToLower": Advice.NEW_TEXT,
    "strconv.Itoa": Advice.NUMBER_TEXT,
    "time.Time.Format": Advice.TIME_TEXT,
    "encoding/hex.EncodeToString": Advice.ENCODED_TEXT,
    "encoding/base64.(*Encoding).DecodeString": Advice.ENCODED_TEXT,
    "bytes.(*Buffer).WriteString": Advice.BUFFER_GROWTH,
    "strings.(*Builder).WriteByte": Advice.BUFFER_GROWTH,
    "bufio.(*Scanner).Text": Advice.LINE_TEXT,
    "io.ReadAll": Advice.READ_ALL,
    "encoding/json.Unmarshal": Advice.JSON,
    "regexp.(*Regexp).ReplaceAllString": Advice.REGEXP,
    "net/url.(*URL).Query": Advice.QUERY,
    "context.WithValue": Advice.CONTEXT,
    "math/big.(*Int).Add": Advice.BIG_NUMBER,
    "crypto/sha256.New": Advice.HASH,
    "slices.Sorted[...]": Advice.COLLECT,
    "fmt.Sprintf": Advice.FORMAT,
    "fmt.Fprintln": Advice.FORMAT_WRITE,
    "sort.Slice": Advice.SORT,
    "strings.Index": None,
    "example.com/strings.Split": None,
    "": None,
}


@pytest.mark.parametrize("function", CALLS)
def test_each_call_has_its_advice(function: str) -> None:
    assert advice_for_call(function) is CALLS[function]


def test_each_advice_is_given() -> None:
    marks = {
        name.strip() for line in SHAPES.splitlines() for name in line.partition(_MARK)[2].split(",")
    }
    assert {advice for advice in Advice if advice.value not in marks} <= {*CALLS.values()}
