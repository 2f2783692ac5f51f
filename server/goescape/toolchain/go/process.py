"""The only place that starts a process.

Each process leads its own group (a session on POSIX), runs at low priority, reads nothing, and has
a temporary folder of its own: whatever ends it, no descendant and no file of it is left. One that
is talked with lives longer, reads, and writes no files.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import (  # noqa: TC003 - attrs resolves annotations
    AsyncIterator,
    Callable,
    Mapping,
)
from functools import partial
from pathlib import Path

from attrs import frozen

from goescape.toolchain.go.process_command import (
    Command,
    arguments_in,
    start_sentence,
    temporary_folder,
    write_files_of,
)
from goescape.toolchain.go.process_output import (
    Backpressure,
    BoundedText,
    ChunkListener,
    DialogueListener,
    LineListener,
    ProcessListener,
)
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import uninterrupted, with_timeout

INTERRUPT_SECONDS = 1.0
"""How long a group may take to end after an interrupt, before it is killed."""
_TALKING: set[int] = set()
"""The process groups that have no folder."""
_WINDOWS = sys.platform == "win32"
_LEFT: dict[str, int] = {}
"""Temporary folder -> process group (0: none yet) of what runs: for the end of the interpreter."""


@frozen
class ProcessOutput:
    """What a process that ended by itself left; the texts are bounded, see ``capture``."""

    code: int
    output: str
    errors: str


async def run(
    command: Command,
    on_output: Callable[[str], None] | None,
    on_error: Callable[[str], None] | None = None,
    *,
    on_bytes: Mapping[int, Callable[[bytes], None]] | None = None,
    valve: Backpressure | None = None,
) -> int:
    """Run to the end, hand over each line without its ``\\n``, and return the exit code.

    ``on_bytes`` takes streams (1: output, 2: errors) in larger pieces instead, which may end
    anywhere; ``valve`` can stop that of errors for a while. The callbacks run on the event loop.
    When cancelled, the whole group is ended first. Raises GoProblem when the process cannot start.
    """
    lines = LineListener(on_output, on_error, on_bytes or {}, valve)
    async with _running(command, lines) as transport:
        await lines.ended()
    lines.raise_failure()
    return transport.get_returncode() or 0


@contextlib.asynccontextmanager
async def reading(
    command: Command, feed: Callable[[bytes], bool]
) -> AsyncIterator[asyncio.Future[int | None]]:
    """Run a command and hand over what both of its streams say, in large pieces, as it comes.

    The future has the exit code, or None as soon as ``feed`` has answered that it knows enough;
    what is left of the process is ended with the context. Raises GoProblem when it cannot start.
    """
    chunks = ChunkListener(feed)
    async with _running(command, chunks, together=True):
        yield chunks.outcome


@contextlib.asynccontextmanager
async def talking(command: Command, listener: DialogueListener) -> AsyncIterator[None]:
    """A command that answers what ``listener`` sends, and is ended with the context.

    It has no temporary folder, and should end when its standard input does. Raises GoProblem when
    it cannot start.
    """
    listener.on_started = _TALKING.add
    try:
        async with _started(command, "", listener, at_once=True):
            yield
    finally:
        if listener.process is not None:
            _TALKING.discard(listener.process)


@contextlib.asynccontextmanager
async def _running(
    command: Command,
    listener: ProcessListener,
    *,
    together: bool = False,
) -> AsyncIterator[asyncio.SubprocessTransport]:
    """A process with its temporary folder; both are gone afterwards."""
    folder = temporary_folder(command.environment)
    _LEFT[folder] = 0
    try:
        # a thread that went on writing would leave the folder behind
        await uninterrupted(asyncio.to_thread(write_files_of, folder, command))
        listener.on_started = partial(_LEFT.__setitem__, folder)
        async with _started(command, folder, listener, at_once=together) as transport:
            yield transport
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        del _LEFT[folder]


@contextlib.asynccontextmanager
async def _started(
    command: Command, folder: str, listener: ProcessListener, *, at_once: bool
) -> AsyncIterator[asyncio.SubprocessTransport]:
    """A process; its whole group has ended afterwards, ``at_once`` without being asked to."""
    starting = asyncio.ensure_future(_start(command, folder, listener, together=at_once))
    try:
        # asyncio ends a start that is cancelled, but not what the process has started
        await uninterrupted(asyncio.wait({starting}))
        yield starting.result()
    finally:
        if not starting.cancelled() and starting.exception() is None:
            await uninterrupted(_end(starting.result(), listener, at_once=at_once))


async def capture(command: Command, seconds: float, limit: int = 1 << 22) -> ProcessOutput:
    """Run a short command and keep its text, at most ``limit`` characters of each stream.

    Raises GoProblem when it does not end within ``seconds``.
    """
    output, errors = BoundedText(limit), BoundedText(limit)
    try:
        code = await with_timeout(seconds, run(command, output.add, errors.add))
    except asyncio.TimeoutError:
        shown = " ".join(command.arguments[:3])
        raise GoProblem(
            f"`{shown}` did not answer within {seconds:g} s; run it in a terminal to see why, "
            "or set goescape.go.path to another go."
        ) from None
    return ProcessOutput(code, output.text, errors.text)


async def _start(
    command: Command, folder: str, listener: ProcessListener, *, together: bool
) -> asyncio.SubprocessTransport:
    directory = command.directory or folder
    environment = {**command.environment, "PWD": directory}
    if folder:
        # cgo's C compiler and the linker follow the others instead of GOTMPDIR.
        environment.update(dict.fromkeys(("GOTMPDIR", "TMPDIR", "TMP", "TEMP"), folder))
    if "go.work" in command.work:
        environment["GOWORK"] = str(Path(folder, "go.work"))
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS if command.niceness else 0
    try:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: listener,
            *arguments_in(command, folder),
            stdin=subprocess.DEVNULL if folder else subprocess.PIPE,
            stderr=subprocess.STDOUT if together and folder else subprocess.PIPE,
            cwd=directory,
            env=environment,
            start_new_session=not _WINDOWS,
            creationflags=flags,
        )
    except (OSError, ValueError) as problem:
        raise GoProblem(start_sentence(command, problem)) from problem
    if sys.platform != "win32" and command.niceness:
        with contextlib.suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PGRP, transport.get_pid(), command.niceness)
    return transport


async def start_python(code: str, listener: asyncio.SubprocessProtocol, niceness: int) -> None:
    """Start this Python on some code of ours, which ends when its standard input does.

    The same modules come from the same places, whatever the environment says. Raises OSError.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
        flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS if niceness else 0
    transport, _ = await asyncio.get_running_loop().subprocess_exec(
        lambda: listener,
        *(sys.executable, "-I", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        start_new_session=not _WINDOWS,  # whoever interrupts goescape does not mean this one
        creationflags=flags,
    )
    if sys.platform != "win32" and niceness:
        with contextlib.suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, transport.get_pid(), niceness)


