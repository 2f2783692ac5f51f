"""Several fixes proved as one: what fits together is, and a bad one does not spoil the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.fixes.combined import combine, compatible
from goescape.toolchain.proofs.prover import Proof

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.candidate import Candidate
    from goescape.toolchain.proofs.prover import Disproof, ProofResult

    Judge = Callable[[Candidate, Sequence[Candidate]], Awaitable[ProofResult]]
    """Whether the edits of a candidate keep the promises of all its parts."""


@frozen
class CombinedProof:
    """What became of several fixes; those that hold, but not beside the others, are in no list."""

    proof: Proof | None
    """Of all the parts together; None without any."""
    parts: tuple[Candidate, ...]
    disproofs: tuple[Disproof, ...]
    """Those that do not hold by themselves either."""


async def prove_combined(
    sources: Mapping[str, SourceText], candidates: Iterable[Candidate], judge: Judge
) -> CombinedProof:
    """Prove as many as hold together: all at once, and by halves where that fails."""
    search = _Search(sources, judge)
    if chosen := compatible(sources, candidates):
        await search.add(chosen)
    return CombinedProof(search.proof, tuple(search.parts), tuple(search.disproofs))


@define
class _Search:
    """Everything in ``parts`` was proved as one."""

    sources: Mapping[str, SourceText]
    judge: Judge
    proof: Proof | None = None
    parts: list[Candidate] = field(factory=list)
    disproofs: list[Disproof] = field(factory=list)

    _known: dict[tuple[Candidate, ...], ProofResult] = field(factory=dict)

    async def add(self, group: Sequence[Candidate]) -> None:
        """Take the members of a group that hold beside what was taken before."""
        trial = [*self.parts, *group]
        verdict = await self._verdict(trial)
        if isinstance(verdict, Proof):
            self.proof, self.parts = verdict, trial
        elif len(trial) == 1:
            self.disproofs.append(verdict)
        elif len(group) == 1:
            alone = await self._verdict(group)
            self.disproofs += [] if isinstance(alone, Proof) else [alone]
        else:
            half = len(group) // 2
            await self.add(group[:half])
            await self.add(group[half:])

    async def _verdict(self, trial: Sequence[Candidate]) -> ProofResult:
        """A half that was taken as a whole leads to the same trial again."""
        if (key := tuple(trial)) not in self._known:
            self._known[key] = await self.judge(combine(self.sources, trial), trial)
        return self._known[key]
