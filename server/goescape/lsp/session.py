"""Events of the client: what happens between ``initialize`` and ``exit``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from goescape.lsp.analysis_events import AnalysisEvents
from goescape.lsp.fix_requests import FixRequests
from goescape.lsp.gc_control import GarbageCollector
from goescape.lsp.progress import WorkProgress
from goescape.lsp.publisher import Publisher
from goescape.lsp.state.virtual_documents import VirtualDocuments
from goescape.lsp.state.workspace_state import WorkspaceState
from goescape.lsp.status_reporter import StatusReporter
from goescape.lsp.user_work import UserWork
from goescape.settings import SECTION, parse
from goescape.toolchain.options import EngineOptions
from goescape.toolchain.problems import GoProblem, Problem
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.lsp.background import Background
    from goescape.lsp.client_features import ClientFeatures
    from goescape.lsp.editor import Editor
    from goescape.lsp.state.buffers import Buffer, TextChange

_log = logging.getLogger(__name__)

_READY_SECONDS = 15.0
_GONE_SECONDS = 0.3
"""Editors replace files by renaming: only what is missing after this long was deleted."""


class Session:
    """Handles the client's events. Lives on the event loop's thread.

    What is known lies in ``state``; the results of analyses come to ``analysis_events``.
    """

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.state = WorkspaceState(
            on_lost=self._report_lost, on_full=self._pack_soon, on_profiles=self.publish_all
        )
        self.background: Background | None = None
        self.virtual_documents = VirtualDocuments()
        self.publisher = Publisher(editor, self.state)
        self.fix_requests = FixRequests(self.state)
        self._progress = WorkProgress(lambda: editor if editor.client.progress else None)
        self.status = StatusReporter(editor, self.state, self._progress)
        self.user_work = UserWork(self._progress)
        self._collector = GarbageCollector()
        self.analysis_events = AnalysisEvents(
            editor=editor,
            state=self.state,
            publisher=self.publisher,
            fix_requests=self.fix_requests,
            progress=self._progress,
            collector=self._collector,
            status=self.status,
        )
        self._options: object = None
        self._locale = ""
        self._settings_turn = 0
        self._packing: asyncio.Task[object] | None = None
        self._closed = False
        self._closing: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    # Life.

    def configure(
        self,
        client: ClientFeatures,
        options: object,
        folders: Iterable[str],
        locale: str = "",
    ) -> None:
        """What ``initialize`` says."""
        self.editor.client = self.state.client = client
        self._locale = locale
        self._options = _section(options)
        self.state.folders = tuple(dict.fromkeys(folders))
        self._use_settings(self._options)

    async def start(self) -> None:
        """Begin to work: ask for settings first, or the first analysis would be a wrong one."""
        await self.read_settings()
        if self.background is None and not self._closed:
            self._start()

    def _start(self) -> None:
        # imported here: `initialize` is answered sooner without all that works
        from goescape.lsp.background import Background  # noqa: PLC0415

        self._started.set()
        self._loop = asyncio.get_running_loop()
        background = self.background = Background(
            self.state.settings,
            emit=self.analysis_events.handle_event,
            texts=self.state.buffers.texts_to_compile,
            on_change=self.file_changed_on_disk,
            on_proof=self.publisher.proof_made,
            wait_for_delivery=self.publisher.wait_until_pushed,
        )
        self.state.proofs = background.proofs
        for buffer in self.state.buffers.documents:
            self._analyze_opened(buffer)
        self.editor.spawn(self._find_go(background))
        self.editor.spawn(self._watch())

    async def ready(self) -> Background | None:
        """What works in the background; commands that come early wait for it."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._started.wait(), _READY_SECONDS)
        return self.background

    async def restart(self) -> None:
        """Forget everything but what the editor shows, and begin again."""
        await self._close_background()
        paths = self.state.packages.known_paths()
        self.state.forget_packages()
        self.status.problem = None
        self.editor.forget_notified()
        self.publisher.publish(paths)
        await self.start()

    async def close(self) -> None:
        """End all work. Goes on although the caller is cancelled; can be called again."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await uninterrupted(self._closing)

    async def _close(self) -> None:
        self._closed = True
        self.virtual_documents.remove()
        self.publisher.close()
        self._collector.close()
        await self.editor.close()
        await self._close_background()

    async def _close_background(self) -> None:
        background, self.background, self.state.proofs = self.background, None, None
        self.status.is_paused = False
        if background is not None:
            await background.close()

    async def _find_go(self, background: Background) -> None:
        try:
            go = await background.engine.go()
        except GoProblem as problem:
            if background is self.background:
                kind = problem.kind
                self.analysis_events.handle_problem(Problem(problem.message, kind=kind))
        else:
            self.status.go = f"{go.version}, {go.path} ({go.reason})"
            _log.info("using %s", self.status.go)
            if go.notice:
                self.editor.notify_once(go.notice)
        self.status.send()

    async def _watch(self) -> None:
        if self.background is None:
            return
        background = self.background
        notice = await background.watch(self.state.folders)
        if not notice:
            return
        if self.state.client.watch_registration:
            _log.info("%s; the editor watches instead", notice)
            await background.stop_watching()
            await self.editor.watch_files()
        else:
            self.editor.notify_once(notice)

    # Settings and folders.

    async def read_settings(self, payload: object = None) -> None:
        """Ask the client for its settings; one that cannot be asked has sent them."""
        self._settings_turn += 1
        turn = self._settings_turn
        asked = await self.editor.settings()
        if turn == self._settings_turn:
            if payload is not None:
                self._options = _section(payload)
            self._use_settings(asked if isinstance(asked, Mapping) and asked else self._options)

    def _use_settings(self, raw: object) -> None:
        before = self.state.settings
        settings, complaints = parse(raw)
        for complaint in complaints:
            self.editor.notify_once(complaint)
        self.state.use_settings(settings, self._locale)
        if self.background is None:
            return
        is_other_go = EngineOptions.of(before) != EngineOptions.of(settings)
        if self.status.problem or is_other_go:
            self.status.problem = None
            self.background.replace_engine(settings)
            self.editor.spawn(self._find_go(self.background))
            self.status.send()
        if before != settings:
            self.publish_all()

    def folders_changed(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Workspace folders come and go; what goes is forgotten unless it is open."""
        gone = set(removed)
        kept = (folder for folder in self.state.folders if folder not in gone)
        self.state.folders = tuple(dict.fromkeys((*kept, *added)))
        touched = {path for folder in gone for path in self.state.packages.drop_below(folder)}
        self.publisher.publish(touched)
        if self.background is not None:
            self.editor.spawn(self._watch())
            for buffer in self.state.buffers.documents:
                if any(path == buffer.path for path in touched):
                    self._analyze_opened(buffer)

    # Files.

    def document_opened(self, uri: str, version: int, text: str) -> None:
        """The editor shows a file: analyse its package."""
        buffer = self.state.buffers.open(uri, version, text)
        if buffer is not None:
            self.state.latest_path = buffer.path
            self._analyze_opened(buffer)
            self.fix_requests.request(buffer.path)
            self.publisher.push([buffer.path])

    def document_changed(self, uri: str, version: int, edits: list[TextChange]) -> None:
        """The text in the editor is another one now."""
        buffer = self.state.buffers.change(uri, version, edits)
        if buffer is not None:
            self.state.latest_path = buffer.path
            self.fix_requests.document_edited(buffer)
            self._analyze_text(buffer.path)

    def file_saved(self, path: str) -> None:
        """The editor wrote a file."""
        self.fix_requests.file_changed(path)
        if self.background is not None and self.state.settings.run != "manual":
            self.background.scheduler.file_changed(path)

    def document_closed(self, uri: str) -> None:
        """The editor shows a file no more: what is published belongs to the disk's text again."""
        buffer = self.state.buffers.close(uri)
        if buffer is not None:
            if self.background is not None:
                self.background.scheduler.file_closed(buffer.path)
            if not self.state.is_saved(buffer):
                self._analyze_text(buffer.path)  # what the disk holds counts again
            self.publisher.push([buffer.path])

    def file_changed_on_disk(self, path: str) -> None:
        """Somebody wrote, created or deleted a file."""
        asyncio.get_running_loop().call_later(_GONE_SECONDS, self._forget_if_gone, path)
        self.file_saved(path)

    def _forget_if_gone(self, path: str) -> None:
        if not os.path.lexists(path) and not self._closed:
            packages = self.state.packages
            self.publisher.publish(packages.drop_file(path) | packages.drop_below(path))

    def _analyze_opened(self, buffer: Buffer) -> None:
        is_wanted = buffer.path.endswith(".go") and self.state.settings.run != "manual"
        if self.background is not None and is_wanted:
            self.background.scheduler.file_opened(buffer.path)
            if not self.state.is_saved(buffer):
                self._analyze_text(buffer.path)

    def _analyze_text(self, path: str) -> None:
        if self.background is not None and self.state.settings.run == "onType":
            self.background.scheduler.file_edited(path)

    def _report_lost(self, files: tuple[str, ...]) -> None:
        """What was known of a package cannot be unpacked: have it analysed again. In any thread."""
        if self._loop is not None and files:
            self._loop.call_soon_threadsafe(self._analyze_package_of, files[0])

    def _analyze_package_of(self, path: str) -> None:
        if self.background is not None:
            self.background.scheduler.analyze_package_of(path)

    # The rest.

    def cancel_work(self, token: object) -> None:
        """The user does not want to wait for some work."""
        if self.background is None or not self._progress.is_shown(token):
            return
        if not self.user_work.cancel(token):
            self.background.scheduler.cancel()

    def publish_all(self) -> None:
        """The diagnostics of every file may differ."""
        self.publisher.publish(self.state.packages.known_paths())

    def report_failure(self) -> None:
        """Something of goescape's own has failed and was logged: say so once."""
        if not self._closed:
            self.editor.notify_once(self.state.catalogue.tell.failed_inside, error=True)

    def _pack_soon(self) -> None:
        if self._packing is None or self._packing.done():
            self._packing = self.editor.spawn(self.state.pack_unused())


def _section(options: object) -> object:
    """What a client sends may have our section around it, or not."""
    if isinstance(options, Mapping) and SECTION in options:
        return options[SECTION]
    return options
