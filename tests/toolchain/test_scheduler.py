"""Background work: nothing is forgotten, nothing old is shown, nothing is left running."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.schedule.events import Event, Finished, Reported, Started
from goescape.toolchain.schedule.scheduler import Scheduler
from tests.toolchain.conftest import Desk, FakeGo, process_group, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

pytestmark = pytest.mark.usefixtures("temporary_folder")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
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
-- c/c.go --
package c

func C() {}
"""


async def test_an_opened_file_is_analysed_once(desk: Desk, write_tree: WriteTree) -> None:
    file = str(write_tree(MODULE) / "a" / "a.go")
    desk.scheduler.file_opened(file)
    await desk.idle()
    assert desk.reported() == ["m/a"]
    desk.scheduler.file_changed(file)
    desk.scheduler.file_opened(file)
    await desk.idle()
    assert desk.reported() == ["m/a"]


@pytest.mark.fast
async def test_events_tell_a_story(desk: Desk, write_tree: WriteTree) -> None:
    desk.scheduler.analyze_package_of(str(write_tree(MODULE) / "a" / "a.go"))
    assert not desk.scheduler.idle
    await desk.idle()
    started, *_, reported, finished = desk.events
    assert desk.reported() == ["m/a"]
    assert isinstance(started, Started)
    assert started.title.first.endswith("/a")
    assert isinstance(reported, Reported)
    assert finished == Finished(started.token, cancelled=False)


