"""Reports with Go's own types, in every lane; and without them, as before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from goescape.analysis.model import Allocates, PackageReport
from goescape.toolchain.cache.disk_cache import DiskCache
from goescape.toolchain.compile.direct_lane import DirectLane
from goescape.toolchain.facts import client as client_module
from goescape.toolchain.facts.program_build import BuildError
from goescape.toolchain.schedule.cached_reports import CachedReports
from tests.toolchain.conftest import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goescape.toolchain.engine import Engine
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

import "context"

var given context.Context

func f() { given = context.Background() }
-- a_test.go --
package m

import "context"

func g() { given = context.TODO() }
-- external_test.go --
package m_test

import (
	"time"

	"example.com/m/lib"
)

var sink any

func h(d time.Duration) { sink = d; sink = lib.New() }
-- lib/lib.go --
package lib

type T struct{}

func New() T { return T{} }
"""
QUEUE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

import "example.com/m/lib"

func f() int { return cap(make(lib.Queue, 3)) }
-- lib/lib.go --
package lib

type Queue chan int
"""
TYPED = {
    ("context.backgroundCtx{}", Allocates.NO),
    ("context.todoCtx{}", Allocates.NO),
    ("d", Allocates.DEPENDS),
    ("lib.New()", Allocates.NO),
}


def verdicts(report: PackageReport) -> set[tuple[str, Allocates]]:
    return {(finding.subject, finding.allocates) for finding in report.findings}


async def lane_reports(
    lane: DirectLane, root: Path, unsaved: Mapping[str, bytes] | None = None
) -> list[PackageReport]:
    items = [item async for item in lane.analyze(str(root), ".", unsaved or {})]
    return [item for item in items if isinstance(item, PackageReport)]


@pytest.fixture
def unbuildable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def built(*_arguments: object) -> Path:
        raise BuildError("there is no room")

    monkeypatch.setattr(client_module, "built_program", built)


async def test_every_lane_knows_types(engine: Engine, write_tree: WriteTree) -> None:
    root = write_tree(MODULE)
    whole = [item async for item in engine.analyze(str(root), ["."])]
    early = [item async for item in engine.analyze(str(root), ["."], early=True)]
    alone = await lane_reports(DirectLane(engine), root)
    assert len(whole) == 1
    assert len(early) == 2
    for report in (whole[0], early[-1], alone[-1]):
        assert isinstance(report, PackageReport)
        assert report.is_typed
        assert verdicts(report) == TYPED
    assert isinstance(early[0], PackageReport)
    assert not early[0].is_typed
    assert {*alone[-1].findings} == {*report_of(whole).findings}
    await engine.facts.close()


def report_of(items: Sequence[object]) -> PackageReport:
    (report,) = (item for item in items if isinstance(item, PackageReport))
    return report


async def test_unsaved_text_has_types(engine: Engine, write_tree: WriteTree) -> None:
    root = write_tree(MODULE)
    edited = (root / "a.go").read_text().replace("Background", "TODO").replace("var", "\n\nvar")
    unsaved = {str(root / "a.go"): edited.encode()}
    (root / "a_test.go").unlink()
    (root / "external_test.go").unlink()
    reports = await lane_reports(DirectLane(engine), root, unsaved)
    assert verdicts(reports[-1]) == {("context.todoCtx{}", Allocates.NO)}
    overlaid = [item async for item in engine.analyze(str(root), ["."], unsaved)]
    assert verdicts(report_of(overlaid)) == verdicts(reports[-1])
    await engine.facts.close()


@pytest.mark.usefixtures("unbuildable")
async def test_without_the_program_all_is_as_before(engine: Engine, write_tree: WriteTree) -> None:
    root = write_tree(MODULE)
    whole = report_of([item async for item in engine.analyze(str(root), ["."])])
    alone = await lane_reports(DirectLane(engine), root)
    assert [report.is_typed for report in (whole, alone[-1])] == [False, False]
    assert ("context.backgroundCtx{}", Allocates.YES) in verdicts(whole)
    assert verdicts(alone[-1]) == verdicts(whole)
    assert engine.facts.problem == "there is no room"


async def test_what_is_kept_has_types(
    engine: Engine, write_tree: WriteTree, tmp_path: Path
) -> None:
    root, store = write_tree(MODULE), DiskCache(tmp_path / "store")
    cached = CachedReports(store, engine, str(root))
    assert [report async for report in cached.reports(["./..."])] == []
    async for item in engine.analyze(str(root), ["./..."], early=True):
        assert isinstance(item, PackageReport)
        await cached.keep(item)
    again = [report async for report in cached.reports(["./..."])]
    assert len(again) == 2
    assert all(report.is_typed for report in again)
    await engine.facts.close()


async def test_a_cancelled_run_leaves_no_question(engine: Engine, write_tree: WriteTree) -> None:
    root = write_tree(MODULE)
    await engine.facts.start()
    task = asyncio.ensure_future(lane_reports(DirectLane(engine), root))
    await until(lambda: engine.facts.process is not None)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert verdicts((await lane_reports(DirectLane(engine), root))[-1]) == TYPED
    await engine.facts.close()


async def test_an_edit_takes_no_types_back(
    engine: Engine, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding that types have taken away does not come again while they are asked."""
    root, lane = write_tree(MODULE), DirectLane(engine)
    await lane_reports(lane, root)
    may_answer = asyncio.Event()
    ask = engine.facts.ask

    async def ask_later(*arguments: Any) -> Any:
        await may_answer.wait()
        return await ask(*arguments)

    monkeypatch.setattr(engine.facts, "ask", ask_later)
    edited = (root / "a.go").read_text().replace("var", "\n\nvar")
    more = edited + "\nfunc added() { given = context.TODO() }\n"
    items = lane.analyze(str(root), ".", {str(root / "a.go"): more.encode()}, tests=False)
    first = await anext(items)
    assert isinstance(first, PackageReport)
    assert not first.is_typed, "it waits for nobody"
    assert ("context.backgroundCtx{}", Allocates.NO) in verdicts(first)
    may_answer.set()
    *_, last = [item async for item in items]
    assert isinstance(last, PackageReport)
    assert verdicts(last) == TYPED
    await engine.facts.close()


