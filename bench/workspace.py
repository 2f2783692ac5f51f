"""What is measured once: starting, opening after a restart, and a whole workspace."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from typing import TYPE_CHECKING

from attrs import define

from bench import editors, machine
from bench.editing import EditedFile
from bench.editors import Session
from bench.go import linked_copy
from bench.packages import WORK
from bench.scenarios import Samples, timed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bench.packages import Copies, Package

_WORKSPACE_SECONDS = 900.0
_ANALYZE = "goescape.analyzeWorkspace"


@define(eq=False)
class Starts:
    """How long it takes from nothing to something."""

    copies: Copies
    package: Package
    cache: Path
    samples: Samples

    async def run(self, count: int) -> None:
        """Version, greeting, first findings without and with what an earlier server kept."""
        directory = self.copies.goescape.root
        command = [sys.executable, "-m", "goescape", "--version"]
        environment = self.copies.goescape.go.environment
        for _ in range(count * 2):
            self.samples.add(
                version=await asyncio.to_thread(timed, command, directory, environment)
            )
        file = EditedFile.of(self.copies.goescape.directory(self.package) / self.package.file)
        try:
            for number in range(count):
                await self._start(file, WORK / f"kept-{number}")
        finally:
            file.restore()

    async def _start(self, file: EditedFile, kept: Path) -> None:
        file.edit()
        file.write()
        await self._open(file, kept, "first findings", at_once=True)
        await self._open(file, kept, "first findings, known", at_once=True)
        await self._open(file, kept, "opened, known", at_once=False)

    async def _open(self, file: EditedFile, kept: Path, name: str, *, at_once: bool) -> None:
        """From the start of the process, or, when it has settled, from ``didOpen``."""
        copy = self.copies.goescape
        environment = {
            **copy.go.with_cache(self.cache).offline(),
            "XDG_CACHE_HOME": str(kept),
        }
        session = await Session.start(editors.goescape(copy), copy.root, environment)
        try:
            self.samples.add(initialize=session.initialized)
            if not at_once:
                await session.settle()
            if reaction := await session.open(file):
                before = reaction.sent - session.started if at_once else 0.0
                self.samples.add(**{name: before + reaction.published})
        finally:
            await session.client.stop()


@define(eq=False)
class Workspace:
    """All packages of a module, by goescape and by the go command, with the same fresh cache.

    Cold: the cache has the ordinary builds of all packages and of what they import, tests' too,
    and nothing that was built with ``-m``. Warm: the same again, nothing has changed.
    """

    copies: Copies
    base: Path
    """The cache with ordinary builds."""
    samples: Samples

    async def run(self, count: int, quiet: Callable[[], Awaitable[None]]) -> None:
        """Without tests, as ``go build`` does it, interleaved; with tests once."""
        for number in range(count):
            await quiet()
            await self._go(("build", "-gcflags=-m=2", "./..."), "go", WORK / f"go-cache-{number}")
            await self._goescape("goescape", number, tests=False)
        await quiet()
        vet_off = ("test", "-run=^$", "-vet=off", "-exec=true", "-gcflags=-m=2", "./...")
        await self._go(vet_off, "go, with tests", WORK / "go-cache-tests")
        await self._goescape("goescape, with tests", count, tests=True)

    async def _go(self, arguments: tuple[str, ...], name: str, cache: Path) -> None:
        copy = self.copies.go
        linked_copy(self.base, cache)
        command = [str(copy.go.path), *arguments]
        environment = copy.go.with_cache(cache).offline()
        for state in ("cold", "warm"):
            took = await asyncio.to_thread(timed, command, copy.root, environment)
            self.samples.add(**{f"{name} {state}": took})
        shutil.rmtree(cache)

    async def _goescape(self, name: str, number: int, *, tests: bool) -> None:
        cache, kept = WORK / f"cache-{name}-{number}", WORK / f"kept-workspace-{name}-{number}"
        linked_copy(self.base, cache)
        for state in ("cold", "warm"):
            await self._analyze(f"{name} {state}", cache, kept, tests=tests)
        for folder in (cache, kept):
            shutil.rmtree(folder, ignore_errors=True)

    async def _analyze(self, name: str, cache: Path, kept: Path, *, tests: bool) -> None:
        """By a new server, from the command to its last word."""
        copy = self.copies.goescape
        environment = {
            **copy.go.with_cache(cache).offline(),
            "XDG_CACHE_HOME": str(kept),
        }
        kind = editors.goescape(copy, tests=tests)
        session = await Session.start(kind, copy.root, environment)
        try:
            await session.settle()
            before, work = time.perf_counter(), machine.processor_seconds(session.process)
            await session.execute(_ANALYZE)
            done = await session.until_idle(before, _WORKSPACE_SECONDS)
            if done is None:
                self.samples.notes.append(f"{name}: not done in {_WORKSPACE_SECONDS:.0f} s")
                return
            await session.settle()
            used = {
                f"{name} memory": machine.resident_bytes(session.process),
                f"{name} peak": machine.peak_bytes(session.process),
                f"{name} cpu": machine.processor_seconds(session.process) - work,
            }
            self.samples.add(**{name: done - before, **used})
        finally:
            await session.client.stop()
