"""Asks the program: it is built and started when first asked, and ended when nobody asks.

Whatever goes wrong is told once in the log, and the answer is None: all works without facts.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from attrs import frozen

from goescape.analysis.evidence.machine_code import CompiledPackage
from goescape.analysis.evidence.types import TypesAnswer
from goescape.fixes.context.package_types import ExpressionsAnswer
from goescape.toolchain.facts.program_build import BuildError, built_program
from goescape.toolchain.facts.requests import FORMAT, Envelope, Question
from goescape.toolchain.go.process import talking
from goescape.toolchain.go.process_command import Command
from goescape.toolchain.go.process_output import DialogueListener
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import uninterrupted, with_timeout

if TYPE_CHECKING:
    from goescape.toolchain.facts.requests import (
        ArchiveRequest,
        ExpressionsRequest,
        TypesRequest,
    )
    from goescape.toolchain.go.go_commands import GoCommands

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

TYPES_SECONDS = 20.0
"""How long one package may take; the largest take one second."""
ARCHIVE_SECONDS = 60.0
IDLE_SECONDS = 60.0
_MOST_FAILURES = 3
_NICENESS = 5
"""The compiler goes first: what it says is shown without types when these take longer."""
_LONGEST_ANSWER = 64 << 20


@frozen
class Unanswerable:
    """The program has no answer to a question, and would have none if it were asked again."""

    why: str


class FactsClient:
    """Asks the program that one Go has built.

    None is an answer that did not come this time.
    """

    def __init__(
        self,
        commands: GoCommands,
        folder: Path | None = None,
        *,
        idle_seconds: float = IDLE_SECONDS,
        types_seconds: float = TYPES_SECONDS,
    ) -> None:
        """``folder`` is where programs are kept; goescape's cache by default."""
        self._commands = commands
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._types_seconds = types_seconds
        self._failures = 0
        self._has_told = False
        self._program: _RunningProgram | None = None
        self._building: asyncio.Task[Path | None] | None = None
        self.problem: str | None = None
        """Why it is not asked any more; None as long as it is."""

    @property
    def process(self) -> int | None:
        """Its number in the system; None where none runs."""
        return None if self._program is None else self._program.process

    async def types(self, request: TypesRequest) -> TypesAnswer | Unanswerable | None:
        """What the type checker says."""
        return await self._checked("types", request, TypesAnswer)

    async def expressions(
        self, request: ExpressionsRequest
    ) -> ExpressionsAnswer | Unanswerable | None:
        """The types of all expressions of some files."""
        return await self._checked("expressions", request, ExpressionsAnswer)

    async def archive(self, request: ArchiveRequest) -> CompiledPackage | Unanswerable | None:
        """What the machine code in an archive says."""
        return await self.ask("archive", request, CompiledPackage, ARCHIVE_SECONDS)

    async def _checked(
        self, operation: str, request: object, of: type[_T]
    ) -> _T | Unanswerable | None:
        """What needs a package checked: one at a time, so that each has its time."""
        program = await self._running()
        if program is None:
            return None
        async with program.one_check:
            return await self.ask(operation, request, of, self._types_seconds)

    async def ask(
        self, operation: str, request: object, of: type[_T], seconds: float
    ) -> _T | Unanswerable | None:
        """An answer of this type; None where there is none within so many seconds."""
        program = await self._running()
        if program is None:
            return None
        try:
            answer = await with_timeout(seconds, program.ask(operation, request, of))
        except _RefusalError as why:
            level = logging.ERROR if str(why).startswith("panic") else logging.DEBUG
            _log.log(level, "the program for facts has no answer: %s", why)
            return Unanswerable(str(why))
        except asyncio.TimeoutError:
            await self._failed(program, f"it did not answer {operation} within {seconds:g} s")
            return None
        except _ProgramError as why:
            await self._failed(program, str(why), why.__cause__)
            return None
        self._failures = 0
        return answer

    async def rest(self) -> None:
        """Tell it that nothing more is asked about the same text: most of its memory is of that."""
        if self._program is not None and self._program.is_running:
            await self.ask("rest", None, bool, self._types_seconds)

    async def start(self) -> str | None:
        """Build it and see whether it answers; why it does not, or None."""
        program = await self._running()
        if program is not None:
            with contextlib.suppress(asyncio.TimeoutError, _RefusalError, _ProgramError):
                await with_timeout(self._types_seconds, program.ask("hello", None, str))
                return None
            await self._failed(program, "it does not answer")
        return self.problem or "it does not answer"

    async def close(self) -> None:
        """End the program; it would be started again when asked."""
        if self._building is not None:
            self._building.cancel()
            await uninterrupted(asyncio.wait({self._building}))
            self._building = None
        if self._program is not None:
            await self._program.close()
            self._program = None

    async def _running(self) -> _RunningProgram | None:
        if self.problem is not None:
            return None
        if self._program is not None and self._program.is_running:
            return self._program
        file = await self._built()
        if file is None:
            return None
        if self._program is None or not self._program.is_running:
            self._program = _RunningProgram(str(file), self._idle_seconds)
        return self._program

    async def _built(self) -> Path | None:
        """The program's file; what is cancelled here is built all the same, for the next one."""
        if self._building is None or self._building.cancelled():
            self._building = asyncio.ensure_future(self._build())
        return await asyncio.shield(self._building)

    async def _build(self) -> Path | None:
        try:
            return await built_program(await self._commands.toolchain(), self._folder)
        except (BuildError, GoProblem) as why:
            self._give_up(str(why))
        except Exception as problem:
            _log.error("the program for facts cannot be built", exc_info=problem)
            self.problem = repr(problem)
        return None

    async def _failed(
        self, program: _RunningProgram, why: str, problem: BaseException | None = None
    ) -> None:
        """End what does not answer as it should; after some times, do without."""
        await program.close()
        self._failures += 1
        if not self._has_told:
            self._has_told = True
            _log.warning("The program for Go's own types was ended: %s", why, exc_info=problem)
        if self._failures >= _MOST_FAILURES:
            self._give_up(why)

    def _give_up(self, why: str) -> None:
        if self.problem is None:
            _log.warning("Go's own types are not used: %s", why)
            self.problem = why


