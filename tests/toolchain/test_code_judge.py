"""What the machine code corrects in a report, on packages that are compiled for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from goescape.analysis.evidence.code_judge import with_code
from goescape.analysis.evidence.code_notes import NOT_IN_THE_CODE, SHARED_ALLOCATION, WORDS
from goescape.analysis.evidence.machine_code import AllocationKind, MachineCode, machine_code
from goescape.analysis.messages.explain import message
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Allocates, PackageReport
from goescape.toolchain.engine import Engine, EngineOptions
from tests.conftest import GO_VERSIONS
from tests.toolchain.archive_reader import ArchiveReader, build_reader

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import Finding
    from tests.conftest import WriteTree

GROWTH = AllocationKind.GROWTH
SOURCE = """
-- go.mod --
module example.com/m

go 1.23
-- lib/lib.go --
package lib

type Nothing struct{}

func (Nothing) M() {}

type I interface{ M() }

func New() I { return Nothing{} }

func Clone[T any](values []T) []T { return append([]T{}, values...) }
-- a.go --
package m

import (
	"fmt"
	"io"

	"example.com/m/lib"
)

var (
	last any
	i    lib.I
	tick func() int
	sink []byte
)

func zero() { i = lib.New() }

func Box[T any](value T) { last = value }

func instances(n int) { Box(n > 3); Box(n) }

func flag(n int) { Box(n > 3) }

func nothing() { Box(lib.Nothing{}) }

func key(host string) string { return fmt.Sprint(host) }

func log() { fmt.Fprintln(io.Discard, key("localhost"), 7) }

func index(xs []string) {
	for i := range xs {
		fmt.Fprintln(io.Discard, i)
	}
}

func shared(n int) {
	a, b := n, n
	tick = func() int { a++; b--; return a * b }
}

func buffer(n int) []byte { return make([]byte, n) }

//go:noinline
func fill(b []byte) int { return copy(b, "abc") }

func helper(n int) int { return fill(buffer(n)) }

func apply(cb func(int) []byte, n int) { sink = cb(n) }

func literal(n int) {
	apply(func(k int) []byte {
		buf := make([]byte, k)
		return buf
	}, n)
}

func table() int { m := make(map[int]int, 100); m[1] = 2; return len(m) }

func wait() { c := make(chan int, 1); c <- 1; <-c }

func start() { go wait() }

func count(m map[string]int, k string) { m[k]++ }

type word string

var (
	text string
	name word
)

const mark = '/'

func texts(b []byte, part string, w word) {
	text = string(mark) + part
	name = word(b)
	last = string(w)
	sink = []byte(part + text)
}

type file struct{ lines []int }

type list struct{ files []*file }

func (l *list) all() func(func(*file) bool) {
	return func(yield func(*file) bool) {
		for _, f := range l.files {
			if !yield(f) {
				return
			}
		}
	}
}

func copied(l *list) (copies []file) {
	for f := range l.all() {
		copies = append(copies, file{
			lines: lib.Clone(f.lines),
		})
	}
	return copies
}

func exported() { var e lib.Nothing; last = e }

func twice() { last = text + text }

