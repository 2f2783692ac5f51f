"""What is known about the thing under a cursor, and about a file as a whole."""

from __future__ import annotations

import pytest

from goescape.analysis.causes import Cause
from goescape.analysis.messages.explain import function_sentences, lens, parameter_sentence
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Allocates, PackageReport
from goescape.analysis.reports.queries import CursorFacts, function_count, lens_lines, look_up
from goescape.toolchain.engine import Engine, EngineOptions
from tests.conftest import run_coroutine

SOURCE = """package p

type user struct{ name string }

var kept *user

func build(name string, previous *user) *user {
	u := user{name: name}
	println(previous.name)
	if name == "" {
		u := 7
		println(u)
	}
	func(u int) { println(u) }(1)
	u.name += "!"
	return &u
}

func keep(first *user, count int) {
	kept = first
	for i := 0; i < count; i++ {
		kept = &user{name: "loop"}
	}
	done := make(chan bool, 1)
	done <- true
	local := &user{}
	println(local.name)
}

func start() {
	go keep(nil, 2)
}

func spread(xs []*user) (first, last *user) {
	return xs[0], xs[len(xs)-1]
}
"""


@pytest.fixture(scope="module")
def report(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> PackageReport:
    folder = tmp_path_factory.mktemp("queries").resolve()
    (folder / "go.mod").write_text("module example.com/p\n\ngo 1.21\n")
    (folder / "p.go").write_text(SOURCE)

    async def collect() -> PackageReport:
        engine = Engine(EngineOptions(go_path=go_path))
        [item] = [item async for item in engine.analyze(str(folder), ["."])]
        assert isinstance(item, PackageReport)
        return item

    return run_coroutine(collect())


def path(report: PackageReport) -> str:
    return report.files[0]


def at(report: PackageReport, line: str, word: str, occurrence: int = 1) -> CursorFacts | None:
    """What is known of a word in the line that starts so."""
    lines = SOURCE.split("\n")
    number = next(i for i, text in enumerate(lines, 1) if text.strip().startswith(line))
    column = 0
    for _ in range(occurrence):
        column = lines[number - 1].index(word, column) + 1
    return look_up(report, path(report), number, column)


@pytest.mark.parametrize(
    ("line", "word", "occurrence"),
    [
        ("u := user", "u", 1),
        ("u.name", "u", 1),
        ("return &u", "u", 2),  # the first is in "return"
    ],
)
def test_every_use_of_a_variable_answers_for_its_declaration(
    report: PackageReport, line: str, word: str, occurrence: int
) -> None:
    hit = at(report, line, word, occurrence)
    assert hit is not None
    [finding] = hit.findings
    assert (finding.compiler, finding.span.line) == ("moved to heap: u", 8)


@pytest.mark.parametrize(
    ("line", "occurrence"), [("u := 7", 1), ("println(u)", 1), ("func(u int)", 2)]
)
def test_a_variable_of_the_same_name_does_not(
    report: PackageReport, line: str, occurrence: int
) -> None:
    hit = at(report, line, "u", occurrence)
    assert hit is None or hit.findings == ()


def test_an_expression_answers_anywhere_inside(report: PackageReport) -> None:
    for word in ("&user", "user{", '"loop"'):
        hit = at(report, 'kept = &user{name: "loop"}', word)
        assert hit is not None
        assert [finding.in_loop for finding in hit.findings] == [True]


def test_parameters_tell_where_they_leak(report: PackageReport) -> None:
    leaking = at(report, "kept = first", "first")
    assert leaking is not None
    assert leaking.parameter is not None
    assert parameter_sentence(leaking.parameter, ENGLISH) == (
        "`first` leaks to the heap. What callers pass is forced onto the heap."
    )
    kept = at(report, "func build", "previous")
    assert kept is not None
    assert kept.parameter is not None
    assert kept.parameter.leaks == ()


def test_results_are_numbered(report: PackageReport) -> None:
    spread = next(f for f in report.functions if f.name == "spread")
    assert set(spread.parameters[0].leaks) == {"result 0", "result 1"}


def test_a_function_answers_as_a_whole(report: PackageReport) -> None:
    hit = at(report, "func keep", "keep")
    assert hit is not None
    assert hit.function is not None
    sentences = function_sentences(hit.function, function_count(report, hit.function), ENGLISH)
    assert sentences[0] == "2 heap allocations, 1 in a loop."
    assert sentences[-1].startswith("`first` leaks to the heap.")


def test_what_stays_is_told_too(report: PackageReport) -> None:
    hit = at(report, "local := &user{}", "&user")
    assert hit is not None
    assert hit.notes == ("`&user{}` does not escape.",)


def test_a_channel_is_a_finding_though_the_compiler_is_silent(report: PackageReport) -> None:
    hit = at(report, "done := make", "make")
    assert hit is not None
    (channel,) = hit.findings
    assert (channel.cause, channel.allocates) == (Cause.CHANNEL, Allocates.YES)


def test_a_goroutine_has_a_word(report: PackageReport) -> None:
    hit = at(report, "go keep(", "go")
    assert hit is not None
    assert not any(finding.is_diagnostic for finding in hit.findings)
    (word,) = hit.notes
    assert word.startswith("`go keep(nil, 2)`: a goroutine has a stack of its own")


def test_nothing_is_known_of_the_rest(report: PackageReport) -> None:
    assert at(report, "package p", "package") is None
    assert look_up(report, path(report), 9999, 1) is None
    assert look_up(report, "/no/such/file.go", 1, 1) is None


def test_lenses_count(report: PackageReport) -> None:
    found = {
        SOURCE.split("\n")[one.span.line - 1][5:9]: one for one in lens_lines(report, path(report))
    }
    assert {name: lens(one, ENGLISH) for name, one in found.items()} == {
        "buil": "2 heap allocations",
        "keep": "2 heap allocations, 1 in a loop",
        "star": "0 heap allocations, 2 more in what is inlined here",
    }