async def test_what_types_have_confirmed_stays_while_they_are_asked(
    engine: Engine, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only types tell that another package's queue is a channel, which allocates anywhere."""
    root, lane = write_tree(QUEUE), DirectLane(engine)
    source = (root / "a.go").read_text()
    *_, known = await lane_reports(lane, root)
    assert ("make(lib.Queue, 3)", Allocates.YES) in verdicts(known)
    never = asyncio.Event()

    async def ask(*_: Any) -> None:
        await never.wait()

    monkeypatch.setattr(engine.facts, "ask", ask)
    edited = source.replace("func f", "// It is small.\nfunc f")
    items = lane.analyze(str(root), ".", {str(root / "a.go"): edited.encode()}, tests=False)
    first = await anext(items)
    assert isinstance(first, PackageReport)
    assert verdicts(first) == verdicts(known)
    await items.aclose()
    monkeypatch.undo()
    await engine.facts.close()


async def test_tests_that_are_edited_too_take_no_types_back(
    engine: Engine, write_tree: WriteTree
) -> None:
    """They are not compiled at each edit: what was said of them stays, of the rest it is asked."""
    root, lane = write_tree(MODULE), DirectLane(engine)
    test = root / "a_test.go"
    made = "\nfunc queues() any { return make(lib.Queue, 3) }\n"
    lib = 'import (\n\t"context"\n\n\t"example.com/m/lib"\n)\n'
    test.write_text(test.read_text().replace('import "context"\n', lib) + made)
    (root / "lib" / "queue.go").write_text("package lib\n\ntype Queue chan int\n")
    *_, known = await lane_reports(lane, root)
    assert verdicts(known) == TYPED | {("make(lib.Queue, 3)", Allocates.YES)}
    unsaved = {
        str(path): path.read_bytes().replace(b"package m", b"// Edited.\npackage m")
        for path in (root / "a.go", test)
    }
    more = b"\nfunc more() { given = context.TODO() }\n"
    for text in (b"", more):
        unsaved[str(root / "a.go")] += text
        items = lane.analyze(str(root), ".", unsaved, tests=False)
        *_, last = [item async for item in items]
        assert isinstance(last, PackageReport)
        assert last.is_typed
        assert verdicts(last) == verdicts(known)
    await engine.facts.close()


async def test_what_was_kept_is_not_taken_back(
    engine: Engine, write_tree: WriteTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, store = write_tree(MODULE), DiskCache(tmp_path / "store")
    first_server = DirectLane(engine, store)
    *_, report = await lane_reports(first_server, root)
    await first_server.keep(report)
    lane = DirectLane(engine, store)
    assert await lane_reports(lane, root) == [report]

    async def asked(*_arguments: object) -> None:
        return None

    monkeypatch.setattr(engine.facts, "ask", asked)
    edited = (root / "a.go").read_text().replace("var", "\n\nvar").encode()
    first, *_ = await lane_reports(lane, root, {str(root / "a.go"): edited})
    assert ("context.backgroundCtx{}", Allocates.NO) in verdicts(first)
    await engine.facts.close()


async def test_nothing_that_was_kept_is_gone_for_a_moment(
    engine: Engine, write_tree: WriteTree, tmp_path: Path
) -> None:
    """What only code generation tells (a box, a closure) is missing while the compiler works."""
    functions = "".join(
        f"\nfunc f{n}(s string) any {{ return [2]any{{s, func() string {{ return s }}}} }}\n"
        for n in range(600)
    )
    root = write_tree(
        f"-- go.mod --\nmodule example.com/m\n\ngo 1.21\n-- a.go --\npackage m\n{functions}"
    )
    store = DiskCache(tmp_path / "store")
    first_server = DirectLane(engine, store)
    *_, report = await lane_reports(first_server, root)
    await first_server.keep(report)
    lane = DirectLane(engine, store)
    assert await lane_reports(lane, root) == [report]
    edited = (root / "a.go").read_text() + "\nvar added = 1\n"
    for _ in range(2):
        unsaved = {str(root / "a.go"): edited.encode()}
        items = lane.analyze(str(root), ".", unsaved, tests=False)
        later = [item async for item in items if isinstance(item, PackageReport)]
        assert [len(each.findings) for each in later] == [len(report.findings)] * len(later)
        edited += "\nvar more = 2\n"
    await engine.facts.close()
