"""Kinds of code about which compilers' words mislead: what is said of them was measured, too.

``kinds.txt`` is a package. ``// allocates 2: a yes`` above a function is how many objects a call
allocates (``2+``: or more) and what findings say of its lines: the text, as in the source, and
whether it allocates; ``copies`` before the text says that it is inlined there. ``before 1.25`` is
for an older Go.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.explain import message
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Allocates
from tests.analysis.test_corpus_reports import badly_punctuated
from tests.conftest import GO_VERSIONS, run_coroutine
from tests.truth.measuring import report_of

if TYPE_CHECKING:
    import pytest

    from goescape.analysis.model import Finding, Function, PackageReport
    from tests.conftest import WriteTree

FOLDER = Path(__file__).parent
CLAUSE = re.compile(
    r"// allocates (?P<count>\d+)(?P<more>\+?)(?: before 1\.(?P<before>\d+))?(?:: (?P<said>.*))?"
)
SAID = re.compile(r"(?P<copies>copies )?(?P<text>.*?) (?P<allocates>(?:yes|no|depends)(?:\|\w+)*)")
MEASURE = """package kinds

import "testing"

func TestMeasure(t *testing.T) {
	for name, function := range map[string]func(){
%s
	} {
		t.Logf("measured %%s %%v", name, testing.AllocsPerRun(50, function))
	}
}
"""


FILES = {
    "kinds.txt": ("kinds.go", 21),
    "kinds_elsewhere.txt": ("elsewhere/elsewhere.go", 21),
    "kinds_of_values.txt": ("values.go", 21),
    "kinds_of_loops.txt": ("loops.go", 23),
    "kinds_of_methods.txt": ("methods.go", 27),
}
"""Where each lies in their module, and the minor version of Go that it needs."""


def write_kinds(folder: Path, minor: int) -> list[str]:
    """The module of all that a version of Go can have; the texts."""
    (folder / "go.mod").write_text(f"module example.com/kinds\n\ngo 1.{minor}\n")
    texts = []
    for source, (name, since) in FILES.items():
        if minor >= since:
            texts.append((FOLDER / source).read_text("utf-8"))
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(texts[-1], "utf-8")
    return texts


@frozen
class Kind:
    """What a comment says of one function."""

    name: str
    count: int
    may_be_more: bool
    said: tuple[tuple[bool, str, frozenset[str]], ...]
    """Whether it is inlined there, the text, and what it may be said to do."""


def kinds(text: str, minor: int) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    clauses: list[re.Match[str]] = []
    for line in text.splitlines():
        if (clause := CLAUSE.fullmatch(line)) is not None:
            clauses.append(clause)
        elif clauses and (declared := re.match(r"func (\w+)\(", line)) is not None:
            fitting = [c for c in clauses if c["before"] is None or minor < int(c["before"])]
            clause = next((c for c in fitting if c["before"] is not None), fitting[-1])
            found[declared[1]] = Kind(
                declared[1], int(clause["count"]), bool(clause["more"]), tuple(_said(clause))
            )
            clauses = []
    assert not clauses
    return found


def _said(clause: re.Match[str]) -> list[tuple[bool, str, frozenset[str]]]:
    items = re.split(r"(?<=yes|nds), ", clause["said"]) if clause["said"] else []
    matches = [SAID.fullmatch(item) for item in items]
    assert all(matches), clause[0]
    return [
        (bool(m["copies"]), m["text"], frozenset(m["allocates"].split("|"))) for m in matches if m
    ]


QUICK = ("1.21", "1.24", "1.26", "1.27")
"""Between the others, little of what is said changes."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each version of Go, if that is asked for."""
    if "version" in metafunc.fixturenames:
        thorough = metafunc.config.getoption("--thorough")
        versions = [each for each in GO_VERSIONS if thorough or each.startswith(QUICK)]
        metafunc.parametrize("version", versions)


def test_what_is_said_of_each_kind_was_measured(
    go_toolchains: dict[str, str], tmp_path: Path, version: str
) -> None:
    go, minor = go_toolchains[version], int(version.split(".")[1])
    texts = write_kinds(tmp_path, minor)
    wanted = {name: kind for text in texts for name, kind in kinds(text, minor).items()}
    table = "\n".join(f'\t\t"{name}": {name},' for name in wanted)
    (tmp_path / "measure_test.go").write_text(MEASURE % table)

    measured = _measured(go, tmp_path)
    wrong = [
        f"{name}: {measured[name]} measured"
        for name, kind in wanted.items()
        if not (measured[name] == kind.count or (kind.may_be_more and measured[name] > kind.count))
    ]
    report = run_coroutine(report_of(go, tmp_path))
    functions = {function.name: function for function in report.functions}
    for name, kind in wanted.items():
        said = _of(report, functions[name])
        expected = sorted((copies, text) for copies, text, _ in kind.said)
        texts_said = sorted((copies, text) for copies, text, _ in said)
        sentences = [message(finding, ENGLISH) for _, _, finding in said]
        wrong += [f"{name}: {each}" for each in sentences if badly_punctuated(each)]
        if texts_said != expected:
            wrong.append(f"{name}: {texts_said} instead of {expected}")
            continue
        allowed = {(copies, text): allocates for copies, text, allocates in kind.said}
        wrong += [
            f"{name}: {text} is said to allocate: {finding.allocates.value}"
            for copies, text, finding in said
            if finding.allocates.value not in allowed[copies, text]
        ]
        once = [finding for _, _, finding in said if not finding.in_loop]
        least = sum(f.objects for f in once if f.allocates is Allocates.YES and not f.copies)
        most = sum(finding.objects for finding in once)
        is_within = least <= measured[name] and (kind.may_be_more or measured[name] <= most)
        if said and len(once) == len(said) and not is_within:
            wrong.append(f"{name}: {measured[name]} measured, {least} to {most} said")
    assert not wrong, "\n".join(wrong)


