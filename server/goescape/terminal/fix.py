"""``goescape fix``: prove fixes, show them, and write those that the user wants."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from contextlib import aclosing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from goescape.analysis.fixes import REWRITES, candidates
from goescape.analysis.fixes.candidate import Candidate, Kind, Refusal
from goescape.analysis.model import PackageReport, Span
from goescape.terminal.check import Failure
from goescape.terminal.targets import UsageError, existing_folder, resolve
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.offers import leave_it, obstacle
from goescape.toolchain.proofs import Disproof, Proof, Prover, Verdict, prove_in_time
from goescape.toolchain.surroundings import proving, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from goescape.terminal.progress import Progress
    from goescape.toolchain.surroundings import Surroundings

_MOST = 1000
"""Candidates of one package; a fix may lead to another one."""
Run = Any  # runs a coroutine to its end: Callable[[Coroutine[..., T]], T]


@frozen
class Request:
    """What was asked for."""

    folder: str = "."
    packages: tuple[str, ...] = ("./...",)
    only: frozenset[str] = frozenset()
    """Names of rewrites; empty for all that may be applied without a second thought."""
    diff: bool = False
    """Show, and write nothing."""
    yes: bool = False
    """Write, and ask nothing."""
    test: bool = False
    """Write only what the package's own tests pass with."""

    def __attrs_post_init__(self) -> None:
        known = sorted({rewrite.CODE for rewrite in REWRITES})
        if unknown := sorted(self.only - {*known}):
            raise UsageError(f"There is no fix {unknown[0]}; --only takes {', '.join(known)}.")

    def means(self, candidate: Candidate | Refusal) -> bool:
        """Whether a rewrite is to be looked at."""
        return not self.only or candidate.code in self.only


@define
class Tally:
    """What became of one rewrite's candidates."""

    fits: int = 0
    proved: int = 0
    written: int = 0


@define
class Outcome:
    """All that happened."""

    tallies: dict[str, Tally] = field(factory=dict)
    reasons: Counter[tuple[str, str]] = field(factory=Counter)
    """How often a rewrite was refused for a reason."""
    failures: list[Failure] = field(factory=list)
    files: set[str] = field(factory=set)
    """Those that were written."""
    diff: bool = False

    def of(self, code: str) -> Tally:
        """The counts of one rewrite."""
        return self.tallies.setdefault(code, Tally())

    def refuse(self, code: str, reason: str) -> None:
        """Count a rewrite that is not possible."""
        self.reasons[code, reason] += 1

    @property
    def exit_code(self) -> int:
        """2 when something could not be analysed; 1 when a diff shows fixes; else 0."""
        if self.failures:
            return 2
        return 1 if self.diff and any(each.proved for each in self.tallies.values()) else 0


@frozen(eq=False, slots=False)
class Package:
    """One package that is worked on."""

    around: Surroundings
    report: PackageReport

    def is_fresh(self) -> bool:
        """Whether its files are still those that were analysed."""
        return all(_content(path) == text.content for path, text in self.report.sources.items())

    @cached_property
    def found(self) -> tuple[Candidate | Refusal, ...]:
        """What rewrites propose."""
        code = self.around.code
        return tuple(each for path in code.files for each in candidates(code, path))


