"""Applies every proved fix to a real module, each alone, and lets the module's own tests judge.

``python -m tests.fixes.safety FOLDER [--go GO] [--measure] [--short] [--only PACKAGE] [--survey]``

The trial works on a copy of a module whose dependencies are already downloaded. The module has to
build and pass its tests as it is; then each proved quick fix is written on its own, ``go build
./...``, ``go vet ./...`` and ``go test ./...`` run, and the files are put back. A fix that any of
them objects to (vet: in words that it did not say before) is a defect of its rewrite.

With ``--measure`` the tests of the package, or of the first other one that reaches the function,
run under a memory profile that counts every object: twice as they are, made once for all fixes, and
once with each fix. Compared is what the functions around the edits allocate, with all that is
inlined into them and all that they call: no allocation can hide in a helper or in an adapted
caller. A difference has to be larger than that of the two runs before. Where no test allocates
anything on the lines that change, nothing is measured, and that is said.

Each line is printed as soon as it is known, the table at the end, also when the trial is
interrupted. ``--survey`` only counts candidates and refusals, without proofs.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from attrs import define, field, frozen

from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import Candidate, FixKind, Refusal
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs.fix_context import fix_context_of, options_for_proofs
from goescape.toolchain.proofs.prover import Disproof, Proof, Prover, prove_in_time
from tests.fixes.profiles import Effect, Measured, Profile, profile, run

OFFLINE = {"GOPROXY": "off", "GOTOOLCHAIN": "local"}


@frozen
class Judged:
    """What became of one proved fix."""

    place: str
    """``decode.go:12``, relative to the module."""
    title: str
    complaint: str
    """Why the module does not build, vet or pass its tests with it; empty when all is well."""
    effect: Effect | None = None
    """None when nobody asked, or there was no use in it."""
    measured: Measured | None = None

    def __str__(self) -> str:
        words = f"FAILED {self.complaint}" if self.complaint else "passed"
        effect = f"; {self.effect.value}" if self.effect else ""
        figures = f" ({self.measured})" if self.measured else ""
        return f"{self.place} {self.title}: {words}{effect}{figures}"


@define
class Table:
    """The outcome of one module."""

    name: str
    judged: list[Judged] = field(factory=list)
    disproved: Counter[str] = field(factory=Counter)
    refused: Counter[str] = field(factory=Counter)
    unproved: Counter[str] = field(factory=Counter)
    """Candidates by title that were only counted."""

    def show(self) -> None:
        """Print it."""
        passed = sum(not each.complaint for each in self.judged)
        total = len(self.judged) + self.disproved.total() + self.unproved.total()
        print(f"\n{self.name}: {total} candidates, {self.refused.total()} refused before")
        print(f"  {len(self.judged)} proved, {self.disproved.total()} disproved")
        print(f"  {passed} passed build, vet and tests; {len(self.judged) - passed} failed")
        for effect, count in Counter(each.effect for each in self.judged).items():
            print(f"  {count} {effect.value if effect else 'without measurement'}")
        self._list("candidates", self.unproved)
        self._list("disproved", self.disproved)
        self._list("refused", self.refused)

    def _list(self, title: str, counts: Counter[str]) -> None:
        for words, count in counts.most_common():
            print(f"  {title}: {count} x {words}")


class Trial:
    """A module in a folder of its own."""

    def __init__(
        self, folder: Path, go: str, table: Table, *, measure: bool = False, short: bool = False
    ) -> None:
        self._root = folder
        self._go = go
        self._table = table
        self._measure = measure
        self._engine = Engine(options_for_proofs(EngineOptions(go_path=go)))
        self._short = ("-short",) if short else ()
        self._vetted: Counter[str] | None = None
        self._packages: list[str] = []
        self._profiles: dict[tuple[str, bool], Profile] = {}

    async def run(self, only: str = "", *, prove: bool = True) -> None:
        """Try everything; the table grows meanwhile. Raises SystemExit when it cannot begin."""
        complaint = self._complaint() if prove else ""
        if complaint:
            raise SystemExit(f"The module fails as it is, so that nothing can be told: {complaint}")
        items = [item async for item in self._engine.analyze(str(self._root), ["./..."])]
        self._packages = [each.package for each in items if isinstance(each, PackageReport)]
        for report in items:
            if not isinstance(report, PackageReport) or report.errors:
                print(f"not analysed: {report}"[:300])
            elif report.package.endswith(only):
                await self._package(report, prove=prove)

    async def _package(self, report: PackageReport, *, prove: bool) -> None:
        around = await fix_context_of(self._engine, report, (str(self._root),))
        prover = Prover.of(self._engine, around)
        for path in report.files:
            for each in candidates(around.code, path):
                if isinstance(each, Refusal):
                    self._table.refused[f"{each.title}: {_shape(ENGLISH.reason(each.reason))}"] += 1
                elif each.kind is FixKind.QUICK_FIX and prove:
                    await self._try(each, prover, report)
                elif each.kind is FixKind.QUICK_FIX:
                    self._table.unproved[each.title] += 1

    async def _try(self, each: Candidate, prover: Prover, report: PackageReport) -> None:
        verdict = await prove_in_time(prover.prove(each), each, 60.0)
        if isinstance(verdict, Disproof):
            why = ENGLISH.reason(verdict.reason)
            self._table.disproved[f"{each.title}: {_shape(why)}"] += 1
            print(f"{self._place(each)} {each.title}: disproved: {why}", flush=True)
            return
        judged = self._judge(verdict, report)
        self._table.judged.append(judged)
        print(judged, flush=True)

    def _judge(self, proof: Proof, report: PackageReport) -> Judged:
        place, title = self._place(proof.candidate), proof.candidate.title
        functions = _functions(proof.candidate, report)
        tests = (
            self._reaching(_lines(proof.candidate, report), report.package) if self._measure else ""
        )
        counts = tuple(self._before(tests, again).below(functions) for again in (False, True))
        try:
            for path, content in proof.contents.items():
                Path(path).write_bytes(content)
            complaint = self._complaint()
            after = self._profile(tests) if tests and not complaint else None
        finally:
            for path, content in proof.originals.items():
                Path(path).write_bytes(content)
        if complaint or not self._measure:
            return Judged(place, title, complaint)
        if not tests or after is None:
            effect = Effect.NOT_MEASURED if tests else Effect.NOT_REACHED
            return Judged(place, title, "", effect)
        measured = Measured((counts[0], counts[1]), after.below(functions))
        return Judged(place, title, "", measured.effect, measured)

    def _reaching(self, places: set[tuple[str, int]], own: str) -> str:
        """The package whose tests allocate on one of these lines, first of all its own."""
        others = (each for each in self._packages if each != own)
        reached = (each for each in (own, *others) if self._before(each).reaches(places))
        return next(reached, "")

    def _before(self, package: str, again: bool = False) -> Profile:
        """A run of a package's tests as they are; nothing allocates where they cannot be run."""
        key = (package, again)
        if key not in self._profiles:
            self._profiles[key] = (package and self._profile(package)) or Profile({})
        return self._profiles[key]

    def _place(self, candidate: Candidate) -> str:
        return f"{Path(candidate.at.file).relative_to(self._root)}:{candidate.at.line}"

    def _complaint(self) -> str:
        for command in (("build", "./..."), ("vet", "./..."), ("test", *self._short, "./...")):
            done = run([self._go, *command], self._root, OFFLINE)
            lines = f"{done.stdout}\n{done.stderr}".splitlines()
            told = [line for line in lines if not re.match(r"ok\s|\?\s|#|FAIL$|\s*$", line)]
            if command[0] == "vet":
                said = [re.sub(r"^\S+\.go:\d+:\d+: ", "", line) for line in told]
                if self._vetted is None:  # as it is
                    self._vetted = Counter(said)
                told = [*(Counter(said) - self._vetted)]
            if done.returncode != 0 and told:
                return f"go {command[0]}: " + " | ".join(told)[:600]
        return ""

    def _profile(self, package: str) -> Profile | None:
        return profile([self._go, "test", *self._short], self._root, package, OFFLINE)


