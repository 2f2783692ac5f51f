"""Broken tools, modules and disks: one sentence each, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import PackageReport
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.go import go_commands
from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.problems import GoProblem, Problem
from tests.toolchain.conftest import (
    FakeGo,
    groups_of,
    process_group,
    reports_and_problems,
    until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

pytestmark = pytest.mark.usefixtures("temporary_folder")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
MODULE = "-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n\nfunc F() {}\n"


def engine_of(path: str) -> Engine:
    return Engine(EngineOptions(go_path=path))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    sys.exit(2)", "Go cannot load .*: go list ended with code 2 and no message"),
        (
            "    os.kill(os.getpid(), signal.SIGKILL)",
            "`go list` was ended by signal 9 in .*; try again",
        ),
        (
            "    print('{', '}', sep='\\n', flush=True); os.kill(os.getpid(), signal.SIGKILL)",
            "`go list` was ended by signal 9",  # half a list is none
        ),
        ("    print('go: sick', file=sys.stderr); sys.exit(1)", "Go cannot load .*: sick"),
        ("    print('nonsense')", "answers nonsense.*set goescape.go.path"),
        ("    os.write(1, b'\\xff\\xfe{' * 99)", "answers nonsense"),
        ("    for _ in range(500000): print('x' * 100)", "answers nonsense"),
    ],
)
async def test_go_list_goes_wrong(
    fake_go: FakeGo, write_tree: WriteTree, body: str, message: str
) -> None:
    folder = write_tree(MODULE)
    reports, [problem] = await reports_and_problems(engine_of(fake_go(body)), folder)
    assert reports == {}
    assert _matches(message, problem.message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    sys.exit(2)", "go list ended with code 2"),
        ("    os.kill(os.getpid(), signal.SIGKILL)", "go list ended with code -9"),
        (
            "    print('write /x: no space left on device', file=sys.stderr); sys.exit(1)",
            "no space left on device; free some disk space, then save again.",
        ),
        ("    print('nonsense')", "m was not compiled"),
        (
            (
                "    package['Error'] = dict(Err='# m\\nwrite /x: no space left on device')\n"
                "    print(json.dumps(package, indent=1))"
            ),
            "m was not compiled: no space left on device; free some disk space, then save again.",
        ),
        (
            (
                "    package['Error'] = dict(Err='# m\\n/compile: signal: killed')\n"
                "    print(json.dumps(package, indent=1))"
            ),
            "m was not compiled: signal: killed; free some memory, then save again.",
        ),
    ],
)
async def test_compiling_goes_wrong(
    fake_go: FakeGo, write_tree: WriteTree, body: str, message: str
) -> None:
    listing = f"    if not compiling: print(json.dumps(package, indent=1)); sys.exit()\n{body}"
    folder = write_tree(MODULE)
    reports, problems = await reports_and_problems(engine_of(fake_go(listing)), folder)
    texts = [problem.message for problem in problems]
    texts += [error.message for report in reports.values() for error in report.errors]
    assert any(message in text for text in texts)
    assert all(not report.findings for report in reports.values())


@pytest.mark.slow
async def test_fifty_megabytes_of_text_are_not_kept(fake_go: FakeGo, write_tree: WriteTree) -> None:
    body = (
        "    if compiling:\n"
        "        package['Export'] = 'x'\n"
        "        print('# m', file=sys.stderr)\n"
        "        line = './a.go:3:6:   ' + 'nonsense ' * 50\n"
        "        for _ in range(100000): print(line, file=sys.stderr)\n"
        "    print(json.dumps(package, indent=1))"
    )
    engine = engine_of(fake_go(body))
    folder = write_tree(MODULE)
    tracemalloc.start()
    try:
        reports, problems = await reports_and_problems(engine, folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert problems == []
    assert reports["m"].findings == ()
    assert 0 < len(reports["m"].unknown_lines) < 1000
    assert peak < 20_000_000


async def test_a_go_list_that_hangs(
    fake_go: FakeGo, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go_commands, "LIST_SECONDS", 0.5)
    engine = engine_of(fake_go("    time.sleep(600)"))
    _, [problem] = await reports_and_problems(engine, write_tree(MODULE))
    assert "did not answer within" in problem.message


HANGING = """
    if not compiling: print(json.dumps(package, indent=1)); sys.exit()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open({path!r}, "w") as file: file.write(str(os.getpid()))
    open(os.path.join(os.environ["GOTMPDIR"], "left"), "w").close()
    time.sleep(600)