class Fixing:
    """One run of the command. Only ``run`` waits; questions are asked between two runs."""

    def __init__(self, request: Request, options: EngineOptions, run: Run) -> None:
        self._request = request
        self._run = run
        self._engine = Engine(proving(options))
        self._folders: tuple[str, ...] = ()
        self._everything = request.yes
        self.outcome = Outcome(diff=request.diff)

    def work(self, progress: Progress, decide: Callable[[Proof], str]) -> Outcome:
        """Look at every package in turn. Raises UsageError and GoProblem."""
        packages: Sequence[Package] = self._run(self._packages(progress))
        for package in packages:
            if not self._work_on(package, decide):
                break
        return self.outcome

    async def _packages(self, progress: Progress) -> list[Package]:
        folder = existing_folder(self._request.folder)
        targets = await resolve(folder, self._request.packages, self._engine.modules)
        self._folders = tuple(dict.fromkeys(target.root for target in targets))
        found = []
        async with progress:
            for target in targets:
                async with aclosing(self._engine.analyze(target.root, target.patterns)) as items:
                    async for item in items:
                        progress.advance(item.package, 0)
                        if isinstance(item, Problem):
                            failure = Failure(item.kind, item.message, item.package)
                            self.outcome.failures.append(failure)
                        elif self._compiles(item):
                            found.append(await self._surveyed(item))
        if not found and not self.outcome.failures:
            names = " ".join(self._request.packages)
            raise UsageError(f"{names} names no Go package in {folder}; name a folder with Go.")
        return sorted(found, key=lambda each: each.report.directory)

    def _compiles(self, report: PackageReport) -> bool:
        for error in report.errors:
            failure = Failure("compile", error.message, report.package, error.place)
            self.outcome.failures.append(failure)
        return not report.errors and bool(report.files)

    async def _surveyed(self, report: PackageReport) -> Package:
        return Package(await survey(self._engine, report, self._folders), report)

    async def _again(self, package: Package) -> Package | None:
        around = package.around
        async with aclosing(self._engine.analyze(around.root, [around.pattern])) as items:
            async for item in items:
                if isinstance(item, PackageReport) and not item.errors and item.files:
                    return await self._surveyed(item)
        return None

    def _work_on(self, package: Package, decide: Callable[[Proof], str]) -> bool:
        """Whether to go on with the next package."""
        for each in package.found:
            if isinstance(each, Refusal) and self._request.means(each):
                self.outcome.of(each.code).fits += 1
                self.outcome.refuse(each.code, each.reason)
        decided: Counter[tuple[str, ...]] = Counter()
        now: Package | None = package
        answer = ""
        while now is not None and answer != "quit" and decided.total() < _MOST:
            if not now.is_fresh():
                now = self._run(self._again(now))
                continue
            candidate = self._next(now, decided)
            if candidate is None:
                break
            decided[_name(now, candidate)] += 1
            proof = self._proved(now, candidate)
            answer = "" if proof is None else self._answer(proof, decide)
            if proof is not None and answer == "yes":
                self._write(proof)
        return answer != "quit"

    def _next(self, package: Package, decided: Counter[tuple[str, ...]]) -> Candidate | None:
        """The first candidate that was not decided yet: lines move when others are written."""
        seen: Counter[tuple[str, ...]] = Counter()
        for each in package.found:
            if isinstance(each, Candidate) and self._request.means(each):
                name = _name(package, each)
                seen[name] += 1
                if seen[name] > decided[name]:
                    return each
        return None

    def _proved(self, package: Package, candidate: Candidate) -> Proof | None:
        """The proof of a candidate that may be written; counts all others with their reason."""
        tally = self.outcome.of(candidate.code)
        tally.fits += 1
        named = candidate.code in self._request.only
        if (reason := leave_it(candidate.target)) and not named:
            self.outcome.refuse(candidate.code, f"It is not worth it: {reason}")
            return None
        prover = Prover.of(self._engine, package.around)
        verdict: Verdict = self._run(prove_in_time(prover.prove(candidate), candidate))
        if isinstance(verdict, Disproof):
            self.outcome.refuse(candidate.code, verdict.reason)
            return None
        if reason := obstacle(verdict, self._folders):
            self.outcome.refuse(candidate.code, reason)
            return None
        tally.proved += 1
        return verdict

    def _answer(self, proof: Proof, decide: Callable[[Proof], str]) -> str:
        candidate = proof.candidate
        judged = candidate.kind is Kind.REWRITE and candidate.code not in self._request.only
        if self._everything and judged:
            text = "Only a user can judge it; name it with --only."
            self.outcome.refuse(candidate.code, text)
            return "no"
        answer = decide(proof)
        if self._request.diff:
            return "no"
        if self._everything:
            return "yes"
        if answer == "all":
            self._everything = True
            return "yes" if not judged else "no"
        return answer

    def _write(self, proof: Proof) -> None:
        problem = ""
        if self._request.test and (failure := self._run(self._tested(proof))):
            problem = f"The tests fail with it: {failure}"
        problem = problem or write(proof.originals, proof.contents)
        if problem:
            self.outcome.refuse(proof.candidate.code, problem)
        else:
            self.outcome.of(proof.candidate.code).written += 1
            self.outcome.files |= {*proof.contents}

    async def _tested(self, proof: Proof) -> str:
        return await self._engine.failing_tests(proof.contents)


def _name(package: Package, candidate: Candidate) -> tuple[str, ...]:
    """What a candidate is called, wherever it stands now."""
    target, at = candidate.target, candidate.at
    function = target.function if target is not None else ""
    return candidate.code, candidate.title, at.file, function, _text(package.report, at)


def _text(report: PackageReport, at: Span) -> str:
    source = report.sources.get(at.file)
    return source.text(at) if source is not None else ""


def write(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    """Replace files, all or none; a sentence when that was not possible."""
    prepared: dict[str, str] = {}
    replaced: list[str] = []
    try:
        for path, content in new.items():
            if _content(path) != old[path]:
                return f"{Path(path).name} has changed meanwhile; nothing was written."
            prepared[path] = _beside(path, content)
        for path, temporary in prepared.items():
            Path(temporary).replace(os.path.realpath(path))
            replaced.append(path)
    except OSError as problem:
        for path in replaced:
            Path(path).write_bytes(old[path])
        return f"{problem.filename or 'A file'} cannot be written ({problem.strerror})."
    finally:
        for temporary in prepared.values():
            Path(temporary).unlink(missing_ok=True)
    return ""


def _beside(path: str, content: bytes) -> str:
    """A file with the content and the rights of another, in its folder."""
    real = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(prefix=".goescape-", dir=Path(real).parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    shutil.copymode(real, temporary)
    return temporary


def _content(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
