"""What ``goescape fix`` is asked for, and what came of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.messages.reason import Reason  # noqa: TC001 - attrs resolves it
from goescape.fixes.driver import all_rewrites
from goescape.terminal.targets import UsageError
from goescape.toolchain.measure.fix_measurement import MeasureOptions  # noqa: TC001 - the same

if TYPE_CHECKING:
    from goescape.fixes.candidate import Candidate, Refusal
    from goescape.terminal.commands.check_outcome import CheckFailure
    from goescape.toolchain.measure.compared_benchmarks import ComparedBenchmark


@frozen
class FixOptions:
    """What was asked for."""

    folder: str = "."
    packages: tuple[str, ...] = ("./...",)
    only: frozenset[str] = frozenset()
    """Names of rewrites, also of those that only the user can judge; empty for all."""
    diff: bool = False
    """Show, and write nothing; with ``yes`` what that would write."""
    yes: bool = False
    """Write, and ask nothing."""
    everywhere: bool = False
    """Also where code seldom runs, and in generated files."""
    test: bool = False
    """Write only what the package's own tests pass with."""
    measure: MeasureOptions | None = None
    """How to measure what fixes bring; None to keep whatever holds."""
    profile: str = ""
    """The file of a profile: only what it shows, in its order; empty for all."""

    def __attrs_post_init__(self) -> None:
        codes = [rewrite.code for rewrite in all_rewrites()]
        if self.diff and self.measure is not None:
            raise UsageError("--measure writes what it keeps; leave out --diff, or --measure.")
        if unknown := sorted(self.only - {*codes}):
            raise UsageError(f"There is no fix {unknown[0]}; --only takes {', '.join(codes)}.")

    def means(self, candidate: Candidate | Refusal) -> bool:
        """Whether a rewrite is to be looked at."""
        return not self.only or candidate.code in self.only


@define
class FixCounts:
    """What became of one rewrite's candidates."""

    fits: int = 0
    proved: int = 0
    written: int = 0


@define
class FixOutcome:
    """All that happened."""

    tallies: dict[str, FixCounts] = field(factory=dict)
    reasons: Counter[tuple[str, Reason]] = field(factory=Counter)
    """How often a rewrite was refused for a reason."""
    failures: list[CheckFailure] = field(factory=list)
    left: int = 0
    """How many candidates nobody has looked at, since their place is not worth it."""
    files: set[str] = field(factory=set)
    """Those that were written."""
    diff: bool = False
    benchmarks: list[ComparedBenchmark] = field(factory=list)
    """What the fixes that were kept have changed, hottest first."""
    wrote: dict[str, set[str]] = field(factory=dict)
    """Files of the user's that benchmarks have written, by package."""
    objects: dict[tuple[str, str], tuple[float, float]] = field(factory=dict)
    """Objects per operation before and after, of every benchmark: by package and name."""

    def of(self, code: str) -> FixCounts:
        """The counts of one rewrite."""
        return self.tallies.setdefault(code, FixCounts())

    def refuse(self, code: str, reason: Reason) -> None:
        """Count a rewrite that is not possible."""
        self.reasons[code, reason] += 1

    @property
    def exit_code(self) -> int:
        """2 when something could not be analysed; 1 when a diff shows fixes; else 0."""
        if self.failures:
            return 2
        return 1 if self.diff and any(tally.proved for tally in self.tallies.values()) else 0