"""


@linux
async def test_a_compile_that_hangs_can_be_cancelled(
    fake_go: FakeGo, write_tree: WriteTree, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    engine = engine_of(fake_go(HANGING.format(path=str(note))))
    folder = write_tree(MODULE)
    task = asyncio.ensure_future(reports_and_problems(engine, folder))
    await until(lambda: note.exists() and note.read_text())
    group = int(note.read_text())
    assert process_group(group) == [group]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: process_group(group) == [])


@linux
async def test_cancelling_the_real_go_leaves_no_compiler(
    go_path: str, write_tree: WriteTree, tmp_path: Path
) -> None:
    folder = write_tree(MODULE + '-- b/b.go --\npackage b\n\nimport _ "net/http"\n')
    options = EngineOptions(go_path=go_path, env={"GOCACHE": str(tmp_path / "cold")})
    task = asyncio.ensure_future(reports_and_problems(Engine(options), folder))

    groups: set[int] = set()

    def compiling() -> set[int]:
        groups.update(groups_of("compile", str(tmp_path / "temporary")))
        return groups

    await until(compiling)
    [group] = groups
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert process_group(group) == []


@pytest.mark.parametrize(
    ("go_mod", "message"),
    [
        ("nonsense here\n", "unknown directive: nonsense"),
        ("module m\n\ngo 1.99\n", "install that Go or a newer one, or set goescape.go.path."),
        ("module m\n\nrequire (\n", "go.mod:"),
        ("\xff\x00", "go.mod"),
    ],
)
async def test_broken_go_mod(
    engine: Engine, write_tree: WriteTree, go_mod: str, message: str
) -> None:
    folder = write_tree(MODULE)
    (folder / "go.mod").write_text(go_mod)
    reports, [problem] = await reports_and_problems(engine, folder)
    assert (reports, problem.kind) == ({}, "load")
    assert problem.message.startswith(f"Go cannot load {folder}: ")
    assert message in problem.message
    assert "\n" not in problem.message


async def test_broken_go_work(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE + "-- go.work --\nnonsense\n")
    with pytest.raises(GoProblem, match=r"go\.work in .* cannot be read") as problem:
        await engine.modules(str(folder))
    assert problem.value.kind == "load"
    _, [found] = await reports_and_problems(engine, folder)
    assert "go.work" in found.message


async def test_what_needs_the_network(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n\nrequire example.org/none v1.0.0\n"
        '-- a.go --\npackage m\n\nimport _ "example.org/none"\n'
    )
    before = (folder / "go.mod").read_bytes()
    reports, problems = await reports_and_problems(engine, folder)
    texts = [problem.message for problem in problems]
    texts += [error.message for error in reports["m"].errors]
    assert any("goescape never downloads" in text for text in texts)
    assert (folder / "go.mod").read_bytes() == before
    assert not (folder / "go.sum").exists()


async def test_mod_mod_in_goflags_changes_nothing(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree("-- go.mod --\nmodule m\n-- a.go --\npackage m\n")
    options = EngineOptions(
        go_path=go_path, env={"GOFLAGS": "-mod=mod"}, build_flags=("-mod=mod", "-o=binary")
    )
    before = (folder / "go.mod").read_bytes()
    reports, _ = await reports_and_problems(Engine(options), folder)
    assert list(reports) == ["m"]
    assert (folder / "go.mod").read_bytes() == before
    assert sorted(path.name for path in folder.glob("*.*")) == ["a.go", "go.mod"]


async def test_a_cache_that_cannot_be_written(
    go_path: str, write_tree: WriteTree, tmp_path: Path
) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    options = EngineOptions(go_path=go_path, env={"GOCACHE": str(no_folder / "go-build")})
    reports, problems = await reports_and_problems(Engine(options), write_tree(MODULE))
    texts = [problem.message for problem in problems]
    texts += [error.message for report in reports.values() for error in report.errors]
    assert any("set GOCACHE in goescape.go.env" in text for text in texts)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
async def test_a_read_only_cache(go_path: str, write_tree: WriteTree, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o500)
    options = EngineOptions(go_path=go_path, env={"GOCACHE": str(cache)})
    reports, problems = await reports_and_problems(Engine(options), write_tree(MODULE))
    texts = [problem.message for problem in problems]
    texts += [error.message for report in reports.values() for error in report.errors]
    assert any("set GOCACHE in goescape.go.env" in text for text in texts)


async def test_no_room_for_temporary_files(
    go_path: str, write_tree: WriteTree, tmp_path: Path
) -> None:
    options = EngineOptions(go_path=go_path, env={"TMPDIR": str(tmp_path / "gone")})
    reports, [problem] = await reports_and_problems(Engine(options), write_tree(MODULE))
    assert reports == {}
    assert "free some space or set TMPDIR" in problem.message


async def test_the_folder_is_gone(engine: Engine, tmp_path: Path) -> None:
    reports, [problem] = await reports_and_problems(engine, tmp_path / "gone")
    assert reports == {}
    assert problem.message == f"The folder {tmp_path / 'gone'} does not exist any more."


SAVING = """
    if compiling:
        package["Export"] = "x"
        with open({counter!r}, "a+") as file:
            file.write("x"); file.flush(); file.seek(0); run = len(file.read())
        if run <= {times}:
            with open("a.go", "a") as file: file.write("\\nfunc G%d() {{}}\\n" % run)
        print("# m", file=sys.stderr)
        print("./a.go:3:6: can inline F with cost %d as: func() {{}}" % run, file=sys.stderr)
    print(json.dumps(package, indent=1))
