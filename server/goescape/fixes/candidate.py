"""What a rewrite proposes: edits, and the promise that a proof has to keep."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping  # noqa: TC003 - attrs resolves them
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import Argument, Reason, ReasonCode
from goescape.analysis.model import Finding  # noqa: TC001
from goescape.analysis.positions import Span  # noqa: TC001
from goescape.analysis.syntax.source import SourceText  # noqa: TC001

if TYPE_CHECKING:
    from goescape.analysis.messages.catalogue import Catalogue


@frozen(order=True)
class Edit:
    """Replace bytes ``start`` to ``end`` (0-based, exclusive) of a file's compiled text."""

    file: str
    start: int
    end: int
    text: str


class Promise(enum.Enum):
    """What must be true of the compiler's findings afterwards."""

    GONE = "gone"
    """The target's allocation is gone from its function, and from every inlined copy."""
    OUT_OF_LOOP = "out of loop"
    """The target is still there, but no longer in a loop."""
    STAYS_AT_CALLS = "stays at calls"
    """The target is still printed where it is written, but its inlined copies stay on the stack."""
    ON_BRANCH = "on branch"
    """The target is gone; a branch that not every path takes allocates in its place."""
    GUARDED = "guarded"
    """The target is still there, behind a condition."""
    UNSEEN = "unseen"
    """The compiler prints nothing before or after: only the syntax says that it holds."""


class FixKind(str, enum.Enum):
    """How a fix is offered: the values are those of LSP's code action kinds."""

    QUICK_FIX = "quickfix"
    """The program does the same."""
    REWRITE = "refactor.rewrite"
    """A trade that only the user can judge: never preferred, and says what to look at."""


@frozen
class TypeClaim:
    """That an expression has just this type: its proof has the compiler check it."""

    file: str
    start: int
    end: int
    type: str

    def edits(self) -> tuple[Edit, Edit]:
        """The expression in a function literal that compiles for this type alone.

        A pointer to the value is returned, since a value may have another type and be assignable.
        """
        return (
            Edit(self.file, self.start, self.start, f"(*func() *{self.type} {{ v := "),
            Edit(self.file, self.end, self.end, "; return &v }())"),
        )


@frozen
class Candidate:
    """A fix that has not been proved."""

    code: str
    """The name of the rewrite: stable, for ``--only``."""
    title: str
    """What it does: ``Return the value instead of a pointer``."""
    at: Span
    """Where the light bulb shows."""
    edits: tuple[Edit, ...]
    """In any order; they never overlap."""
    promise: Promise
    target: Finding | None = None
    """The finding that it is for; None where the compiler prints none."""
    kind: FixKind = FixKind.QUICK_FIX
    may_add: tuple[str, ...] = ()
    """Patterns of subjects that may appear as new findings, such as the array made beforehand."""
    look_at: str | None = None
    """For a ``REWRITE``: what the user must check, in one sentence."""
    callers: int = 0
    """How many calls were adapted."""
    claims: tuple[TypeClaim, ...] = ()
    """Types that syntax does not show and on which the meaning of the result depends."""
    also: tuple[Finding, ...] = ()
    """Findings that must be gone together with the target: the other objects that it returns."""
    other_builds: tuple[str, ...] = ()
    """Files that this build leaves out and that depend on the change: their types are checked."""
    minimum: tuple[int, int] = (1, 21)
    """The version of the Go language that the result needs."""
    template: str | None = None
    """The title with ``{names}`` for words, where it has any: translations are by that."""
    words: tuple[tuple[str, str], ...] = ()

    def headline(self, catalogue: Catalogue) -> str:
        """The title in the user's language."""
        return catalogue.fix(self.template or self.title, **dict(self.words))

    def caution(self, catalogue: Catalogue) -> str | None:
        """What the user must check, in the user's language."""
        return catalogue.fix(self.look_at) if self.look_at is not None else None

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it changes."""
        return tuple(sorted({edit.file for edit in self.edits}))


class UnsafeError(Exception):
    """Why a rewrite that fits is no candidate: a reason, or its code and what it names."""

    def __init__(self, why: ReasonCode | Reason, /, **arguments: Argument) -> None:
        super().__init__(why)
        self.reason = Reason.of(why, **arguments) if isinstance(why, ReasonCode) else why


@frozen
class Refusal:
    """A rewrite that fits, but is not safe here."""

    code: str
    title: str
    at: Span
    reason: Reason
    """What stands in the way."""
    template: str | None = None
    """As in a candidate."""
    words: tuple[tuple[str, str], ...] = ()

    def headline(self, catalogue: Catalogue) -> str:
        """The title in the user's language."""
        return catalogue.fix(self.template or self.title, **dict(self.words))


def apply_edits(sources: Mapping[str, SourceText], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The new content of every file that changes. Raises ValueError when edits overlap."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    changed = {}
    for file, its in by_file.items():
        content, pieces, position = sources[file].content, [], 0
        for edit in sorted(its, key=lambda e: (e.start, e.end)):
            if edit.start < position:
                raise ValueError(f"edits of {file} overlap at byte {edit.start}")
            pieces += [content[position : edit.start], edit.text.encode()]
            position = edit.end
        changed[file] = b"".join([*pieces, content[position:]])
    return changed
