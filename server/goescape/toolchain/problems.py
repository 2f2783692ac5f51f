"""What goes wrong with Go, as values: light to import, since everybody has to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from goescape.analysis.model import CompileError


class GoProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """Go cannot be used; ``message`` is one sentence: what happened and what to do.

    ``kind`` is ``load`` when Go works, but not with this module.
    """

    def __init__(self, message: str, kind: Literal["go", "load"] = "go") -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


class MeasurementProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """Nothing can be measured; one sentence: why, and what to do."""


@frozen
class Problem:
    """Something that keeps a package, or everything, from being analysed."""

    message: str
    """One sentence: what happened, and what to do where that is known."""
    package: str = ""
    kind: Literal["go", "load", "compile", "internal"] = "internal"
    errors: tuple[CompileError, ...] = ()
    """The compiler's errors, when only the tests of ``package`` do not compile."""


def problem_of(why: GoProblem) -> Problem:
    """A problem with Go itself, as an item of an analysis."""
    return Problem(why.message, kind=why.kind)
