"""Fixes of different functions are compiled at once, and each has the verdict that it has alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest
from attrs import evolve

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import Candidate, Edit, Promise, Refusal
from goescape.fixes.driver import all_rewrites, candidates, candidates_without_faults
from goescape.toolchain.proofs.edit_checker import EditChecker
from goescape.toolchain.proofs.fix_context import FixContext, fix_context_of
from goescape.toolchain.proofs.prover import Disproof, Proof, ProofResult, Prover
from goescape.toolchain.proofs.shared_proofs import prove_each

if TYPE_CHECKING:
    from goescape.toolchain.engine import Engine
    from tests.conftest import WriteTree

GO_MOD = "-- go.mod --\nmodule example.com/m\n\ngo 1.23\n-- a.go --\n"
APART = """package m

import "fmt"

func First(name string) string { return fmt.Sprintf("%s: first", name) }

func Second(name string) string { return fmt.Sprintf("%s: second", name) }

func Third(name string) string {
	text := fmt.Sprintf("%s: third", name)
	return fmt.Sprintf("%s, %s", text, name)
}
"""
CALLING = """package m

import "fmt"

func outer(name string) string { return fmt.Sprintf("%s of %s", name, inner(name)) }

func inner(name string) string { return fmt.Sprintf("%s: inner", name) }

var Texts = []func(string) string{outer, inner}
"""


class CountingChecker:
    """How often packages are compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        check = EditChecker.check

        async def counted(checker: EditChecker, *arguments: object, **options: object) -> object:
            self.count += 1
            return await check(checker, *arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(EditChecker, "check", counted)


async def surveyed(
    engine: Engine, write_tree: WriteTree, text: str
) -> tuple[FixContext, list[Candidate]]:
    root = write_tree(GO_MOD + text)
    (report,) = [item async for item in engine.analyze(str(root), ["."])]
    assert isinstance(report, PackageReport)
    assert not report.errors
    around = await fix_context_of(engine, report, (str(root),))
    proposals = candidates(around.code, str(root / "a.go"))
    return around, [each for each in proposals if isinstance(each, Candidate)]


def told(verdicts: list[ProofResult]) -> list[object]:
    return [
        (verdict.contents, verdict.effect) if isinstance(verdict, Proof) else verdict.reason
        for verdict in verdicts
    ]


@pytest.mark.parametrize(("text", "most"), [(APART, 2), (CALLING, 2)])
async def test_each_has_the_verdict_that_it_has_alone(
    engine: Engine, write_tree: WriteTree, text: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    around, found = await surveyed(engine, write_tree, text)
    counting = CountingChecker(monkeypatch)
    together = await prove_each(Prover.of(engine, around), around.code, found)
    assert counting.count <= most < counting.count + len(found)
    alone = [await Prover.of(engine, around).prove(candidate) for candidate in found]
    assert told(together) == told(alone)
    assert [verdict.candidate for verdict in together] == found
    assert all(isinstance(verdict, Proof) for verdict in together)


KEPT_BY_ANOTHER = """package m

var sink *int

func Outer() {
	x := 1
	inner(&x)
}

//go:noinline
func inner(p *int) {
	sink = p
}
"""


async def test_what_another_edit_brought_about_is_no_proof(
    engine: Engine, write_tree: WriteTree
) -> None:
    """``x`` stays on the heap unless the other fix is written, too."""
    around, _ = await surveyed(engine, write_tree, KEPT_BY_ANOTHER)
    (path,) = around.code.files
    (target,) = (each for each in around.code.findings if each.subject == "x")

    def edit(old: str, new: str) -> Edit:
        start = KEPT_BY_ANOTHER.index(old)
        return Edit(path, start, start + len(old), new)

    caller = Candidate("a", "a", target.span, (edit("x := 1", "x := 2"),), Promise.GONE, target)
    callee = Candidate("b", "b", target.span, (edit("sink = p", "_ = p"),), Promise.UNSEEN)
    verdicts = await prove_each(Prover.of(engine, around), around.code, [caller, callee])
    assert isinstance(verdicts[0], Disproof)
    assert verdicts[0].reason.code is ReasonCode.STILL_ON_HEAP
    assert isinstance(verdicts[1], Proof)


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        ('"%s:  second"', "STILL_ON_HEAP"),
        ("second", "DOES_NOT_COMPILE"),
        ('"%d: second"', "VET_OBJECTS"),
    ],
)
async def test_a_bad_one_spoils_no_other(
    engine: Engine, write_tree: WriteTree, instead: str, reason: str
) -> None:
    around, found = await surveyed(engine, write_tree, APART)
    (path,) = around.code.files
    start = APART.index('"%s: second"')
    edit = Edit(path, start, start + len('"%s: second"'), instead)
    tried = [evolve(each, edits=(edit,)) if n == 1 else each for n, each in enumerate(found)]
    verdicts = await prove_each(Prover.of(engine, around), around.code, tried)
    bad = [verdict for verdict in verdicts if isinstance(verdict, Disproof)]
    assert bad == [verdicts[1]]
    assert bad[0].reason.code is ReasonCode[reason]


async def test_a_rewrite_that_fails_takes_no_other_with_it(
    engine: Engine, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    around, found = await surveyed(engine, write_tree, APART)

    def fails(*_: object) -> NoReturn:
        raise KeyError("x")

    broken = evolve(all_rewrites()[0], find=fails)
    every = (broken, *all_rewrites()[1:])
    monkeypatch.setattr("goescape.fixes.driver.all_rewrites", lambda: every)
    (path,) = around.code.files
    fault, *others = candidates_without_faults(around.code, path)
    assert isinstance(fault, Refusal)
    assert (fault.code, fault.reason.code) == (broken.code, ReasonCode.REWRITE_FAILED)
    assert others == found
    with pytest.raises(KeyError):
        list(candidates(around.code, path))  # what tests ask


async def test_none_has_no_verdict(engine: Engine, write_tree: WriteTree) -> None:
    around, _ = await surveyed(engine, write_tree, APART)
    assert await prove_each(Prover.of(engine, around), around.code, []) == []
