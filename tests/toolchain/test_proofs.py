"""What a proof accepts and refuses, and what its owner leaves behind."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve, field, frozen

from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.positions import Span
from goescape.fixes.candidate import Candidate, Edit, FixKind, Promise, TypeClaim
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.facts.client import TYPES_SECONDS
from goescape.toolchain.go.go_commands import LIST_SECONDS, GoCommands
from goescape.toolchain.go.vet import ANALYSES, go_vet
from goescape.toolchain.proofs import background_proofs, fix_context, prover
from goescape.toolchain.proofs.background_proofs import BackgroundProofs
from goescape.toolchain.proofs.edit_checker import EditChecker
from goescape.toolchain.proofs.fix_context import FixContext, fix_context_of
from goescape.toolchain.proofs.offers import FixOffers, obstacle
from goescape.toolchain.proofs.prover import Disproof, Proof, ProofResult, Prover, prove_in_time
from tests.toolchain.conftest import groups_of, reports_and_problems, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from goescape.analysis.model import PackageReport
    from tests.conftest import WriteTree

pytestmark = pytest.mark.usefixtures("temporary_folder")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

GO_MOD = "-- go.mod --\nmodule example.com/m\n\ngo 1.21\n"
NEW = """
-- p/p.go --
package p

type T struct{ n int }

func New() *T { return &T{n: 1} }

func Use() int { return New().n }
"""
INLINED = """
-- p/p.go --
package p

type T struct{ n [9]int }

//go:noinline
func New() *T { return &T{} }

func Use() int { return New().n[0] }
"""
SPRINTF = """
-- p/p.go --
package p

import "fmt"

func A(i int) string { return fmt.Sprintf("%d", i) }

func B(s string) string {
	return fmt.Sprintf("<%s>", s)
}
"""


@frozen
class Case:
    """A package, and how to make a candidate for it."""

    folder: Path
    engine: Engine
    around: FixContext
    prover: Prover = field(init=False)

    @prover.default
    def _prover(self) -> Prover:
        return Prover.of(self.engine, self.around)

    def edits(self, *replacements: tuple[str, str], file: str = "p/p.go") -> tuple[Edit, ...]:
        """Replace the only occurrence of each text."""
        path = str(self.folder / file)
        content = Path(path).read_bytes().decode()
        found = []
        for old, new in replacements:
            [start] = [match.start() for match in re.finditer(re.escape(old), content)]
            before = len(content[:start].encode())
            found.append(Edit(path, before, before + len(old.encode()), new))
        return tuple(found)

    def candidate(self, *edits: Edit, subject: str = "") -> Candidate:
        """A candidate for the finding of this subject."""
        findings = self.around.code.report.findings
        target = next((f for f in findings if subject and f.subject == subject), None)
        promise = Promise.UNSEEN if target is None else Promise.GONE
        at = findings[0].span
        return Candidate("test", "Do something", at, edits, promise, target)

    async def verdict(self, candidate: Candidate) -> ProofResult:
        """What a proof says."""
        return await self.prover.prove(candidate)

    async def reason(self, candidate: Candidate) -> str:
        """Why there is no proof."""
        verdict = await self.verdict(candidate)
        assert isinstance(verdict, Disproof), verdict
        return ENGLISH.reason(verdict.reason)


async def case_of(engine: Engine, folder: Path, package: str = "p") -> Case:
    reports, problems = await reports_and_problems(engine, folder)
    assert not problems
    report = reports[f"example.com/m/{package}"]
    return Case(folder, engine, await fix_context_of(engine, report))


@pytest.mark.fast
async def test_a_promise_that_is_kept(engine: Engine, write_tree: WriteTree) -> None:
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    verdict = await case.verdict(case.candidate(*edits, subject="&T{}"))
    assert isinstance(verdict, Proof)
    assert verdict.effect.removed == 1
    assert verdict.sentence(ENGLISH).startswith("removes 1 heap allocation; checked with go1.")
    assert (case.folder / "p" / "p.go").read_text() == INLINED.partition("--\n")[2]


GROWS = """-- p/p.go --
package p

