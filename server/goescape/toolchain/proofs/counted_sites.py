"""How often there are findings of one kind, before an edit or after it.

They are compared by function, kind and subject, since lines move. A site counts once, also where
several packages speak of it: generic code is compiled where it is used.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goescape.analysis.model import Finding, PackageReport
    from goescape.fixes.candidate import Candidate

SiteKey: TypeAlias = "tuple[str | None, str, str]"
"""Function, kind and subject."""


def site_key(finding: Finding) -> SiteKey:
    """What a finding is compared by."""
    return finding.function, finding.kind.value, finding.subject


def counted(
    reports: Sequence[PackageReport], wanted: Callable[[Finding], bool]
) -> Counter[SiteKey]:
    """How many of the diagnostics that are wanted have each key."""
    sites = {
        (finding.span, finding.kind, finding.subject): site_key(finding)
        for report in sorted(reports, key=lambda report: report.package)
        for finding in report.diagnostics()
        if wanted(finding)
    }
    return Counter(sites.values())


def have_targets(reports: Sequence[PackageReport], candidates: Sequence[Candidate]) -> bool:
    """Whether reports have all that candidates promise something of."""
    targets = [
        target
        for candidate in candidates
        for target in (candidate.target, *candidate.also)
        if target is not None
    ]
    return not Counter(map(site_key, targets)) - counted(reports, lambda _: True)
