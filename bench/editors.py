"""An editor with one server: goescape or gopls, each asked for what it can do about escapes."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from bench import machine
from bench.client import Client, Published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.editing import EditedFile
    from bench.packages import Copy

ANSWER_SECONDS = 60.0
_CAPABILITIES: dict[str, object] = {
    "textDocument": {
        "synchronization": {"didSave": True},
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True, "workspaceFolders": True},
    "experimental": {"goescapeStatus": True},
}


@frozen
class Kind:
    """A server: how it is started, what it is told."""

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, object]
    needles: tuple[bytes, ...] = ()
    """What diagnostics about escapes hold, and others do not."""
    toggle: str = ""
    """The command that has to switch them on for a package."""


def goescape(copy: Copy, *, tests: bool = True, fixes: bool = False) -> Kind:
    """With its default settings, but for the Go that it is to use.

    Fixes are proved after the findings have been shown, for minutes: the others had to wait for it.
    """
    settings = {
        "go": {"path": str(copy.go.path)},
        "includeTests": tests,
        "fixes": {"enable": fixes},
    }
    return Kind("goescape", (sys.executable, "-m", "goescape", "server"), settings)


def gopls(program: Path) -> Kind:
    """With its default settings, and only escapes among the compiler's details."""
    only = {"escape": True, "bounds": False, "inline": False, "nil": False}
    return Kind(
        "gopls",
        (str(program), "serve"),
        {"annotations": only},
        (b"optimizer details",),
        "gopls.gc_details",
    )


@frozen
class Reaction:
    """What an edit led to, in seconds since the message was sent."""

    sent: float
    """When the message was sent, by the clock."""
    published: float
    begun: float | None
    """When goescape said that it had begun to analyse: what came before is waiting."""
    done: float | None
    """When goescape said that it had done all, tests included."""

    cpu: float
    """Processor time until then, child processes included."""
    cpu_later: float
    """What it used afterwards: the rest of the analysis, proofs of fixes."""

    @property
    def after_waiting(self) -> float:
        """Without the wait for further keys."""
        return self.published - (self.begun or 0.0)


@define(eq=False)
class Session:
    """A server on a copy; it shows one file."""

    kind: Kind
    client: Client
    root: Path
    initialized: float
    """Seconds from the start of the process to the answer to ``initialize``."""
    started: float
    """When the process was started."""
    version: int = 0
    _toggled: bool = field(default=False)

    @classmethod
    async def start(cls, kind: Kind, root: Path, environment: Mapping[str, str]) -> Session:
        """Start the server and greet it."""
        started = time.perf_counter()
        client = await Client.start(kind.command, root, environment, kind.settings)
        folder = {"uri": root.as_uri(), "name": root.name}
        greeting = {
            "processId": None,
            "rootUri": root.as_uri(),
            "workspaceFolders": [folder],
            "capabilities": _CAPABILITIES,
            "initializationOptions": kind.settings,
        }
        await client.request("initialize", greeting)
        session = cls(kind, client, root, time.perf_counter() - started, started)
        client.notify("initialized", {})
        return session

    async def open(self, file: EditedFile) -> Reaction | None:
        """Show a file and wait for what escapes in it."""
        waiting = self._expect(file)
        document = {"uri": file.path.as_uri(), "languageId": "go", "text": file.text}
        self.version += 1
        sent = self.client.notify(
            "textDocument/didOpen", {"textDocument": {**document, "version": self.version}}
        )
        if self.kind.toggle and not self._toggled:
            self._toggled = True
            argument = {"command": self.kind.toggle, "arguments": [file.path.as_uri()]}
            await self.client.request("workspace/executeCommand", argument, ANSWER_SECONDS * 3)
        return await self._reaction(sent, waiting, ANSWER_SECONDS * 3)

    def close(self, file: EditedFile) -> None:
        """Show a file no more."""
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": file.path.as_uri()}})

    async def type(self, file: EditedFile) -> Reaction | None:
        """Change the text in the editor, and wait until the new text has been analysed."""
        waiting, sent = self.change(file)
        return await self._reaction(sent, waiting)

    async def save(self, file: EditedFile) -> Reaction | None:
        """Change the text and save it at once; the time counts from the save."""
        waiting, _ = self.change(file)
        file.write()
        return await self._reaction(self.saved(file), waiting)

    def change(self, file: EditedFile) -> tuple[asyncio.Future[Published], float]:
        """Change the text; what is to be waited for, and when it was sent."""
        change = file.edit()
        waiting = self._expect(file)
        self.version += 1
        document = {"uri": file.path.as_uri(), "version": self.version}
        params = {"textDocument": document, "contentChanges": [change]}
        return waiting, self.client.notify("textDocument/didChange", params)

    def saved(self, file: EditedFile) -> float:
        """Say that the file was written."""
        params = {"textDocument": {"uri": file.path.as_uri()}}
        return self.client.notify("textDocument/didSave", params)

    async def hover(self, file: EditedFile) -> float:
        """How long it takes to answer what the variable is about, in seconds."""
        sent = time.perf_counter()
        document = {"uri": file.path.as_uri()}
        params = {"textDocument": document, "position": file.position}
        await self.client.request("textDocument/hover", params)
        return time.perf_counter() - sent

    async def execute(self, command: str) -> None:
        """Execute a command and wait until the server has nothing to do."""
        params: dict[str, Any] = {"command": command, "arguments": []}
        await self.client.request("workspace/executeCommand", params, ANSWER_SECONDS)

    async def until_idle(self, since: float, seconds: float) -> float | None:
        """When goescape said that all is done that began after a moment; None if it did not."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            states = [each for each in self.client.statuses if each[0] >= since]
            worked = any(state == "analyzing" for _, state in states)
            if worked and states[-1][1] != "analyzing":
                return states[-1][0]
            await asyncio.sleep(0.01)
        return None

    @property
    def process(self) -> int:
        """The server's."""
        return self.client.process.pid

    async def settle(self) -> None:
        """Wait until the server has nothing to do."""
        await machine.settle(self.process)

    def _expect(self, file: EditedFile) -> asyncio.Future[Published]:
        return self.client.expect(file.marker.encode(), *self.kind.needles)

    async def _reaction(
        self, sent: float, waiting: asyncio.Future[Published], seconds: float = ANSWER_SECONDS
    ) -> Reaction | None:
        work = machine.processor_seconds(self.process)
        try:
            published = await asyncio.wait_for(waiting, seconds)
        except asyncio.TimeoutError:
            return None
        work_then = machine.processor_seconds(self.process)
        await self.settle()
        later = [(time, state) for time, state in self.client.statuses if time >= sent]
        begun = next(
            (t for t, state in later if state == "analyzing" and t <= published.time), None
        )
        done = next((t for t, state in reversed(later) if state != "analyzing"), None)
        return Reaction(
            sent,
            published.time - sent,
            None if begun is None else begun - sent,
            None if done is None else done - sent,
            work_then - work,
            machine.processor_seconds(self.process) - work_then,
        )