func F() *[4]int { return &[4]int{} }

func G() {}

func H() *[4]int { return &[4]int{1} }
"""


@pytest.mark.parametrize(
    ("replacements", "told"),
    [
        ([("return &[4]int{}", "x := [4]int{}; return &x")], "`x` instead; checked"),
        (
            [
                ("func F() *[4]int { return &[4]int{} }", "func F() *[4]int { return nil }"),
                ("func G() {}", "func G() *[4]int { return &[4]int{} }"),
            ],
            "removes 1 heap allocation; checked",
        ),
    ],
)
async def test_what_is_put_in_its_place_is_named_unless_it_only_moved(
    engine: Engine, write_tree: WriteTree, replacements: list[tuple[str, str]], told: str
) -> None:
    case = await case_of(engine, write_tree(GO_MOD + GROWS))
    candidate = case.candidate(*case.edits(*replacements), subject="&[4]int{}")
    verdict = await case.verdict(evolve(candidate, may_add=("x", r"&\[4\]int\{\}")))
    assert isinstance(verdict, Proof), verdict
    assert told in verdict.sentence(ENGLISH)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("New().n[0]", "New().n[1] + len(fmt.Sprint())", "It does not compile: undefined: fmt"),
        (
            "New().n[0]",
            "New().n[1] }; func New() (t T) { return t",
            "It does not compile: New redeclared in this block p.go:6:6: other declaration of New",
        ),
        ("return &T{}", "println(1); return &T{}", "`&T{}` would still be on the heap."),
        (
            "{ return New().n[0] }",
            "{ x := New().n[0]; keep = &x; return x }; var keep *int",
            "It would make `x` escape in Use.",
        ),
    ],
)
async def test_promises_that_are_not(
    engine: Engine, write_tree: WriteTree, old: str, new: str, reason: str
) -> None:
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    candidate = case.candidate(*case.edits((old, new)), subject="&T{}")
    assert await case.reason(candidate) == reason


async def test_what_may_be_added_may(engine: Engine, write_tree: WriteTree) -> None:
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    edits = case.edits(
        ("*T { return &T{}", "T { return T{}"),
        ("{ return New().n[0] }", "{ x := New().n[0]; keep = &x; return x }; var keep *int"),
    )
    candidate = case.candidate(*edits, subject="&T{}")
    assert await case.reason(candidate) == "It would make `x` escape in Use."
    assert isinstance(await case.verdict(evolve(candidate, may_add=("x",))), Proof)


async def test_what_moves_into_a_loop_is_worse(engine: Engine, write_tree: WriteTree) -> None:
    text = """
-- p/p.go --
package p

func F(n int) (all []*int) {
	x := 1
	all = append(all, &x)
	return all
}
"""
    case = await case_of(engine, write_tree(GO_MOD + text))
    edits = case.edits(
        ("\tx := 1\n\tall", "\tfor i := 0; i < n; i++ {\n\tx := 1\n\tall"),
        ("&x)\n", "&x)\n}\n"),
    )
    assert "would be in a loop" in await case.reason(case.candidate(*edits))


LOCK = """
-- p/p.go --
package p

import "sync"

type T struct {
	mu sync.Mutex
	n  [9]int
}

//go:noinline
func New() *T { t := T{}; return &t }

func Use() int { t := New(); return t.n[0] }

