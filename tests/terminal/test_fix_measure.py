"""``goescape fix --measure`` and ``--hot``: the user's own benchmarks decide what is kept."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages.reason import ReasonCode
from goescape.fixes.candidate import Candidate, Promise
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.measure.fix_measurement import FixMeasurement, MeasureOptions
from goescape.toolchain.proofs.finding_changes import FindingChanges
from goescape.toolchain.proofs.prover import Proof
from tests.terminal.command import goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import PackageReport
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- m.go --
package m

import "fmt"

// Hot runs in the benchmark.
func Hot(a, b string) string { return fmt.Sprintf("%s-%s", a, b) }

// Never runs in no benchmark.
func Never(a, b string) string { return fmt.Sprintf("%s+%s", a, b) }
-- m_test.go --
package m

import "testing"

var sink string
var x, y = "a text that is longer than", "thirty-two bytes in sum"

func TestHot(t *testing.T) {
	if Hot("a", "b") != "a-b" {
		t.Fatal("wrong")
	}
}

func BenchmarkHot(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = Hot(x, y)
	}
}
"""
WITHOUT_BENCHMARKS = """
-- go.mod --
module example.com/m

go 1.21
-- m.go --
package m
"""


def test_only_what_a_benchmark_runs_is_kept(
    write_tree: WriteTree, go_path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root, temporary = write_tree(MODULE), tmp_path_factory.mktemp("temporary")
    environment = {"TMPDIR": str(temporary)}
    words = ("--measure", "--count", "1")
    answer = goescape("fix", "-C", root, "--go", go_path, *words, env=environment)
    assert sentences(answer.stderr) == []
    text = (root / "m.go").read_text("utf-8")
    assert 'return a + "-" + b' in text
    assert 'fmt.Sprintf("%s+%s", a, b)' in text
    assert "1 x sprintf: The profile shows no allocation there." in answer.stdout
    assert re.search(r"BenchmarkHot\S*\n +allocs/op +3 +1 +-66.7 %", answer.stdout), answer.stdout
    assert answer.returncode == 0
    assert not [*temporary.iterdir()]


def test_files_that_benchmarks_write_are_told(write_tree: WriteTree, go_path: str) -> None:
    text = MODULE.replace('import "testing"', 'import ("os"; "testing")')
    root = write_tree(text.replace("sink = Hot", 'os.WriteFile("left", nil, 0o600); sink = Hot'))
    answer = goescape("fix", "-C", root, "--go", go_path, "--measure", "--count", "1", folder=root)
    (line,) = sentences(answer.stderr)
    assert line.endswith("while the benchmarks of example.com/m ran, and stay: left.")


def test_the_table_for_a_pull_request(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    options = ("--measure", "--count", "1", "--format", "markdown")
    answer = goescape("fix", "-C", root, "--go", go_path, *options)
    fixes, _, head, rule, row = answer.stdout.splitlines()
    assert fixes == "Fixes: 1 × `sprintf`."
    assert head == "| benchmark | allocs/op | B/op | ns/op |"
    assert rule == "| --- | ---: | ---: | ---: |"
    assert re.match(r"\| `BenchmarkHot\S*` \(example.com/m\) \| 3 → 1 \(-66.7 %\) \| ", row)


def test_hot_takes_only_what_a_profile_shows(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    words = ["test", "-run=^$", "-bench=.", "-benchtime=100x", "-memprofilerate=1"]
    subprocess.run([go_path, *words, "-memprofile=mem.prof"], cwd=root, check=True)
    profile = str(root / "mem.prof")
    answer = goescape("fix", "-C", root, "--go", go_path, "--hot", "--profile", profile, "--diff")
    assert "-func Hot(a, b string)" in answer.stdout
    assert "-func Never(a, b string)" not in answer.stdout
    assert "1 x sprintf: The profile shows no allocation there." in answer.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--measure"], "has no benchmarks"),
        (["--measure", "--diff"], "leave out --diff"),
        (["--measure", "--benchtime", "1s"], "no number of operations"),
        (["--hot"], "--hot needs a profile"),
        (["--hot", "--profile", "missing"], "missing does not exist"),
        (["--format", "markdown"], "add --measure"),
    ],
)
def test_what_cannot_be(
    options: list[str], sentence: str, write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(WITHOUT_BENCHMARKS)
    answer = goescape("fix", "-C", root, "--go", go_path, *options)
    (line,) = sentences(answer.stderr)
    assert sentence in line
    assert answer.returncode == 2


def test_only_some_benchmarks(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    answer = goescape("fix", "-C", root, "--go", go_path, "--measure", "--bench", "Cold")
    assert sentences(answer.stderr) == ["goescape: No benchmark matches --bench Cold."]


def test_benchmarks_that_fail_are_told_before_anything_is_written(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(MODULE.replace("sink = Hot(x, y)", 'sink = Hot(x, y); b.Fatal("no")'))
    answer = goescape("fix", "-C", root, "--go", go_path, "--measure")
    (line,) = sentences(answer.stderr)
    assert "The benchmarks fail without any fix: " in line
    assert answer.returncode == 2
    assert 'fmt.Sprintf("%s-%s", a, b)' in (root / "m.go").read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('return a + "-" + b', None),
        ('return fmt.Sprintf("%s-%s", b, a)', ReasonCode.MEASURED_SAME),
        (
            's := a + "-"; sink2 = &s; return s + fmt.Sprintf("%s-%s", a, b)',
            ReasonCode.MEASURED_MORE,
        ),
        ('panic("no " + fmt.Sprint(a))', ReasonCode.BENCHMARKS_FAIL),
    ],
)
async def test_what_does_not_lower_anything_is_no_gain(
    body: str, reason: ReasonCode | None, write_tree: WriteTree, go_path: str
) -> None:
    """Whatever a proof says: benchmarks are asked."""
    root = write_tree(MODULE.replace("var sink string", "var sink string; var sink2 *string"))
    engine = Engine(EngineOptions(go_path=go_path))
    report = await only_report(engine, root)
    measurement = FixMeasurement(engine, MeasureOptions(), lambda _: None)
    await measurement.begin([report], ["./..."])
    target = next(f for f in report.findings if f.function == "Hot" and f.subject == "a")
    candidate = Candidate("sprintf", "Change it", target.span, (), Promise.GONE, target)
    assert measurement.objects(report, candidate) >= 100
    path = str(root / "m.go")
    text = (root / "m.go").read_text("utf-8")
    new = text.replace('return fmt.Sprintf("%s-%s", a, b)', body)
    new = new.replace("sink2", "Sink").replace("// Hot", "var Sink *string\n\n// Hot")
    contents = {path: new.encode()}
    proof = Proof(candidate, contents, FindingChanges(1), 1, "go", {path: text.encode()})
    objection = await measurement.objection(report, proof, (candidate,))
    assert (objection.code if objection else None) == reason
    if objection is None:
        measurement.accept(proof)
        (root / "m.go").write_text(new, "utf-8")
        (benchmark,), failures = await measurement.result()
        allocs = next(change for change in benchmark.changes if change.unit == "allocs/op")
        assert (set(allocs.before), set(allocs.after)) == ({3.0}, {1.0})
        assert not failures


async def only_report(engine: Engine, root: Path) -> PackageReport:
    reports = [item async for item in engine.analyze(str(root), ["./..."])]
    (report,) = reports
    return report  # type: ignore[return-value]


def test_tests_that_do_not_compile_are_not_called_missing(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(MODULE.replace("sink = Hot(x, y)", "sink = hot(x, y)"))
    answer = goescape("fix", "-C", root, "--go", go_path, "--measure")
    assert "undefined: hot" in answer.stdout + answer.stderr
    assert "has no benchmarks" not in answer.stdout + answer.stderr
    assert answer.returncode == 2
