"""Fixes that are proved as one: which are taken, which are not, and how often a judge is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from attrs import define, field

from goescape.analysis.messages.reason import Reason
from goescape.analysis.positions import Span
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Candidate, Edit, Promise, apply_edits
from goescape.toolchain.proofs.combined_proof import prove_combined
from goescape.toolchain.proofs.finding_changes import FindingChanges
from goescape.toolchain.proofs.prover import Disproof, Proof, ProofResult

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCES = {"a.go": SourceText("a.go", b"package a\n\n" + b"//\n" * 20)}
HEADER = len(b"package a\n\n")


def fix(name: str, *lines: int) -> Candidate:
    """One that writes its name into some of the file's empty comments."""
    places = (HEADER + 3 * line for line in lines)
    edits = tuple(Edit("a.go", place, place + 2, f"// {name}") for place in places)
    at = Span("a.go", 3 + lines[0], 1, 3 + lines[0], 3)
    return Candidate(name, name, at, edits, Promise.UNSEEN)


@define
class Judge:
    """Objects to some fixes, and to others only in company."""

    bad: str = ""
    enemies: tuple[str, ...] = ()
    asked: list[str] = field(factory=list)

    async def __call__(self, whole: Candidate, parts: Sequence[Candidate]) -> ProofResult:
        names = "".join(part.code for part in parts)
        self.asked.append(names)
        written = apply_edits(SOURCES, whole.edits)["a.go"].decode().replace("\n", "")
        assert re.sub(r"[^a-h]", "", written.removeprefix("package a")) == names
        if any(name in self.bad for name in names):
            return Disproof(whole, Reason.verbatim(f"{names} is bad"))
        if any({*pair} <= {*names} for pair in self.enemies):
            return Disproof(whole, Reason.verbatim(f"{names} are enemies"))
        return Proof(whole, {}, FindingChanges(len(parts)), 1, "go1.27")


@pytest.mark.parametrize(
    ("judge", "parts", "bad", "most"),
    [
        (Judge(), "abcdefgh", "", 1),
        (Judge(bad="c"), "abdefgh", "c", 8),
        (Judge(bad="ag"), "bcdefh", "ag", 12),
        (Judge(bad="abcdefgh"), "", "abcdefgh", 15),
        (Judge(enemies=("bf",)), "abcdegh", "", 8),
        (Judge(bad="h", enemies=("ab", "bc")), "acdefg", "h", 12),
    ],
)
async def test_a_bad_one_does_not_spoil_the_rest(
    judge: Judge, parts: str, bad: str, most: int
) -> None:
    union = await prove_combined(
        SOURCES, [fix(name, at) for at, name in enumerate("abcdefgh")], judge
    )
    assert "".join(part.code for part in union.parts) == parts
    assert "".join(each.candidate.code for each in union.disproofs) == bad
    assert [each.reason for each in union.disproofs] == [
        Reason.verbatim(f"{name} is bad") for name in bad
    ]
    assert (union.proof.effect.removed if union.proof is not None else 0) == len(parts)
    assert len(judge.asked) <= most


async def test_what_meets_an_earlier_one_waits() -> None:
    judge = Judge()
    union = await prove_combined(
        SOURCES, [fix("b", 1, 3), fix("a", 1), fix("c", 3), fix("d", 4)], judge
    )
    assert [part.code for part in union.parts] == ["a", "c", "d"]
    assert union.disproofs == ()
    nothing = await prove_combined(SOURCES, [], judge)
    assert nothing.proof is None
    assert judge.asked == ["acd"]
