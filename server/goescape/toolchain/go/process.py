"""The only place that starts a process.

Each process leads its own group (a session on POSIX), runs at low priority, reads nothing, and has
a temporary folder of its own: whatever ends it, no descendant and no file of it is left.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import (  # noqa: TC003 - attrs resolves annotations
    AsyncIterator,
    Callable,
    Mapping,
)
from pathlib import Path

from attrs import field, frozen

from goescape.toolchain.go.process_output import (
    Backpressure,
    ChunkListener,
    LineListener,
    ProcessListener,
)
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import uninterrupted, with_timeout

INTERRUPT_SECONDS = 1.0
"""How long a group may take to end after an interrupt, before it is killed."""
FOLDER = "{goescape temporary folder}"
"""Stands in arguments for the folder of the process, where the files of ``Command.work`` lie."""
NICENESS = 10
_WINDOWS = sys.platform == "win32"
_LEFT: dict[str, int] = {}
"""Temporary folder -> process group (0: none yet) of what runs: for the end of the interpreter."""


@frozen
class Command:
    """A program with its arguments, folder and whole environment.

    Without a ``directory`` it runs in its temporary folder, among the files of ``work``.
    """

    arguments: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]
    work: Mapping[str, bytes] = field(factory=dict)
    """Files for the temporary folder; a ``go.work`` among them is used instead of the real one."""
    overlay: Mapping[str, bytes] = field(factory=dict)
    """What go shall read instead of these files, by absolute path."""
    niceness: int = NICENESS
    """How far the process stands back; 0 for what the user waits for."""


@frozen
class ProcessOutput:
    """What a process that ended by itself left; the texts are bounded, see ``capture``."""

    code: int
    output: str
    errors: str


async def run(
    command: Command,
    on_output: Callable[[str], None],
    on_error: Callable[[str], None] | None = None,
    *,
    on_error_bytes: Callable[[bytes], None] | None = None,
    valve: Backpressure | None = None,
) -> int:
    """Run to the end, hand over each line without its ``\\n``, and return the exit code.

    ``on_error_bytes`` takes standard error in larger pieces instead, which may end anywhere;
    ``valve`` can stop it for a while. The callbacks run on the event loop. When cancelled, the
    whole group is ended first. Raises GoProblem when the process cannot start.
    """
    lines = LineListener(on_output, on_error, on_error_bytes, valve)
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
async def _running(
    command: Command, listener: ProcessListener, *, together: bool = False
) -> AsyncIterator[asyncio.SubprocessTransport]:
    """A process with its temporary folder; both are gone afterwards."""
    folder = _temporary_folder(command.environment)
    _LEFT[folder] = 0
    try:
        await asyncio.to_thread(_write_all, folder, command)
        transport = await _start(command, folder, listener, together=together)
        _LEFT[folder] = transport.get_pid()
        try:
            yield transport
        finally:
            await uninterrupted(_end(transport, listener, at_once=together))
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        del _LEFT[folder]


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


class BoundedText:
    """Lines joined again, up to a limit in characters."""

    def __init__(self, limit: int) -> None:
        self._lines: list[str] = []
        self._left = limit
        self.complete = True

    def add(self, line: str) -> None:
        """Keep the line if there is room."""
        if len(line) >= self._left:
            self.complete = False
            return
        self._left -= len(line) + 1
        self._lines.append(line)

    @property
    def text(self) -> str:
        """The lines that were kept, each with its ``\\n``."""
        return "".join(f"{line}\n" for line in self._lines)


async def _start(
    command: Command, folder: str, listener: ProcessListener, *, together: bool
) -> asyncio.SubprocessTransport:
    directory = command.directory or folder
    environment = {**command.environment, "PWD": directory, "GOTMPDIR": folder}
    # cgo's C compiler and the linker follow these instead of GOTMPDIR.
    environment.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), folder))
    if "go.work" in command.work:
        environment["GOWORK"] = str(Path(folder, "go.work"))
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS if command.niceness else 0
    try:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: listener,
            *_arguments(command, folder),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            cwd=directory,
            env=environment,
            start_new_session=not _WINDOWS,
            creationflags=flags,
        )
    except (OSError, ValueError) as problem:
        raise GoProblem(_start_sentence(command, problem)) from problem
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


def _start_sentence(command: Command, problem: Exception) -> str:
    program = command.arguments[0]
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        if not os.path.isdir(command.directory):  # noqa: PTH112
            return f"The folder {command.directory} does not exist any more."
        return f"{program} does not exist any more; set goescape.go.path or reinstall Go."
    reason = getattr(problem, "strerror", None) or str(problem)
    return f"{program} cannot be started ({reason}); set goescape.go.path to a working go."


def _temporary_folder(environment: Mapping[str, str]) -> str:
    parent = environment.get("GOTMPDIR") or environment.get("TMPDIR") or tempfile.gettempdir()
    try:
        return tempfile.mkdtemp(prefix="goescape-go-", dir=parent)
    except OSError as problem:
        raise GoProblem(
            f"No temporary folder can be made in {parent} ({problem.strerror}); "
            "free some space or set TMPDIR to another folder."
        ) from problem


def _arguments(command: Command, folder: str) -> tuple[str, ...]:
    if not command.overlay:
        return tuple(each.replace(FOLDER, folder) for each in command.arguments)
    program, verb, *rest = command.arguments
    return (program, verb, f"-overlay={Path(folder, 'overlay.json')}", *rest)


def _write_all(folder: str, command: Command) -> None:
    _write_files(folder, command.work)
    _write_overlay(folder, command.overlay)


def _write_overlay(folder: str, overlay: Mapping[str, bytes]) -> None:
    replaced = {}
    for index, (path, content) in enumerate(overlay.items()):
        name = f"{index}-{Path(path).name}"
        _write_files(folder, {name: content})
        replaced[path] = str(Path(folder, name))
    if replaced:
        _write_files(folder, {"overlay.json": json.dumps({"Replace": replaced}).encode()})


def _write_files(folder: str, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
    except OSError as problem:
        raise GoProblem(
            f"Nothing can be written to {folder} ({problem.strerror}); free some disk space."
        ) from problem


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
    for folder, group in _LEFT.items():
        if group:
            _kill_now(group)
        shutil.rmtree(folder, ignore_errors=True)
