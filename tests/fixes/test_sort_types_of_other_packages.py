"""``sort.Sort`` of a type that another package of the module declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.fixes.candidate import Candidate, FixKind
from goescape.fixes.driver import proposals_of
from goescape.fixes.rewrites.sort_type import REWRITE
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.fix_context import fix_context_of
from goescape.toolchain.proofs.prover import Proof, Prover

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

TREE = """
-- go.mod --
module example.com/m

go 1.22
-- rules/rules.go --
package rules

type Rule struct {
	Name   string
	Weight float64
	order  int
}

type ByName []*Rule

func (x ByName) Len() int           { return len(x) }
func (x ByName) Less(i, j int) bool { return x[i].Name < x[j].Name }
func (x ByName) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

type ByWeight []*Rule

func (x ByWeight) Len() int           { return len(x) }
func (x ByWeight) Less(i, j int) bool { return x[i].Weight < x[j].Weight }
func (x ByWeight) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

type ByOrder []*Rule

func (x ByOrder) Len() int           { return len(x) }
func (x ByOrder) Less(i, j int) bool { return x[i].order < x[j].order }
func (x ByOrder) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

type Descending []int

func (x Descending) Len() int           { return len(x) }
func (x Descending) Less(i, j int) bool { return x[i] > x[j] }
func (x Descending) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }
-- user/user.go --
package user

import (
	"sort"

	"example.com/m/rules"
)

type ByName []*rules.Rule // as another type is called, with another order

func (x ByName) Len() int           { return len(x) }
func (x ByName) Less(i, j int) bool { return x[j].Name < x[i].Name }
func (x ByName) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

func reversed(x []*rules.Rule) ByName { return x[1:] }

func Name(all []*rules.Rule) { sort.Sort(rules.ByName(all)) }

func Weight(all []*rules.Rule) { sort.Sort(rules.ByWeight(all)) }

func Order(all []*rules.Rule) { sort.Sort(rules.ByOrder(all)) }

func Down(all []int) { sort.Sort(rules.Descending(all)) }

func Call(all []*rules.Rule) { sort.Sort(reversed(all)) }
"""

_BY_NAME = "func(a, b *rules.Rule) int { return cmp.Compare(a.Name, b.Name) })"
_DOWN = "func(a, b int) int { return cmp.Compare(b, a) })"
_BACKWARDS = "func(a, b *rules.Rule) int { return cmp.Compare(b.Name, a.Name) })"


async def test_only_what_this_package_sees_and_orders_alike(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(TREE)
    proofs = await _proofs(root, go_path)
    written = {next(e.text for e in proof.candidate.edits if "Func" in e.text) for proof in proofs}
    kinds = {proof.candidate.kind for proof in proofs if _BY_NAME in str(proof.candidate.edits)}
    assert kinds == {FixKind.REWRITE}
    assert written == {
        f"slices.SortFunc(all, {_BY_NAME}",
        f"slices.SortFunc(all, {_DOWN}",
        f"slices.SortFunc(reversed(all), {_BACKWARDS}",
    }


async def _proofs(root: Path, go_path: str) -> list[Proof]:
    engine = Engine(EngineOptions(go_path=go_path))
    proofs = []
    async for report in engine.analyze(str(root), ["./user"]):
        assert not isinstance(report, Problem), report.message
        around = await fix_context_of(engine, report, (str(root),))
        code, prover = around.code, Prover.of(engine, around)
        for file in code.files.values():
            for each in proposals_of(REWRITE, code, file):
                verdict = await prover.prove(each) if isinstance(each, Candidate) else each
                assert isinstance(verdict, Proof), verdict
                proofs.append(verdict)
    return proofs
