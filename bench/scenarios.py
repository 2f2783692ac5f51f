"""What is measured of one package: edits, side by side, one tool after the other in each round."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from attrs import define, field

from bench import compiler, editors, machine
from bench.editing import EditedFile
from bench.editors import ANSWER_SECONDS, Reaction, Session
from bench.go import BenchProblem, folder_bytes
from bench.packages import WORK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from bench.compiler import Compilation
    from bench.packages import Copies, Copy, Package

_PATIENCE = 2
"""How often a tool that has answered may fail to before it is asked no more; others only once."""
_HOVERS = 400
TIMES = 3
"""How often in a round what is over in a second is measured, so that its median is steadier."""


@define
class Samples:
    """All numbers of one package, by the name of what was measured: seconds or bytes."""

    values: dict[str, list[float]] = field(factory=lambda: defaultdict(list))
    notes: list[str] = field(factory=list)
    """What went wrong."""

    def add(self, **values: float | None) -> None:
        """One sample each; None is none."""
        for name, value in values.items():
            if value is not None:
                self.values[name].append(value)


@define(eq=False)
class Subject:
    """One package on one copy, with the server that works there, if any."""

    copy: Copy
    file: EditedFile
    environment: Mapping[str, str]
    session: Session | None = None
    answered: set[str] = field(factory=set)
    """Gestures that there was an answer to."""
    silent: Counter[str] = field(factory=Counter)
    """How often in a row a gesture had no answer."""


@define(eq=False)
class PackageRun:
    """The rounds of one package."""

    package: Package
    cache: Path
    """The build cache of everything here."""
    goescape: Subject
    go: Subject
    gopls: Subject | None
    compilation: Compilation
    samples: Samples = field(factory=Samples)

    async def rounds(self, count: int, quiet: Callable[[], Awaitable[None]]) -> None:
        """One round to warm up, and those that count; each begins with another tool."""
        steps: list[Callable[[], Awaitable[None]]] = [self._limit, self._goescape] * TIMES
        steps.append(self._go)
        if self.gopls is not None:
            steps.append(self._gopls)
        measured, self.samples = self.samples, Samples()
        for number in range(count + 1):
            await quiet()
            first = number % len(steps)
            for step in (*steps[first:], *steps[:first]):
                await step()
            if number == 0:
                measured.notes += self.samples.notes
                self.samples = measured

    async def _goescape(self) -> None:
        await self._edit("typing", self.goescape)
        await self._edit("saving", self.goescape)

    async def _gopls(self) -> None:
        assert self.gopls is not None
        await self._edit("typing", self.gopls)
        await self._edit("saving", self.gopls)

    async def _edit(self, gesture: str, subject: Subject) -> None:
        session = subject.session
        if session is None or subject.silent[gesture] >= _PATIENCE:
            return
        name = f"{session.kind.name} {gesture}"
        cache = folder_bytes(self.cache)
        act = session.type if gesture == "typing" else session.save
        reaction = await act(subject.file)
        if reaction is None:
            subject.silent[gesture] += 1 if gesture in subject.answered else _PATIENCE
            self.samples.notes.append(f"{name}: no answer within {ANSWER_SECONDS:.0f} s")
            return
        subject.silent[gesture] = 0
        subject.answered.add(gesture)
        self._add_reaction(name, reaction)
        self.samples.add(**{f"{name} cache": folder_bytes(self.cache) - cache})

    def _add_reaction(self, name: str, reaction: Reaction) -> None:
        values = {
            name: reaction.published,
            f"{name} after waiting": reaction.after_waiting,
            f"{name} done": reaction.done,
            f"{name} cpu": reaction.cpu,
            f"{name} cpu later": reaction.cpu_later,
        }
        self.samples.add(**values)

    async def _go(self) -> None:
        self.go.file.edit()
        self.go.file.write()
        cache = folder_bytes(self.cache)
        self.samples.add(go=await asyncio.to_thread(self._build))
        self.samples.add(**{"go cache": folder_bytes(self.cache) - cache})
        self.samples.add(**{"go replay": await asyncio.to_thread(self._build)})

    def _build(self) -> float:
        """What one can type instead: go build, or go test -c where tests are edited."""
        command = ["test", "-c", "-vet=off"] if self.package.with_tests else ["build"]
        arguments = [str(self.go.copy.go.path), *command, "-gcflags=-m=2", "-o", "/dev/null", "."]
        return timed(arguments, self.go.copy.directory(self.package), self.go.environment)

    async def _limit(self) -> None:
        self.go.file.edit()
        self.go.file.write()
        done = await asyncio.to_thread(compiler.compile_once, self.compilation)
        self.samples.add(limit=done.last_escape_line, compiler=done.end, text=done.size)

    async def once(self) -> None:
        """What need not be repeated: memory, hover while it works, opening again."""
        session = self.goescape.session
        assert session is not None
        await self._hover(session)
        await self._reopen(session)
        self.samples.add(**{"goescape memory": machine.resident_bytes(session.process)})
        if self.gopls is not None and self.gopls.session is not None:
            used = machine.resident_bytes(self.gopls.session.process)
            self.samples.add(**{"gopls memory": used})

    async def _hover(self, session: Session) -> None:
        found = self.samples.values["hover"]
        for _ in range(12):
            waiting, _ = session.change(self.goescape.file)
            self.goescape.file.write()
            sent = session.saved(self.goescape.file)
            idle = asyncio.create_task(session.until_idle(sent, ANSWER_SECONDS))
            while not idle.done():
                found.append(await session.hover(self.goescape.file))
                await asyncio.sleep(0.002)
            waiting.cancel()
            if len(found) > _HOVERS:
                break

    async def _reopen(self, session: Session) -> None:
        file = self.goescape.file
        for _ in range(3):
            await session.settle()
            session.close(file)
            await session.settle()
            if reaction := await session.open(file):
                self.samples.add(reopened=reaction.published)


def timed(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> float:
    """Seconds that a command takes; its output is read and thrown away."""
    begun = time.perf_counter()
    done = subprocess.run(
        arguments, cwd=directory, env=environment, capture_output=True, timeout=900, check=False
    )
    if done.returncode:
        text = done.stderr.decode(errors="replace")[-300:]
        raise BenchProblem(f"{' '.join(arguments)} failed: {text}")
    return time.perf_counter() - begun


@contextlib.asynccontextmanager
async def package_run(
    package: Package, copies: Copies, cache: Path, gopls: Path | None, *, fixes: bool = False
) -> AsyncIterator[PackageRun]:
    """Start the servers on a package, and end them whatever happens."""
    go, escape = _subject(copies.go, package, cache), _subject(copies.goescape, package, cache)
    other = None if gopls is None else _subject(copies.gopls, package, cache)
    compilation = await asyncio.to_thread(
        compiler.compilation, copies.go.go.with_cache(cache), go.file.path, WORK
    )
    run = PackageRun(package, cache, escape, go, other, compilation)
    run.samples.add(files=compilation.files)
    try:
        await _start(run, escape, editors.goescape(escape.copy, fixes=fixes))
        if other is not None and gopls is not None:
            await _start(run, other, editors.gopls(gopls))
        yield run
    finally:
        for subject in (escape, *((other,) if other else ())):
            await _stop(run, subject)
            subject.file.restore()
        go.file.restore()


def _subject(copy: Copy, package: Package, cache: Path) -> Subject:
    file = EditedFile.of(copy.directory(package) / package.file)
    environment = {
        **copy.go.with_cache(cache).offline(),
        "XDG_CACHE_HOME": str(WORK / "user-cache"),
    }
    return Subject(copy, file, environment)


async def _start(run: PackageRun, subject: Subject, kind: editors.Kind) -> None:
    session = await Session.start(kind, subject.copy.root, subject.environment)
    subject.session = session
    reaction = await session.open(subject.file)
    if reaction is None:
        run.samples.notes.append(f"{kind.name}: nothing shown after the start, so asked no more")
        subject.silent.update(typing=_PATIENCE, saving=_PATIENCE)
        return
    first = reaction.sent + reaction.published - session.started
    run.samples.add(**{f"{kind.name} first": first})


async def _stop(run: PackageRun, subject: Subject) -> None:
    if subject.session is None:
        return
    client = subject.session.client
    name = subject.session.kind.name
    left = await client.stop()
    if name != "goescape":
        return
    if left:
        run.samples.notes.append(f"{name}: {len(left)} processes were left and had to be killed")
    if client.errors:
        run.samples.notes.append(f"goescape logged {len(client.errors)} errors: {client.errors[0]}")
