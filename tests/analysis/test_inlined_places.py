"""Where allocations stand that exist only inlined, in loops over functions and in literals."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages.explain import explain, function_sentences, lens, message
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Allocates, PackageReport, RankReason
from goescape.analysis.profiles.allocation_profile import Allocations, Frame, Profile
from goescape.analysis.profiles.join import join
from goescape.analysis.reports.queries import function_count, lens_lines
from goescape.toolchain.engine import Engine, EngineOptions
from tests.conftest import run_coroutine

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import Finding

MAIN = """package main

import (
	"fmt"
	"iter"
	"testing"
)

type item struct{ n int }

var (
	kept  *item
	text  string
	count int
	size  = 1000
)

func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

//go:noinline
func loopBody(n int) {
	for i := range upTo(n) {
		kept = &item{i}
	}
}

//go:noinline
func loopVariable(n int) {
	for i := range upTo(n) {
		count += *keep(&i)
	}
}

func items(n int) iter.Seq[*item] {
	return func(yield func(*item) bool) {
		for i := range n {
			if !yield(&item{i}) {
				return
			}
		}
	}
}

//go:noinline
func loopOfItems(n int) {
	for it := range items(n) {
		kept = it
	}
}

var pointer *int

//go:noinline
func keep(p *int) *int { pointer = p; return p }

//go:noinline
func unknownIterator(numbers iter.Seq[int]) {
	for range numbers {
	}
}

func buffer(n int) []byte { return make([]byte, n) }

//go:noinline
func inlinedMake(n int) int { return fill(buffer(n)) }

//go:noinline
func inlinedMakes(n int) int { return fill(buffer(n)) + fill(buffer(n+1)) }

//go:noinline
func fill(b []byte) int { return copy(b, "abc") }

func greeting(name string) string { return "hello " + name }

//go:noinline
func inlinedSum(name string) int { return length(greeting(name)) }

//go:noinline
func length(s string) int { return len(s) }

//go:noinline
func errorWithVerb(n int) error { return fmt.Errorf("code %d", n) }

func main() {
	long := fmt.Sprint(1<<60, 1<<61, 1<<62)
	report("loopBody", func() { loopBody(5) })
	report("loopVariable", func() { loopVariable(5) })
	report("loopOfItems", func() { loopOfItems(5) })
	numbers := upTo(3)
	report("unknownIterator", func() { unknownIterator(numbers) })
	report("inlinedMake", func() { inlinedMake(size) })
	report("inlinedMakes", func() { inlinedMakes(size) })
	report("inlinedSum", func() { inlinedSum(long) })
}

func report(name string, f func()) { fmt.Println(name, testing.AllocsPerRun(100, f)) }
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("places").resolve()
    (root / "go.mod").write_text("module example.com/places\n\ngo 1.23\n")
    (root / "main.go").write_text(MAIN)
    return root


@pytest.fixture(scope="module", params=["newest", "1.26.6"])
def go(request: pytest.FixtureRequest, go_path: str, go_toolchains: dict[str, str]) -> str:
    """They name inlined literals in two ways."""
    return go_toolchains.get(request.param, go_path)


@pytest.fixture(scope="module")
def report(root: Path, go: str) -> PackageReport:
    async def collect() -> PackageReport:
        engine = Engine(EngineOptions(go_path=go))
        [found] = [item async for item in engine.analyze(str(root), ["."])]
        assert isinstance(found, PackageReport)
        return found

    return run_coroutine(collect())


def of(report: PackageReport, function: str) -> list[Finding]:
    return [f for f in report.diagnostics() if f.function == function]


def written(report: PackageReport, finding: Finding) -> str:
    return report.sources[finding.span.file].text(finding.span)


def test_what_a_loop_over_an_inlined_iterator_allocates_stands_in_its_body(
    report: PackageReport,
) -> None:
    [made] = of(report, "loopBody")
    assert (written(report, made), made.in_loop, made.inlined_from) == ("&item{i}", True, None)
    [moved] = of(report, "loopVariable")
    assert (written(report, moved), moved.in_loop) == ("i", True)
    assert moved.span.line == 1 + MAIN[: MAIN.index("count += *keep")].count("\n") - 1


