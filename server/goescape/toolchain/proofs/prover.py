"""Proves candidates: their edits are checked, and findings from before and after compared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.declarations import affects_importers
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Candidate, Promise, apply_edits
from goescape.toolchain.go.go_commands import LIST_SECONDS
from goescape.toolchain.go.gofmt import formatted
from goescape.toolchain.proofs.edit_checker import CheckedEdit, EditChecker, WrongClaimError
from goescape.toolchain.proofs.finding_changes import (
    FindingChanges,
    compare,
    worse_for_callers,
)
from goescape.toolchain.proofs.other_build_types import error_elsewhere
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.proofs.fix_context import FixContext

SECONDS = LIST_SECONDS
"""How long a proof may take: as long as a go command that it waits for. It ends what hangs:
how busy the machine is must not decide what is proved.
"""
_MOST_NEW = 2
"""Allocations that are named in the sentence about a proof."""


@frozen
class Proof:
    """A candidate that kept its promise."""

    candidate: Candidate
    contents: Mapping[str, bytes]
    """The new text of each file, as gofmt would leave it if the old one was formatted."""
    effect: FindingChanges
    packages: int
    """How many packages were compiled for it."""
    go: str
    originals: Mapping[str, bytes] = field(factory=dict, repr=False)
    """The text of the same files that was compiled before."""
    affects_importers: bool = False
    """Whether it holds only as long as the packages that import this one stay as they are."""
    changes_generated: bool = False
    """Whether a file that it changes is not the user's own."""

    def sentence(self, catalogue: Catalogue) -> str:
        """The proof in words: ``removes 1 heap allocation; 2 files; checked with go1.27.3``."""
        instead = [explain.code(subject) for subject in self.effect.instead]
        count = catalogue.function.allocations.format(self.effect.removed)
        parts = [_promised(self.candidate.promise, count, catalogue)]
        if instead:
            shown = catalogue.join([*instead[:_MOST_NEW], *(["…"] if instead[_MOST_NEW:] else [])])
            parts.append(catalogue.proof.instead.format(subjects=shown))
        if len(self.contents) > 1:
            parts.append(catalogue.proof.files.format(len(self.contents)))
        if self.candidate.callers:
            parts.append(catalogue.proof.callers.format(self.candidate.callers))
        return catalogue.pause.join([*parts, catalogue.proof.go.format(go=self.go)])


def _promised(promise: Promise, count: str, catalogue: Catalogue) -> str:
    template = {
        Promise.GONE: catalogue.proof.gone,
        Promise.OUT_OF_LOOP: catalogue.proof.out_of_loop,
        Promise.STAYS_AT_CALLS: catalogue.proof.stays_at_calls,
        Promise.ON_BRANCH: catalogue.proof.on_branch,
        Promise.GUARDED: catalogue.proof.guarded,
        Promise.UNSEEN: catalogue.proof.unseen,
    }[promise]
    return template.format(count=count)


@frozen
class Disproof:
    """A candidate that did not, and why."""

    candidate: Candidate
    reason: Reason
    lasting: bool = True
    """Whether the same code would fail again; not so when it took too long."""


ProofResult = Proof | Disproof


async def prove_in_time(
    work: Awaitable[ProofResult], candidate: Candidate, seconds: float = SECONDS
) -> ProofResult:
    """The verdict, or that it took too long; no process is left either way."""
    try:
        return await with_timeout(seconds, work)
    except asyncio.TimeoutError:
        reason = Reason.of(ReasonCode.PROOF_TIMED_OUT, seconds=f"{seconds:g}")
        return Disproof(candidate, reason, lasting=False)