class _ProgramError(Exception):
    """It has ended, or says something else than an answer."""


class _RefusalError(Exception):
    """It has no answer, and says why."""


class _RunningProgram:
    """The process: started at once, ended by ``close`` or when nobody has asked for a while."""

    def __init__(self, file: str, idle_seconds: float) -> None:
        self.is_running = True
        self.one_check = asyncio.Lock()
        self._idle_seconds = idle_seconds
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._used = asyncio.Event()
        self._listener = DialogueListener(self._take, _LONGEST_ANSWER)
        self._started = asyncio.get_running_loop().create_future()
        environment = {**os.environ, "GOTRACEBACK": "single"}
        self._task = asyncio.ensure_future(
            self._run(Command((file,), str(Path(file).parent), environment, niceness=_NICENESS))
        )

    async def ask(self, operation: str, request: object, of: type[_T]) -> _T:
        """Its answer. Raises _RefusalError where it says that it has none, and _ProgramError."""
        number = next(self._numbers)
        question = msgspec.json.encode(Question(number, operation, request))
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._used.set()
        try:
            await asyncio.shield(self._started)
            if not self.is_running:
                raise _ProgramError("it has ended")
            self._listener.send(question + b"\n")
            return await asyncio.to_thread(_decoded, await answer, of)
        finally:
            self._waiting.pop(number, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # it counts as seen

    @property
    def process(self) -> int | None:
        """Its number in the system; None where it does not run."""
        return self._listener.process if self.is_running else None

    async def close(self) -> None:
        """End it."""
        self._task.cancel()
        await uninterrupted(asyncio.wait({self._task}))

    async def _run(self, command: Command) -> None:
        why = "it was ended"
        try:
            async with talking(command, self._listener):
                self._started.set_result(None)
                await self._wait_for_end()
                if self._listener.exited.is_set():
                    said = bytes(self._listener.errors).decode("utf-8", "replace").strip()
                    why = f"it has ended by itself: {said[:200] or 'without a word'}"
        except GoProblem as problem:
            why = str(problem)
        finally:
            self.is_running = False
            if not self._started.done():
                self._started.set_result(None)
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(_ProgramError(why))

    async def _wait_for_end(self) -> None:
        """Until it ends, or nobody asks any more."""
        exited = asyncio.ensure_future(self._listener.exited.wait())
        try:
            while not exited.done():
                self._used.clear()
                await asyncio.wait({exited}, timeout=self._idle_seconds)
                if not self._used.is_set() and not self._waiting:
                    return
        finally:
            exited.cancel()

    def _take(self, line: bytes) -> None:
        try:
            number = msgspec.json.decode(line, type=_Numbered).id
        except msgspec.MsgspecError:
            number = 0
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_result(line)
        elif number == 0:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(_ProgramError(f"it says {line[:80]!r}"))


class _Numbered(msgspec.Struct):
    """As much of an answer as tells whose it is."""

    id: int


def _decoded(line: bytes, of: type[_T]) -> _T:
    try:
        envelope = msgspec.json.decode(line, type=Envelope)
        if envelope.format != FORMAT:
            raise _ProgramError(f"it answers in format {envelope.format}")
        if envelope.problem:
            raise _RefusalError(envelope.problem)
        return msgspec.json.decode(envelope.answer, type=of)
    except (msgspec.MsgspecError, RecursionError) as problem:
        raise _ProgramError(f"its answer is not understood: {problem}") from problem
