"""The values that the whole product passes around: immutable, in the compiler's own coordinates.

Lines and columns are 1-based; columns count UTF-8 bytes, as Go prints them; files are absolute
paths. UTF-16 exists only at the rim (``lsp.convert``).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping  # noqa: TC003 - attrs resolves the annotations at run time
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from goescape.analysis.causes import Cause
from goescape.analysis.inlined_copy import InlinedCopy  # noqa: TC001
from goescape.analysis.positions import Place, Span  # noqa: TC001 - resolved at run time

if TYPE_CHECKING:
    from goescape.analysis.syntax.source import SourceText


class Severity(str, enum.Enum):
    """How much a finding matters; the first is the most important."""

    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def order(self) -> int:
        """0 for the most important."""
        return _ORDER[self]

    def at_least(self, threshold: Severity) -> bool:
        """Whether this is as important as ``threshold``, or more."""
        return self.order <= threshold.order


_ORDER = {rank: number for number, rank in enumerate(Severity)}


class Allocates(str, enum.Enum):
    """What a site does at run time, whatever the compiler's words say."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


ALLOCATES_TWICE = "it allocates twice: for its content and for the interface"
"""The note of a text or a slice that is put into an interface where it is made."""


class RankReason(str, enum.Enum):
    """Why a finding has its severity; ``ranking.rank`` decides which one counts."""

    LOOP = "in-loop"
    LOOP_NOW_AND_THEN = "now-and-then-in-loop"
    LOOP_CALLERS = "called-only-in-loops"
    LARGE = "large"
    ORDINARY = "ordinary"
    INTERFACE = "interface-trade-off"
    CHANNEL = "channel-trade-off"
    COLD_INIT = "package-initialisation"
    COLD_ONCE = "once"
    COLD_MAIN = "straight-line-main"
    COLD_TEST = "test"
    COLD_ERROR = "error-path"
    GENERATED = "generated-file"
    STAYS_WHERE_USED = "stays-on-the-stack-where-inlined"
    DEPENDS = "depends-on-run-time"
    NO_ALLOCATION = "no-allocation"
    PROFILE_HOT = "hot-in-profile"
    PROFILE_COLD = "never-in-profile"
    MARKED_HOT = "marked-hot"
    CONTRACT = "breaks-noescape"


class Rank(NamedTuple):
    """How much a finding matters, and why."""

    severity: Severity
    reason: RankReason
    is_hidden: bool = False
    """Whether the settings say that nobody is told."""


class FlowStep(NamedTuple):
    """One step of the way from an allocation to where it escapes; there are many of them."""

    place: Place | None
    """Where it happens; None where the compiler does not know."""
    text: str
    """The expression, as the compiler renders it: ``return &u``."""
    reason: str
    """The compiler's word: ``return``, ``call parameter``, ``captured by a closure``..."""
    flow: str
    """The assignment that this step is part of: ``~r0 ← &u``."""


class SiteKind(str, enum.Enum):
    """What kind of thing is allocated."""

    VARIABLE = "variable"
    EXPRESSION = "expression"
    CLOSURE = "closure"
    BOXED = "boxed"
    """A value that is put into an interface."""
    ARGUMENTS = "arguments"
    """The slice that a variadic call makes for its arguments."""
    TEMPORARY = "temporary"
    """Something that the compiler made and the source does not name."""


@frozen
class Finding:
    """One allocation site and everything that is known of it."""

    span: Span
    """Exactly the expression, name or call that owns the allocation."""
    anchor: Place
    """The position that the compiler printed."""
    kind: SiteKind
    subject: str
    """What is allocated, in a reader's words: ``u``, ``&T{...}``, ``make([]int, n)``."""
    cause: Cause
    rank: Rank
    function: str | None
    """The function it stands in: ``(*T).M``, ``F``; None at package level."""
    allocates: Allocates
    note: str | None
    """Why it does not allocate, what it depends on, or why it does so twice; None when it simply
    allocates."""
    escapes: bool
    """False for what the compiler keeps on the stack, although it may allocate at run time."""
    in_loop: bool
    compiler: str
    """The compiler's own message: ``moved to heap: u``."""
    package: str
    """Import path of the package that was compiled."""
    flow: tuple[FlowStep, ...] = ()
    decisive: FlowStep | None = None
    """The step that decided: the return, the capture, the call; None where nothing is known."""
    destination: str | None = None
    """What the decisive step hands the value to, for the message: a callee, a variable, ``~r0``."""
    inlined_from: str | None = None
    """The inlined function whose allocation this is, when it is not the source's own expression."""
    copies: tuple[InlinedCopy, ...] = ()
    reasons: tuple[RankReason, ...] = ()
    """All that the source says for a rank, the first one decides: with profiles and settings,
    ``ranking.rank`` makes another ``rank`` of it."""

    @property
    def objects(self) -> int:
        """How many objects it allocates each time."""
        return 2 if self.note == ALLOCATES_TWICE else 1

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return self.rank.severity

    @property
    def rank_reason(self) -> RankReason:
        """Why it matters so much."""
        return self.rank.reason

    @property
    def breaks_promise(self) -> bool:
        """Whether a directive in the source says that it must not be: that is an error."""
        return self.rank_reason is RankReason.CONTRACT

    @property
    def is_diagnostic(self) -> bool:
        """Whether it is worth a squiggle: it allocates, or may."""
        return self.allocates is not Allocates.NO and (
            self.escapes or self.cause is Cause.DYNAMIC_SIZE
        )


