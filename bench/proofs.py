"""How long proofs take, beside one analysis of the same package.

``python bench/proofs.py [--go GO] [--most N] FOLDER[:PATTERN]...`` looks at packages of modules
(nothing is written) and prints a table: the median of some analyses, the median and the longest of
the proofs, and how often one is over twice as long. "work" is the processor time of the same, of
Go and Python together: other load on the machine disturbs it less. Every compile is of a text that
no cache has seen, and analyses and proofs alternate.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import resource
import shutil
import statistics
import time
from contextlib import aclosing
from pathlib import Path

from attrs import evolve, frozen

from goescape.analysis.fixes.candidate import Candidate, Edit
from goescape.analysis.fixes.catalogue import candidates
from goescape.analysis.model import PackageReport
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs import Proof, Prover
from goescape.toolchain.surroundings import Surroundings, proving, survey

_NEW = (f"\n// {os.getpid()} {time.time()} {number}\n" for number in itertools.count())
"""Comments that make a text new to every cache."""


@frozen
class Spent:
    """Seconds: on the clock, and of processors."""

    seconds: float
    work: float

    @classmethod
    def so_far(cls) -> Spent:
        """Since the process began."""
        both = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        work = sum(each.ru_utime + each.ru_stime for each in both)
        return cls(time.perf_counter(), work)

    def until_now(self) -> Spent:
        """What was spent since then."""
        now = self.so_far()
        return Spent(now.seconds - self.seconds, now.work - self.work)


@frozen
class Row:
    """One package."""

    name: str
    analyses: list[Spent]
    proofs: list[tuple[Spent, Candidate]]
    proved: int

    def __str__(self) -> str:
        analysis = statistics.median(each.seconds for each in self.analyses)
        work = statistics.median(each.work for each in self.analyses)
        spent = [each for each, _ in self.proofs]
        median = statistics.median(each.seconds for each in spent)
        longest = max(each.seconds for each in spent)
        its_work = statistics.median(each.work for each in spent)
        over = sum(each.seconds > 2 * analysis for each in spent)
        return (
            f"{self.name:32} {len(spent):6} {self.proved:6} {analysis:8.2f} {median:6.2f} "
            f"{longest:6.2f} {median / analysis:6.2f} {over:6} "
            f"{work:8.2f} {its_work:6.2f} {its_work / work:6.2f}"
        )


HEADER = (
    f"{'package':32} {'proofs':>6} {'proved':>6} {'analysis':>8} {'median':>6} {'max':>6} "
    f"{'ratio':>6} {'over 2':>6} {'work':>8} {'proof':>6} {'ratio':>6}"
)


class Measuring:
    """One Go, one package after another."""

    def __init__(self, go: str, most: int) -> None:
        self._engine = Engine(proving(EngineOptions(go_path=go)))
        self._most = most

    async def row(self, root: str, pattern: str) -> Row:
        """Measure one package."""
        report = await self._analysis(root, pattern)
        around = await survey(self._engine, report, (root,))
        found = [each for path in report.files for each in candidates(around.code, path)]
        chosen = _spread([each for each in found if isinstance(each, Candidate)], self._most)
        analyses: list[Spent] = []
        proofs: list[tuple[Spent, Candidate]] = []
        proved = 0
        for candidate in chosen:
            if len(analyses) < 5:
                begun = Spent.so_far()
                await self._analysis(root, pattern, report, candidate.files[0])
                analyses.append(begun.until_now())
            begun = Spent.so_far()
            verdict = await Prover.of(self._engine, around).prove(_new(candidate, around))
            proofs.append((begun.until_now(), candidate))
            proved += isinstance(verdict, Proof)
        return Row(f"{Path(root).name} {pattern}", analyses, proofs, proved)

    async def _analysis(
        self, root: str, pattern: str, before: PackageReport | None = None, path: str = ""
    ) -> PackageReport:
        overlay = {}
        if before is not None:
            overlay = {path: before.sources[path].content + next(_NEW).encode()}
        async with aclosing(self._engine.analyze(root, [pattern], overlay)) as items:
            async for item in items:
                if isinstance(item, PackageReport) and not item.errors:
                    return item
        raise SystemExit(f"{pattern} in {root} does not compile")


def _spread(found: list[Candidate], most: int) -> list[Candidate]:
    """Candidates of as many rewrites as possible."""
    by_code: dict[str, list[Candidate]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    rounds = itertools.zip_longest(*by_code.values())
    return [each for a_round in rounds for each in a_round if each is not None][:most]


def _new(candidate: Candidate, around: Surroundings) -> Candidate:
    """The same with a comment at the end that no cache has seen, also in what it claims."""
    file = candidate.files[0]
    end = len(around.code.report.sources[file].content)
    edits = (*candidate.edits, Edit(file, end, end, next(_NEW)))
    claims = tuple(
        evolve(claim, type=f"{claim.type} /*{next(_NEW).strip()}*/") for claim in candidate.claims
    )
    return evolve(candidate, edits=edits, claims=claims)


async def _measure(go: str, most: int, packages: list[tuple[str, str]], *, each: bool) -> None:
    measuring = Measuring(go, most)
    print(HEADER)
    for root, pattern in packages:
        row = await measuring.row(root, pattern)
        print(row, flush=True)
        for spent, candidate in row.proofs if each else ():
            print(f"    {spent.seconds:6.2f} s {spent.work:6.2f} s {candidate.code}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", metavar="FOLDER[:PATTERN]")
    parser.add_argument("--go", default=shutil.which("go") or "")
    parser.add_argument("--most", type=int, default=12, help="proofs of one package")
    parser.add_argument("--each", action="store_true", help="print each proof")
    question = parser.parse_args()
    packages = [package.partition(":") for package in question.packages]
    named = [(os.path.realpath(folder), pattern or ".") for folder, _, pattern in packages]
    asyncio.run(_measure(question.go, question.most, named, each=question.each))


if __name__ == "__main__":
    main()
