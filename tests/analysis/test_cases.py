"""Go with its expectations beside it, compiled by every supported version.

``// want SEVERITY CODE "text"`` names a finding and the text that its range covers; ``none "text"``
a site that "escapes" without an allocation. ``(>=1.25)`` limits either to some versions. Found and
wanted must match one to one.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from goescape.analysis.messages.explain import (
    copies_sentence,
    explain,
    label,
    message,
    rank_sentence,
)
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import Allocates, Finding, PackageReport
from goescape.analysis.reports.queries import once_per_site
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from tests.analysis.test_corpus_reports import badly_punctuated
from tests.conftest import GO_VERSIONS, run_coroutine

CASES = Path(__file__).with_name("cases")
CLAUSE = re.compile(r"(want|none)(?:\((<|>=)1\.(\d+)\))? (.*)")
WANTED = re.compile(r'(?:(warning|information|hint) ([a-z-]+) )?(?:"([^"]*)"|`([^`]*)`)')

Fact = tuple[str, int, str, str, str]
"""File, line, severity (empty: none), code, covered text."""


@pytest.fixture(scope="module", params=GO_VERSIONS)
def minor_and_reports(
    request: pytest.FixtureRequest,
    go_toolchains: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[int, list[PackageReport]]:
    """The minor version of Go, and what it says about the cases."""
    root = tmp_path_factory.mktemp("cases").resolve() / "cases"
    shutil.copytree(CASES, root)
    minor = int(request.param.split(".")[1])
    return minor, reports(root, go_toolchains[request.param])


def reports(root: Path, go: str) -> list[PackageReport]:
    async def collect() -> list[PackageReport]:
        engine = Engine(EngineOptions(go_path=go))
        items = [item async for item in engine.analyze(str(root), ["./..."])]
        assert [item for item in items if isinstance(item, Problem)] == []
        return [item for item in items if isinstance(item, PackageReport)]

    return run_coroutine(collect())


def wanted(minor: int) -> list[Fact]:
    facts = []
    for file in sorted(CASES.rglob("*.go")):
        for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
            _, _, comment = line.decode().partition(" // ")
            for clause in comment.split("; "):
                if match := CLAUSE.match(clause):
                    kind, relation, version, items = match.groups()
                    if relation and (minor < int(version)) != (relation == "<"):
                        continue
                    name = file.relative_to(CASES).as_posix()
                    found = WANTED.findall(items)
                    assert found, f"{name}:{number}: {clause}"
                    facts += [
                        (name, number, severity, code, plain or raw)
                        for severity, code, plain, raw in found
                    ]
                    assert all((kind == "want") == bool(severity) for severity, *_ in found)
    return sorted(facts)


def found(everything: list[PackageReport]) -> list[Fact]:
    sources = {path: text for report in everything for path, text in report.sources.items()}
    facts = []
    for finding in once_per_site(each for report in everything for each in report.findings):
        path = finding.span.file
        name = "/".join(Path(path).parts[-2:])
        severity = finding.severity.value if finding.is_diagnostic else ""
        code = finding.cause.value if finding.is_diagnostic else ""
        facts.append((name, finding.span.line, severity, code, sources[path].text(finding.span)))
    return sorted(facts)


def test_found_is_wanted(minor_and_reports: tuple[int, list[PackageReport]]) -> None:
    minor, everything = minor_and_reports
    assert found(everything) == wanted(minor)


def test_copies_are_counted(minor_and_reports: tuple[int, list[PackageReport]]) -> None:
    _, everything = minor_and_reports
    sentences = {
        finding.function: copies_sentence(finding, ENGLISH)
        for finding in _of(everything, "inlining")
        if finding.copies
    }
    assert sentences == {
        "newBox": "escapes when called from `keep`, stays on the stack in 2 inlined calls",
        "newLocal": "stays on the stack in one inlined call",
        "failing": "also on the heap where inlined into `passesOn` and `twice`",
        "localClosure": "",
        "NewExported": "stays on the stack in one inlined call",
    }


def test_every_finding_reads_well(minor_and_reports: tuple[int, list[PackageReport]]) -> None:
    _, everything = minor_and_reports
    for report in everything:
        for finding in report.findings:
            for say in (message, label, rank_sentence):
                sentence = say(finding, ENGLISH)
                assert sentence
                assert not badly_punctuated(sentence)
                assert "<node" not in sentence
                assert not re.search(r"\{|~|``|  |\.autotmp", re.sub(r"`[^`]*`", "x", sentence))
            told = explain(finding, ENGLISH)
            assert told.why
            if finding.allocates is not Allocates.NO:
                assert told.helps
                assert told.ignore_when


def test_no_two_findings_read_alike_in_one_place(
    minor_and_reports: tuple[int, list[PackageReport]],
) -> None:
    _, everything = minor_and_reports
    shown = once_per_site(finding for report in everything for finding in report.findings)
    said = [(finding.span, message(finding, ENGLISH)) for finding in shown]
    assert len({*said}) == len(said)


def _of(everything: list[PackageReport], package: str) -> list[Finding]:
    return [f for r in everything if r.package.endswith(package) for f in r.findings]
