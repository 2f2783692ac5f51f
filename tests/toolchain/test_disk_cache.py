"""What one server found, the next one shows without compiling, as long as it would be the same."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import TYPE_CHECKING

import pytest

from goescape.toolchain.cache.build_configuration import build_configuration
from goescape.toolchain.cache.disk_cache import DiskCache
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.schedule.events import Event, Failed, Reported
from goescape.toolchain.schedule.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goescape.analysis.model import PackageReport
    from tests.conftest import WriteTree

pytestmark = [
    pytest.mark.usefixtures("temporary_folder"),
    pytest.mark.skipif(sys.platform == "win32", reason="replaces go by a script"),
]
MODULE = """
-- go.mod --
module m

go 1.21
-- a/a.go --
package a

func A() *int { x := 1; return &x }
-- b/b.go --
package b

import "m/a"

func B() *int { return a.A() }
-- b/b_test.go --
package b

import "testing"

func TestB(t *testing.T) { t.Log(*B()) }
-- c/c.go --
package c

func C() {}
"""


class Store:
    """Two servers, one after the other; the second cannot compile."""

    def __init__(self, folder: Path, go_path: str) -> None:
        self.folder = folder
        self.kept = DiskCache(folder.parent / "kept")
        self.engine = Engine(EngineOptions(go_path=go_path))
        script = folder.parent / "go"
        script.write_text(
            f'#!/bin/sh\ncase "$*" in *-export*) exit 1;; esac\nexec {go_path} "$@"\n'
        )
        script.chmod(0o755)
        self.without_compiler = Engine(EngineOptions(go_path=str(script)))

    async def found(self, engine: Engine, ask: Callable[[Scheduler], None]) -> list[PackageReport]:
        events: list[Event] = []
        scheduler = Scheduler(engine, events.append, disk_cache=self.kept)
        ask(scheduler)
        await asyncio.wait_for(scheduler.wait_idle(), 60)
        await scheduler.close()
        assert not [each for each in events if isinstance(each, Failed)]
        return [each.report for each in events if isinstance(each, Reported)]

    def kept_files(self) -> list[Path]:
        return [path for path in (self.folder.parent / "kept").rglob("*") if path.is_file()]

    async def is_known(self, directory: str, engine: Engine | None = None) -> bool:
        configuration = await build_configuration(
            (engine or self.engine).commands, str(self.folder)
        )
        return self.kept.report(str(self.folder / directory), configuration, {}) is not None


@pytest.fixture
def store(write_tree: WriteTree, go_path: str) -> Store:
    return Store(write_tree(re.sub(r"(?m)^-- ", "-- m/", MODULE)) / "m", go_path)


async def test_an_opened_package_is_shown_without_compiling(store: Store) -> None:
    def ask(scheduler: Scheduler) -> None:
        scheduler.file_opened(str(store.folder / "b" / "b.go"))

    first = await store.found(store.engine, ask)
    [again] = await store.found(store.without_compiler, ask)
    assert again == first[-1]
    assert again.sources == first[-1].sources


async def test_a_whole_module_is_shown_without_compiling(store: Store) -> None:
    def ask(scheduler: Scheduler) -> None:
        scheduler.analyze_folder(str(store.folder))

    first = await store.found(store.engine, ask)
    again = await store.found(store.without_compiler, ask)
    assert sorted(each.package for each in again) == ["m/a", "m/b", "m/c"]
    assert {each.package: each for each in again} == {each.package: each for each in first}


@pytest.mark.parametrize(
    ("change", "lost"),
    [("a/a.go", "ab"), ("b/b_test.go", "b"), ("b/new.go", "b"), ("c/c.go", "c"), ("go.mod", "abc")],
)
async def test_what_may_have_changed_is_compiled(store: Store, change: str, lost: str) -> None:
    await store.found(store.engine, lambda each: each.analyze_folder(str(store.folder)))
    assert [await store.is_known(name) for name in "abc"] == [True, True, True]
    file = store.folder / change
    before = file.read_text() if file.exists() else ""
    file.write_text(before + ("// new\n" if before else "package b\n"))
    assert [name for name in "abc" if not await store.is_known(name)] == list(lost)
    if before:
        file.write_text(before)
        assert [await store.is_known(name) for name in "abc"] == [True, True, True]


async def test_other_settings_know_nothing_of_it(store: Store) -> None:
    await store.found(store.engine, lambda each: each.analyze_folder(str(store.folder)))
    go = store.engine.options.go_path
    assert not await store.is_known("a", Engine(EngineOptions(go_path=go, inlining=False)))
    assert not await store.is_known("a", Engine(EngineOptions(go_path=go, env={"GOOS": "plan9"})))


async def test_broken_entries_are_no_entries(store: Store) -> None:
    await store.found(store.engine, lambda each: each.analyze_folder(str(store.folder)))
    for number, path in enumerate(sorted(store.kept_files())):
        content = path.read_bytes()
        path.write_bytes((b"", content[: len(content) // 2], b"\0" + content[1:])[number % 3])
    assert [await store.is_known(name) for name in "abc"] == [False, False, False]
    assert store.kept_files() == []
