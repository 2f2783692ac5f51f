"""Reports that the machine code has judged: whole builds, what is kept of them, and doctor."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.evidence.code_notes import WORDS
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.model import Allocates, PackageReport
from goescape.toolchain.cache.disk_cache import DiskCache
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.facts import client as client_module
from goescape.toolchain.facts.program_build import BuildError
from goescape.toolchain.schedule.cached_reports import CachedReports
from tests.terminal.command import checked, goescape

if TYPE_CHECKING:
    import pytest

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

var tick func() int

func Start() {
	a, b := 0, 0
	tick = func() int {
		a++
		b++
		return a + b
	}
}

func Wait() { go wait() }

func wait() {}
-- a_test.go --
package m

func StartTest() {
	c, d := 0, 0
	tick = func() int {
		c++
		d++
		return c + d
	}
}
-- external_test.go --
package m_test

import "example.com/m"

var tick func() int

func StartExternal() {
	e, f := 0, 0
	tick = func() int {
		e++
		f++
		m.Wait()
		return e + f
	}
}
"""
SHARED = {"b", "d", "f"}
"""They are allocated with the variable before them."""


async def reports(engine: Engine, root: Path, *, early: bool = False) -> list[PackageReport]:
    items = [item async for item in engine.analyze(str(root), ["./..."], early=early)]
    assert all(isinstance(item, PackageReport) for item in items)
    return [item for item in items if isinstance(item, PackageReport)]


def without_allocation(report: PackageReport) -> set[str]:
    return {each.subject for each in report.findings if each.allocates is Allocates.NO}


async def test_each_variant_judges_its_files(engine: Engine, write_tree: WriteTree) -> None:
    (report,) = await reports(engine, write_tree(MODULE))
    assert report.is_judged
    assert without_allocation(report) == SHARED
    assert {word.note for word in report.explained} == {WORDS[AllocationKind.GOROUTINE]}
    assert len({(word.span, word.note) for word in report.explained}) == len(report.explained)
    await engine.facts.close()


async def test_what_is_shown_early_is_not_judged_yet(engine: Engine, write_tree: WriteTree) -> None:
    early, late = await reports(engine, write_tree(MODULE), early=True)
    assert (early.is_judged, late.is_judged) == (False, True)
    assert without_allocation(early) == set()
    await engine.facts.close()


async def test_what_is_kept_is_judged(
    engine: Engine, write_tree: WriteTree, tmp_path: Path
) -> None:
    root, store = write_tree(MODULE), DiskCache(tmp_path / "store")
    cached = CachedReports(store, engine, str(root))
    assert [report async for report in cached.reports(["./..."])] == []
    for report in await reports(engine, root, early=True):
        await cached.keep(report)
    (again,) = [report async for report in cached.reports(["./..."])]
    assert again.is_judged
    assert without_allocation(again) == SHARED
    await engine.facts.close()


async def test_without_the_program_nothing_is_judged(
    engine: Engine, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def built(*_arguments: object) -> Path:
        raise BuildError("there is no room")

    monkeypatch.setattr(client_module, "built_program", built)
    (report,) = await reports(engine, write_tree(MODULE))
    assert not report.is_judged
    assert without_allocation(report) == set()
    assert await engine.compiled.start() == "there is no room"


async def test_a_go_without_sources_judges_nothing(
    go_path: str, write_tree: WriteTree, tmp_path: Path
) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    goroot = Path((await engine.go()).goroot)
    source = goroot / "src" / "cmd" / "internal" / "goobj"
    other = tmp_path / "go"
    shutil.copytree(goroot, other, symlinks=True, copy_function=_link)
    shutil.rmtree(other / source.relative_to(goroot))
    engine = Engine(EngineOptions(go_path=str(other / "bin" / "go")))
    (report,) = await reports(engine, write_tree(MODULE))
    assert report.is_judged, "asking again would bring nothing"
    assert without_allocation(report) == set()
    problem = await engine.compiled.start()
    assert problem is not None
    assert "builtinlist.go" in problem
    await engine.facts.close()


def _link(source: str, target: str) -> None:
    """As the real folder has it, without a copy of its bytes."""
    Path(target).hardlink_to(Path(source).resolve())


def test_check_and_doctor_say_it(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    found = {finding["subject"] for finding in checked(root, go_path)["findings"]}
    assert not found & SHARED
    doctor = goescape("doctor", "-C", root, "--go", go_path)
    assert "Machine code: read" in doctor.stdout
