"""What one server found, the next one shows without compiling, as long as it would be the same."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import PackageReport
from goescape.toolchain.cache import disk_cache
from goescape.toolchain.cache.build_configuration import build_configuration
from goescape.toolchain.cache.disk_cache import DiskCache, FolderContents
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.file_stamps import folder_stamp
from goescape.toolchain.schedule.events import Event, Failed, Reported
from goescape.toolchain.schedule.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable

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
        try:
            await asyncio.wait_for(scheduler.wait_idle(), 60)
        except asyncio.TimeoutError:
            for task in asyncio.all_tasks():
                task.print_stack()
            raise
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

    async def keep_all(self) -> None:
        """What a server leaves that has analysed the whole module."""
        await self.found(self.engine, lambda each: each.analyze_folder(str(self.folder)))


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


async def test_an_entry_that_was_moved_is_no_other_s(store: Store) -> None:
    await store.keep_all()
    content = {path: path.read_bytes() for path in store.kept_files()}
    for path, other in zip(content, [*content][1:] + [*content][:1], strict=True):
        path.write_bytes(content[other])
    assert [await store.is_known(name) for name in "abc"] == [False, False, False]


@pytest.mark.parametrize(
    ("odd", "kept"), [("a lock of Emacs", "abc"), ("a folder", "abc"), ("not UTF-8", "bc")]
)
async def test_odd_neighbours_hide_no_change(
    store: Store, odd: str, kept: str, caplog: pytest.LogCaptureFixture
) -> None:
    if odd == "a lock of Emacs":
        (store.folder / "a" / ".#a.go").symlink_to("somebody@somewhere.1:2")
    elif odd == "a folder":
        (store.folder / "a" / "Z.go").mkdir()
    elif sys.platform == "darwin":
        pytest.skip("no file system takes such a name there")
    else:
        (store.folder / "a" / "\udcff_test.go").write_text("package a\n")
    await store.keep_all()
    assert [name for name in "abc" if await store.is_known(name)] == list(kept)
    (store.folder / "a" / "a.go").write_text("package a\n\nfunc A() *int { return nil }\n")
    assert [name for name in "abc" if await store.is_known(name)] == ["c"]
    assert not caplog.records


@pytest.mark.parametrize("odd", ["a folder", "a pipe", "an endless file", "a huge file"])
async def test_what_is_no_kept_file_is_no_entry_and_leaves_nothing(
    store: Store, odd: str, caplog: pytest.LogCaptureFixture
) -> None:
    await store.keep_all()
    before = store.kept_files()
    for path in before:
        path.unlink()
        if odd == "a folder":
            path.mkdir()
        elif odd == "a pipe":
            os.mkfifo(path)
        elif odd == "an endless file":
            path.symlink_to("/dev/zero")
        else:
            with path.open("wb") as file:
                file.truncate(2**31)
    assert [await store.is_known(name) for name in "abc"] == [False, False, False]
    await store.keep_all()
    assert store.kept_files() == ([] if odd == "a folder" else before)
    assert not caplog.records


async def test_a_file_of_another_module_that_is_gone_is_no_failure(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    other = store.folder.parent / "other"
    other.mkdir()
    (other / "go.mod").write_text("module other\n\ngo 1.21\n")
    (other / "other.go").write_text("package other\n\nfunc New() *int { x := 1; return &x }\n")
    module = store.folder / "go.mod"
    module.write_text(module.read_text() + "\nrequire other v0.0.0\n\nreplace other => ../other\n")
    (store.folder / "c" / "c.go").write_text('package c\n\nimport "other"\n\nvar C = other.New()\n')
    await store.keep_all()
    assert await store.is_known("c")
    shutil.rmtree(other)
    assert not await store.is_known("c")
    assert not caplog.records


def test_all_that_is_compiled_counts(tmp_path: Path) -> None:
    digests = [FolderContents.of(str(tmp_path)).digest]
    for name in ("a.s", "a.h", "a.syso", "default.pgo", "a.go"):
        (tmp_path / name).write_text("package a\n")
        digests.append(FolderContents.of(str(tmp_path)).digest)
    (tmp_path / "notes.txt").write_text("not compiled")
    assert len({*digests}) == len(digests)
    assert FolderContents.of(str(tmp_path)).digest == digests[-1]


def test_what_was_written_during_the_compile_is_not_kept_and_use_counts(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "a.go").write_text("package a\n")
    kept, report = DiskCache(tmp_path / "kept"), PackageReport("p", str(folder), ())
    kept.keep(report, b"", {str(folder): "another stamp"}, {})
    assert kept.report(str(folder), b"", {}) is None
    kept.keep(report, b"", {str(folder): folder_stamp(str(folder))}, {})
    [entry] = (tmp_path / "kept").glob("*/*")
    os.utime(entry, (1, 1))
    assert kept.report(str(folder), b"", {}) == report
    assert entry.stat().st_mtime > 1


def test_what_a_crash_left_and_what_is_used_least_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "_MOST_BYTES", 25)
    folder = tmp_path / "ab"
    folder.mkdir()
    ages = {"now": 0, "new-now": 1, "earlier": 60, "new-left": 4000, "oldest": 9000}
    for name, age in ages.items():
        (folder / name).write_bytes(b"7 bytes")
        os.utime(folder / name, (time.time() - age,) * 2)
    DiskCache(tmp_path).prune()
    assert sorted(path.name for path in folder.iterdir()) == ["earlier", "new-now", "now"]


def test_nobody_s_home_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", fail)
    store = DiskCache()
    store.prune()
    store.keep(PackageReport("p", "/p", ()), b"", {}, {})
    assert store.report("/p", b"", {}) is None
    assert not caplog.records


async def test_what_flags_name_decides(store: Store) -> None:
    overlay, replacement = store.folder / "overlay.json", store.folder / "other.txt"
    overlay.write_text('{"Replace": {"a/a.go": "other.txt"}}')
    replacement.write_text("package a\n")
    options = EngineOptions(
        go_path=store.engine.options.go_path, build_flags=(f"-overlay={overlay.name}",)
    )
    with_overlay = Engine(options)

    async def configuration() -> bytes:
        return await build_configuration(with_overlay.commands, str(store.folder))

    before = await configuration()
    assert before == await configuration()
    replacement.write_text("package a // more\n")
    changed = await configuration()
    overlay.write_text("{}")
    assert len({before, changed, await configuration()}) == 3
