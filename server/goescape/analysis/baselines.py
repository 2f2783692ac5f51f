"""Which findings are new: sites are told by what they are, not by where they stand.

Moved lines, renamed files and other columns make nothing new; another site in the same function,
or the same one once more, does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from goescape.analysis.model import Finding


@frozen(order=True)
class Site:
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


def new_findings(found: Sequence[tuple[Finding, Site]], known: Iterable[Site]) -> set[int]:
    """Which findings (by their number) are in nothing known.

    Each known site accounts for one finding: first for one that is exactly alike, then for one
    whose file or line was renamed or edited, then for one whose function was renamed.
    """
    left = Counter(known)
    unmatched = dict(enumerate(site for _, site in found))
    for look in range(_LOOKS):
        by_look: dict[object, list[Site]] = {}
        for site in left.elements():
            by_look.setdefault(site.looks[look], []).append(site)
        for number, site in list(unmatched.items()):
            if candidates := by_look.get(site.looks[look]):
                left[candidates.pop()] -= 1
                del unmatched[number]
        left = +left
    return set(unmatched)


_LOOKS = len(Site("", "", "", "", "", "").looks)