func copied(t T) int { return t.n[0] }
"""


@pytest.mark.parametrize("version", ["1.21.13", "1.23.9", "1.27.3"])
async def test_go_vet_objects_to_what_is_new(
    go_toolchains: dict[str, str], write_tree: WriteTree, version: str
) -> None:
    engine = Engine(EngineOptions(go_path=go_toolchains[version]))
    case = await case_of(engine, write_tree(GO_MOD + LOCK))
    edits = case.edits(("New() *T { t := T{}; return &t", "New() T { t := T{}; return t"))
    reason = await case.reason(case.candidate(*edits, subject="t"))
    assert reason.startswith("go vet objects: return copies lock value")
    assert "passes lock by value" not in reason, "that was so before"


@pytest.mark.parametrize("version", ["1.21.13", "1.27.3"])
async def test_what_vets_own_tool_says_is_what_go_vet_says(
    go_toolchains: dict[str, str], write_tree: WriteTree, version: str
) -> None:
    engine = Engine(EngineOptions(go_path=go_toolchains[version]))
    case = await case_of(engine, write_tree(GO_MOD + LOCK))
    path = str(case.folder / "p" / "p.go")
    text = (case.folder / "p" / "p.go").read_text().replace('"sync"', '("fmt"; "sync")')
    contents = {path: (text + 'func print(t T) { fmt.Printf("%d", "x") }\n').encode()}
    vetting = await EditChecker(engine, case.around.root, ("./p",), (), case.around).vet_input()
    assert vetting is not None
    found = await vetting.complaints(engine.commands, contents, ANALYSES)
    assert found is not None, "an import that the package did not have"
    asked = await go_vet(engine.commands, case.around.root, ["./p"], contents, ANALYSES)
    texts, wanted = ({each.partition(": ")[2] for each in lines} for lines in (found, asked))
    assert texts == wanted
    assert len(texts) == 3, texts


async def test_claims_about_types(engine: Engine, write_tree: WriteTree) -> None:
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    [edit] = case.edits(("New().n[0]", "New().n[1]"))
    right = TypeClaim(edit.file, edit.start, edit.end, "int")
    candidate = case.candidate(edit)
    assert isinstance(await case.verdict(evolve(candidate, claims=(right,))), Proof)
    wrong = evolve(right, type="int32")
    reason = await case.reason(evolve(candidate, claims=(wrong,)))
    assert reason == "`New().n[0]` is not known to be of type `int32`."
    [literal] = case.edits(("&T{}", "&T{}"))
    before = TypeClaim(edit.file, literal.start, literal.end, "*T")
    assert await case.reason(evolve(candidate, claims=(wrong, before))) == reason
    reason = await case.reason(evolve(candidate, claims=(right, evolve(before, type="T"))))
    assert reason == "`&T{}` is not known to be of type `T`."


async def test_a_wrong_claim_in_words(engine: Engine, write_tree: WriteTree) -> None:
    """What Go says of the code that asked it is no reason that a reader could understand."""
    boxed = "-- p/b.go --\npackage p\n\nfunc B(a, b []byte) []any { return []any{a, b} }\n"
    case = await case_of(engine, write_tree(GO_MOD + INLINED + boxed))
    [edit] = case.edits(("a, b}", "b, a}"), file="p/b.go")
    claim = TypeClaim(edit.file, edit.start + 3, edit.start + 4, "string")
    before = TypeClaim(edit.file, edit.start, edit.start + 1, "[]byte")
    reason = await case.reason(evolve(case.candidate(edit), claims=(claim, before)))
    assert reason == "`b` is of type `[]byte`, not `string`."


async def test_a_name_that_another_file_declares(engine: Engine, write_tree: WriteTree) -> None:
    other = "-- p/q.go --\npackage p\n\nfunc strconv() {}\n"
    case = await case_of(engine, write_tree(GO_MOD + INLINED + other))
    edits = case.edits(
        ("package p\n", 'package p\n\nimport "strconv"\n'),
        ("New().n[0]", "New().n[0] + len(strconv.Itoa(1))"),
    )
    assert await case.reason(case.candidate(*edits)) == "`strconv` means something else here."


async def test_tests_must_compile_too(engine: Engine, write_tree: WriteTree) -> None:
    text = '-- p/x_test.go --\npackage p_test\n\nimport "example.com/m/p"\n\nvar t *p.T = p.New()\n'
    case = await case_of(engine, write_tree(GO_MOD + INLINED + text))
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    reason = await case.reason(case.candidate(*edits, subject="&T{}"))
    assert reason.startswith("It does not compile: ")


ALIAS = """
-- p/export_test.go --
package p

