"""From Go source to proved fixes, as the editor and the terminal do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.languages import ENGLISH
from goescape.fixes.candidate import Candidate, Refusal
from goescape.fixes.context.package_code import PackageCode, PackageUsers
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.edit_checker import EditChecker
from goescape.toolchain.proofs.prover import Disproof, Proof, Prover

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import PackageReport


@frozen
class Outcome:
    """What became of every rewrite that fits somewhere in a package."""

    proofs: tuple[Proof, ...]
    disproofs: tuple[Disproof, ...]
    refusals: tuple[Refusal, ...]

    @property
    def reasons(self) -> list[str]:
        """Why the rest is not offered."""
        reasons = [
            *(disproof.reason for disproof in self.disproofs),
            *(refusal.reason for refusal in self.refusals),
        ]
        return [ENGLISH.reason(reason) for reason in reasons]

    def offered(self, title: str, line: int = 0) -> tuple[Proof, ...]:
        """The proved fixes of one title, at one line if that is given."""
        return tuple(
            proof
            for proof in self.proofs
            if proof.candidate.title == title and line in {0, *_lines(proof.candidate)}
        )


def _lines(candidate: Candidate) -> set[int]:
    target = {candidate.target.span.line} if candidate.target is not None else set()
    return target | set(range(candidate.at.line, candidate.at.end_line + 1))


async def outcome_of(root: Path, go: str, *, title: str = "", language: str = "1.21") -> Outcome:
    """Prove everything that rewrites propose for the package in a folder."""
    engine = Engine(EngineOptions(go_path=go))
    before: list[PackageReport] = []
    async for item in engine.analyze(str(root), ["./..."]):
        assert not isinstance(item, Problem), item.message
        assert not item.errors, item.errors
        before.append(item)
    prover = Prover(EditChecker(engine, str(root), ("./...",), tuple(before)))
    version = (await engine.go()).number
    major, minor = (int(part) for part in language.split(".")[:2])
    proofs: list[Proof] = []
    disproofs: list[Disproof] = []
    refusals: list[Refusal] = []
    for report in before:
        importers = tuple(other for other in before if other is not report)
        code = PackageCode(report, PackageUsers({}, importers), version, (major, minor))
        for path in code.files:
            for each in candidates(code, path):
                if title and each.title != title:
                    continue
                if isinstance(each, Refusal):
                    refusals.append(each)
                    continue
                verdict = await prover.prove(each)
                if isinstance(verdict, Proof):
                    proofs.append(verdict)
                else:
                    disproofs.append(verdict)
    return Outcome(tuple(proofs), tuple(disproofs), tuple(refusals))
