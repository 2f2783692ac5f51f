"""Many findings at a glance: how many of each rank, and where and why most of them are."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from goescape.analysis.positions import Place

Ranked = tuple[Severity, Finding]
"""A finding with the rank that it is shown with."""


@frozen(order=True)
class Counts:
    """How many findings there are of each rank; the order says which matter more."""

    warning: int = 0
    information: int = 0
    hint: int = 0

    @classmethod
    def of(cls, ranks: Iterable[Severity]) -> Counts:
        """Count."""
        counts = Counter(ranks)
        return cls(*(counts[rank] for rank in Severity))

    @property
    def total(self) -> int:
        """All of them."""
        return self.warning + self.information + self.hint


@frozen
class Group:
    """Findings that have something in common."""

    name: str
    counts: Counts
    place: Place | None
    """Where the first of the most important ones is."""
    detail: str = ""
    """What tells groups of the same name apart: the package of a function."""


@frozen
class Overview:
    """What a report says; each list begins with what matters most."""

    counts: Counts
    packages: tuple[Group, ...]
    functions: tuple[Group, ...]
    causes: tuple[Group, ...]
    more_packages: int = 0
    """How many are not among ``packages``."""
    more_functions: int = 0


def overview(findings: Sequence[Ranked], most: int = 10) -> Overview:
    """Sum up; at most so many packages and functions are named."""
    packages = _groups(findings, lambda finding: (finding.package, ""))
    functions = _groups(findings, lambda finding: (finding.function or "", finding.package))
    functions = tuple(group for group in functions if group.name)
    return Overview(
        Counts.of(rank for rank, _ in findings),
        packages[:most],
        functions[:most],
        _groups(findings, lambda finding: (finding.cause.value, "")),
        max(len(packages) - most, 0),
        max(len(functions) - most, 0),
    )


def by_function(findings: Iterable[Ranked]) -> dict[str, list[Ranked]]:
    """The findings of each function; functions and their findings in the order of the source.

    What stands in none is under the empty name.
    """
    functions: dict[str, list[Ranked]] = defaultdict(list)
    for rank, finding in sorted(findings, key=lambda ranked: (ranked[1].span, ranked[1].subject)):
        functions[finding.function or ""].append((rank, finding))
    return dict(functions)


def _groups(
    findings: Iterable[Ranked], key: Callable[[Finding], tuple[str, str]]
) -> tuple[Group, ...]:
    members: dict[tuple[str, str], list[Ranked]] = defaultdict(list)
    for rank, finding in findings:
        members[key(finding)].append((rank, finding))
    groups = [
        Group(name, Counts.of(rank for rank, _ in inside), _first(inside).span.start, detail)
        for (name, detail), inside in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: (_descending(group.counts), group.name)))


def _first(findings: Sequence[Ranked]) -> Finding:
    return min(findings, key=lambda ranked: (ranked[0].order, ranked[1].span))[1]


def _descending(counts: Counts) -> tuple[int, int, int]:
    return (-counts.warning, -counts.information, -counts.hint)