func scaled(by float64) { last = by }
"""


@pytest.fixture(scope="module", params=["1.23.9", GO_VERSIONS[-1]])
def reader(
    request: pytest.FixtureRequest,
    go_toolchains: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> ArchiveReader:
    return build_reader(go_toolchains[request.param], tmp_path_factory.mktemp("reader"))


@pytest.fixture
async def judged(write_tree: WriteTree, reader: ArchiveReader) -> tuple[PackageReport, MachineCode]:
    """A report as the text has it, and the code."""
    folder, engine = write_tree(SOURCE), Engine(EngineOptions(go_path=reader.go))
    engine.facts.problem = "not asked here"
    reports = [item async for item in engine.analyze(str(folder), ["."])]
    (report,) = reports
    assert isinstance(report, PackageReport)
    (archive,) = reader.archives("example.com/m", folder=str(folder)).values()
    return report, machine_code(reader.read(archive), {})


def line_of(text: str) -> int:
    return SOURCE.partition("-- a.go --\n")[2].partition(text)[0].count("\n") + 1


def on_line(report: PackageReport, text: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.span.line == line_of(text)]


def told(report: PackageReport, code: MachineCode) -> PackageReport:
    own = frozenset(file for file in report.files if not file.endswith("_test.go"))
    return with_code(report, code, own)


def minor_version(code: MachineCode) -> int:
    return int(code.go.split(".")[1])


async def test_each_kind(judged: tuple[PackageReport, MachineCode]) -> None:
    report, code = told(*judged), judged[1]

    (nothing,) = on_line(report, "i = lib.New()")
    assert (nothing.allocates, nothing.note) == (Allocates.NO, NOT_IN_THE_CODE)

    (value,) = on_line(report, "last = value")
    assert value.allocates is Allocates.DEPENDS  # one instance does, another does not
    heap = {copy.function: copy.on_heap for copy in value.copies if copy.function != "Box"}
    assert heap == {"instances": True, "flag": False, "nothing": False}
    assert message(value, ENGLISH).endswith("also on the heap where inlined into `instances`")

    allocating = [f.subject for f in on_line(report, "func log()") if f.is_diagnostic]
    assert allocating == ['key("localhost")']

    (number,) = on_line(report, "fmt.Fprintln(io.Discard, i)")
    assert (number.allocates, number.note) == (
        Allocates.DEPENDS,
        "integers from 0 to 255 do not allocate",
    )

    a, b = on_line(report, "a, b := n, n")
    is_one_object = minor_version(code) >= 25  # small variables are put together
    b_is = (Allocates.NO, SHARED_ALLOCATION) if is_one_object else (Allocates.YES, None)
    assert (a.allocates, (b.allocates, b.note)) == (Allocates.YES, b_is)

    (made,) = on_line(report, "func buffer(")
    assert made.is_diagnostic
    assert [copy.stays for copy in made.copies] == [False]

    (inside,) = on_line(report, "buf := make")
    assert inside.subject == "make([]byte, k)"
    assert inside.function == "literal"
    assert not any(finding.is_diagnostic for finding in on_line(report, "apply(func"))

    (table,) = on_line(report, "func table()")
    assert (table.subject, table.allocates) == ("make(map[int]int, 100)", Allocates.YES)

    (channel,) = on_line(report, "func wait()")
    assert (channel.subject, channel.allocates) == ("make(chan int, 1)", Allocates.YES)


async def test_the_body_of_a_loop_over_a_function_allocates_where_it_stands(
    judged: tuple[PackageReport, MachineCode],
) -> None:
    report, code = told(*judged), judged[1]
    assert not any(finding.is_diagnostic for finding in on_line(report, "for f := range"))
    if minor_version(code) < 25:  # the compiler says nothing of append: it is a word
        words = {word.span.line for word in report.explained if word.note == WORDS[GROWTH]}
        assert line_of("copies = append") in words
        return
    (grown,) = on_line(report, "copies = append")
    assert grown.subject.startswith("append(copies, file{")
    (cloned,) = on_line(report, "lines: lib")
    assert (cloned.subject, cloned.inlined_from) == ("lib.Clone(f.lines)", "lib.Clone")


@pytest.mark.parametrize(
    "written", ["string(mark) + part", "word(b)", "string(w)", "[]byte(part + text)"]
)
async def test_a_text_is_allocated_by_whatever_makes_it(
    judged: tuple[PackageReport, MachineCode], written: str
) -> None:
    report = told(*judged)
    (finding,) = on_line(report, f"= {written}")
    assert finding.is_diagnostic
    assert report.sources[finding.span.file].text(finding.span) == written


async def test_what_is_no_finding_has_a_word(judged: tuple[PackageReport, MachineCode]) -> None:
    report = told(*judged)
    words = {word.span.line: (word.subject, word.note) for word in report.explained}
    notes = {kind.value: note for kind, note in WORDS.items()}
    assert words[line_of("func start()")] == ("go wait()", notes["goroutine"])
    assert words[line_of("func count(")] == ("m[k]", notes["map-growth"])


async def test_code_of_other_files_changes_nothing(
    judged: tuple[PackageReport, MachineCode],
) -> None:
    report, code = judged
    elsewhere = tuple(evolve(function, file="/elsewhere/a.go") for function in code.functions)
    assert told(report, MachineCode(code.go, elsewhere)) is report
    assert told(report, MachineCode(code.go, ())) is report


async def test_a_function_without_code_stays_as_it_is(
    judged: tuple[PackageReport, MachineCode],
) -> None:
    report, code = judged
    hidden = ("example.com/m.shared", "example.com/m.literal", "example.com/m.apply")
    kept = tuple(f for f in code.functions if not f.symbol.startswith(hidden))
    for text in ("a, b := n, n", "apply(func"):
        after = told(report, MachineCode(code.go, kept))
        assert on_line(after, text) == on_line(report, text)


async def test_trimmed_paths_are_found(
    judged: tuple[PackageReport, MachineCode], reader: ArchiveReader, tmp_path: Path
) -> None:
    report, _ = judged
    command = ["-trimpath", "example.com/m"]
    (archive,) = reader.archives(*command, folder=str(tmp_path)).values()
    code = machine_code(reader.read(archive), {"example.com/m": report.directory})
    assert told(report, code).explained
