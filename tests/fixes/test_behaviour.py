"""Programs that print what they do: with every proved fix, alone and together, they print the same.

The text beside it has sections ``=== codes: name``: the codes of the fixes that are proved for the
program, or ``nothing``. All programs are packages of one module with a function ``Main``.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

from goescape.fixes.candidate import Candidate, FixKind
from goescape.fixes.combined import combine, compatible
from goescape.fixes.context.package_code import PackageCode, PackageUsers
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.edit_checker import EditChecker
from goescape.toolchain.proofs.prover import Disproof, Proof, Prover

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport

LANGUAGE = (1, 26)
TEXT = Path(__file__).with_name("programs.txt").read_text("utf-8")
START = """package main

import (
	"os"
{imports}
)

func main() {{
	map[string]func(){{
{table}
	}}[os.Args[1]]()
}}
"""


@frozen
class Program:
    """One section."""

    name: str
    codes: tuple[str, ...]
    text: str


def programs() -> list[Program]:
    found = []
    for section in re.split(r"^=== ", TEXT, flags=re.MULTILINE)[1:]:
        head, _, text = section.partition("\n")
        codes, _, name = head.partition(": ")
        wanted = () if codes == "nothing" else tuple(codes.split(", "))
        found.append(Program(re.sub(r"\W+", "_", name), wanted, text))
    return found


PROGRAMS = programs()


class Module:
    """All the programs, with one command that runs the one that is named."""

    def __init__(self, root: Path, go: str, names: list[str]) -> None:
        self.root = root
        self.go = go
        imports = "\n".join(f'\t"example.com/m/{name}"' for name in names)
        table = "\n".join(f'\t\t"{name}": {name}.Main,' for name in names)
        (root / "cmd").mkdir()
        start = START.format(imports=imports, table=table)
        (root / "cmd" / "main.go").write_text(start, "utf-8")

    def build(self, name: str, proofs: list[Proof]) -> Path:
        """The command with these fixes, of which each program has one at most."""
        replaced = {}
        for number, (path, content) in enumerate(
            (path, content) for proof in proofs for path, content in proof.contents.items()
        ):
            replaced[path] = str(self.root / f"{name}-{number}.text")
            Path(replaced[path]).write_bytes(content)
        overlay, target = self.root / f"{name}.json", self.root / name
        overlay.write_text(json.dumps({"Replace": replaced}), "utf-8")
        command = [self.go, "build", f"-overlay={overlay}", "-o", str(target), "./cmd"]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return target


def output(command: Path, name: str) -> str:
    done = subprocess.run(
        [command, name], capture_output=True, text=True, check=False, timeout=60, errors="replace"
    )
    return f"{done.stdout}{done.stderr}"


async def proofs_of(engine: Engine, root: Path, report: PackageReport) -> list[Proof]:
    """Every proved quick fix of a package, and all of them as one."""
    name = report.package.rpartition("/")[2]
    imported = await engine.packages.imported(str(root), f"./{name}")
    code = PackageCode(report, PackageUsers({}, (), imported), (await engine.go()).number, LANGUAGE)
    prover = Prover(EditChecker(engine, str(root), (f"./{name}",), (report,)))
    proved = []
    for path in report.files:
        for each in candidates(code, path):
            if isinstance(each, Candidate) and each.kind is FixKind.QUICK_FIX:
                verdict = await prover.prove(each)
                proved += [] if isinstance(verdict, Disproof) else [verdict]
    chosen = compatible(report.sources, [proof.candidate for proof in proved])
    if len(chosen) > 1:
        verdict = await prover.prove_all(combine(report.sources, chosen), chosen)
        assert isinstance(verdict, Proof), (name, verdict.reason)
        proved.append(verdict)
    return proved


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A module with all the programs."""
    language = ".".join(map(str, LANGUAGE))
    (tmp_path / "go.mod").write_text(f"module example.com/m\n\ngo {language}\n", "utf-8")
    for program in PROGRAMS:
        (tmp_path / program.name).mkdir()
        text = f"package {program.name}\n\n{program.text}"
        (tmp_path / program.name / "code.go").write_text(text, "utf-8")
    return tmp_path.resolve()


async def test_programs_do_the_same_with_every_fix(root: Path, go_path: str) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    reports = []
    async for item in engine.analyze(str(root), ["./..."]):
        assert not isinstance(item, Problem), item.message
        assert not item.errors, item.errors
        reports.append(item)
    few = asyncio.Semaphore(4)  # a go vet has 120 seconds, which all at once would not suffice for

    async def proofs_in_turn(report: PackageReport) -> list[Proof]:
        async with few:
            return await proofs_of(engine, root, report)

    found = await asyncio.gather(*map(proofs_in_turn, reports))
    proofs = {r.package.rpartition("/")[2]: p for r, p in zip(reports, found, strict=True)}

    offered = {
        name: sorted({proof.candidate.code for proof in each} - {"all"})
        for name, each in proofs.items()
    }
    assert offered == {program.name: sorted(program.codes) for program in PROGRAMS}

    module = Module(root, go_path, list(proofs))
    before = module.build("before", [])
    changed = []
    for turn in range(max(len(each) for each in found)):
        chosen = {name: each[turn] for name, each in proofs.items() if turn < len(each)}
        after = module.build(f"after{turn}", list(chosen.values()))
        changed += [
            f"{name}, {proof.candidate.title}:\n{output(before, name)}\n{output(after, name)}"
            for name, proof in chosen.items()
            if output(before, name) != output(after, name)
        ]
    assert not changed, "\n\n".join(changed)
