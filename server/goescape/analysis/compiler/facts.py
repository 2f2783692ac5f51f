"""What the compiler says of a package, as values: a type for each kind of line.

Positions are as printed; ``report`` finds the files that they mean.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


class PrintedPosition(NamedTuple):
    """A position as printed: the path may be relative, ``line`` and ``column`` are 1-based.

    ``column`` counts bytes and is 0 where the compiler printed none; ``file`` is empty for things
    without a position. Under a ``//line`` directive this is the real position, not the claimed one.
    """

    file: str
    line: int
    column: int


class PrintedStep(NamedTuple):
    """``from EXPRESSION (REASON) at POSITION``."""

    expression: str
    reason: str
    at: PrintedPosition | None


class PrintedFlow(NamedTuple):
    """``flow: DESTINATION ← SOURCE`` with its steps; ``source`` keeps its ``&`` or ``*``."""

    destination: str
    source: str
    steps: tuple[PrintedStep, ...]


class EscapeExplanation(NamedTuple):
    """The block that says why something escapes."""

    at: PrintedPosition
    subject: str
    function: str | None
    """As ``in F`` names it; None before Go 1.25."""
    flows: tuple[PrintedFlow, ...]


class EscapeVerdict(enum.Enum):
    """What the compiler decided about an allocation."""

    MOVED = "moved to heap: {}"
    ESCAPES = "{} escapes to heap"
    STAYS = "{} does not escape"


class EscapeDecision(NamedTuple):
    """A summary line."""

    at: PrintedPosition
    verdict: EscapeVerdict
    subject: str

    @property
    def message(self) -> str:
        """The compiler's own words."""
        return self.verdict.value.format(self.subject)


class ParameterLeak(NamedTuple):
    """``leaking param: p`` and its kin."""

    at: PrintedPosition
    parameter: str
    destination: str
    """``heap``, ``heap (content)``, or the name of a result."""
    message: str


class Inlinable(NamedTuple):
    """``can inline F`` or ``cannot inline F``; ``detail`` is the cost or the reason."""

    at: PrintedPosition
    function: str
    can: bool
    detail: str


class InlinedCall(NamedTuple):
    """``inlining call to F``, at the ``(`` of the outermost call."""

    at: PrintedPosition
    function: str


class PrintedCapture(NamedTuple):
    """``F capturing by ref: x``, at the declaration of the variable."""

    at: PrintedPosition
    function: str
    variable: str
    by_reference: bool
    addressed: bool
    assigned: bool
    width: int


class BackendEvidence(NamedTuple):
    """What the back end did with a conversion or a closure (``-d=escapedebug=1,closure=1``)."""

    at: PrintedPosition
    text: str


@frozen
class PackageText:
    """All that was printed under one ``# path [variant]`` header."""

    path: str
    variant: str
    explanations: tuple[EscapeExplanation, ...] = ()
    decisions: tuple[EscapeDecision, ...] = ()
    leaks: tuple[ParameterLeak, ...] = ()
    inlinable: tuple[Inlinable, ...] = ()
    inlined_calls: tuple[InlinedCall, ...] = ()
    captures: tuple[PrintedCapture, ...] = ()
    evidence: tuple[BackendEvidence, ...] = ()
    unknown: tuple[str, ...] = ()
    """The first lines that were not understood."""
    unknown_count: int = 0
    """How many there were."""


def files_in(explanations: Iterable[EscapeExplanation]) -> set[str]:
    """The files of the steps of explanations, as printed."""
    return {
        step.at.file
        for explanation in explanations
        for flow in explanation.flows
        for step in flow.steps
        if step.at is not None
    }
