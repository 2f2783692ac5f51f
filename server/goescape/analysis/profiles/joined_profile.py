"""What a profile says, seen from the packages that were joined with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import RankReason
from goescape.analysis.profiles.allocation_profile import packages
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.profiles.allocation_profile import Profile

HOT = 0.01
"""The part of all objects or bytes from which on a finding is a warning."""
LEAST = 0.001
"""Parts that are smaller count as nothing much."""

Key = tuple["Span", str]
"""What names a finding: its range and subject."""


@frozen
class AllocationShare:
    """A part of all allocations."""

    objects: int
    bytes: int
    of_objects: float
    of_bytes: float
    approximate: bool = False
    """The code has changed since; the lines were found again by what is near."""

    @property
    def is_hot(self) -> bool:
        """Whether this is worth a warning."""
        return max(self.of_objects, self.of_bytes) > HOT

    @property
    def is_hot_by_number(self) -> bool:
        """Whether it is that only because of how many objects there are: small ones."""
        return self.of_bytes <= HOT < self.of_objects


@frozen
class ProfileLine:
    """A line that allocates, according to the profile: with a finding, or with a reason."""

    function: str
    """With its package, as the runtime names it."""
    place: Place | None
    """In the code that is analysed; None when it is elsewhere. The column is 0 without finding."""
    share: AllocationShare
    finding: Finding | None = None
    reason: UnexplainedReason | None = None
    called_from: Place | None = None
    """Of code elsewhere: the line in the code that is analysed which led there."""
    callee: str = ""
    """The function that this line calls, with its package; empty where it is not known."""


@frozen
class JoinedProfile:
    """All of a profile, seen from the packages that were joined."""

    profile: Profile
    sources: tuple[ProfileLine, ...]
    """Largest first."""
    shares: Mapping[Key, AllocationShare]
    functions: Mapping[tuple[str, str], AllocationShare]
    """What functions allocate themselves, by file and name."""
    covered: frozenset[str]
    """The packages that ran, as their reports name them."""
    seen: frozenset[tuple[str, str]]
    """The functions that are in any stack, by file and name."""

    @property
    def mismatch(self) -> str:
        """The sentence about a profile in which none of the packages is."""
        of = next(packages(self.profile), "") or "another program"
        return (
            f"{self.profile.name} has nothing of the packages that were analysed, but of {of}; "
            "name a profile of this program, or its packages."
        )

    def share(self, finding: Finding) -> AllocationShare | None:
        """What a finding allocated; None when the profile knows nothing of it."""
        return self.shares.get((finding.span, finding.subject))

    def rank_reason(self, finding: Finding) -> RankReason | None:
        """What the profile says for a rank: that it is hot, or that its function never allocated.

        None where it says neither.
        """
        share = self.share(finding)
        if share is not None:
            return RankReason.PROFILE_HOT if share.is_hot else None
        covered = finding.package in self.covered and bool(finding.function)
        if covered and (finding.span.file, finding.function) not in self.seen:
            return RankReason.PROFILE_COLD
        return None

    @cached_property
    def explained(self) -> float:
        """The part of the bytes allocated by the analysed code that has a finding or a reason."""
        own = [line for line in self.sources if line.place is not None]
        explained = sum(
            line.share.bytes for line in own if line.reason is not UnexplainedReason.UNKNOWN
        )
        total = sum(line.share.bytes for line in own)
        return explained / total if total else 1.0


def sum_of_shares(shares: Iterable[AllocationShare]) -> AllocationShare | None:
    """Several shares of the same profile as one; None without any."""
    parts = list(shares)
    if not parts:
        return None
    return AllocationShare(
        sum(share.objects for share in parts),
        sum(share.bytes for share in parts),
        sum(share.of_objects for share in parts),
        sum(share.of_bytes for share in parts),
        any(share.approximate for share in parts),
    )


def top(joined: JoinedProfile, most: int) -> Iterator[ProfileLine]:
    """The largest sources that are worth a line."""
    for source in joined.sources[:most]:
        if max(source.share.of_bytes, source.share.of_objects) >= LEAST:
            yield source
