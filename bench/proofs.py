"""How long proofs take, beside one analysis of the same package.

``python -m bench.proofs [--go GO] [--most N] FOLDER[:PATTERN]...`` looks at packages of modules
(nothing is written) and prints a table: the median of some analyses by the go command, and of some
by the direct lane, as the server makes them; what the first proof after a save needs once; the
median and the longest of the proofs, beside the direct lane; and what they left in the build cache.
"work" is the processor time of the same, of Go and Python together: other load on the machine
disturbs it less. Every compile is of a text that no cache has seen; analyses and proofs alternate.

``--hover SECONDS`` also opens the file with most candidates in a server and, when its findings are
there, asks for one hover after the other while it proves.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import aclosing
from pathlib import Path

from attrs import define, evolve, field, frozen

from bench.editors import Kind, Session
from bench.figures import percentile
from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import Candidate, Edit
from goescape.fixes.driver import candidates
from goescape.toolchain.compile.direct_lane import DirectLane
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs.edit_checker import EditChecker
from goescape.toolchain.proofs.fix_context import FixContext, fix_context_of, options_for_proofs
from goescape.toolchain.proofs.prover import Proof, Prover

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


@define
class Row:
    """One package."""

    name: str
    proved: int
    once: Spent
    by_go: list[Spent] = field(factory=list)
    direct: list[Spent] = field(factory=list)
    proofs: list[tuple[Spent, Candidate]] = field(factory=list)
    most: Candidate | None = None
    """One of the file with most candidates."""
    kept: int = 0
    """Bytes in the build cache that proofs have left there."""

    def __str__(self) -> str:
        spent = [each for each, _ in self.proofs]
        median, work = _median(spent)
        direct, its_work = _median(self.direct)
        by_go, gos_work = _median(self.by_go)
        longest = max(each.seconds for each in spent)
        over = sum(each.seconds > 2 * direct for each in spent)
        return (
            f"{self.name:32} {len(spent):6} {self.proved:6} {by_go:6.2f} {direct:6.2f} "
            f"{self.once.seconds:6.2f} {median:6.2f} {longest:6.2f} {median / direct:6.2f} {over:6}"
            f" | {gos_work:6.2f} {its_work:6.2f} {self.once.work:6.2f} {work:6.2f}"
            f" {work / its_work:6.2f} | {self.kept / 1e6:6.1f}"
        )


def _median(spent: list[Spent]) -> tuple[float, float]:
    return (
        statistics.median(each.seconds for each in spent),
        statistics.median(each.work for each in spent),
    )


HEADER = (
    f"{'package':32} {'proofs':>6} {'proved':>6} {'go':>6} {'direct':>6} {'once':>6} {'median':>6} "
    f"{'max':>6} {'ratio':>6} {'over 2':>6} | {'go':>6} {'direct':>6} {'once':>6} {'proof':>6} "
    f"{'ratio':>6} | {'MB':>6}"
)
_MOST_ANALYSES = 5


class Measuring:
    """One Go, one package after another."""

    def __init__(self, go: str, most: int) -> None:
        self._engine = Engine(options_for_proofs(EngineOptions(go_path=go)))
        self._go = go
        self._most = most

    async def row(self, root: str, pattern: str) -> Row:
        """Measure one package."""
        report = await self._analysis(root, pattern)
        around = await fix_context_of(self._engine, report, (root,))
        found = [each for path in report.files for each in candidates(around.code, path)]
        chosen = _spread([each for each in found if isinstance(each, Candidate)], self._most)
        lane = DirectLane(self._engine)
        await _direct(lane, root, pattern, {})
        begun = Spent.so_far()
        checker = EditChecker(self._engine, root, (pattern,), (report,), around)
        edited, prover = await checker.edited(), Prover(checker)
        if edited is not None:
            await edited.before()
        row = Row(f"{Path(root).name} {pattern}", 0, begun.until_now())
        files = Counter(each.at.file for each in found)
        row.most = max(chosen, key=lambda each: files[each.at.file])
        for candidate in chosen:
            file = candidate.files[0]
            if len(row.by_go) < _MOST_ANALYSES:
                begun = Spent.so_far()
                await self._analysis(root, pattern, report, file)
                row.by_go.append(begun.until_now())
                text = report.sources[file].content + next(_NEW).encode()
                begun = Spent.so_far()
                await _direct(lane, root, pattern, {file: text})
                row.direct.append(begun.until_now())
            kept = self._cached()
            begun = Spent.so_far()
            verdict = await prover.prove(_new(candidate, around))
            row.proofs.append((begun.until_now(), candidate))
            row.kept += self._cached() - kept
            row.proved += isinstance(verdict, Proof)
        return row

    def _cached(self) -> int:
        """How large the build cache is, in bytes."""
        command = [self._go, "env", "GOCACHE"]
        folder = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        return sum(file.stat().st_size for file in Path(folder).rglob("*-[ad]"))

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


async def _direct(lane: DirectLane, root: str, pattern: str, unsaved: dict[str, bytes]) -> None:
    async with aclosing(lane.analyze(root, pattern, unsaved)) as items:
        async for _ in items:
            pass


async def _hovers(go: str, root: str, candidate: Candidate, seconds: float) -> list[float]:
    """How long each hover takes while fixes of the candidate's file are proved."""
    program = (sys.executable, "-m", "goescape", "server")
    session = await Session.start(
        Kind("goescape", program, {"go": {"path": go}}), Path(root), os.environ
    )
    path, client, found = Path(candidate.at.file), session.client, []
    text = await asyncio.to_thread(path.read_text)
    document = {"uri": path.as_uri(), "languageId": "go", "version": 1, "text": text}
    begun = client.notify("textDocument/didOpen", {"textDocument": document})
    await session.until_idle(begun, _ANALYSIS_SECONDS)
    position = {"line": candidate.at.line - 1, "character": candidate.at.column - 1}
    question = {"textDocument": {"uri": path.as_uri()}, "position": position}
    end = time.perf_counter() + seconds
    while (sent := time.perf_counter()) < end:
        await client.request("textDocument/hover", question)
        found.append(time.perf_counter() - sent)
        await asyncio.sleep(_BETWEEN_HOVERS)
    await client.stop()
    return found