def test_what_an_inlined_iterator_makes_is_found_in_the_loop_and_where_others_call_it(
    report: PackageReport,
) -> None:
    [in_loop] = of(report, "loopOfItems")
    assert (written(report, in_loop), in_loop.subject) == ("for", "&item{...}")
    assert (in_loop.in_loop, in_loop.inlined_from) == (True, "items.func1")
    [made] = [finding for finding in of(report, "items") if finding.subject == "&item{...}"]
    assert (written(report, made), made.copies) == ("&item{i}", ())


@pytest.mark.parametrize("literal", ["items.func1", "loopOfItems.items.func1"])
def test_a_profile_counts_for_the_loop_that_runs_the_iterator(
    report: PackageReport, literal: str
) -> None:
    [in_loop] = of(report, "loopOfItems")
    [made] = [finding for finding in of(report, "items") if finding.subject == "&item{...}"]
    path = in_loop.span.file
    iterator = Frame(f"main.{literal}", path, made.span.line, 0)
    loop = Frame("main.loopOfItems", path, in_loop.span.line, 0)
    caller = Frame("main.other", "/elsewhere.go", 1, 0)
    profile = Profile("heap", 0.0, (Allocations((iterator, loop), 2, 5, 80),))
    assert dict(join(profile, [report]).shares).keys() == {(in_loop.span, in_loop.subject)}
    called = Profile("heap", 0.0, (Allocations((iterator, caller), 1, 5, 80),))
    assert dict(join(called, [report]).shares).keys() == {(made.span, made.subject)}


def test_the_hidden_state_of_a_loop_is_no_copy_that_the_source_makes(
    report: PackageReport,
) -> None:
    body, state = sorted(of(report, "unknownIterator"), key=lambda finding: finding.subject)
    assert (body.subject, state.subject) == ("loop body", "loop state")
    assert message(body, ENGLISH) != message(state, ENGLISH)
    assert "line" not in message(state, ENGLISH)
    assert "copy" not in message(state, ENGLISH)


def test_what_is_inlined_everywhere_may_still_be_too_large_for_the_stack(
    report: PackageReport,
) -> None:
    for function, least in (("buffer", 3), ("greeting", 1)):
        [finding] = of(report, function)
        assert finding.allocates is Allocates.DEPENDS
        assert finding.rank_reason is RankReason.DEPENDS
        assert "on the heap" in message(finding, ENGLISH)
        assert len(finding.copies) == least
        assert all(copy.may_allocate and not copy.stays for copy in finding.copies)


def test_a_count_says_what_is_inlined_there(report: PackageReport) -> None:
    functions = {function.name: function for function in report.functions}
    said = {
        name: function_sentences(functions[name], function_count(report, functions[name]), ENGLISH)
        for name in ("inlinedMake", "loopBody", "fill")
    }
    assert said["inlinedMake"][0] == "0 heap allocations, 1 more in what is inlined here."
    assert said["loopBody"][0] == "1 heap allocation in a loop."
    assert said["fill"][0] == "0 heap allocations."


def test_a_lens_counts_what_is_inlined_there(report: PackageReport) -> None:
    path = next(iter(report.files))
    lenses = {count.function: lens(count, ENGLISH) for count in lens_lines(report, path)}
    assert lenses["inlinedMake"] == "0 heap allocations, 1 more in what is inlined here"
    assert lenses["loopBody"] == "1 heap allocation in a loop"
    assert "fill" not in lenses


def test_what_is_inlined_everywhere_is_explained_without_a_contradiction(
    report: PackageReport,
) -> None:
    [made] = of(report, "buffer")
    told = explain(made, ENGLISH)
    assert told.why.startswith("Every call of its function is inlined")
    assert told.steps == ()


def test_the_plain_error_of_a_format_with_verbs_is_never_made(report: PackageReport) -> None:
    assert [finding.subject for finding in of(report, "errorWithVerb")] == ["n"]


def test_all_of_it_was_measured(root: Path, go: str, report: PackageReport) -> None:
    done = subprocess.run([go, "run", "."], cwd=root, capture_output=True, text=True, check=True)
    measured = {name: float(count) for name, count in map(str.split, done.stdout.splitlines())}
    assert measured == {
        "loopBody": 5,
        "loopVariable": 5,
        "loopOfItems": 5,
        "unknownIterator": 2,
        "inlinedMake": 1,
        "inlinedMakes": 2,
        "inlinedSum": 1,
    }
    told: dict[str | None, int] = defaultdict(int)
    for finding in report.diagnostics():
        for function in {finding.function, *(copy.function for copy in finding.copies)}:
            told[function] += 1
    assert all(told[name] for name in measured)
