"""What the direct lane remembers of one package between its runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import Factory, define, evolve, field, frozen

from goescape.analysis.evidence.carried_judgement import Judgement
from goescape.analysis.evidence.typed_report import TypedReport
from goescape.analysis.package_analyzer import PackageAnalyzer
from goescape.analysis.syntax.parsed_files import ParsedFiles
from goescape.toolchain.compile.build_plan import BuildPlan, interface_digest, shape

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.compiler.lines import Understood
    from goescape.analysis.model import PackageReport
    from goescape.analysis.syntax.source import SourceText
    from goescape.toolchain.file_stamps import FileStamp


@frozen
class VariantText:
    """What the compiler said of one variant, and of which input."""

    input: bytes
    texts: tuple[PackageText, ...]
    understood: Mapping[str, Understood]
    """What its lines mean: most come again."""


@define(eq=False)
class PlannedPackage:
    """One package: its plan, and what is known of inputs that may come again."""

    plan: BuildPlan | None = None
    texts: dict[tuple[str, str], VariantText] = field(factory=dict)
    exports: Mapping[str, str] = field(factory=dict)
    """Where the compiler finds what the package imports."""
    sources: dict[str, tuple[FileStamp, SourceText]] = field(factory=dict)
    """The last content of each file, with the stamp that it had on the disk."""
    report: PackageReport | None = None
    typed: TypedReport | None = None
    """The last one with types."""
    stored: PackageReport | None = None
    """What the next server will find."""
    judgement: Judgement | None = None
    """What the machine code has said last."""
    complete: bytes = b""
    """The inputs that ``report`` belongs to."""
    interfaces: dict[str, bytes] = field(factory=dict)
    """Of files in the build cache, whose names change with their contents."""
    exports_with_tests: tuple[object, Mapping[str, str]] = (None, {})
    """The package itself as its external tests import it: what decides about that, and where."""
    digests: Mapping[str, bytes] = field(factory=dict)
    """Of the files when they were looked at last."""
    changed: set[str] = field(factory=set)
    """Files that were edited since the last whole report."""
    shapes: dict[str, tuple[bytes, bytes]] = field(factory=dict)
    """Of each file: the last content, and what decides how it is built."""
    parsed: ParsedFiles = field(factory=ParsedFiles)
    analyzer: PackageAnalyzer = field(
        default=Factory(lambda self: PackageAnalyzer(self.parsed), takes_self=True)
    )
    lock: asyncio.Lock = field(factory=asyncio.Lock)
    _carried: tuple[PackageReport | None, Judgement | None, PackageReport | None] = (None,) * 3
    """The last report, what was carried over to it, and what became of it."""
    _judged: PackageReport | None = None
    """What ``judgement`` was made of."""

    @property
    def compiled(self) -> PackageReport | None:
        """The last whole report, with its types where they are known, without machine code."""
        typed = self.typed
        return typed.typed if typed is not None and typed.untyped is self.report else self.report

    def take_stored(self, report: PackageReport) -> None:
        """Go on from what an earlier server has found; in a thread."""
        self.report = self.stored = report
        self.take_judgement(report)
        self.typed = TypedReport(report, report) if report.is_typed else None

    def take_judged(self, judged: PackageReport, compiled: PackageReport) -> None:
        """Remember what became of a report, and spare the next edit that work; in a thread."""
        self.take_judgement(judged)
        self.with_judgement(compiled)

    def take_judgement(self, report: PackageReport) -> None:
        """Remember a report for what the machine code has said, as long as the package lives."""
        if self._judged is report:
            return
        self._judged = report
        self.judgement = Judgement(
            # without what no later report takes over
            evolve(
                report,
                functions=(),
                stays=(),
                left_out=(),
                captures=(),
                remarks=(),
                unknown_lines=(),
            )
        )

    def with_judgement(self, report: PackageReport) -> PackageReport:
        """The report with what is known from the machine code; in a thread."""
        if self.judgement is None:
            return report
        before, judgement, result = self._carried
        if before is not report or judgement is not self.judgement or result is None:
            result = self.judgement.carried_to(report, self.parsed.of)
            self._carried = report, self.judgement, result
        return result

    def shape(self, path: str, content: bytes) -> bytes:
        """What decides how a file is built; equal contents are looked at once."""
        cached = self.shapes.get(path)
        if cached is None or cached[0] is not content:
            cached = self.shapes[path] = content, shape(content)
        return cached[1]

    def interface(self, export: str) -> bytes:
        """What importers can see of a package; read once."""
        if export not in self.interfaces:
            self.interfaces[export] = interface_digest(export)
        return self.interfaces[export]

    def understood(self, key: tuple[str, str]) -> dict[str, Understood]:
        """What earlier texts meant: variants repeat each other, and share what was read."""
        before: dict[str, Understood] = {}
        for variant in sorted(self.texts, key=lambda variant: variant == key):
            before.update(self.texts[variant].understood)
        return before