@pytest.mark.fast
async def test_a_save_is_analysed_and_the_importers_follow(
    desk: Desk, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    for name in ("a/a.go", "b/b.go", "c/c.go"):
        desk.scheduler.file_opened(str(folder / name))
    await desk.idle()
    assert set(desk.reported()) == {"m/a", "m/b", "m/c"}
    assert len(desk.report("m/b").findings) == 1
    desk.events.clear()
    file = folder / "a" / "a.go"
    file.write_text("package a\n\nfunc A() *int { return nil }\n")
    desk.scheduler.file_changed(str(file))
    await desk.idle()
    assert desk.reported() == ["m/a", "m/b"]
    assert desk.report("m/b").findings == ()


async def test_closed_files_are_not_followed(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.file_opened(str(folder / "b" / "b.go"))
    await desk.idle()
    desk.scheduler.file_closed(str(folder / "b" / "b.go"))
    desk.scheduler.file_changed(str(folder / "a" / "a.go"))
    await desk.idle()
    assert desk.reported() == ["m/b", "m/a"]


async def test_importers_in_another_module(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.work --\ngo 1.21\n\nuse (\n\t./one\n\t./two\n)\n-- one/go.mod --\nmodule one\n"
        "-- one/o.go --\npackage one\n\nfunc O() *int { return new(int) }\n"
        '-- two/go.mod --\nmodule two\n-- two/t.go --\npackage two\n\nimport "one"\n\n'
        "func T() *int { return one.O() }\n"
    )
    desk.scheduler.file_opened(str(folder / "two" / "t.go"))
    await desk.idle()
    desk.scheduler.file_changed(str(folder / "one" / "o.go"))
    await desk.idle()
    assert desk.reported() == ["two", "one", "two"]


async def test_a_folder_is_analysed(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.analyze_folder(str(folder))
    await desk.idle()
    assert set(desk.reported()) == {"m/a", "m/b", "m/c"}
    desk.events.clear()
    desk.scheduler.analyze_folder(str(folder / "c"))
    await desk.idle()
    assert desk.reported() == ["m/c"]


async def test_whole_folders_can_wait_and_what_is_edited_does_not(
    desk: Desk, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.pause()
    desk.scheduler.analyze_folder(str(folder))
    desk.scheduler.file_opened(str(folder / "c" / "c.go"))
    await until(lambda: any(isinstance(event, Finished) for event in desk.events))
    assert desk.reported() == ["m/c"]
    desk.scheduler.resume()
    await desk.idle()
    assert set(desk.reported()) == {"m/a", "m/b", "m/c"}


async def test_paused_work_goes_on_where_it_was(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.analyze_folder(str(folder))
    await until(lambda: any(isinstance(event, Started) for event in desk.events))
    desk.scheduler.pause()
    await until(lambda: any(isinstance(event, Finished) for event in desk.events))
    assert Finished(1, cancelled=True) in desk.events
    desk.scheduler.resume()
    await desk.idle()
    assert set(desk.reported()) == {"m/a", "m/b", "m/c"}


async def test_a_folder_without_go(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    desk.scheduler.analyze_folder(str(folder))
    await desk.idle()
    assert desk.messages() == [f"There is no go.mod and no Go file in {folder}."]


async def test_a_folder_with_lone_files(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree("-- x/a.go --\npackage p\n-- x/b.go --\npackage q\n") / "x"
    desk.scheduler.analyze_folder(str(folder))
    await desk.idle()
    assert set(desk.reported()) == {str(folder / "a.go"), str(folder / "b.go")}


async def test_excluded_files_are_told_and_taken_back(desk: Desk, write_tree: WriteTree) -> None:
    file = write_tree(MODULE) / "a" / "more.go"
    file.write_text("//go:build never\n\npackage a\n")
    desk.scheduler.file_opened(str(file))
    await desk.idle()
    assert "//go:build never" in desk.excluded()["more.go"]
    file.write_text("package a\n")
    desk.scheduler.file_changed(str(file))
    await desk.idle()
    assert desk.excluded() == {"more.go": ""}
    assert str(file) in desk.report("m/a").files


async def test_a_removed_package_is_told(desk: Desk, write_tree: WriteTree) -> None:
    file = write_tree(MODULE) / "a" / "a.go"
    desk.scheduler.file_opened(str(file))
    await desk.idle()
    file.unlink()
    desk.scheduler.file_closed(str(file))
    desk.scheduler.file_changed(str(file))
    await desk.idle()
    assert desk.report("m/a").files == ()
    assert desk.messages() == []


async def test_a_removed_folder_is_told(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.analyze_folder(str(folder))
    await desk.idle()
    (folder / "c" / "c.go").unlink()
    (folder / "c").rmdir()
    desk.scheduler.file_changed(str(folder / "c"))
    await desk.idle()
    assert desk.report("m/c").files == ()
    assert desk.messages() == []


async def test_a_changed_go_mod_analyses_what_is_known(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.analyze_folder(str(folder))
    desk.scheduler.file_opened(str(folder / "c" / "c.go"))
    await desk.idle()
    desk.events.clear()
    go_mod = folder / "go.mod"
    go_mod.write_text("module other\n\ngo 1.21\n")
    desk.scheduler.file_changed(str(go_mod))
    await desk.idle()
    assert desk.reported()[:2] == ["m/c", "other/c"]
    assert "other/a" in desk.reported()
    assert desk.report("other/b").errors
    assert [desk.report(f"m/{name}").files for name in "abc"] == [(), (), ()]


async def test_lone_files_come_into_a_module_and_leave_it(
    desk: Desk, write_tree: WriteTree
) -> None:
    folder = write_tree("-- x/a.go --\npackage x\n-- x/b.go --\npackage x\n") / "x"
    file, go_mod = folder / "b.go", folder / "go.mod"
    lone = str(folder / "a.go")
    desk.scheduler.file_opened(str(file))
    await desk.idle()
    assert desk.reported() == [lone]
    go_mod.write_text("module x\n")
    desk.scheduler.file_changed(str(go_mod))
    await desk.idle()
    assert desk.report(lone).files == ()
    assert len(desk.report("x").files) == 2
    go_mod.unlink()
    desk.scheduler.file_changed(str(go_mod))
    await desk.idle()
    assert desk.report("x").files == ()
    assert len(desk.report(lone).files) == 2
    (folder / "a.go").unlink()
    desk.scheduler.file_changed(lone)
    await desk.idle()
    assert desk.report(lone).files == ()
    assert desk.report(str(file)).files == (str(file),)
    assert desk.messages() == []


async def test_a_package_that_is_excluded_loses_its_findings(
    desk: Desk, write_tree: WriteTree
) -> None:
    file = write_tree(MODULE) / "a" / "a.go"
    desk.scheduler.file_opened(str(file))
    await desk.idle()
    assert desk.report("m/a").findings
    file.write_text("//go:build never\n\n" + file.read_text())
    desk.scheduler.file_changed(str(file))
    await desk.idle()
    assert desk.report("m/a").files == ()
    assert "//go:build never" in desk.excluded()["a.go"]
    assert desk.messages() == []


async def test_new_settings_analyse_again(desk: Desk, go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.file_opened(str(folder / "b" / "b.go"))
    await desk.idle()
    assert len(desk.report("m/b").findings) == 1
    desk.scheduler.replace_engine(Engine(EngineOptions(go_path=go_path, inlining=False)))
    await desk.idle()
    assert desk.reported() == ["m/b", "m/b"]
    assert desk.report("m/b").findings == ()


async def test_no_go_and_then_one(desk: Desk, go_path: str, write_tree: WriteTree) -> None:
    file = str(write_tree(MODULE) / "a" / "a.go")
    desk.scheduler.replace_engine(Engine(EngineOptions(go_path="/nowhere/go")))
    desk.scheduler.file_opened(file)
    await desk.idle()
    assert "goescape.go.path" in desk.messages()[0]
    desk.scheduler.replace_engine(Engine(EngineOptions(go_path=go_path)))
    await desk.idle()
    assert desk.reported() == ["m/a"]


SLOW = """
    name = [each for each in arguments if each.startswith("./")][0][2:]
    package.update(ImportPath="m/" + name, Name=name, Dir=os.path.join(os.getcwd(), name),
        GoFiles=[name + ".go"])
    if compiling:
        note = os.path.join({notes!r}, name + "." + str(os.getpid()))
        os.close(os.open(note, os.O_CREAT))
        while not os.path.exists(os.path.join({notes!r}, "go-on")): time.sleep(0.01)
        package["Export"] = "x"
        print("# m/" + name, file=sys.stderr)
    print(json.dumps(package, indent=1))
"""


class SlowGo:
    """A go whose compiles end when they are allowed to, and that notes each of them."""

    def __init__(self, fake_go: FakeGo, notes: Path) -> None:
        self._notes = notes
        notes.mkdir()
        self.engine = Engine(EngineOptions(go_path=fake_go(SLOW.format(notes=str(notes)))))

    def begun(self, package: str = "") -> list[int]:
        return [int(path.suffix[1:]) for path in self._notes.glob(f"{package or '*'}.*")]

    def go_on(self) -> None:
        (self._notes / "go-on").touch()


@pytest.fixture
def slow(fake_go: FakeGo, tmp_path: Path) -> SlowGo:
    return SlowGo(fake_go, tmp_path / "notes")


@linux
async def test_a_newer_save_ends_the_build_and_forgets_nothing(
    desk: Desk, slow: SlowGo, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.replace_engine(slow.engine)
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(slow.begun)
    [first] = slow.begun()
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(lambda: len(slow.begun()) == 2)
    assert process_group(first) == []
    assert Finished(1, cancelled=True) in desk.events
    slow.go_on()
    await desk.idle()
    assert desk.reported() == ["m/a"]


@linux
async def test_at_most_two_builds_at_once(desk: Desk, slow: SlowGo, tmp_path: Path) -> None:
    files, folders = [], []
    for name in ("one", "two", "three"):
        folder = tmp_path / name / "p"
        folder.mkdir(parents=True)
        folders.append(str(folder))
        (tmp_path / name / "go.mod").write_text("module m\n")
        (folder / "p.go").write_text("package p\n")
        files.append(str(folder / "p.go"))
    desk.scheduler.replace_engine(slow.engine)
    for file in files:
        desk.scheduler.analyze_package_of(file)
    await until(lambda: len(slow.begun()) == 2)
    assert sum(isinstance(event, Started) for event in desk.events) == 2
    slow.go_on()
    await desk.idle()
    assert sum(isinstance(event, Finished) for event in desk.events) == 3
    # each of them, once or again: types may come later on a busy machine
    reports = [event.report for event in desk.events if isinstance(event, Reported)]
    assert {report.directory for report in reports} == {*folders}


@linux
async def test_the_user_cancels(desk: Desk, slow: SlowGo, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.replace_engine(slow.engine)
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(slow.begun)
    [group] = slow.begun()
    desk.scheduler.cancel()
    await desk.idle()
    assert process_group(group) == []
    assert desk.reported() == []
    assert desk.events[-1] == Finished(1, cancelled=True)
    slow.go_on()
    desk.scheduler.file_changed(str(folder / "a" / "a.go"))
    await desk.idle()
    assert desk.reported() == ["m/a"]


@linux
async def test_cancel_and_ask_at_once(desk: Desk, slow: SlowGo, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.replace_engine(slow.engine)
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(slow.begun)
    slow.go_on()
    desk.scheduler.cancel()
    desk.scheduler.analyze_package_of(str(folder / "c" / "c.go"))
    await desk.idle()
    assert desk.reported() == ["m/c"]


@linux
async def test_closing_in_the_middle_leaves_no_process(
    desk: Desk, slow: SlowGo, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.replace_engine(slow.engine)
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(slow.begun)
    await desk.scheduler.close()
    assert desk.scheduler.idle
    assert process_group(slow.begun()[0]) == []
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    assert desk.scheduler.idle


@linux
async def test_the_loop_stays_free_during_a_build(
    desk: Desk, slow: SlowGo, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    desk.scheduler.replace_engine(slow.engine)
    desk.scheduler.analyze_package_of(str(folder / "a" / "a.go"))
    await until(slow.begun)
    for _ in range(100):
        await asyncio.sleep(0)
    slow.go_on()
    await desk.idle()


async def test_many_saves_become_one_build(desk: Desk, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    for name in "abc":
        desk.scheduler.analyze_package_of(str(folder / name / f"{name}.go"))
    await desk.idle()
    assert sum(isinstance(event, Started) for event in desk.events) == 1
    assert sorted(desk.reported()) == ["m/a", "m/b", "m/c"]


async def test_a_failing_listener_does_not_end_the_work(
    engine: Engine, write_tree: WriteTree
) -> None:
    seen: list[Event] = []

    def listen(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Reported):
            raise RuntimeError("listener")

    scheduler = Scheduler(engine, listen)
    file = str(write_tree(MODULE) / "a" / "a.go")
    scheduler.analyze_package_of(file)
    await scheduler.wait_idle()
    scheduler.analyze_package_of(file)
    await scheduler.wait_idle()
    assert sum(isinstance(event, Reported) for event in seen) == 2
    await scheduler.close()
