"""What the scheduler tells its listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.problems import Problem


@frozen
class WorkTitle:
    """The packages that are worked on."""

    first: str
    more: int = 0
    """How many besides the first."""


@frozen
class Started:
    """A build has begun."""

    title: WorkTitle
    token: int


@frozen
class Finished:
    """The build with this token has ended; ``cancelled`` also when a newer save replaced it."""

    token: int
    cancelled: bool


@frozen
class Reported:
    """A package was analysed. A report without files means that the package is gone."""

    report: PackageReport


@frozen
class Unfinished:
    """Text that is not saved does not compile yet; what was found before stays as it was."""

    package: str
    message: str


@frozen
class Failed:
    """Something could not be analysed."""

    problem: Problem


@frozen
class Excluded:
    """The current build leaves this file out; an empty ``reason`` takes that back."""

    file: str
    reason: str


Event: TypeAlias = Started | Finished | Reported | Unfinished | Failed | Excluded