LITERAL_OF_THE_PACKAGE = """package kinds

import "iter"

var unknown iter.Seq[int]
var sum int

var literal = func() {
	total := 0
	for n := range unknown {
		total += n
	}
	sum += total
}
"""


def test_small_variables_of_a_literal_of_the_package(go_path: str, tmp_path: Path) -> None:
    """``total`` and the loop's own variable are one object there, too."""
    (tmp_path / "go.mod").write_text("module example.com/kinds\n\ngo 1.25\n")
    (tmp_path / "literal.go").write_text(LITERAL_OF_THE_PACKAGE)
    report = run_coroutine(report_of(go_path, tmp_path))
    said = {f.subject for f in report.findings if f.allocates is Allocates.YES}
    assert said == {"total", "loop body"}


def _measured(go: str, folder: Path) -> dict[str, int]:
    command = [go, "test", "-vet=off", "-count=1", "-v", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: int(n) for name, n in re.findall(r"measured (\w+) (\d+)", done.stdout)}


def _of(report: PackageReport, function: Function) -> list[tuple[bool, str, Finding]]:
    """The findings that stand in a function, and those that are inlined there."""
    found = []
    for finding in report.diagnostics():
        is_here = finding.span.file == function.span.file and (
            function.span.line <= finding.span.line <= function.span.end_line
        )
        if is_here:
            text = " ".join(report.sources[finding.span.file].text(finding.span).split())
            is_named = finding.subject.startswith("loop ")
            found.append((False, finding.subject if is_named else text, finding))
        elif any(c.function == function.name and not c.stays for c in finding.copies):
            text = report.sources[finding.span.file].text(finding.span)
            found.append((True, text, finding))
    return found


def test_lines_that_a_directive_moves_are_judged_by_the_text_alone(
    go_path: str, write_tree: WriteTree
) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n\n"
        "func F() *int {\n\t/*line z.go:3:7*/ n := 2\n\treturn &n\n}\n"
    )
    (finding,) = run_coroutine(report_of(go_path, folder)).findings
    assert (finding.subject, finding.allocates) == ("n", Allocates.YES)


RETURNED_SLICES = """package kinds

func one(n int) []int {
	var made []int
	for i := 0; i < n; i++ {
		made = append(made, i)
	}
	return made
}

func all(from []int) []int {
	var made []int
	made = append(made, from...)
	return made
}

func CountsOne(n int) int { return len(one(n)) }

func positive(from []int) (yes, no []int) {
	for _, n := range from {
		if n > 0 {
			yes = append(yes, n)
		} else {
			no = append(no, n)
		}
	}
	return
}

func CountsPositive(from []int) int {
	yes, no := positive(from)
	return len(yes) - len(no)
}

func CountsAll(from []int) int { return len(all(from)) }
"""


def test_a_slice_that_an_inlined_function_returns_is_moved_to_the_heap(
    go_toolchains: dict[str, str], tmp_path: Path, version: str
) -> None:
    """Since Go 1.26, also where its caller keeps it; what ``append(s, t...)`` grows into is there
    in any version."""
    minor = int(version.split(".")[1])
    (tmp_path / "go.mod").write_text(f"module example.com/kinds\n\ngo 1.{minor}\n")
    (tmp_path / "returned.go").write_text(RETURNED_SLICES)
    report = run_coroutine(report_of(go_toolchains[version], tmp_path))
    said = {finding.subject: message(finding, ENGLISH) for finding in report.findings}
    if minor < 25:
        assert not said  # the compiler does not print it
        return
    grows = (
        "the array that `{}` grows into is on the heap: `return made` hands it to the caller; "
        "it allocates only when the slice has to grow; also on the heap where inlined into `{}`"
    )
    small = "`{}` is on the stack up to 32 bytes; a larger one is allocated on the heap; in a loop"
    all_of_them, one = "append(made, from...)", "append(made, i)"
    assert said == {
        all_of_them: grows.format(all_of_them, "CountsAll"),
        one: grows.format(one, "CountsOne") + "; in a loop" if minor > 25 else small.format(one),
        "append(yes, n)": small.format("append(yes, n)"),
        "append(no, n)": small.format("append(no, n)"),
    }
