"""What a profile says of candidates: how much the code that they change has allocated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.profiles.allocation_profile import Profile  # noqa: TC001 - attrs
from goescape.analysis.profiles.join import join
from goescape.toolchain.measure.profile_files import changed_since, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from goescape.analysis.model import PackageReport
    from goescape.analysis.profiles.joined_profile import AllocationShare, JoinedProfile
    from goescape.fixes.candidate import Candidate


@define(eq=False)
class CandidateShares:
    """Of one profile."""

    profile: Profile
    changed: Callable[[str], bool] = field(default=lambda _path: False)
    """Whether a file is newer than the profile."""
    _joined: tuple[PackageReport, JoinedProfile] | None = None
    """The report that was asked about last."""

    @classmethod
    def of_file(cls, path: str) -> CandidateShares:
        """Of a profile on the disk. Raises ProfileProblem."""
        profile = load(path)
        return cls(profile, changed_since(profile))

    def of(self, report: PackageReport, candidate: Candidate) -> AllocationShare | None:
        """What the candidate's target allocated; without a target, what its function did itself.

        None where the profile knows nothing of it.
        """
        joined = self._of(report)
        if candidate.target is not None:
            return joined.share(candidate.target)
        return joined.functions.get((candidate.at.file, function_of(report, candidate)))

    def hottest(self, report: PackageReport) -> int:
        """How many objects one site of a package allocated at most."""
        shares = join(self.profile, [report], self.changed).shares
        return max((share.objects for share in shares.values()), default=0)

    def _of(self, report: PackageReport) -> JoinedProfile:
        if self._joined is None or self._joined[0] is not report:
            self._joined = report, join(self.profile, [report], self.changed)
        return self._joined[1]


def function_of(report: PackageReport, candidate: Candidate) -> str:
    """The function that a candidate is about; empty at package level."""
    if candidate.target is not None:
        return candidate.target.function or ""
    at = candidate.at
    around = (
        function.name
        for function in report.functions
        if function.span.file == at.file and function.span.line <= at.line <= function.span.end_line
    )
    return next(around, "")


def objects_below(profile: Profile, package: str, function: str) -> int:
    """How many objects a function allocated, with all that it called and its literals."""
    packages = {package, f"{package}_test", "main"}
    return sum(
        allocations.objects
        for allocations in profile.allocations
        if any(
            frame.package in packages
            and (frame.name == function or frame.name.startswith((f"{function}.", f"{function}-")))
            for frame in allocations.stack
        )
    )