var ForTest = new1

func init() { _ = New().n }
-- p/x_test.go --
package p_test

import "example.com/m/p"

var t *p.T = p.ForTest()
"""


async def test_external_tests_may_see_what_is_not_exported(
    engine: Engine, write_tree: WriteTree
) -> None:
    """In-package tests and vet's own tool are content: only the external tests object."""
    text = (
        (GO_MOD + INLINED + ALIAS).replace("New() *T {", "new1() *T {").replace("New()", "new1()")
    )
    case = await case_of(engine, write_tree(text))
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    reason = await case.reason(case.candidate(*edits, subject="&T{}"))
    assert "tests of example.com/m/p do not compile: cannot use p.ForTest() " in reason


async def test_a_finding_that_only_external_tests_have(
    engine: Engine, write_tree: WriteTree
) -> None:
    """Generic code is compiled where it is used: it is not gone because nobody looked there."""
    text = """
-- p/p.go --
package p

var kept any

func Keep[T any](t T) { kept = &t }

func size() int { return len("") }
-- p/x_test.go --
package p_test

import "example.com/m/p"

func init() { p.Keep([9]int{}) }
"""
    case = await case_of(engine, write_tree(GO_MOD + text))
    [edit] = case.edits(('len("")', "0"))
    reason = await case.reason(case.candidate(edit, subject="t"))
    assert reason == "`t` would still be on the heap."
    assert isinstance(await case.verdict(case.candidate(edit)), Proof)


