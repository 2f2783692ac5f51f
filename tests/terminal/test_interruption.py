"""Long checks: their progress, and how they end when nobody wants the rest."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.terminal.command_lines.shared import run_to_end
from tests.terminal.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import WriteTree

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and terminals")

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

func New() *int { return new(int) }
"""
DEADLINE = 60
"""Seconds after which a condition counts as never met."""


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition was never met"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def slow_go(go_path: str, tmp_path: Path) -> Path:
    """A go that compiles only once the file ``go-on`` exists, and names its processes in ``pids``.

    It waits in a child, as the real go does.
    """
    script = tmp_path / "slow" / "go"
    script.parent.mkdir()
    wait = f"while ! [ -e {shlex.quote(str(tmp_path / 'go-on'))} ]; do sleep 0.05; done"
    script.write_text(
        "#!/bin/sh\n"
        'case " $* " in *" -export "*)\n'
        f"  sh -c {shlex.quote(wait)} &\n"
        f"  echo $$ $! > {shlex.quote(str(tmp_path / 'pids.part'))}\n"
        f"  mv {shlex.quote(str(tmp_path / 'pids.part'))} {shlex.quote(str(tmp_path / 'pids'))}\n"
        "  wait;;\n"
        "esac\n"
        f'exec {shlex.quote(go_path)} "$@"\n'
    )
    script.chmod(0o755)
    return script


def _take_signals() -> None:
    """A shell's job in the background, which these tests may run in, ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def running(
    folder: Path, go: Path, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*COMMAND, "check", "--go", str(go)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        preexec_fn=_take_signals,  # noqa: PLW1509 - there is no other thread
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_an_interrupted_check_leaves_no_process(
    slow_go: Path, write_tree: WriteTree, number: signal.Signals, code: int
) -> None:
    folder = write_tree(MODULE)
    with running(folder, slow_go) as process:
        until((folder / "pids").exists)
        compilers = [int(pid) for pid in (folder / "pids").read_text().split()]
        assert all(map(alive, compilers))
        process.send_signal(number)
        output, errors = process.communicate(timeout=DEADLINE)
        assert (output, errors, process.returncode) == (b"", b"", code)
        until(lambda: not any(map(alive, compilers)))


def test_a_closed_pipe_is_quiet(go_path: str, write_tree: WriteTree) -> None:
    functions = "".join(f"func F{i}() *int {{ return new(int) }}\n" for i in range(3000))
    folder = write_tree(MODULE)
    (folder / "b.go").write_text(f"package m\n\n{functions}")
    with running(folder, Path(go_path)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(DEADLINE) == 141


def test_progress_is_shown_on_a_terminal_and_wiped(
    slow_go: Path, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    folder = write_tree(MODULE)
    ours, theirs = os.openpty()
    shown = b""
    with running(folder, slow_go, stderr=theirs) as process:
        os.close(theirs)
        while b"Go compiles" not in shown:
            shown += os.read(ours, 1000)
        (folder / "go-on").touch()
        output, _ = process.communicate(timeout=DEADLINE)
        with contextlib.suppress(OSError):  # the other end is closed
            while more := os.read(ours, 1000):
                shown += more
    os.close(ours)
    assert b"a.go:3:" in output
    assert shown.endswith(b"\r\x1b[K")


def test_progress_is_silent_elsewhere(go_path: str, write_tree: WriteTree) -> None:
    with running(write_tree(MODULE), Path(go_path)) as process:
        _, errors = process.communicate(timeout=DEADLINE)
    assert errors == b""


def test_what_was_found_is_not_written_out_on_the_way() -> None:
    """asyncio does that with the result of its task, to give Ctrl-C back."""

    written = []

    class Found:
        def __repr__(self) -> str:
            written.append("of a large project, this takes 400 MB")
            return "Found"

    async def work() -> Found:
        return Found()

    assert isinstance(run_to_end(work()), Found)
    assert not written