class Prover:
    """Proves candidates for one package: its edits are checked, its findings compared.

    Raises GoProblem when go is missing.
    """

    def __init__(self, checker: EditChecker) -> None:
        self._checker = checker

    @classmethod
    def of(cls, engine: Engine, context: FixContext) -> Prover:
        """For the package of a context; keeps what it finds out of it."""
        report = context.code.report
        return cls(EditChecker(engine, context.root, (context.pattern,), (report,), context))

    async def prove(self, candidate: Candidate) -> ProofResult:
        """Whether a candidate keeps its promise."""
        return await self.prove_all(candidate, (candidate,))

    @property
    def sources(self) -> Mapping[str, SourceText]:
        """The texts of all the files that a candidate may change."""
        return self._checker.sources

    async def checked(self, whole: Candidate, parts: Sequence[Candidate]) -> CheckedEdit | Reason:
        """What becomes of the package with the edits of ``whole``; its importers do not count."""
        contents = await self._contents(whole)
        try:
            return await self._checker.check(whole, parts, contents, external_tests=False)
        except WrongClaimError as wrong:
            return wrong.reason

    async def proof(self, candidate: Candidate, effect: FindingChanges, packages: int) -> Proof:
        """The proof of a candidate that is known to have this effect."""
        contents = await self._contents(candidate)
        texts = [self.sources[path] for path in contents]
        return Proof(
            candidate,
            contents,
            effect,
            packages,
            (await self._checker.engine.go()).version,
            {text.path: text.content for text in texts},
            changes_generated=await asyncio.to_thread(_any_generated, texts),
        )

    async def _contents(self, candidate: Candidate) -> Mapping[str, bytes]:
        sources = self.sources
        edited = apply_edits(sources, candidate.edits)
        return await formatted(self._checker.engine.commands, sources, edited)

    async def prove_all(self, whole: Candidate, parts: Sequence[Candidate]) -> ProofResult:
        """Whether the edits of ``whole`` keep the promises of all its parts."""
        engine, sources = self._checker.engine, self._checker.sources
        go = await engine.go()
        if go.number < whole.minimum:
            version = ".".join(map(str, whole.minimum))
            return Disproof(whole, Reason.of(ReasonCode.NEEDS_GO, version=version))
        contents = await self._contents(whole)
        affects = await asyncio.to_thread(self._affects_importers, contents)
        try:
            checked = await self._checker.check(whole, parts, contents, external_tests=affects)
            effect, worse = await asyncio.to_thread(_compared, parts, checked)
            missed = isinstance(checked, CheckedEdit) and checked.misses_external_tests
            if worse and missed and not isinstance(effect, Reason):
                checked = await self._checker.check(whole, parts, contents, external_tests=True)
                effect, _ = await asyncio.to_thread(_compared, parts, checked)
        except WrongClaimError as wrong:
            return Disproof(whole, wrong.reason)
        if isinstance(checked, Reason):
            return Disproof(whole, checked)
        if isinstance(effect, Reason):
            return Disproof(whole, effect)
        affects = affects or worse
        originals = {path: sources[path].content for path in contents}
        packages = len(checked.after)
        generated = await asyncio.to_thread(_any_generated, [sources[path] for path in contents])
        proof = Proof(whole, contents, effect, packages, go.version, originals, affects, generated)
        if whole.other_builds and (error := await self._error_elsewhere(proof)):
            return Disproof(whole, error)
        return await self._with_importers(proof, parts) if affects else proof

    def _affects_importers(self, contents: Mapping[str, bytes]) -> bool:
        """Whether what is declared is another: importers and external tests count then."""
        context = self._checker.context
        files = (
            {path: GoFile(text) for path, text in self._checker.sources.items()}
            if context is None
            else {**context.code.others, **context.code.files}
        )
        return affects_importers(
            [file for path, file in files.items() if path in contents],
            [GoFile(SourceText(p, content)) for p, content in contents.items() if p in files],
            [file for path, file in files.items() if path not in contents],
        )

    async def _error_elsewhere(self, proof: Proof) -> Reason | None:
        """Why another build does not compile, which has files that this one leaves out."""
        checker = self._checker
        texts = [checker.sources[path] for path in proof.candidate.other_builds]
        return await error_elsewhere(
            checker.engine, checker.root, checker.patterns[0], texts, proof.contents
        )

    async def _with_importers(self, proof: Proof, parts: Sequence[Candidate]) -> ProofResult:
        """The same for the packages that import this one."""
        context = self._checker.context
        if context is not None and context.importers_problem:
            problem = context.importers_problem
            reason = Reason.of(ReasonCode.IMPORTERS_UNKNOWN, problem=problem)
            return Disproof(proof.candidate, reason, lasting=False)
        if not self._checker.has_importers:
            return proof
        checked = await self._checker.check_importers(proof.contents)
        if isinstance(checked, Reason):
            return Disproof(proof.candidate, checked)
        there = await asyncio.to_thread(
            compare, parts, checked.before, checked.after, elsewhere=True
        )
        if isinstance(there, Reason):
            return Disproof(proof.candidate, there)
        here = proof.effect
        effect = FindingChanges(here.removed + there.removed, (*here.instead, *there.instead))
        return evolve(proof, effect=effect, packages=proof.packages + len(checked.after))


def _any_generated(sources: Iterable[SourceText]) -> bool:
    return any(GoFile(source).is_generated for source in sources)


def _compared(
    parts: Sequence[Candidate], checked: CheckedEdit | Reason
) -> tuple[FindingChanges | Reason, bool]:
    """What is gone and new, or what is wrong; and whether callers may be worse off."""
    if isinstance(checked, Reason):
        return checked, False
    effect = compare(parts, checked.before, checked.after)
    return effect, worse_for_callers(checked.before, checked.after)
