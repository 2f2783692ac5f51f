"""What goescape says to the editor, in plain words; the rest never sends anything itself."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING

import attrs
from lsprotocol import types as lsp

from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.extensions import RESULTS_CHANGED, STATUS
from goescape.lsp.progress import Status
from goescape.lsp.transport.outgoing import notification

if TYPE_CHECKING:
    from goescape.lsp.transport.protocol import Protocol

_log = logging.getLogger(__name__)

_WATCHED = ("**/*.go", "**/go.mod", "**/go.sum", "**/go.work", "**/go.work.sum")
_ASK_SECONDS = 3600.0  # a question stays on the screen until somebody answers


class Editor:
    """The other end of the connection."""

    def __init__(self, protocol: Protocol) -> None:
        self.client = ClientFeatures()
        self._protocol = protocol
        self._tasks: set[asyncio.Task[object]] = set()
        self._announced: dict[str, asyncio.Task[object]] = {}
        self._status = Status()
        self._notified: set[str] = set()

    def spawn(self, work: Coroutine[object, object, object]) -> asyncio.Task[object]:
        """Do something in the background; a failure is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """End what was spawned; a Go that is looked for is a process."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.error("background work failed", exc_info=problem)

    def part(self, token: lsp.ProgressToken, value: object) -> None:
        """A part of the answer to a request; its rest follows."""
        self._protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, value))

    def json(self, value: object) -> str:
        """The JSON of a value of the protocol, which may be sent more than once."""
        return json.dumps(self._protocol.converter.unstructure(value), separators=(",", ":"))

    def publish(self, uri: str, version: int | None, diagnostics: Iterable[str]) -> None:
        """Replace the diagnostics of a file; each as ``json`` made it."""
        of = f'"version":{version},' if version is not None else ""
        params = f'{{"uri":{json.dumps(uri)},{of}"diagnostics":[{",".join(diagnostics)}]}}'
        if self._protocol.writer is not None:
            message = notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
            self._protocol.writer.write(message)

    def refresh(self, *, open_files: bool) -> None:
        """Let the client ask again for what it shows."""
        if self.client.results:
            self._protocol.notify(RESULTS_CHANGED)
        methods = [lsp.WORKSPACE_DIAGNOSTIC_REFRESH] if self.client.pulls else []
        if open_files and self.client.hint_refresh:
            methods.append(lsp.WORKSPACE_INLAY_HINT_REFRESH)
        if open_files and self.client.lens_refresh:
            methods.append(lsp.WORKSPACE_CODE_LENS_REFRESH)
        for method in methods:
            self.spawn(self._protocol.ask(method))

    def error(self, text: str) -> None:
        """A message that asks the user to do something."""
        self._message(lsp.MessageType.Error, text)

    def warning(self, text: str) -> None:
        """A message about something that works differently from what was asked."""
        self._message(lsp.MessageType.Warning, text)

    def notify_once(self, text: str, *, error: bool = False) -> None:
        """An error or a warning, unless the same was said before."""
        if text not in self._notified:
            self._notified.add(text)
            (self.error if error else self.warning)(text)

    def forget_notified(self) -> None:
        """What was said may be said again."""
        self._notified.clear()

    def information(self, text: str) -> None:
        """A message that answers a command."""
        self._message(lsp.MessageType.Info, text)

    def _message(self, kind: lsp.MessageType, text: str) -> None:
        parameters = lsp.ShowMessageParams(kind, f"goescape: {text}")
        self._protocol.notify(lsp.WINDOW_SHOW_MESSAGE, parameters)

    def log(self, kind: lsp.MessageType, text: str) -> None:
        """A line in the client's log."""
        self._protocol.notify(lsp.WINDOW_LOG_MESSAGE, lsp.LogMessageParams(kind, text))

    def status(self, status: Status) -> None:
        """Tell clients that asked for it what goescape does now."""
        if self.client.status and status != self._status:
            self._status = status
            self._protocol.notify(STATUS, attrs.asdict(status))

    async def settings(self) -> object:
        """The client's settings under ``goescape``; None when it cannot be asked."""
        if not self.client.configuration:
            return None
        items = [lsp.ConfigurationItem(section="goescape")]
        answer = await self._protocol.ask(
            lsp.WORKSPACE_CONFIGURATION, lsp.ConfigurationParams(items)
        )
        return answer[0] if isinstance(answer, Sequence) and answer else None

    async def register(self, method: str, options: object) -> None:
        """Ask the client to send notifications of a kind."""
        registration = lsp.Registration(f"goescape-{method}", method, options)
        parameters = lsp.RegistrationParams([registration])
        await self._protocol.ask(lsp.CLIENT_REGISTER_CAPABILITY, parameters)

    async def watch_files(self) -> None:
        """Let the client tell of changed files."""
        watchers: list[lsp.FileSystemWatcher] = [lsp.FileSystemWatcher(glob) for glob in _WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        await self.register(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)

    async def show(self, uri: str, selection: lsp.Range | None = None) -> bool:
        """Open a document; False where the client cannot."""
        if not self.client.shows_documents:
            return False
        parameters = lsp.ShowDocumentParams(uri, take_focus=True, selection=selection)
        answer = await self._protocol.ask(lsp.WINDOW_SHOW_DOCUMENT, parameters)
        return isinstance(answer, lsp.ShowDocumentResult) and answer.success

    async def browse(self, uri: str) -> bool:
        """Open a page in the user's browser; False where the client cannot."""
        parameters = lsp.ShowDocumentParams(uri, external=True)
        answer = await self._protocol.ask(lsp.WINDOW_SHOW_DOCUMENT, parameters)
        return isinstance(answer, lsp.ShowDocumentResult) and answer.success

    async def choose(self, question: str, answers: Sequence[str]) -> str:
        """What the user picks; empty when nothing."""
        parameters = lsp.ShowMessageRequestParams(
            lsp.MessageType.Info, question, [lsp.MessageActionItem(answer) for answer in answers]
        )
        answer = await self._protocol.ask(lsp.WINDOW_SHOW_MESSAGE_REQUEST, parameters, _ASK_SECONDS)
        return answer.title if isinstance(answer, lsp.MessageActionItem) else ""

    async def apply(self, label: str, edit: lsp.WorkspaceEdit) -> bool:
        """Ask for edits; False when the editor did not make them."""
        parameters = lsp.ApplyWorkspaceEditParams(edit, label)
        answer = await self._protocol.ask(lsp.WORKSPACE_APPLY_EDIT, parameters)
        return isinstance(answer, lsp.ApplyWorkspaceEditResult) and answer.applied

    def begin(self, token: str, title: str) -> None:
        """Show the progress of some work, cancellable."""
        self._announced[token] = self.spawn(self._begin(token, title))

    def end(self, token: str, *, cancelled: bool) -> None:
        """End what ``begin`` began."""
        begun = self._announced.pop(token, None)
        if begun is not None:
            self.spawn(self._end(begun, token, "cancelled" if cancelled else None))

    async def _begin(self, token: str, title: str) -> bool:
        create = lsp.WorkDoneProgressCreateParams(token)
        try:
            await asyncio.wait_for(
                self._protocol.send_request_async(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, create), 10
            )
        except Exception as problem:
            _log.debug("no progress: %r", problem)
            return False
        value = lsp.WorkDoneProgressBegin(title="goescape", message=title, cancellable=True)
        self._protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, value))
        return True

    async def _end(self, begun: asyncio.Task[object], token: str, message: str | None) -> None:
        if await begun:
            value = lsp.WorkDoneProgressEnd(message=message)
            self._protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, value))


class EditorLog(logging.Handler):
    """Sends goescape's own log lines to the editor, from any thread.

    ``on_failure`` is called, on the loop, for failures of goescape itself that nobody is told of
    otherwise.
    """

    _KINDS = (
        (logging.ERROR, lsp.MessageType.Error),
        (logging.WARNING, lsp.MessageType.Warning),
        (logging.INFO, lsp.MessageType.Info),
    )

    def __init__(
        self, editor: Editor, loop: asyncio.AbstractEventLoop, on_failure: Callable[[], None]
    ) -> None:
        super().__init__()
        self._editor = editor
        self._loop = loop
        self._on_failure = on_failure

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line."""
        kinds = (kind for level, kind in self._KINDS if record.levelno >= level)
        kind = next(kinds, lsp.MessageType.Log)
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._editor.log, kind, self.format(record))
        if record.levelno >= logging.ERROR and not getattr(record, "is_told", False):
            self._loop.call_soon_threadsafe(self._on_failure)
