"""What ``goescape check`` is asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from pathlib import Path  # noqa: TC003 - the same

from attrs import frozen

from goescape.analysis.model import DirectiveRemark, Finding, Severity
from goescape.analysis.positions import Place  # noqa: TC001 - the same
from goescape.analysis.profiles.joined_profile import JoinedProfile  # noqa: TC001 - the same
from goescape.analysis.ranking.rank import DEFAULT_POLICY, RankPolicy
from goescape.analysis.syntax.source import SourceText  # noqa: TC001 - the same


@frozen
class CheckOptions:
    """What was asked for."""

    folder: str = "."
    packages: tuple[str, ...] = ("./...",)
    minimum: Severity = Severity.HINT
    everything: bool = False
    """Also the sites that do not allocate."""
    profiles: tuple[str, ...] = ()
    """Files with what the program allocated."""
    baseline: str = ""
    """A file with sites that are known: only others are shown."""
    since: str = ""
    """A revision whose sites are known."""
    log: str = ""
    """A file with the text of a build that was made elsewhere."""
    fail_on: Severity = Severity.HINT
    """The least severity that makes the check fail."""
    shard: tuple[int, int] = (1, 1)
    """Which part of the packages to analyse, of how many."""
    policy: RankPolicy = DEFAULT_POLICY
    """The settings that findings are ranked by."""


@frozen
class CheckFailure:
    """Something that could not be analysed."""

    kind: str
    """``usage``, ``go``, ``load``, ``compile`` or ``internal``."""
    message: str
    package: str = ""
    place: Place | None = None


@frozen
class CheckOutcome:
    """All that a check found."""

    folder: Path
    """Where it looked; JSON names files from here."""
    go: str
    """The version; empty where Go was not found."""
    findings: tuple[Finding, ...]
    failures: tuple[CheckFailure, ...]
    sources: Mapping[str, SourceText]
    """The text of each file with a finding."""
    packages: int
    hidden: int
    """How many findings are below the minimum severity."""
    seconds: float
    notice: str = ""
    """What to know about this version of Go."""
    unknown_lines: tuple[str, ...] = ()
    """Lines of this Go's compiler that were not understood, one of each package that has any."""
    unknown_line_count: int = 0
    joined: JoinedProfile | None = None
    """What the profiles say."""
    fail_on: Severity = Severity.HINT
    remarks: tuple[DirectiveRemark, ...] = ()
    """What there is to say about directives in the source."""
    known_count: int | None = None
    """How many findings are not new, and not shown; None where nothing was compared."""
    shard: tuple[int, int] = (1, 1)
    analysed: frozenset[str] = frozenset()
    """The packages that compile, by import path."""

    @property
    def exit_code(self) -> int:
        """2 when something could not be analysed, 1 for findings that count, 0 for none."""
        if self.failures:
            return 2
        return 1 if self.remarks or any(map(self.fails_by, self.findings)) else 0

    def fails_by(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        return finding.is_diagnostic and finding.severity.at_least(self.fail_on)