"""


async def test_a_file_saved_while_it_is_analysed(
    fake_go: FakeGo, write_tree: WriteTree, tmp_path: Path
) -> None:
    body = SAVING.format(counter=str(tmp_path / "runs"), times=1)
    folder = write_tree(MODULE)
    reports, problems = await reports_and_problems(engine_of(fake_go(body)), folder, ".")
    assert problems == []
    report = reports["m"]
    assert [function.inlining for function in report.functions if function.name == "F"] == [
        "cost 2"
    ]
    file = folder / "a.go"
    assert report.sources[str(file)].content == file.read_bytes()
    assert b"G1" in file.read_bytes()


async def test_a_file_that_never_rests(
    fake_go: FakeGo, write_tree: WriteTree, tmp_path: Path
) -> None:
    body = SAVING.format(counter=str(tmp_path / "runs"), times=1000)
    engine = engine_of(fake_go(body))
    reports, [problem] = await reports_and_problems(engine, write_tree(MODULE), ".")
    assert reports == {}
    assert "keep changing while Go compiles them" in problem.message


async def test_a_package_of_20000_lines(engine: Engine, write_tree: WriteTree) -> None:
    functions = "".join(f"func F{i}() *int {{\n\tx := {i}\n\treturn &x\n}}\n" for i in range(5000))
    folder = write_tree(f"-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n{functions}")
    reports, problems = await reports_and_problems(engine, folder)
    assert problems == []
    lines = [finding.anchor.line for finding in reports["m"].findings]
    assert lines == [3 + 4 * i for i in range(5000)]


async def test_leaving_the_iterator_early_ends_the_build(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE + "-- b/b.go --\npackage b\n\nfunc F() {}\n")
    items = engine.analyze(str(folder), ("./...",))
    first: PackageReport | Problem = await anext(items)
    await items.aclose()
    assert isinstance(first, PackageReport)


def test_friendly_is_one_line() -> None:
    assert plain_sentence(["go: a", "", "\tb  "]) == "a b"
    assert len(plain_sentence(["x" * 5000])) < 1000


def _matches(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text))
