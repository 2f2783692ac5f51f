"""What the compiler says of a package, as values: a type for each kind of line.

Positions are as printed; ``report`` finds the files that they mean.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from attrs import frozen


class Position(NamedTuple):
    """A position as printed: the path may be relative, ``line`` and ``column`` are 1-based.

    ``column`` counts bytes and is 0 where the compiler printed none; ``file`` is empty for things
    without a position. Under a ``//line`` directive this is the real position, not the claimed one.
    """

    file: str
    line: int
    column: int


class Step(NamedTuple):
    """``from EXPRESSION (REASON) at POSITION``."""

    expression: str
    reason: str
    at: Position | None


class Flow(NamedTuple):
    """``flow: DESTINATION ← SOURCE`` with its steps; ``source`` keeps its ``&`` or ``*``."""

    destination: str
    source: str
    steps: tuple[Step, ...]


class Explanation(NamedTuple):
    """The block that says why something escapes."""

    at: Position
    subject: str
    function: str
    """As ``in F`` names it; empty before Go 1.25."""
    flows: tuple[Flow, ...]


class Verdict(enum.Enum):
    """What the compiler decided about an allocation."""

    MOVED = "moved to heap: {}"
    ESCAPES = "{} escapes to heap"
    STAYS = "{} does not escape"


class Decision(NamedTuple):
    """A summary line."""

    at: Position
    verdict: Verdict
    subject: str

    @property
    def message(self) -> str:
        """The compiler's own words."""
        return self.verdict.value.format(self.subject)


class Leak(NamedTuple):
    """``leaking param: p`` and its kin."""

    at: Position
    parameter: str
    destination: str
    """``heap``, ``heap (content)``, or the name of a result."""
    message: str


class Inlinable(NamedTuple):
    """``can inline F`` or ``cannot inline F``; ``detail`` is the cost or the reason."""

    at: Position
    function: str
    can: bool
    detail: str


class InlinedCall(NamedTuple):
    """``inlining call to F``, at the ``(`` of the outermost call."""

    at: Position
    function: str


class Capture(NamedTuple):
    """``F capturing by ref: x``, at the declaration of the variable."""

    at: Position
    function: str
    variable: str
    by_reference: bool
    addressed: bool
    assigned: bool
    width: int


class Evidence(NamedTuple):
    """What the back end did with a conversion or a closure (``-d=escapedebug=1,closure=1``)."""

    at: Position
    text: str


@frozen
class PackageText:
    """All that was printed under one ``# path [variant]`` header."""

    path: str
    variant: str
    explanations: tuple[Explanation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    leaks: tuple[Leak, ...] = ()
    inlinable: tuple[Inlinable, ...] = ()
    inlined_calls: tuple[InlinedCall, ...] = ()
    captures: tuple[Capture, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: tuple[str, ...] = ()
    unknown_count: int = 0
