"""The machine code judges what is said of allocations: both ways, place by place.

What is said is right when the compiled package agrees: a finding that allocates has an allocating
call in its lines, and an allocating call has a finding, or words, at its line. Generic functions
have code where they are instantiated: where a package does not do it, its tests may.

    python -m tests.audit GO FOLDER PATTERN...        prints the table, and each contradiction
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, evolve, field, frozen

from goescape.analysis.evidence.code_notes import NOT_IN_THE_CODE
from goescape.analysis.evidence.machine_code import machine_code
from goescape.analysis.evidence.overruled_findings import as_compiled
from goescape.analysis.model import Allocates, PackageReport
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.facts.compiled_reports import CompiledReports
from tests.toolchain.archive_reader import build_reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from goescape.analysis.evidence.machine_code import AllocatingCall, MachineCode
    from goescape.analysis.model import Finding
    from goescape.toolchain.facts.client import FactsClient
    from goescape.toolchain.facts.typed_reports import CheckedVariant
    from goescape.toolchain.go.go_commands import GoCommands
    from tests.toolchain.archive_reader import ArchiveReader


class Contradiction(NamedTuple):
    """Something of which words and code say different things."""

    what: str
    """``false``, ``silent`` or ``unknown``, and the kind."""
    file: str
    line: int
    subject: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.subject}"


@frozen
class PackageAudit:
    """What came of one package."""

    package: str
    findings: int
    """That say that something allocates, or may."""
    calls: int
    """Of allocators, in code that is written in the package."""
    contradictions: tuple[Contradiction, ...] = field(factory=tuple)

    def count(self, what: str) -> int:
        """How many contradictions are of a kind."""
        return sum(1 for one in self.contradictions if one.what.startswith(what))


def audit(
    report: PackageReport, code: MachineCode, tests: CodeOfTests | None = None
) -> PackageAudit:
    """Compare a report with the code of the package itself, and of what only tests instantiate."""
    own = {file for file in report.files if not file.endswith("_test.go")}
    calls = [(place, call) for place, call in _placed_calls(code, own)]
    findings = [finding for finding in report.diagnostics() if finding.span.file in own]
    called = {place for place, _ in calls}
    compiled = _compiled_lines(code)
    wrong: list[Contradiction] = []
    for finding in findings:
        lines = range(finding.span.line, finding.span.end_line + 1)
        if not any((finding.span.file, line) in called for line in lines):
            is_known = _is_compiled(finding, report, compiled)
            is_known = is_known and not _may_be_around(finding, findings, called)
            if not is_known and tests is not None and tests.allocates(finding):
                continue
            what = "false" if is_known else "unknown"
            what += f" {finding.kind.value} {finding.allocates.value} {finding.cause.value}"
            wrong.append(_contradiction(what, finding.span.file, lines[0], finding.subject))
    told = set(_told(report))
    silent = {
        (place, call.kind, call.allocator, call.type) for place, call in calls if place not in told
    }
    for (file, line), kind, allocator, allocated in sorted(silent, key=str):
        wrong.append(
            _contradiction(f"silent {kind.value}", file, line, f"{allocator} {allocated or ''}")
        )
    wrong += _overruled(report, own, called)
    return PackageAudit(report.package, len(findings), len({*called}), tuple(wrong))


def _overruled(
    report: PackageReport, own: set[str], called: set[tuple[str, int]]
) -> Iterator[Contradiction]:
    """What was taken for nothing, although its lines allocate and no finding says so."""
    covered = {
        (finding.span.file, line)
        for finding in report.diagnostics()
        for line in range(finding.span.line, finding.span.end_line + 1)
    }
    for finding in report.findings:
        span = finding.span
        if finding.note == NOT_IN_THE_CODE and span.file in own:
            lines = {(span.file, line) for line in range(span.line, span.end_line + 1)}
            if (lines - covered) & called:
                what = f"silent overruled {finding.kind.value}"
                yield _contradiction(what, span.file, span.line, finding.subject)


def _contradiction(what: str, file: str, line: int, subject: str) -> Contradiction:
    return Contradiction(what, Path(file).name, line, subject)


def _placed_calls(
    code: MachineCode, own: set[str]
) -> Iterator[tuple[tuple[str, int], AllocatingCall]]:
    """Each call with the innermost place that is written in the package."""
    for function in code.functions:
        for call in function.allocations:
            places = [(call.file, call.line), *((each.file, each.line) for each in call.inlined)]
            if (place := next((place for place in places if place[0] in own), None)) is not None:
                yield place, call


def _told(report: PackageReport) -> Iterator[tuple[str, int]]:
    """The lines of which is said that something allocates, or may."""
    for finding in report.findings:
        if finding.allocates is not Allocates.NO:
            for line in range(finding.span.line, finding.span.end_line + 1):
                yield finding.span.file, line
    spans = [stay.span for stay in report.stays if stay.note is not None]
    for span in (*spans, *(word.span for word in report.explained)):
        for line in range(span.line, span.end_line + 1):
            yield span.file, line


def _compiled_lines(code: MachineCode) -> set[tuple[str, int]]:
    """Where functions begin that have code of their own."""
    return {(function.file, function.line) for function in code.functions}


def _is_compiled(finding: Finding, report: PackageReport, compiled: set[tuple[str, int]]) -> bool:
    """Whether the function of a finding has code of its own: generic ones may have none."""
    for function in report.functions:
        span = function.span
        if span.file == finding.span.file and span.line <= finding.span.line <= span.end_line:
            return (span.file, span.line) in compiled
    return True


@define(slots=False)
class CodeOfTests:
    """What a package's tests were compiled to."""

    _reader: ArchiveReader
    _archives: Sequence[str]
    _folders: Mapping[str, str]

    def allocates(self, finding: Finding) -> bool:
        """Whether it has an allocating call on the lines of a finding."""
        span = finding.span
        lines = range(span.line, span.end_line + 1)
        return any((span.file, line) in self._places for line in lines)

    @cached_property
    def _places(self) -> frozenset[tuple[str, int]]:
        codes = [machine_code(self._reader.read(it), self._folders) for it in self._archives]
        calls = [call for code in codes for each in code.functions for call in each.allocations]
        frames = [frame for call in calls for frame in call.inlined]
        return frozenset(
            {(call.file, call.line) for call in calls}
            | {(frame.file, frame.line) for frame in frames}
        )


