"""What a whole build was told by the machine code outlives edits, where nothing was edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from goescape.analysis.evidence.carried_judgement import Judgement
from goescape.analysis.model import Allocates, PackageReport
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.direct_lane import DirectLane
from tests.toolchain.test_code_judge import SOURCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from goescape.toolchain.engine import Engine
    from tests.conftest import WriteTree

Said = set[tuple[object, ...]]


@pytest.fixture
async def judging(engine: Engine) -> AsyncIterator[Engine]:
    yield engine
    await engine.facts.close()


async def of_lane(
    lane: DirectLane, root: Path, unsaved: Mapping[str, bytes] | None = None
) -> PackageReport:
    items = [item async for item in lane.analyze(str(root), ".", unsaved or {})]
    return [item for item in items if isinstance(item, PackageReport)][-1]


async def of_build(engine: Engine, root: Path) -> PackageReport:
    (report,) = [item async for item in engine.analyze(str(root), ["."])]
    assert isinstance(report, PackageReport)
    return report


def said(report: PackageReport, without: str = "") -> Said:
    """What is said of all functions but one, wherever they stand."""
    findings = {
        (it.function, it.subject, it.allocates, it.note, it.reasons, it.rank, it.span.column)
        for it in report.findings
        if it.function != without
    }
    words = {(word.subject, word.note, word.span.column) for word in report.explained}
    return findings | words


def of_function(report: PackageReport, name: str) -> dict[str, Allocates]:
    return {it.subject: it.allocates for it in report.findings if it.function == name}


async def judged_lane(engine: Engine, root: Path) -> tuple[DirectLane, PackageReport]:
    lane = DirectLane(engine)
    await of_lane(lane, root)
    judged = await of_build(engine, root)
    lane.take_judgement(judged)
    return lane, judged


async def test_other_functions_stay_judged(judging: Engine, write_tree: WriteTree) -> None:
    root = write_tree(SOURCE)
    lane, judged = await judged_lane(judging, root)
    text = (root / "a.go").read_text()
    edited = text.replace("func zero() {", "func zero() {\n\n\tprintln(1)\n\t")
    edited = edited.replace("import (", "import (\n")
    report = await of_lane(lane, root, {str(root / "a.go"): edited.encode()})
    assert not report.is_judged
    assert said(report, "zero") == said(judged, "zero")
    assert of_function(report, "shared")["b"] is Allocates.NO
    for finding in report.findings:
        if finding.subject == "b":
            assert report.sources[finding.span.file].text(finding.span) == "b"


async def test_the_edited_function_is_as_the_compiler_has_it(
    judging: Engine, write_tree: WriteTree
) -> None:
    root = write_tree(SOURCE)
    lane, judged = await judged_lane(judging, root)
    assert of_function(judged, "shared")["b"] is Allocates.NO
    saved = (root / "a.go").read_bytes()
    edited = saved.replace(b"a++; b--", b"a++; b++")
    (root / "a.go").write_bytes(edited)
    report = await of_lane(lane, root)
    assert of_function(report, "shared")["b"] is Allocates.YES
    assert said(report, "shared") == said(judged, "shared")
    (root / "a.go").write_bytes(saved)
    again = await of_lane(lane, root)
    assert of_function(again, "shared")["b"] is Allocates.NO
    assert said(again) == said(judged)


async def test_a_new_comment_leaves_all_judged(judging: Engine, write_tree: WriteTree) -> None:
    root = write_tree(SOURCE)
    lane, judged = await judged_lane(judging, root)
    text = (root / "a.go").read_text()
    (root / "a.go").write_text(text.replace("func index", "// It is slow.\nfunc index"))
    report = await of_lane(lane, root)
    assert said(report) == said(judged)
    built = await of_build(judging, root)
    assert {*report.findings} == {*built.findings}
    assert {*report.explained} == {*built.explained}


async def test_what_the_compiler_newly_says_is_kept(
    unjudged: Engine, judging: Engine, write_tree: WriteTree
) -> None:
    root = write_tree(SOURCE)
    raw = await of_build(unjudged, root)
    nothing = PackageReport(raw.package, raw.directory, raw.files, sources=raw.sources)
    carried = Judgement(nothing).carried_to(raw)
    assert carried.findings == raw.findings
    assert not carried.is_judged


async def test_a_second_report_is_that_of_a_new_judgement(
    judging: Engine, write_tree: WriteTree
) -> None:
    """Also where a function was edited that others were inlined into."""
    root = write_tree(SOURCE)
    path = root / "b.go"
    path.write_text("package m\n\nfunc other() *int {\n\tx := 1\n\treturn &x\n}\n")
    lane, edits = DirectLane(judging), ("\n// more\n", "\nfunc third() any { return other() }\n")
    reports = [await of_lane(lane, root)]
    for edit in edits:
        unsaved = {str(path): path.read_bytes() + edit.encode()}
        reports.append(await of_lane(lane, root, unsaved))
    judged = await of_build(judging, root)
    kept = Judgement(judged)
    for report in (*reports, *reversed(reports)):
        assert not report.is_judged
        assert not report.errors
        assert kept.carried_to(report) == Judgement(judged).carried_to(report)
    assert kept.carried, "nothing was taken over"


async def test_a_copy_in_an_edited_function_is_not_taken_over_again(
    judging: Engine, write_tree: WriteTree
) -> None:
    """The function of the site itself was not edited, nor was its file."""
    root = write_tree(SOURCE)
    caller = root / "b.go"
    caller.write_text("package m\n\nfunc small(n int) { Box(n > 5) }\n")
    raw = await of_lane(DirectLane(judging), root)
    judgement = Judgement(await of_build(judging, root))
    edited = caller.read_bytes().replace(b"5) }", b"5); println(n) }")
    sources = {**raw.sources, str(caller): SourceText(str(caller), edited)}

    assert is_free(judgement.carried_to(raw)) == {"flag", "nothing", "small"}
    assert is_free(judgement.carried_to(evolve(raw, sources=sources))) == {"flag", "nothing"}


def is_free(report: PackageReport) -> set[str | None]:
    """The functions where what ``Box`` boxes costs nothing."""
    (boxed,) = (it for it in report.findings if (it.function, it.subject) == ("Box", "value"))
    return {copy.function for copy in boxed.copies if copy.is_free}
