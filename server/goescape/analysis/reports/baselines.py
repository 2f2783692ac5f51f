"""Which findings are new: sites are told by what they are, not by where they stand.

Moved lines, renamed files and other columns make nothing new; another site in the same function,
or the same one once more, does.
"""

from __future__ import annotations

from collections import deque
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.analysis.model import Finding


@frozen(order=True)
class BaselineSite:
    """An allocation site, told by its content."""

    package: str
    file: str
    """As it is seen from the folder that was looked at, with slashes."""
    function: str
    code: str
    """The cause."""
    subject: str
    line: str
    """The text of its line, without the spaces around it."""

    @property
    def home(self) -> object:
        """Where it is, and why it escapes."""
        return self.package, self.function, self.code

    @property
    def _by_line(self) -> object:
        return self.package, self.function, self.code, self.subject, self.line

    @property
    def _by_function(self) -> object:
        return self.package, self.function, self.code, self.subject

    @property
    def _by_text(self) -> object:
        return self.package, self.code, self.subject, self.line

    @property
    def looks(self) -> tuple[object, ...]:
        """What it can be told by, the surest first."""
        return self, self._by_line, self._by_function, self._by_text


@frozen
class SiteMatching:
    """Sites of two states of the code, each by its number."""

    same: Mapping[int, int]
    """Those of now that were there before."""
    new: tuple[int, ...]
    gone: tuple[int, ...]


def match_sites(now: Sequence[BaselineSite], before: Sequence[BaselineSite]) -> SiteMatching:
    """Which sites are the same.

    Each old site accounts for one: first for one that is exactly alike, then for one whose file or
    line was renamed or edited, then for one whose function was renamed, then for one in the same
    function whose line differs in a few characters, the value itself perhaps among them.
    """
    same: dict[int, int] = {}
    new, gone = dict(enumerate(now)), dict(enumerate(before))
    for look in range(_LOOKS):
        by_look: dict[object, deque[int]] = {}
        for number, site in gone.items():
            by_look.setdefault(site.looks[look], deque()).append(number)
        for number, site in list(new.items()):
            if candidates := by_look.get(site.looks[look]):
                same[number] = candidates.popleft()
                del new[number], gone[same[number]]
    homes: dict[object, dict[int, BaselineSite]] = {}
    for number, site in gone.items():
        homes.setdefault(site.home, {})[number] = site
    for number, site in list(new.items()):
        others = homes.get(site.home, {})
        if len(others) <= _MOST_ALIKE and (old := _alike(site, others)) is not None:
            same[number] = old
            del new[number], gone[old], others[old]
    return SiteMatching(same, tuple(new), tuple(gone))


def _alike(site: BaselineSite, others: Mapping[int, BaselineSite]) -> int | None:
    """The most similar site of the same function and cause, if that is similar enough."""
    best, most_alike = _LEAST_ALIKE, None
    for number, other in others.items():
        if other.line != site.line:  # two values on one line are two
            ratio = min(_ratio(other.line, site.line), _ratio(other.subject, site.subject))
            if ratio >= best:
                best, most_alike = ratio, number
    return most_alike


def _ratio(one: str, other: str) -> float:
    words = SequenceMatcher(None, one, other, autojunk=False)
    return words.ratio() if words.quick_ratio() >= _LEAST_ALIKE else 0.0


_LEAST_ALIKE = 0.8
_MOST_ALIKE = 200
"""In a function that lost more sites than this, nobody looks for those that are only alike."""


def new_findings(
    findings: Sequence[tuple[Finding, BaselineSite]], sites_before: Iterable[BaselineSite]
) -> set[int]:
    """Which findings (by their number) are in nothing known."""
    return set(match_sites([site for _, site in findings], [*sites_before]).new)


_LOOKS = len(BaselineSite("", "", "", "", "", "").looks)
