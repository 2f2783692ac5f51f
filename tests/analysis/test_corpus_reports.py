"""Reports from recorded text: the odd corners of seven compilers, without running any of them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.compiler.facts import EscapeVerdict, PackageText
from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.messages.catalogues import language_names
from goescape.analysis.messages.explain import explain, message
from goescape.analysis.messages.languages import ENGLISH, catalogue_of
from goescape.analysis.package_analyzer import build_report
from goescape.analysis.syntax.source import SourceText

if TYPE_CHECKING:
    from goescape.analysis.model import Finding, PackageReport

CORPUS = Path(__file__).with_name("corpus")
RECORDINGS = [
    path
    for path in sorted(CORPUS.glob("*/m2*.txt"))
    if path.parent.name not in {"type_error", "cross_package"}
    # Under //line the claimed positions are useless; goescape always asks for the real ones (-L).
    and (path.parent.name != "line_directives" or path.name.startswith("m2-L"))
]


def recorded(recording: Path) -> tuple[PackageReport, tuple[PackageText, ...]]:
    reader = CompilerText()
    for line in recording.read_text("utf-8").split("\n"):
        reader.feed(line)
    texts = tuple(text for text in reader.finish() if not text.path.endswith(".test"))
    folder = str(recording.parent)
    files = tuple(str(path) for path in sorted(recording.parent.glob("*.go")))
    sources = {path: SourceText(path, Path(path).read_bytes()) for path in files}
    info = PackageInfo(texts[0].path, folder, files, folder)
    return build_report(info, texts, sources), texts


@pytest.fixture(params=RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def recording(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_every_decision_is_accounted_for(recording: Path) -> None:
    report, texts = recorded(recording)
    places = [finding.anchor for finding in report.findings]
    places += [copy.place for finding in report.findings for copy in finding.copies]
    places += [left.place for left in report.left_out]
    accounted = {(posixpath.basename(place.file), place.line, place.column) for place in places}
    for text in texts:
        for decision in text.decisions:
            if decision.verdict is not EscapeVerdict.STAYS:
                at = decision.at
                assert (posixpath.basename(at.file), at.line, at.column) in accounted, decision


def test_ranges_contain_what_the_compiler_printed(recording: Path) -> None:
    report, _ = recorded(recording)
    for finding in report.findings:
        source = report.sources[finding.span.file]
        assert source.text(finding.span), finding
        columns_are_ours = finding.anchor.column and recording.parent.name != "cgo"
        if columns_are_ours:
            assert finding.span.contains(finding.anchor.line, finding.anchor.column), finding
        else:
            assert finding.span.line <= finding.anchor.line <= finding.span.end_line, finding


@pytest.mark.parametrize("name", language_names())
def test_every_message_is_punctuated_as_a_sentence(recording: Path, name: str) -> None:
    report, _ = recorded(recording)
    catalogue = catalogue_of(name)
    for finding in report.findings:
        told = explain(finding, catalogue)
        steps = [step.text for step in told.steps]
        for said in (message(finding, catalogue), told.why, told.helps, told.ignore_when, *steps):
            assert not badly_punctuated(said), said


def badly_punctuated(sentence: str) -> str | None:
    """What ends in a pause, has two marks in a row, or a place that does not exist."""
    without_code = re.sub(r"(`+)[^`]+\1", "x", sentence)
    nowhere = r"  |\bline 0\b|第 0 行"
    found = re.search(rf"[;,:；，：]\s*$|[;,:.；，：。]\s*[;,:.；，：。]|{nowhere}", without_code)
    return found[0] if found is not None else None


def test_no_two_findings_read_alike_in_one_place(recording: Path) -> None:
    report, _ = recorded(recording)
    said = [(finding.span, message(finding, ENGLISH)) for finding in report.findings]
    assert len({*said}) == len(said)


def test_lines_without_columns_still_find_their_expressions() -> None:
    report, _ = recorded(CORPUS / "long_lines" / "m2.go1.27.txt")
    without = [finding for finding in report.findings if finding.anchor.column == 0]
    assert without
    for finding in without:
        covered = report.sources[finding.span.file].text(finding.span)
        assert len(covered) < 40, "not the whole of a long line"


def test_the_words_of_both_dialects_lead_to_the_same_findings() -> None:
    old = _facts(recorded(CORPUS / "stores" / "m2.go1.24.txt")[0])
    new = _facts(recorded(CORPUS / "stores" / "m2.go1.25.txt")[0])
    assert {fact for fact in new if "append" not in fact[1]} == old


def _facts(report: PackageReport) -> set[tuple[int, str, str, str | None]]:
    return {_fact(finding) for finding in report.findings}


def _fact(finding: Finding) -> tuple[int, str, str, str | None]:
    return finding.span.line, finding.subject, finding.cause.value, finding.function


def test_a_claimed_position_that_does_not_exist_is_left_out() -> None:
    report, _ = recorded(CORPUS / "line_directives" / "m2.go1.27.txt")
    for finding in report.findings:
        assert report.sources[finding.span.file].text(finding.span).strip()
