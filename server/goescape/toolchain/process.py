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
from collections.abc import Awaitable, Callable, Mapping  # noqa: TC003 - attrs resolves annotations
from pathlib import Path
from typing import Literal, TypeVar

from attrs import field, frozen

INTERRUPT_SECONDS = 1.0
"""How long a group may take to end after an interrupt, before it is killed."""
WAIT_DELAY = 2.0
"""Seconds that a pipe may stay open after the process has ended (a descendant may hold it)."""
LONGEST_LINE = 1 << 20
"""Bytes; the rest of a longer line is dropped. Go's longest have a few thousand."""
NICENESS = 10
_WINDOWS = sys.platform == "win32"
_T = TypeVar("_T")
_LEFT: dict[str, int] = {}
"""Temporary folder -> process group (0: none yet) of what runs: for the end of the interpreter."""


class GoProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """Go cannot be used; ``message`` is one sentence: what happened and what to do.

    ``kind`` is ``load`` when Go works, but not with this module.
    """

    def __init__(self, message: str, kind: Literal["go", "load"] = "go") -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


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


@frozen
class Captured:
    """What a process that ended by itself left; the texts are bounded, see ``capture``."""

    code: int
    output: str
    errors: str


async def run(
    command: Command, on_output: Callable[[str], None], on_error: Callable[[str], None]
) -> int:
    """Run to the end, hand over each line without its ``\\n``, and return the exit code.

    The callbacks run on the event loop. When cancelled, the whole group is ended first. Raises
    GoProblem when the process cannot start.
    """
    folder = _temporary_folder(command.environment)
    _LEFT[folder] = 0
    try:
        await asyncio.to_thread(_write_files, folder, command.work)
        await asyncio.to_thread(_write_overlay, folder, command.overlay)
        lines = _Lines(on_output, on_error)
        transport = await _start(command, folder, lines)
        _LEFT[folder] = transport.get_pid()
        try:
            await lines.exited.wait()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(lines.drained.wait(), WAIT_DELAY)
        finally:
            await uninterrupted(_end(transport, lines))
        lines.raise_failure()
        return transport.get_returncode() or 0
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        del _LEFT[folder]


async def capture(command: Command, seconds: float, limit: int = 1 << 22) -> Captured:
    """Run a short command and keep its text, at most ``limit`` characters of each stream.

    Raises GoProblem when it does not end within ``seconds``.
    """
    output, errors = BoundedText(limit), BoundedText(limit)
    try:
        code = await asyncio.wait_for(run(command, output.add, errors.add), seconds)
    except asyncio.TimeoutError:
        shown = " ".join(command.arguments[:3])
        raise GoProblem(
            f"`{shown}` did not answer within {seconds:g} s; run it in a terminal to see why, "
            "or set goescape.go.path to another go."
        ) from None
    return Captured(code, output.text, errors.text)


async def uninterrupted(work: Awaitable[_T]) -> _T:
    """Await to the end although cancelled; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:  # noqa: PERF203 - once per cancellation
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return task.result()


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


class _Lines(asyncio.SubprocessProtocol):
    """Splits both streams into lines as they come; holds at most one line of each."""

    def __init__(self, on_output: Callable[[str], None], on_error: Callable[[str], None]) -> None:
        self.exited = asyncio.Event()
        self.drained = asyncio.Event()
        self._receivers = {1: on_output, 2: on_error}
        self._rest = {1: bytearray(), 2: bytearray()}
        self._failure: Exception | None = None

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        rest = self._rest[fd]
        *complete, last = data.split(b"\n")
        for line in complete:
            rest += line[: LONGEST_LINE - len(rest)]
            self._hand_over(fd, bytes(rest))
            rest.clear()
        rest += last[: LONGEST_LINE - len(rest)]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if rest := self._rest.pop(fd, None):
            self._hand_over(fd, bytes(rest))
        if not self._rest:
            self.drained.set()

    def process_exited(self) -> None:
        self.exited.set()

    def raise_failure(self) -> None:
        """Raise what a receiver raised: inside the event loop's callback it would be lost."""
        if self._failure is not None:
            raise self._failure

    def _hand_over(self, fd: int, line: bytes) -> None:
        if self._failure is not None:
            return
        try:
            self._receivers[fd](line.removesuffix(b"\r").decode("utf-8", "replace"))
        except Exception as failure:
            self._failure = failure


async def _start(command: Command, folder: str, lines: _Lines) -> asyncio.SubprocessTransport:
    directory = command.directory or folder
    environment = {**command.environment, "PWD": directory, "GOTMPDIR": folder}
    # cgo's C compiler and the linker follow these instead of GOTMPDIR.
    environment.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), folder))
    if "go.work" in command.work:
        environment["GOWORK"] = str(Path(folder, "go.work"))
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    try:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: lines,
            *_arguments(command, folder),
            stdin=subprocess.DEVNULL,
            cwd=directory,
            env=environment,
            start_new_session=not _WINDOWS,
            creationflags=flags,
        )
    except (OSError, ValueError) as problem:
        raise GoProblem(_start_sentence(command, problem)) from problem
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PGRP, transport.get_pid(), NICENESS)
    return transport


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
        return command.arguments
    program, verb, *rest = command.arguments
    return (program, verb, f"-overlay={Path(folder, 'overlay.json')}", *rest)


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


async def _end(transport: asyncio.SubprocessTransport, lines: _Lines) -> None:
    """Interrupt, wait, kill, wait: the leader and all of its group."""
    group = transport.get_pid()
    if not lines.exited.is_set() or _group_exists(group):
        _interrupt(transport, group)
        if not await _ended(group, lines, INTERRUPT_SECONDS):
            await _kill(transport, group)
            await _ended(group, lines, INTERRUPT_SECONDS)
    transport.close()


async def _ended(group: int, lines: _Lines, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if lines.exited.is_set() and not _group_exists(group):
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