class Parameter(NamedTuple):
    """What a function does to one of its parameters (or its receiver)."""

    name: str
    span: Span
    leaks: tuple[str, ...]
    """``heap``, ``heap (content)``, or ``result 0``...; empty when it does not escape."""
    compiler: tuple[str, ...]
    """The compiler's own lines about it."""


@frozen
class Function:
    """What the compiler says about a function as a whole."""

    name: str
    """As the compiler names it: ``(*T).M``."""
    span: Span
    """The whole declaration."""
    name_span: Span
    inlinable: bool | None
    """None where the compiler said neither."""
    inlining: str
    """The cost or the reason: ``cost 12``, ``function too complex: cost 158 exceeds budget 80``."""
    parameters: tuple[Parameter, ...] = ()


@frozen
class UnconfirmedFinding:
    """What is a finding only if Go's types say so."""

    finding: Finding
    asked: Span
    """The expression whose type decides."""


@frozen
class CapturedVariable:
    """How function literals hold a variable of the function around them."""

    place: Place
    """The declaration of the variable."""
    by_reference: bool
    addressed: bool
    """Whether its address is taken anywhere, be it by a method call or by slicing an array."""
    assigned: bool
    """Whether it is assigned where the compiler cannot rule out that the literal exists."""
    width: int
    """Its size in bytes; above 128 it is held by reference in any case."""


@frozen
class StackValue:
    """An allocation that the compiler keeps on the stack, for the optional stack hints."""

    span: Span
    subject: str
    note: str | None
    """What it may still allocate at run time; None when it does not."""


@frozen
class ExplainedAllocation:
    """What allocates without an escape, as the machine code shows: a word where it is asked for."""

    span: Span
    subject: str
    note: str
    """What is allocated, or when."""


@frozen
class OmittedSite:
    """Something that the compiler calls an escape and that is no finding of its own."""

    place: Place
    message: str
    reason: str


@frozen
class DirectiveRemark:
    """Something about a directive in the source."""

    span: Span
    message: str
    is_error: bool = False
    """Whether it is a promise that does not hold."""


@frozen
class CompileError:
    """Why a package has no escape information. ``place`` is None when Go names no position."""

    place: Place | None
    message: str


@frozen
class PackageReport:
    """All that one analysis of one package found: the unit of publishing.

    A report with ``errors`` has no findings of its own: the previous ones stay valid.
    """

    package: str
    """Import path, without test variants: in-package tests count for their package and the
    external test package ``p_test`` for ``p``."""
    directory: str
    files: tuple[str, ...]
    """Every Go file of the package that this build compiled, tests included; absolute."""
    findings: tuple[Finding, ...] = ()
    """In source order, also those that do not allocate."""
    functions: tuple[Function, ...] = ()
    stays: tuple[StackValue, ...] = ()
    errors: tuple[CompileError, ...] = ()
    unknown_lines: tuple[str, ...] = ()
    """The first of the compiler lines that were not understood, for the log."""
    unknown_line_count: int = 0
    """How many there were."""
    left_out: tuple[OmittedSite, ...] = ()
    """Escapes in code that is not in these files: generated, or of other modules."""
    sources: Mapping[str, SourceText] = field(factory=dict, eq=False, repr=False)
    """The text of ``files`` as it was read for this analysis."""
    captures: tuple[CapturedVariable, ...] = ()
    remarks: tuple[DirectiveRemark, ...] = ()
    """What there is to say about directives."""
    explained: tuple[ExplainedAllocation, ...] = ()
    """What allocates and is neither a finding nor among what stays; empty before the code of the
    package is known."""
    unconfirmed: tuple[UnconfirmedFinding, ...] = ()
    """What nobody has asked Go's types about yet."""
    is_final: bool = True
    """False as long as the compiler may still say that something does not allocate."""
    is_typed: bool = False
    """Whether Go's type checker was asked about what was found."""
    is_judged: bool = False
    """Whether what was found was compared with the machine code, as far as that is understood."""
    overruled: tuple[Finding, ...] = ()
    """Findings as the compiler's text has them, where the machine code has shown otherwise."""
    from_code: tuple[Finding, ...] = ()
    """Those of ``findings`` that stand in their place."""

    def diagnostics(self) -> tuple[Finding, ...]:
        """The findings that deserve to be shown unasked."""
        return tuple(finding for finding in self.findings if finding.is_diagnostic)
