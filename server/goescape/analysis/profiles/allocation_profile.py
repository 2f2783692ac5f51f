"""Allocation profiles of pprof: what a program really allocated, by the code that did it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class ProfileProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """A profile that cannot be used: one sentence that says what to do."""


class Frame(NamedTuple):
    """One function of a stack, and where it was."""

    function: str
    """With its package, as the runtime names it: ``example.com/p.(*T).M.func1``."""
    file: str
    line: int
    start: int
    """The line where the function began; 0 when the profile does not say."""

    @property
    def package(self) -> str:
        """The import path; ``main`` for every program's own."""
        return _split(self.function)[0]

    @property
    def name(self) -> str:
        """Without the package and type arguments: ``(*T).M.func1``."""
        return _split(self.function)[1].replace("[...]", "")


class Allocations(NamedTuple):
    """What was allocated with the same stack."""

    stack: tuple[Frame, ...]
    """Innermost first; the runtime's own functions are left out where others called them."""
    inlined: int
    """How many frames at its beginning are one function with what was inlined into it."""
    objects: int
    bytes: int


@frozen
class Profile:
    """What was allocated; the runtime takes samples and scales them up."""

    name: str
    taken: float
    """When, in seconds since 1970; 0 when the profile does not say."""
    allocations: tuple[Allocations, ...]

    @cached_property
    def objects(self) -> int:
        """How many objects were allocated."""
        return sum(allocations.objects for allocations in self.allocations)

    @cached_property
    def bytes(self) -> int:
        """How much was allocated."""
        return sum(allocations.bytes for allocations in self.allocations)

    @cached_property
    def by_package(self) -> Mapping[str, tuple[frozenset[Frame], frozenset[int]]]:
        """Each package's frames, and which allocations have one of them in their stack."""
        frames: dict[str, set[Frame]] = defaultdict(set)
        numbers: dict[str, set[int]] = defaultdict(set)
        packages: dict[Frame, str] = {}
        for number, allocations in enumerate(self.allocations):
            for frame in allocations.stack:
                if frame not in packages:
                    packages[frame] = frame.package
                    frames[packages[frame]].add(frame)
                numbers[packages[frame]].add(number)
        return {p: (frozenset(frames[p]), frozenset(numbers[p])) for p in frames}


def merged(profiles: Sequence[Profile]) -> Profile:
    """Several profiles as one, as if one program had done it all."""
    if len(profiles) == 1:
        return profiles[0]
    return Profile(
        ", ".join(profile.name for profile in profiles),
        min((profile.taken for profile in profiles), default=0.0),
        tuple(allocations for profile in profiles for allocations in profile.allocations),
    )


def _split(function: str) -> tuple[str, str]:
    """The package and the rest; the runtime writes dots of the path's last part as ``%2e``."""
    head, bracket, arguments = function.partition("[")
    folder, slash, last = head.rpartition("/")
    package, _, name = last.partition(".")
    return f"{folder}{slash}{package}".replace("%2e", "."), f"{name}{bracket}{arguments}"


def size_text(size: float) -> str:
    """``71 MB``, as pprof counts: 1024 to the next unit."""
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{_short(size)} {unit}"
        size /= 1024
    return f"{_short(size)} GB"


def count_text(number: float) -> str:
    """``1.2 M``."""
    for unit in ("", " k", " M"):
        if number < 999.5:
            return f"{_short(number)}{unit}"
        number /= 1000
    return f"{_short(number)} G"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 9.95 else f"{number:.0f}"


def packages(profile: Profile) -> Iterator[str]:
    """The packages that a profile speaks of, those that allocate most first."""
    sums: dict[str, int] = {}
    for allocations in profile.allocations:
        if allocations.stack:
            package = allocations.stack[0].package
            sums[package] = sums.get(package, 0) + allocations.bytes
    return iter(sorted(sums, key=lambda package: -sums[package]))