def _functions(candidate: Candidate, report: PackageReport) -> set[str]:
    """The functions around the edits, as profiles name them."""
    names = set()
    for edit in candidate.edits:
        source = report.sources.get(edit.file)
        if source is None:
            continue
        place = source.place(edit.start)
        for function in report.functions:
            inside = function.span.file == place.file and function.span.contains(
                place.line, place.column
            )
            if inside:
                names |= {f"{_symbols(report.package)}{kind}.{function.name}" for kind in _KINDS}
    return names


def _lines(candidate: Candidate, report: PackageReport) -> set[tuple[str, int]]:
    """The files and lines that it changes, and those of what it is to remove."""
    targets = [*candidate.also, *([candidate.target] if candidate.target else [])]
    spans = [candidate.at, *(each.span for each in targets)]
    places = {(span.file, line) for span in spans for line in range(span.line, span.end_line + 1)}
    for edit in candidate.edits:
        if source := report.sources.get(edit.file):
            first, last = source.place(edit.start).line, source.place(edit.end).line
            places |= {(edit.file, line) for line in range(first, last + 1)}
    return places


_KINDS = ("", "_test")
"""The package itself and its external tests."""


def _symbols(package: str) -> str:
    """A package's path as symbols have it: dots of the last element are written in hexadecimal."""
    start, slash, last = package.rpartition("/")
    return start + slash + last.replace(".", "%2e")


def _shape(reason: str) -> str:
    return re.sub(r"`[^`]*`", "`...`", reason)[:120]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--go", default=shutil.which("go"))
    parser.add_argument("--measure", action="store_true", help="count objects, too")
    parser.add_argument("--short", action="store_true", help="leave out long tests")
    parser.add_argument("--only", default="", help="the end of a package's path")
    parser.add_argument("--survey", action="store_true", help="count candidates, prove nothing")
    question = parser.parse_args()
    table = Table(question.folder.name)
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent).resolve() / question.folder.name
        shutil.copytree(question.folder, copy)
        subprocess.run(["chmod", "-R", "u+w", str(copy)], check=True)  # as the module cache has it
        trial = Trial(copy, question.go, table, measure=question.measure, short=question.short)
        try:
            asyncio.run(trial.run(question.only, prove=not question.survey))
        except KeyboardInterrupt:
            print("interrupted")
    table.show()


if __name__ == "__main__":
    main()
