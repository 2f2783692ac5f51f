"""How a rewrite is declared: its name, what it promises, and where it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator  # noqa: TC003 - attrs resolves them

from attrs import field, frozen

from goescape.analysis.model import Finding  # noqa: TC001
from goescape.analysis.positions import Span  # noqa: TC001
from goescape.analysis.syntax.go_file import GoFile  # noqa: TC001
from goescape.fixes.candidate import Edit, FixKind, Promise, TypeClaim
from goescape.fixes.context.package_code import PackageCode  # noqa: TC001


@frozen
class Change:
    """What a rewrite changes at one place, beside what its declaration says of all places."""

    edits: tuple[Edit, ...]
    """In any order; they never overlap."""
    may_add: tuple[str, ...] = ()
    """Patterns of subjects that may appear as new findings, such as the array made beforehand."""
    callers: int = 0
    """How many calls are adapted."""
    claims: tuple[TypeClaim, ...] = ()
    """Types that syntax does not show and on which the meaning of the result depends."""
    other_builds: tuple[str, ...] = ()
    """Files that this build leaves out and that depend on the change: their types are checked."""
    is_trade: bool = False
    """Whether only the user can judge it here, although the program does the same."""


@frozen
class Match:
    """A place that has the shape a rewrite is for."""

    targets: tuple[Finding, ...]
    """The findings that must be gone together; empty where the compiler prints none."""
    change: Callable[[], Change | None]
    """Called at once, before the next match is looked for. None: the rewrite has nothing to say.

    Raises UnsafeError where the rewrite would not be safe.
    """
    at: Span | None = None
    """Where the light bulb shows; None: at each target of the file that is looked at."""
    variant: str | None = None
    """One of the variants of the title, where there are any."""
    words: tuple[tuple[str, str], ...] = ()
    """What that is filled with: name and value."""


def _code(text: str) -> str:
    """Go text without the line break that follows the opening quotes."""
    return text.removeprefix("\n")


@frozen(kw_only=True)
class Rewrite:
    """All that is said of a rewrite; each module of ``rewrites`` declares one.

    Its page in ``docs/fixes`` is made of this: texts are Markdown in plain English.
    """

    code: str
    """Its stable name, for ``--only``: ``return-value``."""
    title: str
    """What it does: ``Return the value instead of a pointer``."""
    brings: str
    """What is gained, and why: one or two sentences."""
    before: str = field(converter=_code)
    """An example: a Go file without its package clause, as gofmt leaves it."""
    after: str = field(converter=_code)
    """The same file after the rewrite; a test compiles both."""
    checks: tuple[str, ...]
    """What must hold, and is checked or proved: one sentence each."""
    refused_when: tuple[str, ...]
    """What stands in the way most often: clauses that follow "when"."""
    find: Callable[[PackageCode, GoFile], Iterator[Match]]
    """The places in one file where it fits."""
    promise: Promise = Promise.GONE
    """Of a match with targets; without, nothing is promised that a compiler could see."""
    kind: FixKind = FixKind.QUICK_FIX
    look_at: str | None = None
    """For a ``REWRITE``: what the user must check, in one sentence."""
    look_at_trade: str | None = None
    """For a ``QUICK_FIX``: the same where a change is a trade; there it is a ``REWRITE``."""
    variants: tuple[str, ...] = ()
    """Titles that say more, with ``{names}`` that a match fills; they are shown instead."""
    since: tuple[int, int] = (1, 21)
    """The version of the Go language that the result needs."""
    predeclared: frozenset[str] = frozenset()
    """Names of Go itself that it reads or writes: they must mean that where it edits."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles that users see."""
        return self.variants or (self.title,)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What users are told to look at."""
        return tuple(text for text in (self.look_at, self.look_at_trade) if text is not None)
