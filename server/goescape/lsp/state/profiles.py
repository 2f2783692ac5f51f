"""The profiles that the user has loaded, and what they say of each package."""

from __future__ import annotations

import asyncio
import logging
import weakref
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.profiles.allocation_profile import Profile, ProfileProblem, merged, packages
from goescape.analysis.ranking.rank import RankPolicy, ranked_report
from goescape.lsp.state.report_view import RankedReport
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.measure.profile_files import changed_since, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from goescape.analysis.model import PackageReport
    from goescape.analysis.profiles.join import ProfileJoin
    from goescape.analysis.profiles.joined_profile import JoinedProfile
    from goescape.lsp.state.package_store import PackageState
    from goescape.toolchain.file_stamps import FileStamp

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How often it is looked whether a profile was written again."""


@frozen
class _Loaded:
    path: str
    stamp: FileStamp | None
    profile: Profile


class LoadedProfiles:
    """By name, several count as one. Lives on the event loop's thread."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._loaded: dict[str, _Loaded] = {}
        self._failed: dict[str, FileStamp] = {}
        """What could not be read is not tried again before it is another one."""
        self._followed = False
        self.merged: Profile | None = None
        """All that are loaded as one; another object whenever they change."""
        self._everywhere: tuple[object, JoinedProfile] | None = None
        """Of all packages, and of which state of them."""
        self.version = 0
        """Another one whenever what is known changes."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that are loaded."""
        return tuple(self._loaded)

    async def load(self, path: str, name: str) -> Profile:
        """Read a profile; one of the same name is replaced. Raises ProfileProblem."""
        loaded = await _read(path)
        self._loaded[name] = loaded
        self._changed()
        return loaded.profile

    def remove(self, name: str) -> bool:
        """Forget a profile; whether there was one."""
        removed = self._loaded.pop(name, None)
        if removed is not None:
            self._changed()
        return removed is not None

    async def follow(self) -> None:
        """Read profiles that are written again, for as long as any is loaded."""
        if self._followed:
            return
        self._followed = True
        try:
            while self._loaded:
                await asyncio.sleep(_LOOK_SECONDS)
                for name, last in [*self._loaded.items()]:
                    await self._reload_if_written(name, last)
        finally:
            self._followed = False

    async def _reload_if_written(self, name: str, last: _Loaded) -> None:
        written = file_stamp(last.path)
        if written is None or written in {last.stamp, self._failed.get(name)}:
            return
        try:
            loaded = await _read(last.path)
        except ProfileProblem as problem:  # perhaps it is still being written
            self._failed[name] = written
            _log.info("%s The profile from before is kept.", problem)
            return
        if self._loaded.get(name) is last:
            self._loaded[name] = loaded
            self._changed()

    async def everywhere(self, package_states: Iterable[PackageState]) -> JoinedProfile | None:
        """All that the profiles say, seen from these packages; None without any profile."""
        if (profile := self.merged) is None:
            return None
        of = {name.removesuffix("_test") for name in packages(profile)}
        slots = [
            package.slot for package in package_states if package.package in of or "main" in of
        ]
        state = self.version, tuple(map(weakref.ref, slots))

        def join() -> JoinedProfile:
            joining = _joining(profile)
            for slot in slots:
                joining.add(slot.peek())
            return joining.result()

        if self._everywhere is None or self._everywhere[0] != state:
            self._everywhere = state, await asyncio.to_thread(join)
        return self._everywhere[1]

    def _changed(self) -> None:
        profiles = [loaded.profile for loaded in self._loaded.values()]
        self.merged = merged(profiles) if profiles else None
        self.version += 1
        self._on_change()


def _joining(profile: Profile) -> ProfileJoin:
    from goescape.analysis.profiles.join import ProfileJoin  # noqa: PLC0415 - for who has a profile

    return ProfileJoin(profile, changed_since(profile))


async def _read(path: str) -> _Loaded:
    written = file_stamp(path)
    return _Loaded(path, written, await asyncio.to_thread(load, path))


@frozen(eq=False)
class Ranking:
    """What decides the ranks of findings, apart from their code."""

    profile: Profile | None
    """Of what was allocated; None where none is loaded."""
    policy: RankPolicy
    """What the settings say."""

    def is_same(self, other: Ranking | None) -> bool:
        """Whether findings are ranked the same."""
        return other is not None and self.profile is other.profile and self.policy == other.policy

    def ranked(self, report: PackageReport) -> RankedReport:
        """A report with its findings ranked, and what the profile says of the package."""
        joined = self._joined(report)
        reason = None if joined is None else joined.rank_reason
        return RankedReport(ranked_report(report, reason, self.policy), joined)

    def _joined(self, report: PackageReport) -> JoinedProfile | None:
        if self.profile is None:
            return None
        joining = _joining(self.profile)
        joining.add(report)
        joined = joining.result(elsewhere=False)
        return joined if joined.covered else None
