"""Applies every proved fix to a real module, each alone, and lets the module's own tests judge.

``python -m tests.fixes.safety FOLDER [--go GO] [--measure]`` works on a copy. With ``--measure``
the package's tests also run under a memory profile that counts every object, before and after: the
table shows how many the changed function allocated.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from attrs import define, frozen

from goescape.analysis.fixes import candidates
from goescape.analysis.fixes.candidate import Candidate, Kind, Refusal
from goescape.analysis.model import PackageReport
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs import Disproof, Proof, Prover, prove_in_time
from goescape.toolchain.surroundings import proving, survey


@frozen
class Judged:
    """What became of one proved fix."""

    proof: Proof
    package: str
    complaint: str
    """Why the module does not build, vet or pass its tests with it; empty when all is well."""
    objects: tuple[int, int] | None
    """Allocated by the functions that the fix touches and by their callees, in the package's tests,
    before and after.
    """


@define
class Table:
    """The outcome of one module."""

    judged: list[Judged]
    disproved: Counter[str]
    refused: Counter[str]

    def show(self, name: str) -> None:
        """Print it."""
        total = len(self.judged) + self.disproved.total()
        failed = [each for each in self.judged if each.complaint]
        measured = [each for each in self.judged if each.objects is not None]
        fewer = [each for each in measured if each.objects and each.objects[1] < each.objects[0]]
        print(f"{name}: {total} candidates, {len(self.judged)} proved, {len(failed)} failed")
        print(f"  measured {len(measured)}, fewer objects in {len(fewer)}")
        for each in self.judged:
            place = each.proof.candidate.at
            words = "FAILED " + each.complaint[:200] if each.complaint else "passed"
            title = each.proof.candidate.title
            print(f"  {Path(place.file).name}:{place.line} {title}: {words} {each.objects or ''}")
        for reason, count in (*self.disproved.most_common(), *self.refused.most_common()):
            print(f"  {count} x {reason}")


class Trial:
    """A module in a folder of its own."""

    def __init__(self, folder: Path, go: str, *, measure: bool) -> None:
        self._root = folder
        self._go = go
        self._measure = measure
        self._engine = Engine(proving(EngineOptions(go_path=go)))

    async def run(self) -> Table:
        """Try everything."""
        table = Table([], Counter(), Counter())
        reports = [
            item
            async for item in self._engine.analyze(str(self._root), ["./..."])
            if isinstance(item, PackageReport) and not item.errors
        ]
        for report in reports:
            around = await survey(self._engine, report, (str(self._root),))
            prover = Prover.of(self._engine, around)
            for path in report.files:
                for each in candidates(around.code, path):
                    await self._try(each, prover, report, table)
        return table

    async def _try(
        self, each: Candidate | Refusal, prover: Prover, report: PackageReport, table: Table
    ) -> None:
        if isinstance(each, Refusal):
            table.refused[f"refused: {each.title}: {each.reason}"] += 1
            return
        if each.kind is not Kind.QUICK_FIX:
            return
        verdict = await prove_in_time(prover.prove(each), each, 60.0)
        if isinstance(verdict, Disproof):
            table.disproved[f"disproved: {each.title}: {_shape(verdict.reason)}"] += 1
        else:
            table.judged.append(self._judge(verdict, report))

    def _judge(self, proof: Proof, report: PackageReport) -> Judged:
        names = _functions(proof, report)
        before = self._objects(report, names) if self._measure else None
        try:
            for path, content in proof.contents.items():
                Path(path).write_bytes(content)
            complaint = self._complaint()
            after = self._objects(report, names) if self._measure and not complaint else None
        finally:
            for path, content in proof.originals.items():
                Path(path).write_bytes(content)
        both = None if before is None or after is None else (before, after)
        return Judged(proof, report.package, complaint, both if both and both[0] else None)

    def _complaint(self) -> str:
        for command in (["build", "./..."], ["vet", "./..."], ["test", "./..."]):
            done = self._run(*command)
            if done.returncode != 0:
                return f"go {command[0]}: {done.stdout[-400:]}{done.stderr[-400:]}"
        return ""

    def _objects(self, report: PackageReport, names: set[str]) -> int | None:
        """Objects that these functions allocated while the package's tests ran."""
        with tempfile.TemporaryDirectory() as folder:
            profile, binary = f"{folder}/mem", f"{folder}/test"
            test = ["test", "-count=1", "-memprofilerate=1", f"-memprofile={profile}"]
            if self._run(*test, "-o", binary, report.package).returncode != 0:
                return None
            shown = self._run(
                *("tool", "pprof", "-top", "-sample_index=alloc_objects", "-nodecount=1000000"),
                *("-nodefraction=0", binary, profile),
            )
        # flat, flat%, sum%, with callees, with callees %, function
        row = r"^\s*\d+\s+\S+\s+\S+\s+(\d+)\s+\S+\s+(.+?)(?: \(inline\))?$"
        rows = re.findall(row, shown.stdout, re.MULTILINE)
        return sum(int(count) for count, name in rows if name.rpartition("/")[2] in names)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "GOPROXY": "off", "GOTOOLCHAIN": "local"}
        return subprocess.run(
            [self._go, *arguments],
            cwd=self._root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


def _functions(proof: Proof, report: PackageReport) -> set[str]:
    """The functions around the edits, as profiles name them."""
    package = report.package.rpartition("/")[2]
    names = set()
    for edit in proof.candidate.edits:
        source = report.sources.get(edit.file)
        if source is None:
            continue
        place = source.place(edit.start)
        for function in report.functions:
            inside = function.span.file == place.file and function.span.contains(
                place.line, place.column
            )
            if inside:
                names.add(f"{package}.{function.name}")
    return names


def _shape(reason: str) -> str:
    return re.sub(r"`[^`]*`", "`...`", reason)[:100]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--go", default=shutil.which("go"))
    parser.add_argument("--measure", action="store_true")
    question = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent).resolve() / question.folder.name
        shutil.copytree(question.folder, copy)
        table = asyncio.run(Trial(copy, question.go, measure=question.measure).run())
    table.show(question.folder.name)


if __name__ == "__main__":
    main()
