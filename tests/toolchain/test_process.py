"""Processes: their lines, their end, and that nothing is left of them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from goescape.toolchain.go.process import capture, run
from goescape.toolchain.go.process_command import NICENESS, Command
from goescape.toolchain.go.process_output import (
    LONGEST_LINE,
    WAIT_DELAY,
    Backpressure,
    LineListener,
)
from goescape.toolchain.problems import GoProblem
from tests.toolchain.conftest import process_group, until

pytestmark = pytest.mark.usefixtures("temporary_folder")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def python(code: str, folder: Path) -> Command:
    return Command((sys.executable, "-c", code), str(folder), dict(os.environ))


async def test_lines_come_as_they_are(tmp_path: Path) -> None:
    code = (
        r"import sys; sys.stdout.buffer.write(b'a\fb\n\xff\r\nlast'); print('e', file=sys.stderr)"
    )
    output: list[str] = []
    errors: list[str] = []
    assert await run(python(code, tmp_path), output.append, errors.append) == 0
    assert output == ["a\fb", "�", "last"]
    assert errors == ["e"]


async def test_exit_code(tmp_path: Path) -> None:
    assert (await capture(python("raise SystemExit(3)", tmp_path), 60)).code == 3


async def test_it_reads_nothing_and_runs_at_low_priority(tmp_path: Path) -> None:
    # It is lowered when the process has started: a quick one may look before.
    code = (
        "import os, sys, time; sys.stdin.read(); own = lambda: os.getpriority(os.PRIO_PROCESS, 0)\n"
        "for _ in range(1000): own() or time.sleep(0.01)\n"
        "print(own())"
    )
    answer = await capture(python(code, tmp_path), 60)
    assert answer.output == f"{NICENESS}\n"


async def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write('x' * (5 << 20) + '\\nnext')"
    output: list[str] = []
    await run(python(code, tmp_path), output.append, output.append)
    assert [len(line) for line in output] == [LONGEST_LINE, 4]


async def test_captured_text_is_bounded(tmp_path: Path) -> None:
    code = "for i in range(20000): print('0123456789' * 10)"
    answer = await capture(python(code, tmp_path), 60, limit=1000)
    assert len(answer.output) <= 1000


async def test_its_temporary_folder_is_its_own(tmp_path: Path) -> None:
    code = "import os, tempfile; tempfile.mkstemp(); print(os.environ['GOTMPDIR'])"
    answer = await capture(python(code, tmp_path), 60)
    assert answer.output.startswith(str(tmp_path / "temporary"))  # which is empty in the end


async def test_the_symbolic_link_stays_in_pwd(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    answer = await capture(python("import os; print(os.environ['PWD'])", link), 60)
    assert answer.output == f"{link}\n"


async def test_a_failing_receiver_is_raised(tmp_path: Path) -> None:
    def receive(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="hello"):
        await run(python("print('hello')", tmp_path), receive, receive)


async def test_too_slow_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(GoProblem, match=r"did not answer within 0\.2 s"):
        await capture(python("import time; time.sleep(600)", tmp_path), 0.2)


async def test_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(GoProblem, match="does not exist any more; set goescape"):
        await capture(Command(("/nowhere/go",), str(tmp_path), {}), 60)


async def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(GoProblem, match=r"The folder .*gone does not exist any more\."):
        await capture(python("", tmp_path / "gone"), 60)


async def test_no_temporary_folder(tmp_path: Path) -> None:
    command = python("", tmp_path)
    environment = {**command.environment, "TMPDIR": str(tmp_path / "gone")}
    with pytest.raises(GoProblem, match=r"No temporary folder can be made in .*gone"):
        await capture(Command(command.arguments, str(tmp_path), environment), 60)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", {child!r}])
print(child.pid, flush=True)
time.sleep(600)
"""
CHILD = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"


@linux
async def test_cancelling_ends_the_whole_group(tmp_path: Path) -> None:
    lines: list[str] = []
    command = python(STUBBORN.format(child=CHILD), tmp_path)
    task = asyncio.ensure_future(run(command, lines.append, lines.append))
    await until(lambda: lines)
    group = os.getpgid(int(lines[0]))
    assert len(process_group(group)) == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert process_group(group) == []


ABRUPT = """
import asyncio, os, sys
from goescape.toolchain.go.process import Command, run

async def main():
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    command = Command((sys.executable, "-c", code), os.getcwd(), dict(os.environ))
    def note(line):
        print(line, flush=True)
        asyncio.get_running_loop().call_soon(sys.exit)
    await run(command, note, note)

loop = asyncio.new_event_loop()
loop.create_task(main())
loop.run_forever()
"""


@linux
async def test_an_abrupt_end_of_ours_leaves_nothing(tmp_path: Path) -> None:
    answer = await capture(python(ABRUPT, tmp_path), 60)
    await until(lambda: process_group(int(answer.output)) == [])


@linux
async def test_cancelling_twice_ends_it_too(tmp_path: Path) -> None:
    lines: list[str] = []
    command = python(STUBBORN.format(child=CHILD), tmp_path)
    task = asyncio.ensure_future(run(command, lines.append, lines.append))
    await until(lambda: lines)
    group = os.getpgid(int(lines[0]))
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert process_group(group) == []


@linux
async def test_cancelling_in_the_middle_of_the_start_ends_the_whole_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C may: go has started its own processes before it is known to have started."""
    code = STUBBORN.format(child=CHILD).replace(
        "print(child.pid, flush=True)",
        "import os; os.mkdir('started'); os.mkdir(f'started/{os.getpgrp()}')",
    )
    task = asyncio.ensure_future(run(python(code, tmp_path), lambda _: None))
    started = tmp_path / "started"

    def cancel(_listener: LineListener, _transport: asyncio.BaseTransport) -> None:
        while not list(started.glob("*")):
            time.sleep(0.01)
        task.cancel()

    monkeypatch.setattr(LineListener, "connection_made", cancel)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(task), 60)
    (group,) = started.iterdir()
    assert process_group(int(group.name)) == []


@linux
async def test_a_descendant_that_holds_the_pipe_does_not_hang_us(tmp_path: Path) -> None:
    code = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}])
print(child.pid)
"""
    lines: list[str] = []
    assert await run(python(code, tmp_path), lines.append, lines.append) == 0
    await until(lambda: not Path(f"/proc/{lines[0]}/cmdline").exists() or not _alive(lines[0]))


def _alive(pid: str) -> bool:
    return ") Z " not in Path(f"/proc/{pid}/stat").read_text()


async def test_what_waits_behind_a_shut_valve_is_not_lost_when_the_process_ends(
    tmp_path: Path,
) -> None:
    valve, taken = Backpressure(), bytearray()

    def take(data: bytes) -> None:
        taken.extend(data)
        valve.shut()
        # long after the process has ended, and longer than a descendant is waited for
        asyncio.get_running_loop().call_later(WAIT_DELAY + 0.2, valve.open)

    code = "import sys; sys.stderr.write('x' * 50_000); sys.stderr.flush(); sys.exit(3)"
    ended = await run(python(code, tmp_path), lambda _line: None, on_bytes={2: take}, valve=valve)
    assert (ended, len(taken)) == (3, 50_000)
