"""Proves candidates: compiled in an overlay, nothing on the disk is touched."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import PackageReport
from goescape.analysis.syntax.declarations import affects_importers
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Candidate, Promise, apply_edits
from goescape.toolchain.compile.edited_package import CompileFailure
from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.gofmt import formatted
from goescape.toolchain.go.vet import type_error, vet
from goescape.toolchain.proofs.finding_changes import (
    FindingChanges,
    compare,
    covers_promises,
    worse_for_callers,
)
from goescape.toolchain.proofs.other_build_types import error_elsewhere
from goescape.toolchain.tasks import gather_all, with_timeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Mapping, Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.toolchain.compile.edited_package import EditedPackage
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.go.vet import VetInput
    from goescape.toolchain.proofs.fix_context import FixContext

SECONDS = 10.0
"""How long a proof may take."""
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

    @property
    def sentence(self) -> str:
        """The proof in words: ``removes 1 heap allocation; 2 files; checked with go1.27.3``."""
        words, instead = current_catalogue(), [explain.code(each) for each in self.effect.instead]
        count = words.function.allocations.format(self.effect.removed)
        parts = [_promised(self.candidate.promise, count, words)]
        if instead:
            shown = words.join([*instead[:_MOST_NEW], *(["…"] if instead[_MOST_NEW:] else [])])
            parts.append(words.proof.instead.format(subjects=shown))
        if len(self.contents) > 1:
            parts.append(words.proof.files.format(len(self.contents)))
        if self.candidate.callers:
            parts.append(words.proof.callers.format(self.candidate.callers))
        return words.pause.join([*parts, words.proof.go.format(go=self.go)])


def _promised(promise: Promise, count: str, words: Catalogue) -> str:
    template = {
        Promise.GONE: words.proof.gone,
        Promise.OUT_OF_LOOP: words.proof.out_of_loop,
        Promise.STAYS_AT_CALLS: words.proof.stays_at_calls,
        Promise.GUARDED: words.proof.guarded,
        Promise.UNSEEN: words.proof.unseen,
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


async def prove(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    candidate: Candidate,
    before: Sequence[PackageReport],
) -> ProofResult:
    """Prove one candidate for packages whose present reports are ``before``."""
    return await Prover(engine, root, tuple(patterns), tuple(before)).prove(candidate)


class _Refuted(Exception):  # noqa: N818 - no error: an answer
    """What is claimed of a type is not so, and why."""


@frozen(eq=False)
class Prover:
    """Compiles ``patterns`` (the package) with edits and compares; its importers too if needed.

    Raises GoProblem when go is missing.
    """

    engine: Engine
    root: str
    patterns: tuple[str, ...]
    before: tuple[PackageReport, ...]
    surroundings: FixContext | None = None

    @classmethod
    def of(cls, engine: Engine, around: FixContext) -> Prover:
        """For the package that was surveyed."""
        return cls(engine, around.root, (around.pattern,), (around.code.report,), around)

    async def prove(self, candidate: Candidate) -> ProofResult:
        """Whether a candidate keeps its promise."""
        return await self.prove_all(candidate, (candidate,))

    async def prove_all(self, whole: Candidate, parts: Sequence[Candidate]) -> ProofResult:
        """Whether the edits of ``whole`` keep the promises of all its parts."""
        go = await self.engine.go()
        if go.number < whole.minimum:
            version = ".".join(map(str, whole.minimum))
            return Disproof(whole, Reason.of(ReasonCode.NEEDS_GO, version=version))
        sources = self._sources()
        contents = await formatted(self.engine.commands, sources, apply_edits(sources, whole.edits))
        felt = await asyncio.to_thread(self._others_feel, contents)
        edited = await self._edited(parts, contents, felt=felt)
        try:
            found = await self._compiled(whole, contents, edited, felt=felt)
            effect, worse = await asyncio.to_thread(_compared, parts, found)
            felt |= worse
            missed = felt and edited is not None and edited.has_external_tests
            if missed and not isinstance(effect, Reason):
                found = await self._compiled(whole, contents, None, felt=felt)
                effect, _ = await asyncio.to_thread(_compared, parts, found)
        except _Refuted as why:
            return Disproof(whole, Reason.of(ReasonCode.TYPE_DIFFERS, error=str(why)))
        if isinstance(found, Reason):
            return Disproof(whole, found)
        if isinstance(effect, Reason):
            return Disproof(whole, effect)
        originals = {path: sources[path].content for path in contents}
        proof = Proof(whole, contents, effect, len(found.after), go.version, originals, felt)
        if whole.other_builds:
            texts = [sources[path] for path in whole.other_builds]
            error = await error_elsewhere(self.engine, self.root, self.patterns[0], texts, contents)
            if error:
                return Disproof(whole, error)
        return await self._with_importers(proof, parts) if felt else proof

    def _others_feel(self, contents: Mapping[str, bytes]) -> bool:
        """Whether what is declared is another: importers and external tests count then."""
        known = {p: GoFile(text) for r in self.before for p, text in r.sources.items()}
        if self.surroundings is not None:
            known = {**self.surroundings.code.others, **self.surroundings.code.files}
        return affects_importers(
            [file for path, file in known.items() if path in contents],
            [GoFile(SourceText(p, content)) for p, content in contents.items() if p in known],
            [file for path, file in known.items() if path not in contents],
        )

    async def _edited(
        self, parts: Sequence[Candidate], contents: Mapping[str, bytes], *, felt: bool
    ) -> EditedPackage | None:
        """How to compile without `go`; None where that does not tell everything."""
        if self.surroundings is None:
            return None
        edited = await self.surroundings.edited(self.engine)
        if edited is None or not edited.covers(contents):
            return None
        if felt and edited.has_external_tests:
            return None  # they may be callers
        before = await edited.before()
        if before is None or not await asyncio.to_thread(covers_promises, parts, (before,)):
            return None
        return edited

    async def _compiled(
        self,
        whole: Candidate,
        contents: Mapping[str, bytes],
        edited: EditedPackage | None,
        *,
        felt: bool,
    ) -> _Compiled | Reason:
        """What became of the package, or what is wrong; raises _Refuted for a wrong claim."""
        vetting = await self._vetting()
        edits = [edit for claim in whole.claims for edit in claim.edits()]
        claims = apply_edits(self._sources(), edits)
        claimed = asyncio.ensure_future(self._claimed(claims, vetting))
        if vetting and vetting.has_external_tests and felt:
            vetting = None
        compiling = self._compile(contents, edited)
        return await self._checked(compiling, self.root, self.patterns, contents, vetting, claimed)

    async def _compile(
        self, contents: Mapping[str, bytes], edited: EditedPackage | None
    ) -> _Compiled | str:
        found = await edited.report(contents) if edited is not None else None
        before = await edited.before() if edited is not None else None
        if isinstance(found, CompileFailure):
            return found.reason
        if found is not None and before is not None:
            return _Compiled((before,), (found,))
        return await _compiled(self.engine, self.root, self.patterns, contents, self.before)

    def _sources(self) -> dict[str, SourceText]:
        if self.surroundings is not None:
            return self.surroundings.sources
        return {path: text for report in self.before for path, text in report.sources.items()}

    async def _vetting(self) -> VetInput | None:
        if self.surroundings is None:
            return None
        return await self.surroundings.vetting(self.engine)

    async def _claimed(self, claims: Mapping[str, bytes], vetting: VetInput | None) -> None:
        """Raises _Refuted, which ends all other work for the proof."""
        if not claims:
            return
        error = await type_error(
            self.engine.commands, self.root, self.patterns[:1], claims, vetting
        )
        if error:
            raise _Refuted(error)

    async def _with_importers(self, proof: Proof, parts: Sequence[Candidate]) -> ProofResult:
        """The same for the packages that import this one."""
        if self.surroundings is None or not self.surroundings.importers:
            return proof
        before = await self.surroundings.importers_before(self.engine)
        if before is None:
            return Disproof(proof.candidate, Reason.of(ReasonCode.IMPORTER_DOES_NOT_COMPILE))
        after: list[PackageReport] = []
        for root, patterns in self.surroundings.importers.items():
            compiling = _compiled(self.engine, root, patterns, proof.contents, ())
            found = await self._checked(compiling, root, patterns, proof.contents)
            if isinstance(found, Reason):
                return Disproof(proof.candidate, Reason.of(ReasonCode.IN_IMPORTER, reason=found))
            after += found.after
        verdict = await asyncio.to_thread(compare, parts, before, after, elsewhere=True)
        if isinstance(verdict, Reason):
            return Disproof(proof.candidate, verdict)
        here = proof.effect
        effect = FindingChanges(here.removed + verdict.removed, (*here.instead, *verdict.instead))
        return evolve(proof, effect=effect, packages=proof.packages + len(after))

    async def _checked(
        self,
        compiling: Coroutine[None, None, _Compiled | str],
        root: str,
        patterns: Sequence[str],
        contents: Mapping[str, bytes],
        vetting: VetInput | None = None,
        *others: asyncio.Future[None],
    ) -> _Compiled | Reason:
        """Packages with new contents, or what is wrong with them; at once with ``others``."""
        compiled = asyncio.ensure_future(compiling)
        vetted = asyncio.ensure_future(_vetted(self.engine, root, patterns, contents, vetting))
        works: tuple[asyncio.Future[Any], ...] = (compiled, vetted, *others)
        await gather_all(works)
        found = compiled.result()
        if isinstance(found, str):
            return Reason.of(ReasonCode.DOES_NOT_COMPILE, error=found)
        if complaint := vetted.result():
            return Reason.of(ReasonCode.VET_OBJECTS, complaint=complaint)
        return found


@frozen
class _Compiled:
    """Packages before an edit and after it."""

    before: tuple[PackageReport, ...]
    after: tuple[PackageReport, ...]


def _compared(
    parts: Sequence[Candidate], found: _Compiled | Reason
) -> tuple[FindingChanges | Reason, bool]:
    """What is gone and new, or what is wrong; and whether callers may be worse off."""
    if isinstance(found, Reason):
        return found, False
    effect = compare(parts, found.before, found.after)
    return effect, worse_for_callers(found.before, found.after)


async def _compiled(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    before: tuple[PackageReport, ...],
) -> _Compiled | str:
    reports = []
    async with aclosing(engine.analyze(root, patterns, contents)) as items:
        async for item in items:
            if not isinstance(item, PackageReport):
                return item.message
            if item.errors:
                return item.errors[0].message
            reports.append(item)
    return _Compiled(before, tuple(reports))


async def _vetted(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    vetting: VetInput | None,
) -> str:
    """What go vet says of the edited code and not of the present one."""
    found = await vet(engine.commands, root, patterns, contents, vetting)
    if not found:
        return ""
    known = Counter(map(_without_position, await vet(engine.commands, root, patterns, {}, vetting)))
    new = Counter(map(_without_position, found)) - known
    return plain_sentence([*new])


def _without_position(complaint: str) -> str:
    """Lines move, and vet names a file of an overlay by its temporary name."""
    return re.sub(r"^(?:vet: )?\S*?\.go:\d+(?::\d+)?: ", "", complaint)
