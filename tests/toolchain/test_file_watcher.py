"""Changes on disk reach the event loop; ignored folders do not."""

from __future__ import annotations

import asyncio
import errno
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from watchdog.observers.polling import PollingObserver

from goescape.toolchain.schedule import file_watcher
from goescape.toolchain.schedule.file_watcher import FileWatcher, is_watched
from tests.toolchain.conftest import Desk, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from watchdog.observers.api import ObservedWatch

    from tests.conftest import WriteTree

TREE = """
-- go.mod --
module m
-- a/a.go --
package a
-- vendor/v/v.go --
package v
-- .git/objects/x.go --
package x
-- web/node_modules/n/n.go --
package n
-- web/w.go --
package w
"""


class Seen:
    """The paths that a watcher told, relative to its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[str] = []
        self.watcher = FileWatcher([str(folder)], self.add, asyncio.get_running_loop())

    def add(self, path: str) -> None:
        self.paths.append(Path(path).relative_to(self.folder).as_posix())

    async def sees(self, path: str) -> None:
        await until(lambda: path in self.paths)


@pytest.fixture
async def seen(write_tree: WriteTree) -> AsyncIterator[Seen]:
    seen = Seen(write_tree(TREE))
    await asyncio.to_thread(seen.watcher.start)
    yield seen
    seen.watcher.stop()


async def test_a_file_is_written(seen: Seen) -> None:
    (seen.folder / "a" / "a.go").write_text("package a // changed\n")
    await seen.sees("a/a.go")
    assert seen.watcher.notice == ""


async def test_that_files_are_read_wakes_nobody(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each compile reads many: an event for each would cost more than the compile."""
    kinds: set[str] = set()
    monkeypatch.setattr(
        file_watcher._Handler,  # noqa: SLF001
        "on_any_event",
        lambda _, event: kinds.add(event.event_type),
    )
    file = seen.folder / "a" / "a.go"
    file.read_bytes()
    file.write_text("package a // changed\n")
    await until(lambda: "closed" in kinds or "modified" in kinds)
    assert kinds <= {"created", "modified", "closed"}


async def test_files_are_added_renamed_and_removed(seen: Seen) -> None:
    new = seen.folder / "a" / "new.go"
    new.write_text("package a\n")
    await seen.sees("a/new.go")
    new.rename(seen.folder / "a" / "other.go")
    await seen.sees("a/other.go")
    seen.paths.clear()
    (seen.folder / "a" / "other.go").unlink()
    await seen.sees("a/other.go")


async def test_module_files_count(seen: Seen) -> None:
    (seen.folder / "go.mod").write_text("module other\n")
    await seen.sees("go.mod")
    (seen.folder / "go.work").write_text("go 1.21\n")
    await seen.sees("go.work")


@pytest.mark.parametrize("parent", [".", "a"])
async def test_a_new_folder_is_watched(seen: Seen, parent: str) -> None:
    folder = seen.folder / parent / "new"
    folder.mkdir()
    (folder / "early.go").write_text("package new\n")
    path = Path(parent, "new").as_posix()
    await seen.sees(f"{path}/early.go")
    (folder / "late.go").write_text("package new\n")
    await seen.sees(f"{path}/late.go")


async def test_a_folder_is_removed_and_made_again(seen: Seen) -> None:
    shutil.rmtree(seen.folder / "web")
    await seen.sees("web")
    (seen.folder / "web").mkdir()
    (seen.folder / "web" / "w.go").write_text("package w\n")
    seen.paths.clear()
    (seen.folder / "web" / "again.go").write_text("package w\n")
    await seen.sees("web/again.go")


async def test_a_folder_is_moved_in(seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "moved"
    outside.mkdir()
    (outside / "m.go").write_text("package moved\n")
    shutil.move(outside, seen.folder / "moved")
    await seen.sees("moved/m.go")


async def test_ignored_folders_and_files_stay_unseen(seen: Seen) -> None:
    (seen.folder / "vendor" / "v" / "v.go").write_text("package v // changed\n")
    (seen.folder / ".git" / "objects" / "x.go").write_text("package x // changed\n")
    (seen.folder / "web" / "node_modules" / "n" / "n.go").write_text("package n // changed\n")
    (seen.folder / "node_modules").mkdir()
    (seen.folder / "node_modules" / "n.go").write_text("package n\n")
    (seen.folder / "a" / "notes.txt").write_text("no Go\n")
    (seen.folder / "a" / "a.go").write_text("package a // changed\n")
    await seen.sees("a/a.go")
    assert set(seen.paths) == {"a/a.go"}


async def test_the_folder_itself_is_removed(seen: Seen) -> None:
    shutil.rmtree(seen.folder)
    await seen.sees("a/a.go")


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "gone")
    await asyncio.to_thread(seen.watcher.start)
    assert seen.watcher.notice == ""
    seen.watcher.stop()


async def test_nothing_comes_after_stop(write_tree: WriteTree) -> None:
    seen = Seen(write_tree(TREE))
    await asyncio.to_thread(seen.watcher.start)
    (seen.folder / "a" / "a.go").write_text("package a // changed\n")
    seen.watcher.stop()
    seen.watcher.stop()
    count = len(seen.paths)
    await asyncio.sleep(0)
    assert len(seen.paths) == count


async def test_the_limit_of_watches_leads_to_polling(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(PollingObserver):
        def schedule(self, *arguments: Any, **options: Any) -> ObservedWatch:
            if arguments[1] == Path(arguments[1]).anchor:
                raise OSError(errno.ENOSPC, "inotify watch limit reached")
            return super().schedule(*arguments, **options)

    monkeypatch.setattr(file_watcher, "Observer", Full)
    monkeypatch.setattr(file_watcher, "POLL_SECONDS", 0.05)
    seen = Seen(write_tree(TREE))
    await asyncio.to_thread(seen.watcher.start)
    assert "inotify watch limit reached" in seen.watcher.notice
    assert "max_user_watches" in seen.watcher.notice
    (seen.folder / "a" / "new.go").write_text("package a\n")
    await seen.sees("a/new.go")
    seen.watcher.stop()


def test_what_is_wanted() -> None:
    assert all(map(is_watched, ("/x/a.go", "go.mod", "go.sum", "go.work", "go.work.sum")))
    assert not any(map(is_watched, ("a.go~", "a.txt", "go.modern", ".a.go.swp")))


async def test_from_disk_to_report(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree("-- go.mod --\nmodule m\n-- a.go --\npackage m\n")
    loop = asyncio.get_running_loop()
    watcher = FileWatcher([str(folder)], desk.scheduler.file_changed, loop)
    await asyncio.to_thread(watcher.start)
    (folder / "a.go").write_text("package m\n\nfunc F() *int { return new(int) }\n")
    await until(lambda: desk.reported() and desk.report("m").findings)
    watcher.stop()