async def test_a_proof_leaves_nothing_in_the_build_cache(
    engine: Engine, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the go command writes there: after the first proof it is asked no more."""
    test = "-- p/p_test.go --\npackage p\n\nfunc C(i int) string { return A(i) + B(`x`) }\n"
    case = await case_of(engine, write_tree(GO_MOD + SPRINTF + test))
    code = case.around.code
    found = [e for path in code.files for e in candidates(code, path) if isinstance(e, Candidate)]
    first, second = found
    assert isinstance(await case.verdict(first), Proof)

    async def never(*arguments: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(GoCommands, "command", never)
    assert isinstance(await case.verdict(second), Proof)


USER = """
-- {module}/go.mod --
module example.com/{module}

go 1.21
-- {module}/u/u.go --
package u

import "example.com/m/p"

func U() {result} {{ return {call} }}
"""


async def test_importers_of_other_modules(engine: Engine, write_tree: WriteTree) -> None:
    inside = (GO_MOD + INLINED).replace("-- ", "-- m/").replace(" //m/", " ")
    work = "-- go.work --\ngo 1.21\n\nuse (\n\t./m\n\t./other\n)\n"
    user = USER.format(module="other", result="*p.T", call="p.New()")
    folder = write_tree(work + inside + user)
    reports, _ = await reports_and_problems(engine, folder / "m")
    around = await fix_context_of(engine, reports["example.com/m/p"])
    assert around.importers == {str(folder / "other"): ("./u",)}
    assert around.code.importers is not None
    [importer] = around.code.importers
    assert [Path(file).name for file in importer.sources] == ["u.go"]
    case = Case(folder / "m", engine, around)
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    candidate = case.candidate(*edits, subject="&T{}")
    reason = await case.reason(candidate)
    assert reason.startswith("In a package that imports this one: It does not compile: ")


async def test_an_importer_that_does_not_compile(engine: Engine, write_tree: WriteTree) -> None:
    user = '-- u/u.go --\npackage u\n\nimport "example.com/m/p"\n\nvar U int = p.New()\n'
    folder = write_tree(GO_MOD + INLINED)
    case = await case_of(engine, folder)
    write_tree(user)
    case = evolve(case, around=await fix_context_of(engine, case.around.code.report))
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    reason = await case.reason(case.candidate(*edits, subject="&T{}"))
    assert reason == "A package that imports this one does not compile."


async def test_importers_that_nobody_knows(
    engine: Engine, write_tree: WriteTree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A workspace that cannot be read may have importers: nothing is proved for them."""
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    workspace = tmp_path_factory.mktemp("workspace")
    (workspace / "go.work").write_text("use nonsense\n(")
    report = case.around.code.report
    around = await fix_context_of(engine, report, (str(workspace),))
    assert around.importers_problem
    assert around.code.importers is None
    case = evolve(case, around=around)
    edits = case.edits(("*T { return &T{}", "T { return T{}"))
    verdict = await case.verdict(case.candidate(*edits, subject="&T{}"))
    assert isinstance(verdict, Disproof)
    assert not verdict.lasting
    shown = ENGLISH.reason(verdict.reason)
    assert shown.startswith("The packages that import this one are not known: go.work in ")


async def test_the_text_that_was_analysed_is_compiled(
    engine: Engine, write_tree: WriteTree
) -> None:
    """Whatever the disk holds meanwhile: a proof is about what is shown."""
    case = await case_of(engine, write_tree(GO_MOD + SPRINTF))
    code = case.around.code
    found = [e for path in code.files for e in candidates(code, path) if isinstance(e, Candidate)]
    (case.folder / "p" / "p.go").write_text("package p\n\nfunc broken(\n")
    assert isinstance(await case.verdict(found[0]), Proof)


async def test_a_function_that_allocates_stays_inlined(
    engine: Engine, write_tree: WriteTree
) -> None:
    text = "-- p/p.go --\npackage p\n\nfunc F() *int { x := 1; return &x }\n"
    case = await case_of(engine, write_tree(GO_MOD + text))
    candidate = case.candidate(*case.edits(("{ x := 1", "{ defer println(1); x := 1")))
    assert (await case.reason(candidate)).startswith("F would be inlined no more: ")


async def test_an_importer_that_would_allocate(engine: Engine, write_tree: WriteTree) -> None:
    """Its argument leaks now, although nothing is worse in the package itself."""
    user = """
-- u/u.go --
package u

import "example.com/m/p"

func U() int { n := 1; p.F(&n); return n }
"""
    text = "-- p/p.go --\npackage p\n\nvar kept *int\n\nfunc F(n *int) { println(*n) }\n"
    folder = write_tree(GO_MOD + text + user)
    case = await case_of(engine, folder)
    candidate = Candidate(
        "test", "T", Span("", 1, 1, 1, 1), case.edits(("println(*n)", "kept = n")), Promise.UNSEEN
    )
    assert await case.reason(candidate) == "It would make `n` escape in U."


async def test_other_builds_are_seen(engine: Engine, write_tree: WriteTree) -> None:
    other = "-- p/p_plan9.go --\npackage p\n\nvar other = New()\n"
    case = await case_of(engine, write_tree(GO_MOD + INLINED + other))
    assert case.around.code.is_mentioned_elsewhere("New")
    assert not case.around.code.is_mentioned_elsewhere("Use")
    assert case.around.code.language == (1, 21)


async def test_a_proof_that_takes_too_long(engine: Engine, write_tree: WriteTree) -> None:
    case = await case_of(engine, write_tree(GO_MOD + INLINED))
    candidate = case.candidate(*case.edits(("n[0]", "n[1]")))
    work = Prover.of(engine, case.around).prove(candidate)
    verdict = await prove_in_time(work, candidate, 0.01)
    assert isinstance(verdict, Disproof)
    assert ENGLISH.reason(verdict.reason) == "The proof took over 0.01 s."
    assert not verdict.lasting


# The owner.


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def _all_quick(proofs: Iterable[Proof]) -> Sequence[Proof]:
    return [proof for proof in proofs if proof.candidate.kind is FixKind.QUICK_FIX]


@pytest.fixture
async def proofs(engine: Engine) -> AsyncIterator[BackgroundProofs]:
    owner = BackgroundProofs(engine, _all_quick)
    yield owner
    await owner.close()


async def _report(engine: Engine, folder: Path) -> PackageReport:
    return (await reports_and_problems(engine, folder))[0]["example.com/m/p"]


async def test_all_of_a_file_one_by_one_and_together(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree
) -> None:
    folder = write_tree(GO_MOD + SPRINTF)
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    proofs.request(report, path, 8)
    assert proofs.offers(report, path) == FixOffers()
    await proofs.wait_idle()
    found = proofs.offers(report, path)
    assert [proof.candidate.at.line for proof in found.proofs] == [8, 5], "nearest first"
    assert found.complete
    assert found.combined is not None
    text = found.combined.contents[path].decode()
    assert text == (
        'package p\n\nimport "strconv"\n\nfunc A(i int) string { return strconv.Itoa(i) }\n\n'
        'func B(s string) string {\n\treturn "<" + s + ">"\n}\n'
    )
    assert found.combined.effect.removed == 2 - 1 + 1


async def test_the_same_code_is_proved_once(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_tree(GO_MOD + SPRINTF)
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    proofs.request(report, path, 1)
    await proofs.wait_idle()

    def never(*_: object) -> None:
        raise AssertionError("proved again")

    monkeypatch.setattr(background_proofs, "prove_in_time", never)
    proofs.edited(path)
    proofs.changed(path)
    again = await _report(engine, folder)
    proofs.request(again, path, 1)
    await proofs.wait_idle()
    assert len(proofs.offers(again, path).proofs) == 2


INTERNAL = """
-- internal/p/p.go --
package p

type T struct{ n [9]int }

//go:noinline
func New() *T {
	t := T{}
	return &t
}

func Use() int { return New().n[0] }
"""


async def test_a_caller_that_came_later(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree
) -> None:
    """A fix that callers in other packages feel is offered no more when one of them changes."""
    folder = write_tree(GO_MOD + INTERNAL)
    reports, _ = await reports_and_problems(engine, folder)
    report, path = reports["example.com/m/internal/p"], str(folder / "internal" / "p" / "p.go")
    proofs.request(report, path, 1)
    await proofs.wait_idle()
    [proof] = proofs.offers(report, path).proofs
    assert proof.affects_importers
    user = '-- u/u.go --\npackage u\n\nimport "example.com/m/internal/p"\n\nvar kept = p.New()\n'
    write_tree(user)
    proofs.changed(str(folder / "u" / "u.go"))
    assert proofs.offers(report, path) == FixOffers()
    proofs.request(report, path, 1)
    await proofs.wait_idle()
    found = proofs.offers(report, path)
    assert found.proofs == ()
    assert found.refusals or found.disproofs


async def test_a_save_that_is_told_twice_makes_nothing_old_twice(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree
) -> None:
    """The editor tells of a save and the watcher of the same, when proofs were made between."""
    folder = write_tree(GO_MOD + INTERNAL + "-- u/u.go --\npackage u\n")
    reports, _ = await reports_and_problems(engine, folder)
    report, path = reports["example.com/m/internal/p"], str(folder / "internal" / "p" / "p.go")
    saved = folder / "u" / "u.go"
    proofs.changed(str(saved))
    proofs.request(report, path, 1)
    await proofs.wait_idle()
    found = proofs.offers(report, path)
    assert found.proofs[0].affects_importers
    proofs.changed(str(saved))
    assert proofs.offers(report, path) == found
    saved.write_text("package u\n\nvar Other int\n")
    proofs.changed(str(saved))
    assert proofs.offers(report, path) == FixOffers()


async def test_work_is_bounded(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 200 candidates the nearest to the cursor are tried, the others say so."""
    monkeypatch.setattr(background_proofs, "MOST_PROOFS", 3)
    head = '-- p/p.go --\npackage p\n\nimport "fmt"\n\n'
    line = 'func F{}(i int) string {{ return fmt.Sprintf("%d", i) }}\n'
    folder = write_tree(GO_MOD + head + "".join(line.format(number) for number in range(200)))
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    proofs.request(report, path, 105)
    await proofs.wait_idle()
    found = proofs.offers(report, path)
    assert [proof.candidate.at.line for proof in found.proofs] == [105, 104, 106]
    assert len(found.disproofs) == 197
    assert {ENGLISH.reason(each.reason) for each in found.disproofs} == {
        "Only 3 fixes of a file are tried; save it nearer to this one."
    }
    assert found.combined is not None
    assert found.combined.effect.removed == 3


@linux
async def test_an_edit_ends_the_proof_and_leaves_nothing(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree, temporary_folder: Path
) -> None:
    folder = write_tree(GO_MOD + SPRINTF)
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    proofs.request(report, path, 8)
    await until(lambda: not is_empty(temporary_folder))
    proofs.edited(path)
    await proofs.wait_idle()
    assert is_empty(temporary_folder)
    assert not groups_of("go", str(temporary_folder))


async def test_proofs_wait_for_what_is_more_urgent(
    engine: Engine, proofs: BackgroundProofs, write_tree: WriteTree, temporary_folder: Path
) -> None:
    folder = write_tree(GO_MOD + SPRINTF)
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    proofs.request(report, path, 8)
    await until(lambda: not is_empty(temporary_folder))
    proofs.hold(busy=True)
    await until(lambda: is_empty(temporary_folder))
    await _report(engine, folder)
    assert is_empty(temporary_folder), "only the analysis has run meanwhile"
    proofs.hold(busy=False)
    await proofs.wait_idle()
    assert len(proofs.offers(report, path).proofs) == 2


async def test_settings_of_the_analysis_do_not_weaken_a_proof(
    go_path: str, write_tree: WriteTree
) -> None:
    test = "-- p/p_test.go --\npackage p\n\nfunc C(i int) string { return A(i) + B(`x`) }\n"
    folder = write_tree(GO_MOD + SPRINTF + test)
    engine = Engine(EngineOptions(go_path=go_path, tests=False, inlining=False))
    owner = BackgroundProofs(engine, _all_quick)
    report, path = await _report(engine, folder), str(folder / "p" / "p.go")
    owner.request(report, path, 1)
    await owner.wait_idle()
    found = owner.offers(report, path)
    assert len(found.proofs) == 2
    await owner.close()


async def test_claims_in_every_version(
    go_toolchains: dict[str, str], write_tree: WriteTree
) -> None:
    external = '-- p/x_test.go --\npackage p_test\n\nimport "example.com/m/p"\n\nvar t = p.New()\n'
    folder = write_tree(GO_MOD + INLINED + external)
    for version in ("1.21.13", "1.24.11", "1.27.3"):
        case = await case_of(Engine(EngineOptions(go_path=go_toolchains[version])), folder)
        [edit] = case.edits(("New().n[0]", "New().n[1]"))
        right = TypeClaim(edit.file, edit.start, edit.end, "int")
        assert isinstance(await case.verdict(evolve(case.candidate(edit), claims=(right,))), Proof)
        wrong = evolve(case.candidate(edit), claims=(evolve(right, type="int32"),))
        reason = "`New().n[0]` is not known to be of type `int32`."
        assert await case.reason(wrong) == reason, version


def test_files_that_must_not_be_changed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "vendor" / "mine", tmp_path / "other"
    files = [inside / "p.go", inside / "vendor" / "v" / "p.go", inside / "r.go", outside / "p.go"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("package p")
    files[2].chmod(0o444)

    def reason(file: Path) -> str:
        found = obstacle([str(file)], [str(inside)])
        return ENGLISH.reason(found) if found is not None else ""

    assert [reason(file) for file in files] == [
        "",
        "It would change p.go, which is a copy of another module.",
        "r.go is read-only.",
        "It would change p.go, which is outside the workspace.",
    ]
    assert reason(inside / "gone.go") == "gone.go is not there any more."


def test_a_busy_machine_refuses_nothing() -> None:
    """What a proof waits for has a limit of its own: that of the proof is for what hangs."""
    assert prover.SECONDS >= LIST_SECONDS
    assert fix_context.TYPES_SECONDS > TYPES_SECONDS, "the program answers, or says that it cannot"