async def _end(
    transport: asyncio.SubprocessTransport, listener: ProcessListener, *, at_once: bool
) -> None:
    """Interrupt, wait, kill, wait: the leader and all of its group."""
    group = transport.get_pid()
    if not listener.exited.is_set() or _group_exists(group):
        if not at_once:
            _interrupt(transport, group)
        if at_once or not await _ended(group, listener, INTERRUPT_SECONDS):
            await _kill(transport, group)
            await _ended(group, listener, INTERRUPT_SECONDS)
    transport.close()


async def _ended(group: int, listener: ProcessListener, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if listener.exited.is_set() and not _group_exists(group):
            return True
        await asyncio.sleep(0.01)
    return False


if sys.platform == "win32":

    def _group_exists(group: int) -> bool:
        return False

    def _kill_now(group: int) -> None:
        subprocess.run(("taskkill", "/F", "/T", "/PID", str(group)), check=False)

    def _interrupt(transport: asyncio.SubprocessTransport, group: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            transport.send_signal(signal.CTRL_BREAK_EVENT)

    async def _kill(transport: asyncio.SubprocessTransport, group: int) -> None:
        with contextlib.suppress(OSError):
            killer = await asyncio.create_subprocess_exec(
                *("taskkill", "/F", "/T", "/PID", str(group)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            await killer.wait()
        with contextlib.suppress(OSError):
            transport.kill()

else:

    def _group_exists(group: int) -> bool:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # macOS says so of a group that only has zombies
            return False
        return True

    def _kill_now(group: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)

    def _interrupt(transport: asyncio.SubprocessTransport, group: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGINT)

    async def _kill(transport: asyncio.SubprocessTransport, group: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


@atexit.register
def _leave_nothing() -> None:
    """When the interpreter ends with its event loop in the middle of something."""
    for group in _TALKING:
        _kill_now(group)
    for folder, group in _LEFT.items():
        if group:
            _kill_now(group)
        shutil.rmtree(folder, ignore_errors=True)
