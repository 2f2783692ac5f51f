"""``goescape fix``: prove fixes, show them, and write those that the user wants."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import PackageReport
from goescape.analysis.profiles.allocation_profile import ProfileProblem
from goescape.fixes.caches import forget
from goescape.fixes.candidate import Candidate, FixKind, Refusal
from goescape.terminal.commands.check_outcome import CheckFailure
from goescape.terminal.commands.fix_outcome import FixOptions, FixOutcome
from goescape.terminal.commands.fix_work import (
    FixedPackage,
    FixWork,
    WaitingPackage,
    reason_of_tests,
)
from goescape.terminal.file_writer import replace_files
from goescape.terminal.targets import UsageError, existing_folder, resolve
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.measure.candidate_shares import CandidateShares
from goescape.toolchain.measure.fix_measurement import FixMeasurement
from goescape.toolchain.problems import MeasurementProblem
from goescape.toolchain.proofs.combined_proof import prove_combined
from goescape.toolchain.proofs.fix_context import ask_at_once, fix_context_of, options_for_proofs
from goescape.toolchain.proofs.offers import exclusion_key, obstacle, place_to_leave
from goescape.toolchain.proofs.prover import Disproof, Proof, ProofResult, Prover, prove_in_time
from goescape.toolchain.proofs.shared_proofs import prove_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from goescape.terminal.output.fix_output import FixScreen
    from goescape.terminal.output.progress import ProgressLine

Run = Any  # runs a coroutine to its end: Callable[[Coroutine[..., T]], T]


class FixRun:
    """One run of the command. Only ``run`` waits; questions are asked between two runs."""

    def __init__(self, request: FixOptions, options: EngineOptions, run: Run) -> None:
        self._request = request
        self._run = run
        self._engine = Engine(options_for_proofs(options))
        self._folders: tuple[str, ...] = ()
        self._everything = bool(request.measure or request.yes)
        self._measurement: FixMeasurement | None = None
        self._shares: CandidateShares | None = None
        self.outcome = FixOutcome(diff=request.diff)

    def work(self, progress: ProgressLine, screen: FixScreen) -> FixOutcome:
        """Look at every package in turn. Raises UsageError and GoProblem."""
        try:
            if self._request.profile:
                self._shares = CandidateShares.of_file(self._request.profile)
            packages: list[WaitingPackage] = self._run(self._packages(progress))
            if self._request.measure is not None:
                measure = FixMeasurement(self._engine, self._request.measure, progress.tell)
                reports = [package.report() for package in packages if package.has_benchmarks]
                if not reports and self.outcome.failures:
                    return self.outcome  # they say why there is nothing to measure
                self._run(progress.during(measure.begin(reports, self._request.packages)))
                self._measurement = measure
        except (ProfileProblem, MeasurementProblem) as problem:
            raise UsageError(str(problem)) from None
        if self._ranks:
            packages.sort(key=self._hottest, reverse=True)
        for package in packages:
            if not self._work_on(self._run(self._surveyed(package.report())), screen):
                break
            forget()
        if self._measurement is not None:
            done = self._run(progress.during(self._measurement.result()))
            self.outcome.benchmarks, problems = done
            self.outcome.objects = self._measurement.objects_of_all()
            self.outcome.wrote = self._measurement.written
            self.outcome.failures += [
                CheckFailure("bench", sentence, package)
                for package, sentences in problems.items()
                for sentence in sentences
            ]
        return self.outcome

    @property
    def _ranks(self) -> bool:
        """Whether only what was seen to allocate is looked at, hottest first."""
        return self._measurement is not None or self._shares is not None

    def _objects(self, package: FixedPackage, candidate: Candidate) -> int:
        """How many objects the code of a candidate was seen to allocate."""
        if self._measurement is not None:
            return self._measurement.objects(package.report, candidate)
        share = self._shares.of(package.report, candidate) if self._shares is not None else None
        return share.objects if share is not None else 0

    def _hottest(self, package: WaitingPackage) -> int:
        """How many objects the hottest site of a package was seen to allocate."""
        report = package.report()
        if self._measurement is not None:
            return self._measurement.hottest(report)
        return self._shares.hottest(report) if self._shares is not None else 0

    async def _packages(self, progress: ProgressLine) -> list[WaitingPackage]:
        folder = existing_folder(self._request.folder)
        targets = await resolve(folder, self._request.packages, self._engine.modules)
        self._folders = tuple(dict.fromkeys(target.root for target in targets))
        waiting = []
        async with progress:
            for target in targets:
                async with aclosing(self._engine.analyze(target.root, target.patterns)) as items:
                    async for item in items:
                        progress.advance(item.package, 0)
                        if isinstance(item, Problem):
                            failure = CheckFailure(item.kind, item.message, item.package)
                            self.outcome.failures.append(failure)
                        elif self._compiles(item):
                            waiting.append(await asyncio.to_thread(WaitingPackage.of, item))
        modules = [(target.root, target.patterns) for target in targets]
        await ask_at_once(self._engine, modules, len(waiting))
        if not waiting and not self.outcome.failures:
            names = " ".join(self._request.packages)
            raise UsageError(f"{names} names no Go package in {folder}; name a folder with Go.")
        return sorted(waiting, key=lambda package: package.directory)

    def _compiles(self, report: PackageReport) -> bool:
        for error in report.errors:
            failure = CheckFailure("compile", error.message, report.package, error.place)
            self.outcome.failures.append(failure)
        return not report.errors and bool(report.files)

    async def _surveyed(self, report: PackageReport) -> FixedPackage:
        around = await fix_context_of(self._engine, report, self._folders)
        return FixedPackage(around, report, Prover.of(self._engine, around))

    async def _again(self, package: FixedPackage) -> FixedPackage | None:
        around = package.around
        async with aclosing(self._engine.analyze(around.root, [around.pattern])) as items:
            async for item in items:
                if isinstance(item, PackageReport) and not item.errors and item.files:
                    return await self._surveyed(item)
        return None

    def _work_on(self, package: FixedPackage, screen: FixScreen) -> bool:
        """Whether to go on with the next package."""
        work = FixWork(package)
        now: FixedPackage | None = package
        while now is not None and work.budget > 0:
            work.package = now
            self._count_refusals(work)
            if not now.is_fresh():
                now = self._run(self._again(now))
            elif self._everything:
                if not self._all_at_once(work, screen):
                    break
            elif self._request.diff:
                self._each(work, screen)
                break
            elif (candidate := next(iter(self._undecided(work)), None)) is None:
                break
            elif self._one(work, candidate, screen) == "quit":
                return False
        return True

    def _undecided(self, work: FixWork) -> Iterable[Candidate]:
        """What to look at next: what allocates most where that is known, and never what does not.

        What does not is refused at once.
        """
        waiting = work.undecided(self._request)
        if not self._ranks:
            return waiting
        hot = []
        for candidate in [*waiting]:
            if objects := self._objects(work.package, candidate):
                hot.append((objects, candidate))
            else:
                self._refuse(work, candidate, Reason.of(ReasonCode.NOT_SEEN_ALLOCATING))
        return [candidate for _, candidate in sorted(hot, key=lambda pair: -pair[0])]

    def _count_refusals(self, work: FixWork) -> None:
        """Also those that come of other fixes, such as a name that is free no more."""
        refusals = (r for r in work.package.proposals if isinstance(r, Refusal))
        counted = Counter((r.code, r.reason) for r in refusals if self._request.means(r))
        for (code, reason), number in (counted - work.refusals).items():
            self.outcome.of(code).fits += number
            self.outcome.reasons[code, reason] += number
        work.refusals |= counted

    def _all_at_once(self, work: FixWork, screen: FixScreen) -> bool:
        """Write what is obvious, proved as one; whether there may be more now."""
        waiting = list(islice(self._undecided(work), work.budget))
        preferred = self._preferred(work, waiting)
        sources = work.package.around.sources
        union = self._run(prove_combined(sources, preferred, partial(self._judged, work.package)))
        for disproof in union.disproofs:
            self._refuse(work, disproof.candidate, disproof.reason)
        if union.proof is not None:
            screen.show(union.proof, union.parts)
            if self._request.diff:
                self._count_shown(work, union.parts)
            else:
                self._write(work, union.proof, union.parts)
        return bool(waiting)

    def _preferred(self, work: FixWork, waiting: Sequence[Candidate]) -> list[Candidate]:
        """Those that may be written without a second thought, if they hold."""
        alternatives: dict[object, list[Candidate]] = {}
        for candidate in waiting:
            if self._leaves(work, candidate):
                continue
            if reason := self._reason_to_skip(candidate):
                self._refuse(work, candidate, reason)
            else:
                alternatives.setdefault(exclusion_key(candidate), []).append(candidate)
        preferred: list[Candidate] = []
        for several in alternatives.values():
            holding = several
            if len(several) > 1 and not self._is_named(several[0]):
                holding = [candidate for candidate in several if self._holds(work, candidate)]
            if len(holding) > 1 and holding is not several:
                for candidate in holding:
                    self._refuse(work, candidate, Reason.of(ReasonCode.SEVERAL_FIXES))
            else:
                preferred += holding
        return preferred

    def _holds(self, work: FixWork, candidate: Candidate) -> bool:
        verdict = self._run(self._judged(work.package, candidate, (candidate,)))
        if isinstance(verdict, Disproof):
            self._refuse(work, candidate, verdict.reason)
        return isinstance(verdict, Proof)

    def _is_named(self, candidate: Candidate) -> bool:
        """Whether the user asked for this kind of fix."""
        return candidate.code in self._request.only

    def _reason_to_skip(self, candidate: Candidate) -> Reason | None:
        """Why a candidate is not written unasked, whatever a proof says; None if it may be."""
        if candidate.kind is FixKind.REWRITE and not self._is_named(candidate):
            return Reason.of(ReasonCode.USER_MUST_JUDGE)
        return obstacle(candidate.files, self._folders)

    def _leaves(self, work: FixWork, candidate: Candidate) -> bool:
        """Whether a candidate is refused for its place."""
        reason = self._reason_to_leave(work.package, candidate)
        if reason is not None:
            self.outcome.left += 1
            self._refuse(work, candidate, reason)
        return reason is not None

    def _reason_to_leave(self, package: FixedPackage, candidate: Candidate) -> Reason | None:
        """Why a candidate is not worth a look, in whatever way fixes are asked for."""
        if self._request.everywhere:
            return None
        if not self._ranks and (why := place_to_leave(candidate)):
            return Reason.of(ReasonCode.NOT_WORTH_IT, why=why)
        generated = any(package.is_generated(path) for path in candidate.files)
        return Reason.of(ReasonCode.GENERATED_FILE) if generated else None

    def _each(self, work: FixWork, screen: FixScreen) -> None:
        """Show what holds: nothing is written, so that all of a package is proved together."""
        waiting = list(islice(self._undecided(work), work.budget))
        wanted = [candidate for candidate in waiting if not self._leaves(work, candidate)]
        package = work.package
        proving = prove_each(package.prover, package.around.code, wanted)
        for candidate, verdict in zip(wanted, self._run(proving), strict=True):
            if isinstance(verdict, Disproof):
                self._refuse(work, candidate, verdict.reason)
            elif reason := obstacle(candidate.files, self._folders):
                self._refuse(work, candidate, reason)
            else:
                screen.decide(verdict)
                self._count_shown(work, (candidate,))

    def _one(self, work: FixWork, candidate: Candidate, screen: FixScreen) -> str:
        """Prove a candidate, and ask whether to write it; the answer."""
        if self._leaves(work, candidate):
            return "no"
        verdict = self._run(prove_in_time(work.package.prover.prove(candidate), candidate))
        if isinstance(verdict, Disproof):
            self._refuse(work, candidate, verdict.reason)
            return "no"
        if reason := obstacle(candidate.files, self._folders):
            self._refuse(work, candidate, reason)
            return "no"
        answer = screen.decide(verdict)
        self._everything = answer == "all"
        failure: Reason | None = None
        if self._everything and candidate.kind is FixKind.REWRITE and not self._is_named(candidate):
            failure = Reason.of(ReasonCode.USER_MUST_JUDGE)
        elif self._request.test and answer in {"yes", "all"}:
            failure = self._run(reason_of_tests(self._engine, verdict))
        if failure:
            self.outcome.of(candidate.code).proved += 1
            self._refuse(work, candidate, failure)
        elif answer in {"no", "quit"}:
            self._count_shown(work, (candidate,))
        else:
            self._write(work, verdict, (candidate,))
        return answer

    def _refuse(self, work: FixWork, candidate: Candidate, reason: Reason) -> None:
        work.decide(candidate)
        self.outcome.of(candidate.code).fits += 1
        self.outcome.refuse(candidate.code, reason)

    def _count_shown(self, work: FixWork, parts: Sequence[Candidate]) -> None:
        """Count what holds and is not written."""
        for part in parts:
            self.outcome.of(part.code).fits += 1
            self.outcome.of(part.code).proved += 1
            work.decide(part)

    def _write(self, work: FixWork, proof: Proof, parts: Sequence[Candidate]) -> None:
        problem = replace_files(proof.originals, proof.contents)
        if self._measurement is not None and not problem:
            self._measurement.accept(proof)
        for part in parts:
            self.outcome.of(part.code).proved += 1
            if problem:
                self._refuse(work, part, problem)
            else:
                self.outcome.of(part.code).fits += 1
                self.outcome.of(part.code).written += 1
                work.budget -= 1
        self.outcome.files |= set() if problem else {*proof.contents}

    async def _judged(
        self, package: FixedPackage, whole: Candidate, parts: Sequence[Candidate]
    ) -> ProofResult:
        """The proof and, if asked for, the package's own tests."""
        verdict = await prove_in_time(package.prover.prove_all(whole, parts), whole)
        if self._request.test and isinstance(verdict, Proof):
            failure = await reason_of_tests(self._engine, verdict)
            verdict = Disproof(whole, failure) if failure else verdict
        if self._measurement is not None and isinstance(verdict, Proof):
            objection = await self._measurement.objection(package.report, verdict, parts)
            verdict = Disproof(whole, objection) if objection else verdict
        return verdict
