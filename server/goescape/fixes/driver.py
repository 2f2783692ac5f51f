"""Runs the rewrites: every module of ``rewrites`` declares one as ``REWRITE``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.positions import Span
from goescape.fixes import rewrites
from goescape.fixes.candidate import Candidate, FixKind, Promise, Refusal, UnsafeError
from goescape.fixes.checks.claims import unsettled
from goescape.fixes.checks.predeclared_names import mean_something_else
from goescape.fixes.rewrite import Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.rewrite import Change, Match

_LONGEST_ERROR = 200


@cache
def all_rewrites() -> tuple[Rewrite, ...]:
    """The declarations, by code. Imports all rewrites when it is first called."""
    names = [module.name for module in iter_modules(rewrites.__path__, f"{rewrites.__name__}.")]
    declarations = [import_module(name).REWRITE for name in names]
    assert all(isinstance(declaration, Rewrite) for declaration in declarations)
    return tuple(sorted(declarations, key=lambda declaration: declaration.code))


def candidates(code: PackageCode, path: str) -> Iterator[Candidate | Refusal]:
    """Everything that any rewrite would change in a file, in the order of the file."""
    file = code.files[path]
    proposals = [
        proposal for rewrite in all_rewrites() for proposal in proposals_of(rewrite, code, file)
    ]
    yield from _in_order(proposals)


def candidates_without_faults(code: PackageCode, path: str) -> Iterator[Candidate | Refusal]:
    """The same for users: a rewrite that fails says so, and does not take the others with it."""
    proposals: list[Candidate | Refusal] = []
    for rewrite in all_rewrites():
        try:
            proposals += proposals_of(rewrite, code, code.files[path])
        except Exception as fault:  # noqa: PERF203 - whatever it is, it is one rewrite's
            error = f"{type(fault).__name__}: {fault}"
            reason = Reason.of(ReasonCode.REWRITE_FAILED, error=error[:_LONGEST_ERROR])
            proposals.append(Refusal(rewrite.code, rewrite.title, Span(path, 1, 1, 1, 1), reason))
    yield from _in_order(proposals)


def _in_order(proposals: list[Candidate | Refusal]) -> list[Candidate | Refusal]:
    return sorted(proposals, key=lambda proposal: (proposal.at, proposal.title))


def proposals_of(
    rewrite: Rewrite, code: PackageCode, file: GoFile
) -> Iterator[Candidate | Refusal]:
    """What one rewrite would change in a file, and where it fits but is not safe."""
    names = rewrite.predeclared
    if names & code.package_level_names:
        return
    for match in rewrite.find(code, file):
        try:
            change = match.change()
        except UnsafeError as unsafe:
            for at, _ in _places(match, file):
                yield _refusal(rewrite, match, at, unsafe)
            continue
        if change is not None and mean_something_else(code, names, change.edits):
            continue
        claims = unsettled(code, change.claims) if change is not None else None
        if change is not None and claims is not None:
            change = evolve(change, claims=claims)
            for at, target in _places(match, file):
                yield _candidate(rewrite, match, change, at, target)


def _places(match: Match, file: GoFile) -> Iterator[tuple[Span, Finding | None]]:
    """Where the light bulb shows, and the finding that it is for there."""
    if match.at is not None:
        yield match.at, next(iter(match.targets), None)
        return
    for target in match.targets:
        if target.span.file == file.source.path:
            yield target.span, target


def _candidate(
    rewrite: Rewrite, match: Match, change: Change, at: Span, target: Finding | None
) -> Candidate:
    return Candidate(
        rewrite.code,
        _title(rewrite, match),
        at,
        change.edits,
        rewrite.promise if target is not None else Promise.UNSEEN,
        target,
        kind=FixKind.REWRITE if change.is_trade else rewrite.kind,
        may_add=change.may_add,
        look_at=rewrite.look_at_trade if change.is_trade else rewrite.look_at,
        callers=change.callers,
        claims=change.claims,
        also=tuple(other for other in match.targets if other is not target),
        other_builds=change.other_builds,
        minimum=rewrite.since,
        template=match.variant,
        words=match.words,
    )


def _refusal(rewrite: Rewrite, match: Match, at: Span, unsafe: UnsafeError) -> Refusal:
    return Refusal(
        rewrite.code,
        _title(rewrite, match),
        at,
        unsafe.reason,
        template=match.variant,
        words=match.words,
    )


def _title(rewrite: Rewrite, match: Match) -> str:
    if match.variant is None:
        return rewrite.title
    assert match.variant in rewrite.variants
    return match.variant.format(**dict(match.words))