class _RecordingReports(CompiledReports):
    """Remembers where tests were compiled to."""

    def __init__(self, commands: GoCommands, client: FactsClient) -> None:
        super().__init__(commands, client)
        self.tests: dict[str, list[str]] = {}

    async def corrected(
        self, report: PackageReport, variants: Sequence[CheckedVariant]
    ) -> PackageReport:
        self.tests[report.package] = [
            variant.archive
            for variant in variants
            if variant.archive and any(file.endswith("_test.go") for file in variant.files)
        ]
        return await super().corrected(report, variants)


class _RecordingEngine(Engine):
    @cached_property
    def compiled(self) -> _RecordingReports:
        return _RecordingReports(self.commands, self.facts)


class PackageAudits(NamedTuple):
    """One package, as the compiler's text has it and as it is told."""

    compiled: PackageAudit
    told: PackageAudit


def _may_be_around(
    finding: Finding, findings: Sequence[Finding], called: set[tuple[str, int]]
) -> bool:
    """Whether a literal around it begins on a line that allocates: the elements' code is there."""
    return any(
        other.span.file == finding.span.file
        and other.span.line < finding.span.line <= finding.span.end_line <= other.span.end_line
        and (other.span.file, other.span.line) in called
        for other in findings
    )


async def audits(
    reader: ArchiveReader, folder: str, patterns: Sequence[str]
) -> AsyncIterator[PackageAudits]:
    """Analyse packages and compare each with its archive."""
    engine = _RecordingEngine(EngineOptions(go_path=reader.go))
    try:
        reports = [
            item
            async for item in engine.analyze(folder, patterns)
            if isinstance(item, PackageReport) and item.files and not item.errors
        ]
    finally:
        await engine.facts.close()
    archives = reader.archives("-e", *patterns, folder=folder)
    for report in reports:
        if archive := archives.get(report.package):
            folders = {"$GOROOT": reader.goroot, report.package: report.directory}
            code = machine_code(reader.read(archive), folders)
            compiled = evolve(as_compiled(report), explained=())
            tests = CodeOfTests(reader, engine.compiled.tests.get(report.package, ()), folders)
            yield PackageAudits(audit(compiled, code, tests), audit(report, code, tests))


async def main(go: str, folder: str, *patterns: str) -> None:
    """Print what contradicts, and the table: what is told, and before it what text alone says."""
    kinds: Counter[str] = Counter()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        reader = build_reader(go, Path(temporary))
        async for both in audits(reader, folder, patterns):
            for contradiction in both.told.contradictions:
                print(both.told.package, contradiction)
                kinds[contradiction.what] += 1
            rows.append(both)
    print("package", "findings", "calls", *(f"{it} text, told" for it in KINDS), sep="\t")
    for compiled, told in rows:
        counts = [count for it in KINDS for count in (compiled.count(it), told.count(it))]
        print(told.package, told.findings, told.calls, *counts, sep="\t")
    sums = [
        sum(each.count(it) for each in both) for it in KINDS for both in zip(*rows, strict=True)
    ]
    print("all", sum(told.findings for _, told in rows), "", *sums, sep="\t")
    for kind, count in kinds.most_common():
        print(count, kind)


KINDS = ("false", "silent", "unknown")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))  # noqa: TID251
