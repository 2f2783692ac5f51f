"""A package that is worked on, and how far that is."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import PackageReport  # noqa: TC001 - the same
from goescape.analysis.profiles.benchmarks import benchmark_names
from goescape.analysis.reports.report_codec import PackedReport
from goescape.analysis.syntax.go_file import GoFile
from goescape.fixes.candidate import Candidate, Refusal
from goescape.fixes.driver import candidates_without_faults
from goescape.terminal.file_writer import content_of
from goescape.toolchain.proofs.fix_context import FixContext  # noqa: TC001 - the same
from goescape.toolchain.proofs.prover import Prover  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.positions import Span
    from goescape.terminal.commands.fix_outcome import FixOptions
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.proofs.prover import Proof

_MOST = 1000
"""Candidates of one package; a fix may lead to another one."""


@frozen(eq=False)
class WaitingPackage:
    """One package that was analysed: the rest of a module waits in little memory."""

    directory: str
    has_benchmarks: bool
    _packed: PackedReport

    @classmethod
    def of(cls, report: PackageReport) -> WaitingPackage:
        """Of its report."""
        return cls(report.directory, bool(benchmark_names(report)), PackedReport(report))

    def report(self) -> PackageReport:
        """The report."""
        return self._packed.report()


@frozen(eq=False, slots=False)
class FixedPackage:
    """One package that is worked on."""

    around: FixContext
    report: PackageReport
    prover: Prover

    def is_fresh(self) -> bool:
        """Whether its files are still those that were analysed."""
        return all(content_of(path) == text.content for path, text in self.report.sources.items())

    @cached_property
    def proposals(self) -> tuple[Candidate | Refusal, ...]:
        """What rewrites propose."""
        code = self.around.code
        return tuple(
            proposal for path in code.files for proposal in candidates_without_faults(code, path)
        )

    def is_generated(self, path: str) -> bool:
        """Whether a file that a fix may change says that a program has written it."""
        code = self.around.code
        file = code.files.get(path) or code.others.get(path) or GoFile(self.around.sources[path])
        return file.is_generated


@define
class FixWork:
    """How far the work on a package is."""

    package: FixedPackage
    budget: int = _MOST
    refusals: Counter[tuple[str, Reason]] = field(factory=Counter)
    """Those that were counted: code and reason."""
    _decided: Counter[tuple[str, ...]] = field(factory=Counter)

    def undecided(self, request: FixOptions) -> Iterator[Candidate]:
        """What to look at next: lines move when others are written, names do not."""
        seen: Counter[tuple[str, ...]] = Counter()
        for candidate in self.package.proposals:
            if isinstance(candidate, Candidate) and request.means(candidate):
                name = _name(self.package, candidate)
                seen[name] += 1
                if seen[name] > self._decided[name]:
                    yield candidate

    def decide(self, candidate: Candidate) -> None:
        """Never look at a candidate again, though it stays in the code."""
        self.budget -= 1
        self._decided[_name(self.package, candidate)] += 1


def _name(package: FixedPackage, candidate: Candidate) -> tuple[str, ...]:
    """What a candidate is called, wherever it stands now."""
    target, at = candidate.target, candidate.at
    function = (target.function if target is not None else None) or ""
    return candidate.code, candidate.title, at.file, function, _text(package.report, at)


def _text(report: PackageReport, at: Span) -> str:
    source = report.sources.get(at.file)
    return source.text(at) if source is not None else ""


async def reason_of_tests(engine: Engine, proof: Proof) -> Reason | None:
    """What the module's tests say against an edit; None when they pass."""
    failure = await engine.failing_tests(proof.contents)
    if failure is None:
        return None
    if await engine.failing_tests(proof.originals) is not None:
        return Reason.of(ReasonCode.TESTS_FAIL_ANYWAY, failure=failure)
    return Reason.of(ReasonCode.TESTS_FAIL, failure=failure)