_ANALYSIS_SECONDS = 120.0
_BETWEEN_HOVERS = 0.02


def _spread(found: list[Candidate], most: int) -> list[Candidate]:
    """Candidates of as many rewrites as possible."""
    by_code: dict[str, list[Candidate]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    rounds = itertools.zip_longest(*by_code.values())
    return [each for a_round in rounds for each in a_round if each is not None][:most]


def _new(candidate: Candidate, around: FixContext) -> Candidate:
    """The same with a comment at the end that no cache has seen, also in what it claims."""
    file = candidate.files[0]
    end = len(around.code.report.sources[file].content)
    edits = (*candidate.edits, Edit(file, end, end, next(_NEW)))
    claims = tuple(
        evolve(claim, type=f"{claim.type} /*{next(_NEW).strip()}*/") for claim in candidate.claims
    )
    return evolve(candidate, edits=edits, claims=claims)


async def _measure(question: argparse.Namespace, packages: list[tuple[str, str]]) -> None:
    measuring = Measuring(question.go, question.most)
    print(HEADER)
    for root, pattern in packages:
        row = await measuring.row(root, pattern)
        print(row, flush=True)
        for spent, candidate in row.proofs if question.each else ():
            print(f"    {spent.seconds:6.2f} s {spent.work:6.2f} s {candidate.code}")
        if question.hover and row.most is not None:
            found = await _hovers(question.go, root, row.most, question.hover)
            p50, p99, longest = (percentile(found, each) * 1000 for each in (50, 99, 100))
            print(f"    {len(found)} hovers: p50 {p50:.1f}, p99 {p99:.1f}, max {longest:.1f} ms")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", metavar="FOLDER[:PATTERN]")
    parser.add_argument("--go", default=shutil.which("go") or "")
    parser.add_argument("--most", type=int, default=12, help="proofs of one package")
    parser.add_argument("--each", action="store_true", help="print each proof")
    parser.add_argument("--hover", type=float, default=0.0, metavar="SECONDS")
    question = parser.parse_args()
    packages = [package.partition(":") for package in question.packages]
    named = [(os.path.realpath(folder), pattern or ".") for folder, _, pattern in packages]
    asyncio.run(_measure(question, named))


if __name__ == "__main__":
    main()
