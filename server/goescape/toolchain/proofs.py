"""Proves a candidate: compiled in an overlay, nothing on the disk is touched."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.fixes.candidate import Candidate, Promise, apply_edits
from goescape.analysis.model import Finding, PackageReport
from goescape.analysis.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.toolchain.engine import Engine


@frozen
class Proof:
    """A candidate that kept its promise."""

    candidate: Candidate
    contents: Mapping[str, bytes]
    """The new text of each file, as gofmt would leave it if the old one was formatted."""
    removed: int
    """How many findings are gone (or no longer in a loop)."""
    packages: int
    """How many packages were compiled for it."""
    go: str

    @property
    def sentence(self) -> str:
        """The proof in words: ``removes 1 heap allocation; 2 files; checked with go1.27.3``."""
        count = f"{self.removed} heap allocation{'' if self.removed == 1 else 's'}"
        parts = [self.candidate.promise.value.format(count=count)]
        if len(self.contents) > 1:
            parts.append(f"{len(self.contents)} files")
        if self.candidate.callers:
            callers = self.candidate.callers
            parts.append(f"{callers} caller{'' if callers == 1 else 's'}")
        return "; ".join([*parts, f"checked with {self.go}"])


@frozen
class Disproof:
    """A candidate that did not, and why in one sentence."""

    candidate: Candidate
    reason: str


async def prove(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    candidate: Candidate,
    before: Sequence[PackageReport],
) -> Proof | Disproof:
    """Compile ``patterns`` (the package, and who imports it) with the edits, and compare.

    ``before`` are the present reports of the same packages. Raises GoProblem when go is missing.
    """
    go = await engine.go()
    if go.number < candidate.minimum:
        return Disproof(candidate, f"It needs Go {candidate.minimum[0]}.{candidate.minimum[1]}.")
    sources = {path: source for report in before for path, source in report.sources.items()}
    if candidate.claims:
        claims = [edit for claim in candidate.claims for edit in claim.edits()]
        refused = await _first_error(engine, root, patterns, apply_edits(sources, claims))
        if refused:
            return Disproof(candidate, f"A type is not what it would have to be: {refused}")
    contents = await engine.formatted(sources, apply_edits(sources, candidate.edits))
    after, error = await _compiled(engine, root, patterns, contents)
    if error:
        return Disproof(candidate, f"It does not compile: {error}")
    if error := await engine.vet(root, patterns, contents):
        return Disproof(candidate, f"go vet objects: {error}")
    verdict = compare(candidate, before, after)
    if isinstance(verdict, str):
        return Disproof(candidate, verdict)
    return Proof(candidate, contents, verdict, len(after), go.version)


def compare(
    candidate: Candidate, before: Iterable[PackageReport], after: Iterable[PackageReport]
) -> int | str:
    """How many allocations are gone; or why the promise is not kept.

    Findings are compared by function, kind and subject, since lines move.
    """
    old, new = _counted(before), _counted(after)
    for key in new - old:
        if not any(re.fullmatch(pattern, key[2], re.DOTALL) for pattern in candidate.may_add):
            return f"It would make `{key[2]}` escape in {key[0] or 'the package'}."
    gone = old - new
    if candidate.promise is Promise.UNSEEN:
        return gone.total()
    target = candidate.target
    if target is None:
        return "It has no target."
    if candidate.promise is Promise.STAYS_AT_CALLS:
        return _stays_at_calls(target, after)
    if candidate.promise is Promise.OUT_OF_LOOP:
        loops = _loops(before) - _loops(after)
        return loops[_key(target)] or "The allocation is still in the loop."
    for key, count in Counter(_key(f) for f in (target, *candidate.also)).items():
        if gone[key] < count:
            return f"`{key[2]}` would still be on the heap."
    return gone.total()


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.function, finding.kind.value, finding.subject


def _counted(reports: Iterable[PackageReport]) -> Counter[tuple[str, str, str]]:
    return Counter(_key(f) for report in reports for f in report.diagnostics() if f.escapes)


def _loops(reports: Iterable[PackageReport]) -> Counter[tuple[str, str, str]]:
    return Counter(_key(f) for r in reports for f in r.diagnostics() if f.escapes and f.in_loop)


def _stays_at_calls(target: Finding, after: Iterable[PackageReport]) -> int | str:
    for report in after:
        for finding in report.findings:
            if _key(finding) == _key(target):
                stays = sum(not copy.escapes for copy in finding.copies)
                return stays or "No caller would keep it on its stack."
    return "The allocation is not where it was."


async def _compiled(
    engine: Engine, root: str, patterns: Sequence[str], contents: Mapping[str, bytes]
) -> tuple[list[PackageReport], str]:
    reports = []
    async with aclosing(engine.analyze(root, patterns, contents)) as items:
        async for item in items:
            if not isinstance(item, PackageReport):
                return [], item.message
            if item.errors:
                return [], item.errors[0].message
            reports.append(item)
    return reports, ""


async def _first_error(
    engine: Engine, root: str, patterns: Sequence[str], contents: Mapping[str, bytes]
) -> str:
    return (await _compiled(engine, root, patterns[:1], contents))[1]


def new_texts(contents: Mapping[str, bytes]) -> dict[str, SourceText]:
    """The contents as texts."""
    return {path: SourceText(path, content) for path, content in contents.items()}
