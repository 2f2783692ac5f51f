"""On code that nobody here wrote: nothing the compiler says is lost, no range is wrong.

The compiler's raw text is read again here, by a pattern of its own, and held against the reports.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tree_sitter_go
from tree_sitter import Language, Parser

from goescape.analysis.causes import Cause
from goescape.analysis.model import Allocates, Finding, PackageReport
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from tests.conftest import run_coroutine

if TYPE_CHECKING:
    from goescape.analysis.positions import Place
    from tests.conftest import RealModule

POSITION = r"^(?P<file>[^\s<][^:]*\.go):(?P<line>\d+)(?::(?P<column>\d+))?(?:\[[^\]]*\])?: "
SUMMARY = re.compile(POSITION + "(?:moved to heap: .*|.* escapes to heap)$")
# `go f(x)` and instantiated functions as values: closures with an explanation but no summary.
IMPLIED = re.compile(POSITION + "func literal escapes to heap in .*:$")
STANDARD_LIBRARY = ("strings", "encoding/json", "net/http", "go/types")
UNSAID = {Cause.CHANNEL, Cause.LARGE_MAP, Cause.CONCATENATION}
"""Of these the compiler says nothing, or that they do not escape."""
MODULES = {
    "toml": ("github.com/BurntSushi/toml@v1.6.0", "./..."),
    "chi": ("github.com/go-chi/chi/v5@v5.5.0", "./..."),
}


@pytest.fixture(scope="module", params=[*MODULES, *STANDARD_LIBRARY])
def analyzed(
    request: pytest.FixtureRequest, real_module: RealModule, go_path: str
) -> tuple[Path, list[str], list[PackageReport]]:
    """The folder, the raw text, and the reports of one real package or module."""
    if request.param in MODULES:
        name, pattern = MODULES[request.param]
        root = real_module(name)
    else:
        root, pattern = Path(_go(go_path, ".", "env", "GOROOT").strip(), "src"), request.param
    root = root.resolve()
    return root, raw_lines(root, pattern, go_path), reports(root, pattern, go_path)


def positions(root: Path, lines: list[str], form: re.Pattern[str]) -> set[tuple[str, int, int]]:
    return {
        (os.path.normpath(root / match["file"]), int(match["line"]), int(match["column"] or 0))
        for line in lines
        if (match := form.match(line))
    }


def raw_lines(root: Path, pattern: str, go: str) -> list[str]:
    """What the compiler prints about the packages asked for."""
    text = _go(go, root, "list", "-e", "-export", "-test", "-gcflags=-m=2 -e=0", "-f", "", pattern)
    asked = _go(go, root, "list", "-e", "-test", "-f", "{{.ImportPath}}", pattern).split()
    lines, wanted = [], False
    for line in text.split("\n"):
        if line.startswith("# "):
            # Dependencies that are compiled again for tests belong to packages nobody asked for.
            wanted = line[2:].partition(" [")[0].removesuffix("_test") in asked
        if wanted:
            lines.append(line)
    return lines


def reports(root: Path, pattern: str, go: str) -> list[PackageReport]:
    async def collect() -> list[PackageReport]:
        engine = Engine(EngineOptions(go_path=go))
        items = [item async for item in engine.analyze(str(root), [pattern])]
        problems = [item for item in items if isinstance(item, Problem)]
        assert problems == []
        return [item for item in items if isinstance(item, PackageReport)]

    return run_coroutine(collect())


def _go(go: str, folder: str | Path, *arguments: str) -> str:
    environment = {**os.environ, "GOPROXY": "off"}
    done = subprocess.run(
        [go, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


Analyzed = tuple[Path, list[str], list[PackageReport]]


def test_every_position_is_accounted_for(analyzed: Analyzed) -> None:
    root, lines, found = analyzed
    raw, accounted = positions(root, lines, SUMMARY), set()
    for report in found:
        places = [finding.anchor for finding in report.findings]
        places += [copy.place for finding in report.findings for copy in finding.copies]
        places += [left.place for left in report.left_out]
        accounted |= {(place.file, place.line, place.column) for place in places}
    assert len(raw) > 100
    assert sorted(raw - accounted) == []


def test_nothing_is_found_where_the_compiler_says_nothing(analyzed: Analyzed) -> None:
    root, lines, found = analyzed
    raw = positions(root, lines, SUMMARY) | positions(root, lines, IMPLIED)
    invented = [
        finding
        for report in found
        for finding in report.findings
        if finding.escapes
        and finding.cause not in UNSAID
        and not raw & {(at.file, at.line, at.column) for at in _printed_at(finding)}
    ]
    assert invented == []


def test_what_the_compiler_does_not_say_is_in_the_source(analyzed: Analyzed) -> None:
    _, lines, found = analyzed
    for finding in (finding for report in found for finding in report.findings):
        if finding.cause is Cause.CHANNEL:
            assert finding.subject.startswith("make(")
            assert finding.compiler == ""
        elif finding.cause is Cause.LARGE_MAP:
            assert finding.compiler == "" or any(finding.compiler in line for line in lines)


def _printed_at(finding: Finding) -> list[Place]:
    """Where the compiler may speak of it: of a literal's only where the literal is inlined."""
    return [finding.anchor, *(copy.place for copy in finding.copies)]


def test_every_range_is_a_node_that_contains_the_anchor(analyzed: Analyzed) -> None:
    _, _, found = analyzed
    parser = Parser(Language(tree_sitter_go.language()))
    for report in found:
        trees = {path: parser.parse(source.content) for path, source in report.sources.items()}
        for finding in report.findings:
            source = report.sources[finding.span.file]
            start = source.offset(finding.span.line, finding.span.column)
            end = source.offset(finding.span.end_line, finding.span.end_column)
            assert start is not None, finding
            assert end is not None, finding
            node = trees[finding.span.file].root_node.descendant_for_byte_range(start, end)
            assert node is not None
            assert (node.start_byte, node.end_byte) == (start, end), finding
            assert finding.span.contains(finding.anchor.line, finding.anchor.column), finding


def test_every_finding_can_be_explained(analyzed: Analyzed) -> None:
    _, _, found = analyzed
    for report in found:
        assert report.unknown_lines == ()
        for finding in report.findings:
            assert _has_reason(finding), finding


def _has_reason(finding: Finding) -> bool:
    return bool(finding.note) if finding.allocates is not Allocates.YES else bool(finding.subject)
