"""The one owner of proofs in the background: what is tried, in which order, and what came of it.

At most one proof runs, and none while an analysis does: a proof that is interrupted is made again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import Candidate, FixKind, Refusal
from goescape.toolchain.digests import digest
from goescape.toolchain.engine import Engine
from goescape.toolchain.file_stamps import FileStamp, file_stamp
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.proofs.combined_proof import prove_combined
from goescape.toolchain.proofs.fix_context import FixContext, fix_context_of, options_for_proofs
from goescape.toolchain.proofs.offers import FixOffers
from goescape.toolchain.proofs.prover import (
    SECONDS,
    Disproof,
    Proof,
    ProofResult,
    Prover,
    prove_in_time,
)
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from goescape.fixes.context.package_code import PackageCode

_log = logging.getLogger(__name__)

MOST_PROOFS = 40
"""For one file; the nearest to the cursor come first."""
_MOST_FILES = 8
_MOST_KEPT = 1000


@define(eq=False)
class _ProvedFile:
    """One file whose fixes are looked for."""

    report: PackageReport
    path: str
    line: int
    budget: int
    elsewhere: Mapping[str, int]
    """How often other folders had changed when it was looked at first."""
    proved_with: tuple[FixContext, Prover] | None = None
    """What lies around its package, and who proves; None until it was looked at."""
    waiting: list[Candidate] = field(factory=list)
    proofs: list[Proof] = field(factory=list)
    disproofs: list[Disproof] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    combined: Proof | None = None
    complete: bool = False

    @property
    def affects_importers(self) -> bool:
        """Whether other packages have a say in what was proved."""
        proofs = [*self.proofs, *([self.combined] if self.combined is not None else [])]
        return any(proof.affects_importers for proof in proofs)

    def nearest(self) -> Candidate:
        """The candidate to prove next."""
        return min(
            self.waiting, key=lambda candidate: (abs(candidate.at.line - self.line), candidate.at)
        )


class BackgroundProofs:
    """Looks for the fixes of files. Every method returns at once, on the event loop's thread.

    ``preferred`` says which of a file's proofs may be applied together without a second thought;
    ``on_proof`` hears of each file that there is more to offer for.
    """

    def __init__(
        self,
        engine: Engine,
        preferred: Callable[[Iterable[Proof]], Sequence[Proof]],
        seconds: float = SECONDS,
        on_proof: Callable[[str], None] = lambda _path: None,
    ) -> None:
        self._preferred = preferred
        self._seconds = seconds
        self._on_proof = on_proof
        self._files: list[_ProvedFile] = []  # the last that was asked for comes first
        self._results: OrderedDict[tuple[bytes, Candidate], ProofResult] = OrderedDict()
        self._changes: dict[str, int] = {}
        self._stamps: dict[str, FileStamp | None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._step: asyncio.Task[None] | None = None
        self._running: _ProvedFile | None = None
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._closed = False
        self.folders: tuple[str, ...] = ()
        self.replace_engine(engine)

    def replace_engine(self, engine: Engine) -> None:
        """Prove with another Go from now on."""
        same = engine.options == options_for_proofs(engine.options)
        self._engine = engine if same else Engine(options_for_proofs(engine.options))
        self._analyses_again = not same
        self._results.clear()
        self._drop(lambda _: True)

    def offers(self, report: PackageReport, path: str) -> FixOffers:
        """What has been found out about a file, as ``report`` spells it; starts nothing."""
        file = self._current(report, path)
        if file is None:
            return FixOffers()
        return FixOffers(
            tuple(file.proofs),
            tuple(file.disproofs),
            tuple(file.refusals),
            tuple(self._preferred(file.proofs)),
            file.combined,
            file.complete,
        )

    def request(self, report: PackageReport, path: str, line: int) -> None:
        """Prove the fixes of a file from now on, those near the line first."""
        file = self._current(report, path)
        if file is None:
            self._drop(lambda other: other.path == path)
            elsewhere = self._changed_elsewhere(report)
            file = _ProvedFile(report, path, line, MOST_PROOFS, elsewhere)
        else:
            self._files.remove(file)
        file.line = line
        self._files.insert(0, file)
        del self._files[_MOST_FILES:]
        self._ensure_worker()

    def _current(self, report: PackageReport, path: str) -> _ProvedFile | None:
        """A file that was asked for, unless other packages have made it old."""
        file = next((f for f in self._files if f.report is report and f.path == path), None)
        if file is None or not file.affects_importers:
            return file
        return file if file.elsewhere == self._changed_elsewhere(report) else None

    def proved(self, path: str) -> tuple[Proof, ...]:
        """What is proved for a file already."""
        return tuple(proof for file in self._files if file.path == path for proof in file.proofs)

    def edited(self, path: str) -> None:
        """The editor shows another text than the compiler saw: its package's proofs end."""
        folder = str(Path(path).parent)
        self._drop(lambda file: file.report.directory == folder)

    def changed(self, path: str) -> None:
        """A file was saved, or is another one on the disk; said again of the same, it is ignored.

        The editor tells of a save, and so does the watcher, a moment later.
        """
        stamp = file_stamp(path)
        if path in self._stamps and self._stamps[path] == stamp:
            return
        self._stamps[path] = stamp
        folder = str(Path(path).parent)
        self._changes[folder] = self._changes.get(folder, 0) + 1

    def hold(self, *, busy: bool) -> None:
        """Wait while something more urgent runs."""
        if not busy:
            self._may_run.set()
        elif self._may_run.is_set():
            self._may_run.clear()
            if self._step is not None:
                self._step.cancel()

    async def wait_idle(self) -> None:
        """Return when nothing is left to prove."""
        while self._worker is not None and not self._worker.done():
            await asyncio.wait({self._worker})

    async def close(self) -> None:
        """End everything, processes included, and wait for it."""
        self._closed = True
        self._files.clear()
        if self._worker is not None:
            self._worker.cancel()
            await uninterrupted(asyncio.wait({self._worker}))

    def _drop(self, is_meant: Callable[[_ProvedFile], bool]) -> None:
        dropped = [file for file in self._files if is_meant(file)]
        if self._step is not None and self._running in dropped:
            self._step.cancel()
        self._files = [file for file in self._files if file not in dropped]

    def _ensure_worker(self) -> None:
        idle = self._worker is None or self._worker.done()
        if idle and not self._closed and any(not file.complete for file in self._files):
            self._worker = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        while any(not file.complete for file in self._files):
            await self._may_run.wait()
            file = next((file for file in self._files if not file.complete), None)
            if file is None:
                return
            step = self._step = asyncio.ensure_future(self._advance(file))
            self._running = file
            try:
                await asyncio.wait({step})
            finally:
                self._step = None
                step.cancel()
                await uninterrupted(asyncio.wait({step}))
            if not step.cancelled() and (problem := step.exception()) is not None:
                file.complete = True
                level = logging.DEBUG if isinstance(problem, GoProblem) else logging.ERROR
                _log.log(level, "no fixes for %s", file.path, exc_info=problem)

    async def _advance(self, file: _ProvedFile) -> None:
        """One step: look around, prove one candidate, or all that were proved as one."""
        if file.proved_with is None:
            await self._survey(file)
        elif file.waiting and file.budget:
            candidate = file.nearest()
            verdict = await self._verdict(*file.proved_with, candidate, (candidate,))
            file.waiting.remove(candidate)
            file.budget -= 1
            if isinstance(verdict, Proof):
                file.proofs.append(verdict)
                self._on_proof(file.path)
            else:
                file.disproofs.append(verdict)
        else:
            reason = Reason.of(ReasonCode.TOO_MANY_FIXES, most=str(MOST_PROOFS))
            file.disproofs += [
                Disproof(candidate, reason, lasting=False) for candidate in file.waiting
            ]
            file.waiting.clear()
            file.combined = await self._combined_proof(*file.proved_with, file.proofs)
            file.complete = True
            if file.combined is not None:
                self._on_proof(file.path)

    async def _survey(self, file: _ProvedFile) -> None:
        report = await self._own_report(file.report) if self._analyses_again else file.report
        if report is None or file.path not in report.sources:
            file.complete = True
            return
        context = await fix_context_of(self._engine, report, self.folders)
        proposals = await asyncio.to_thread(_found, context.code, file.path)
        file.refusals = [proposal for proposal in proposals if isinstance(proposal, Refusal)]
        file.waiting = [proposal for proposal in proposals if isinstance(proposal, Candidate)]
        file.proved_with = context, Prover.of(self._engine, context)

    async def _own_report(self, report: PackageReport) -> PackageReport | None:
        """The package as proofs see it, with tests and inlining; None when it changed since."""
        home = await self._engine.home(report.files[0])
        async with aclosing(self._engine.analyze(home.root, [home.pattern])) as items:
            async for item in items:
                if isinstance(item, PackageReport) and not item.errors:
                    old, new = report.sources, item.sources
                    same = all(path in new and new[path] == old[path] for path in old)
                    return item if same else None
        return None

    async def _combined_proof(
        self, context: FixContext, prover: Prover, proofs: Iterable[Proof]
    ) -> Proof | None:
        preferred = self._preferred(proofs)
        quick = [
            proof.candidate for proof in preferred if proof.candidate.kind is FixKind.QUICK_FIX
        ]
        judge = partial(self._verdict, context, prover)
        return (await prove_combined(context.sources, quick, judge)).proof

    async def _verdict(
        self, context: FixContext, prover: Prover, whole: Candidate, parts: Sequence[Candidate]
    ) -> ProofResult:
        """From the last time if the code is the same, else from Go."""
        key = (self._code_digest(context), whole)
        if key not in self._results:
            work = prover.prove_all(whole, parts)
            try:
                verdict = await prove_in_time(work, whole, self._seconds)
            except GoProblem as problem:
                return Disproof(whole, Reason.verbatim(problem.message), lasting=False)
            if isinstance(verdict, Disproof) and not verdict.lasting:
                return verdict
            self._results[key] = verdict
            if len(self._results) > _MOST_KEPT:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return self._results[key]

    def _changed_elsewhere(self, report: PackageReport) -> dict[str, int]:
        """How often the folders of other packages have changed."""
        return {f: n for f, n in self._changes.items() if f != report.directory}

    def _code_digest(self, context: FixContext) -> bytes:
        """Changes with the code that a proof depends on: the package's own, by content."""
        code = context.code
        elsewhere = self._changed_elsewhere(code.report)
        texts = sorted((path, file.source.content) for path, file in code.files.items())
        others = sorted((path, file.source.content) for path, file in code.others.items())
        parts = [f"{path}\0{len(text)}\0".encode() + text for path, text in [*texts, *others]]
        return digest(b"".join([*parts, repr(sorted(elsewhere.items())).encode()]))


def _found(code: PackageCode, path: str) -> list[Candidate | Refusal]:
    """What would change in a file; runs in a thread."""
    # imported when they are first needed: `initialize` does not have to wait for all rewrites
    from goescape.fixes.driver import candidates_without_faults  # noqa: PLC0415

    return list(candidates_without_faults(code, path))
