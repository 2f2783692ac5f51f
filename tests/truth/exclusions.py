"""What is known to be said untruly, by kind: as narrow as the kind, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable  # noqa: TC003 - attrs resolves the annotations at run time

from attrs import frozen

from tests.truth.comparison import Mismatch  # noqa: TC001 - the same


@frozen
class Exclusion:
    """A kind of function of which something untrue is said."""

    pattern: str
    """Of the whole kind: ``silent: channel.* / int / loop``."""
    reason: str
    since: tuple[int, int] = (1, 21)
    """The first Go with it."""
    until: tuple[int, int] = (9, 0)
    """The first Go without it."""

    def covers(self, mismatch: Mismatch, go: tuple[int, int]) -> bool:
        """Whether one of the function's statements is of this kind."""
        if not self.since <= go < self.until:
            return False
        return any(re.fullmatch(self.pattern, kind) for kind in mismatch.kinds)


EXCLUSIONS = (
    Exclusion(
        r"few: (?:variadic|slice) of any.* / .*literal.*",
        "the compiler prints one place for a value that is given twice in a literal it inlines",
        until=(1, 25),
    ),
    Exclusion(
        r"few: (?:variadic|slice) of any.* / .*loop over a function.*",
        "the compiler prints one place for both values: that of the loop",
    ),
    Exclusion(
        "false: box a local that is one constant / string.*",
        "the text is empty wherever it is read: the runtime is asked for a box and makes none",
    ),
    Exclusion(
        r"false: box the zero value / (?:string|Text|struct\{ s string \}|\[\]\w+)(?: / .*)?",
        "the same for the zero value of a text or a slice",
    ),
    Exclusion(
        r"false: box a pointer / P of \[0\]int / .*",
        "a variable without size, in generic code: other packages may have other instances",
    ),
    Exclusion(
        r"false: address of a struct / P of (?:Empty|struct\{\}|\[0\]int)(?: / .*)?",
        "a struct of fields that have no size in any instance: only the fields' type is looked at",
    ),
)


def not_excluded(found: Iterable[Mismatch], go: tuple[int, int]) -> list[Mismatch]:
    """The mismatches that nobody knows of."""
    return [each for each in found if not any(rule.covers(each, go) for rule in EXCLUSIONS)]
