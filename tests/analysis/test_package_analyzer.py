"""An ``Analyst`` that has seen other states of a package reports what a new one would report."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.model import PackageReport, SiteKind
from goescape.analysis.package_analyzer import PackageAnalyzer, build_report
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.parsed_files import ParsedFiles
from goescape.analysis.syntax.source import SourceText

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import PackageText

CORPUS = Path(__file__).with_name("corpus")
# Enough to have copies, chains of flows, loops, generics and closures in one package.
CASES = ("closure_capture", "generics", "go_defer", "inlining", "loopvar", "stores", "append_forms")
FOLDER = "/m"


class Package:
    """Recorded cases as the files of one package, edited as one types."""

    def __init__(self) -> None:
        self.sources: dict[str, bytes] = {}
        self.texts: dict[str, list[str]] = {}
        self.evidence: dict[str, list[str]] = {}
        for case in CASES:
            self.write(case, "1.27")

    def write(self, case: str, version: str) -> None:
        """The file of a case, and what one compiler says of it."""
        recorded = (CORPUS / case / f"m2.go{version}.txt").read_text("utf-8")
        self.sources[case] = (CORPUS / case / "main.go").read_bytes()
        lines = recorded.replace("main.go:", f"{case}.go:").split("\n")
        self.texts[case] = [line for line in lines if not line.startswith("# ")]

    def insert(self, case: str, line: int, code: bytes) -> None:
        """Put a line into a file; everything below moves down."""
        lines = self.sources[case].split(b"\n")
        at = line % len(lines)
        self.sources[case] = b"\n".join([*lines[:at], code, *lines[at:]])
        printed = re.compile(rf"\b{case}\.go:(\d+)")

        def moved(match: re.Match[str]) -> str:
            number = int(match[1])
            return f"{case}.go:{number + (number > at)}"

        self.texts[case] = [printed.sub(moved, text) for text in self.texts[case]]

    def extend(self, case: str, line: int, code: bytes) -> None:
        """Put something at the end of a line of a function (or of a type); nothing moves."""
        lines = self.sources[case].split(b"\n")
        inside = [at for at, text in enumerate(lines) if text.startswith(b"\t")]
        lines[inside[line % len(inside)]] += code
        self.sources[case] = b"\n".join(lines)

    def unsay(self, case: str, line: int) -> None:
        """Take out what the compiler says of a line."""
        said = sorted({text.split(":")[1] for text in self.texts[case] if text.count(":") > 1})
        about = f"{case}.go:{said[line % len(said)]}:" if said else "nothing"
        self.texts[case] = [text for text in self.texts[case] if not text.startswith(about)]

    def forget(self, case: str, every: int) -> None:
        """Take some lines out of what the compiler says."""
        self.texts[case] = [t for i, t in enumerate(self.texts[case]) if i % (every + 2)]

    def witness(self, case: str, every: int, words: str) -> None:
        """Let code generation say something where things escape, after all else."""
        places = [text.partition(" ")[0] for text in self.texts[case] if "escapes to heap" in text]
        self.evidence[case] = [f"{place} {words}" for place in places[:: every + 1]]

    def remove(self, case: str) -> None:
        """Delete a file."""
        self.sources.pop(case, None)
        self.evidence.pop(case, None)
        self.texts.pop(case, None)

    def report(
        self, analyzer: PackageAnalyzer | None, preliminary: int | None = None
    ) -> PackageReport:
        """What an analyzer says, or one that has seen nothing else.

        ``preliminary`` is how much of the evidence it has seen beforehand, if it has been asked to.
        """
        info, texts, given = self._material()
        if analyzer is None:
            return build_report(info, texts, given)
        if preliminary is not None:
            self.preliminary(analyzer, preliminary)
        return analyzer.report(info, texts, given)

    def preliminary(self, analyzer: PackageAnalyzer, evidence: int = 0) -> PackageReport:
        """What it says when so much evidence has come."""
        info, texts, given = self._material()
        early = [evolve(text, evidence=text.evidence[:evidence]) for text in texts]
        return analyzer.preliminary_report(info, early, given)

    def _material(self) -> tuple[PackageInfo, tuple[PackageText, ...], dict[str, SourceText]]:
        reader = CompilerText()
        said = (*self.texts.values(), *self.evidence.values())
        for line in ["# example.com/m", *(line for text in said for line in text)]:
            reader.feed(line)
        sources = {f"{FOLDER}/{case}.go": code for case, code in self.sources.items()}
        info = PackageInfo("example.com/m", FOLDER, tuple(sources), FOLDER)
        given = {path: SourceText(path, code) for path, code in sources.items()}
        return info, reader.finish(), given


def differences(one: PackageReport, other: PackageReport) -> list[str]:
    """The fields that differ, those that comparing reports leaves out included."""
    names = [field.name for field in attrs.fields(PackageReport)]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


CODE = st.sampled_from(
    [
        b"// a comment",
        b"type added struct{}",
        b"const n = 1",
        b"func added() { for { ret(); keep(nil) } }",
        b"func (e *entry) Add(n int) {}",
        b"func ret() {}",
        b"func broken( {",
        b"type fmt struct{ Sprint int }",
        b"func keep(p *int) {}",
        b"const size = 64",
    ]
)
ENDINGS = st.sampled_from([b" // a comment", b"; ret()", b"; for { keep(nil) }", b"}", b"/*"])
WITNESSES = st.sampled_from(
    ["heap closure, captured vars = [x]", "convert: using global for interface value: .stmp_0"]
)
EDITS = st.one_of(
    st.tuples(st.just("insert"), st.sampled_from(CASES), st.integers(0, 200), CODE),
    st.tuples(st.just("extend"), st.sampled_from(CASES), st.integers(0, 200), ENDINGS),
    st.tuples(st.just("unsay"), st.sampled_from(CASES), st.integers(0, 50)),
    st.tuples(st.just("write"), st.sampled_from(CASES), st.sampled_from(["1.22", "1.24", "1.27"])),
    st.tuples(st.just("forget"), st.sampled_from(CASES), st.integers(0, 9)),
    st.tuples(st.just("witness"), st.sampled_from(CASES), st.integers(0, 3), WITNESSES),
    st.tuples(st.just("remove"), st.sampled_from(CASES)),
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(EDITS, min_size=1, max_size=6), st.sampled_from([None, 0, 1, 5, 1000]))
def test_after_any_edits_the_report_is_that_of_a_new_analyzer(
    edits: list[tuple[str, ...]], preliminary: int | None
) -> None:
    package, analyzer = Package(), PackageAnalyzer()
    assert package.report(analyzer).findings
    for name, case, *arguments in edits:
        if name == "write" or case in package.sources:
            getattr(package, name)(case, *arguments)
        assert differences(package.report(analyzer, preliminary), package.report(None)) == []


def test_what_an_edit_leaves_as_it_was_is_not_done_again() -> None:
    package, analyzer = Package(), PackageAnalyzer()
    before = package.report(analyzer)
    package.insert("stores", 0, b"// a comment")
    after = package.report(analyzer)
    edited = f"{FOLDER}/stores.go"
    known = {id(finding) for finding in before.findings}
    assert [f for f in after.findings if f.span.file != edited]
    for finding in after.findings:
        touched = edited in {finding.span.file, *(copy.place.file for copy in finding.copies)}
        assert (id(finding) in known) != touched
    for path, source in after.sources.items():
        assert (source is before.sources[path]) == (path != edited)


def test_an_edit_within_a_function_leaves_the_rest_of_its_file() -> None:
    package, analyzer = Package(), PackageAnalyzer()
    before = package.report(analyzer)
    package.extend("stores", 20, b" // a comment")
    after = package.report(analyzer)
    known = {id(finding) for finding in before.findings}
    again = [finding for finding in after.findings if id(finding) not in known]
    assert len({finding.function for finding in again}) == 1
    assert len({f.function for f in after.findings if f.span.file.endswith("stores.go")}) > 10


def test_edits_of_ever_more_functions_do_not_keep_ever_more_syntax_trees() -> None:
    package, analyzer = Package(), PackageAnalyzer(ParsedFiles(limit=1))
    report = package.report(analyzer)
    for line in range(0, 100, 9):
        package.extend("stores", line, b" // a comment")
        report = package.report(analyzer)
        assert differences(report, package.report(None)) == []
    gc.collect()
    trees = [each for each in gc.get_objects() if isinstance(each, GoFile)]
    assert 1 < sum(tree.source.path == f"{FOLDER}/stores.go" for tree in trees) <= 6
    assert report.findings


def test_a_new_name_concerns_only_the_files_that_ask_for_it() -> None:
    package, analyzer = Package(), PackageAnalyzer()
    known = {id(finding) for finding in package.report(analyzer).findings}
    package.insert("inlining", 3, b"func nobodyCalls() {}")
    others = [f for f in package.report(analyzer).findings if f.span.file.endswith("generics.go")]
    assert others
    assert all(id(finding) in known for finding in others)


def test_a_package_seen_with_more_files_and_again_without_them_is_not_done_again() -> None:
    package, analyzer = Package(), PackageAnalyzer()
    before = package.report(analyzer)
    more = Package()
    more.remove("generics")
    without = more.report(analyzer)
    again = package.report(analyzer)
    assert differences(without, more.report(None)) == []
    assert [id(f) for f in again.findings] == [id(f) for f in before.findings]


def test_before_the_evidence_is_there_nothing_new_is_claimed_that_it_may_deny() -> None:
    package, analyzer = Package(), PackageAnalyzer()
    package.witness("closure_capture", 0, "heap closure, captured vars = [x]")
    before = package.report(analyzer)
    package.insert("closure_capture", 3, b"// a comment")
    early = package.preliminary(analyzer)
    after = package.report(analyzer)
    kept = [f for f in after.findings if f.kind in {SiteKind.CLOSURE, SiteKind.BOXED}]
    assert len(kept) == len(
        [f for f in before.findings if f.kind in {SiteKind.CLOSURE, SiteKind.BOXED}]
    )
    assert not early.is_final
    assert early.findings == after.findings  # what was true of them still is
    new = package.preliminary(PackageAnalyzer())
    assert {f.kind for f in new.findings}.isdisjoint({SiteKind.CLOSURE, SiteKind.BOXED})


def test_a_text_that_somebody_still_has_parsed_is_not_parsed_again() -> None:
    parsed = ParsedFiles(limit=1)
    first, second = (SourceText("/m/a.go", b"package " + name) for name in (b"a", b"b"))
    file = parsed.of(first)
    assert parsed.of(second) is not file
    assert parsed.of(SourceText(first.path, first.content)) is file
