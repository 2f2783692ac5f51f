"""The one mutable object: what the editor shows, what is known, what was published."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.messages.languages import (
    catalogue_for,
    current_catalogue,
    language_of_environment,
    set_catalogue,
)
from goescape.analysis.ranking.rank import RankPolicy, ranked_report
from goescape.analysis.syntax.source import is_same_text
from goescape.lsp.convert import Translator
from goescape.lsp.features.benchmark_results import MEASURING, BenchmarkResults
from goescape.lsp.features.diagnostics import FileState, ShownFinding
from goescape.lsp.features.file_fixes import TESTING, FileFixes
from goescape.lsp.features.hover import HoverStyle
from goescape.lsp.gc_control import GarbageCollector
from goescape.lsp.progress import Status, WorkProgress, status
from goescape.lsp.publisher import Publisher
from goescape.lsp.state.buffers import Buffer, Buffers, TextChange
from goescape.lsp.state.disk_texts import DiskTexts
from goescape.lsp.state.package_store import PackageState, PackageStore
from goescape.lsp.state.profiles import LoadedProfiles
from goescape.lsp.state.report_view import PositionShifts, ReportView
from goescape.lsp.state.virtual_documents import VirtualDocuments
from goescape.lsp.unknown_lines import UnknownLines
from goescape.lsp.uris import relative
from goescape.settings import SECTION, Settings, parse
from goescape.toolchain.go.packages import absolute
from goescape.toolchain.options import EngineOptions
from goescape.toolchain.problems import GoProblem, Problem
from goescape.toolchain.schedule.events import (
    Event,
    Excluded,
    Failed,
    Finished,
    Reported,
    Started,
    Unfinished,
)
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from goescape.analysis.profiles.join import JoinedProfile
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.background import Background
    from goescape.lsp.editor import Editor

_log = logging.getLogger(__name__)

_READY_SECONDS = 15.0
_GONE_SECONDS = 0.3
"""Editors replace files by renaming: only what is missing after this long was deleted."""


class Session:
    """Everything between ``initialize`` and ``exit``. Lives on the event loop's thread."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.settings = Settings()
        self.buffers = Buffers()
        self.store = PackageStore(self._read_again)
        self.folders: tuple[str, ...] = ()
        self.background: Background | None = None
        self.documents = VirtualDocuments()
        self.fixes = FileFixes(self)
        self.benchmarks = BenchmarkResults()
        self.profiles = LoadedProfiles(self._profiles_changed)
        self.latest = ""
        """The file that the user was in last."""
        self._options: object = None
        self._locale = ""
        self._settings_turn = 0
        self.publisher = Publisher(
            editor,
            self.buffers,
            settings=lambda: self.settings,
            state=self._state,
            facts=self._facts_to_publish,
            translator=self.translator,
            identity=lambda path: self.store.identity(path),  # noqa: PLW0108 - of today's store
        )
        self._progress = WorkProgress(lambda: editor if editor.client.progress else None)
        self._problem: Problem | None = None
        self._unfinished: Unfinished | None = None
        """What keeps the text that was typed last from being analysed."""
        self._go = ""
        self._said: set[str] = set()
        self._unknown_lines = UnknownLines()
        self._shifts = PositionShifts()
        self._views: weakref.WeakKeyDictionary[PackageState, ReportView] = (
            weakref.WeakKeyDictionary()
        )
        self._disk = DiskTexts()
        self._collector = GarbageCollector()
        self._tidying: asyncio.Task[object] | None = None
        self._closed = False
        self._closing: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    # The client's side: settings, folders, files.

    def configure(self, options: object, folders: Iterable[str], locale: str = "") -> None:
        """What ``initialize`` says."""
        self._locale = locale
        self._options = _section(options)
        self.folders = tuple(dict.fromkeys(folders))
        self._take_settings(self._options)

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
        self.background = Background(
            self.settings,
            emit=self.take,
            shown=self._shown_texts,
            on_change=self.changed_on_disk,
            on_proof=self.fixes.proved,
            heard=self.publisher.pushed,
        )
        for buffer in self.buffers:
            self._analyze_opened(buffer)
        self.editor.spawn(self._look_for_go(self.background))
        self.editor.spawn(self._watch())

    async def ready(self) -> Background | None:
        """What works in the background; commands that come early wait for it."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._started.wait(), _READY_SECONDS)
        return self.background

    async def restart(self) -> None:
        """Forget everything but what the editor shows, and begin again."""
        background, self.background = self.background, None
        if background is not None:
            await background.close()
        paths = self.store.known_paths()
        self.store = PackageStore(self._read_again)
        self._problem = None
        self._said.clear()
        self.publish(paths)
        await self.start()

    async def close(self) -> None:
        """End all work. Goes on although the caller is cancelled; can be called again."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await uninterrupted(self._closing)

    async def _close(self) -> None:
        self._closed = True
        self.documents.remove()
        self.fixes.close()
        self.publisher.close()
        self._collector.close()
        await self.editor.close()
        background, self.background = self.background, None
        if background is not None:
            await background.close()

    async def read_settings(self, payload: object = None) -> None:
        """Ask the client for its settings; one that cannot be asked has sent them."""
        self._settings_turn += 1
        turn = self._settings_turn
        asked = await self.editor.settings()
        if turn == self._settings_turn:
            if payload is not None:
                self._options = _section(payload)
            self._take_settings(asked if isinstance(asked, Mapping) and asked else self._options)

    def _take_settings(self, raw: object) -> None:
        before = self.settings
        self.settings, complaints = parse(raw)
        for complaint in complaints:
            self._say_once(complaint)
        locales = (self._locale, *language_of_environment(os.environ.items()))
        set_catalogue(catalogue_for(self.settings.language, locales))
        if self.background is None:
            return
        if self._problem or EngineOptions.of(before) != EngineOptions.of(self.settings):
            self._problem = None
            self.background.replace_engine(self.settings)
            self.editor.spawn(self._look_for_go(self.background))
            self.tell_status()
        if before != self.settings:
            self.publish(self.store.known_paths())

    def change_folders(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Workspace folders come and go; what goes is forgotten unless it is open."""
        gone = set(removed)
        kept = (folder for folder in self.folders if folder not in gone)
        self.folders = tuple(dict.fromkeys((*kept, *added)))
        touched = {path for folder in gone for path in self.store.drop_below(folder)}
        self.publish(touched)
        if self.background is not None:
            self.editor.spawn(self._watch())
            for buffer in self.buffers:
                if any(path == buffer.path for path in touched):
                    self._analyze_opened(buffer)

    def opened(self, uri: str, version: int, text: str) -> None:
        """The editor shows a file: analyse its package."""
        buffer = self.buffers.open(uri, version, text)
        if buffer is not None:
            self.latest = buffer.path
            self._analyze_opened(buffer)
            self.fixes.shown(buffer.path)
            self.publisher.push([buffer.path])

    def changed(self, uri: str, version: int, edits: list[TextChange]) -> None:
        """The text in the editor is another one now."""
        buffer = self.buffers.change(uri, version, edits)
        if buffer is not None:
            self.latest = buffer.path
            self.fixes.edited(buffer)
            self._analyze_text(buffer.path)

    def _analyze_text(self, path: str) -> None:
        if self.background is not None and self.settings.run == "onType":
            self.background.scheduler.file_edited(path)

    def saved(self, path: str) -> None:
        """The editor wrote a file."""
        self.fixes.changed(path)
        if self.background is not None and self.settings.run != "manual":
            self.background.scheduler.file_changed(path)

    def closed(self, uri: str) -> None:
        """The editor shows a file no more: what is published belongs to the disk's text again."""
        buffer = self.buffers.close(uri)
        if buffer is not None:
            if self.background is not None:
                self.background.scheduler.file_closed(buffer.path)
            if not self._is_saved(buffer):
                self._analyze_text(buffer.path)  # what the disk holds counts again
            self.publisher.push([buffer.path])

    def _is_saved(self, buffer: Buffer) -> bool:
        saved = self._disk.text(buffer.path)
        return saved is not None and is_same_text(buffer.source.content, saved.content)

    def _shown_texts(self) -> dict[str, bytes]:
        """The texts that are compiled in place of what is on the disk."""
        if self.settings.run != "onType":
            return {}
        return {
            absolute(each.path): each.source.content
            for each in self.buffers
            if each.path.endswith(".go")
        }

    def changed_on_disk(self, path: str) -> None:
        """Somebody wrote, created or deleted a file."""
        asyncio.get_running_loop().call_later(_GONE_SECONDS, self._forget_if_gone, path)
        self.saved(path)

    def _forget_if_gone(self, path: str) -> None:
        if not os.path.lexists(path) and not self._closed:
            gone = self.store.drop_file(path) | self.store.drop_below(path)
            self.publish(gone)

    def _analyze_opened(self, buffer: Buffer) -> None:
        wanted = buffer.path.endswith(".go") and self.settings.run != "manual"
        if self.background is not None and wanted:
            self.background.scheduler.file_opened(buffer.path)
            if not self._is_saved(buffer):
                self._analyze_text(buffer.path)

    # The background's side.

    def take(self, event: Event) -> None:
        """What the scheduler says."""
        match event:
            case Started():
                self._problem = None
                self._collector.busy()
                self.fixes.hold(event.token, busy=True)
                self._progress.started(event.token, event.title)
            case Finished():
                self.fixes.hold(event.token, busy=False)
                self._progress.finished(event.token, cancelled=event.cancelled)
                if not self._progress.running:
                    self._collector.idle()
            case Reported():
                self._problem = None
                self._unfinished = None
                self._unknown_lines.take(event.report)
                self.publisher.publish(self.store.put(event.report), more_follows=True)
                self._tidy_soon()
                if event.report.is_final:
                    self.fixes.reported(event.report)
            case Excluded():
                self.publish(self.store.exclude(event.file, event.reason))
            case Unfinished():
                self._unfinished = event
            case Failed():
                self._take_problem(event.problem)
        self.tell_status()

    def _take_problem(self, problem: Problem) -> None:
        if problem.kind == "compile":
            self.publish(self.store.fail_tests(problem.package, problem.errors))
            return
        self._problem = problem
        if not self.editor.client.problems:
            self._say_once(problem.message, error=problem.kind == "go")

    @contextlib.contextmanager
    def announced(self, token: int, title: str) -> Iterator[None]:
        """Show some work of the session's own as long as it lasts."""
        self._progress.started(token, title)
        try:
            yield
        finally:
            self._progress.finished(token, cancelled=False)

    def cancel(self, token: object) -> None:
        """The user does not want to wait for some work."""
        if self.background is None or not self._progress.is_shown(token):
            return
        if self.fixes.testing is not None and self._progress.is_shown(token, TESTING):
            self.fixes.testing.cancel()
        elif self._progress.is_shown(token, MEASURING):
            self.benchmarks.cancel()
        else:
            self.background.scheduler.cancel()

    def tell_status(self) -> None:
        """Say what goescape is doing, where the editor wants to know."""
        waiting = self.store.waiting()
        packages = [known.package for known in waiting]
        first = waiting[0].errors[0].message if waiting and waiting[0].errors else ""
        if self._unfinished is not None and not packages:
            packages, first = [self._unfinished.package], self._unfinished.message
        now = status(self._progress.running, self._problem, packages, first)
        if now == Status() and self.background is not None and self.background.scheduler.is_paused:
            now = Status(message=current_catalogue().text("status paused"))
        self.editor.status(evolve(now, go=self._go))

    async def _look_for_go(self, background: Background) -> None:
        try:
            go = await background.engine.go()
        except GoProblem as problem:
            if background is self.background:
                self._take_problem(Problem(problem.message, kind=problem.kind))
        else:
            self._go = f"{go.version}, {go.path} ({go.reason})"
            _log.info("using %s", self._go)
            if go.notice:
                self._say_once(go.notice)
        self.tell_status()

    async def _watch(self) -> None:
        if self.background is None:
            return
        background = self.background
        notice = await background.watch(self.folders)
        if not notice:
            return
        if self.editor.client.watch_registration:
            _log.info("%s; the editor watches instead", notice)
            await background.stop_watching()
            await self.editor.watch_files()
        else:
            self._say_once(notice)

    def failed_inside(self) -> None:
        """Something of goescape's own has failed and was logged: say so once."""
        if not self._closed:
            self._say_once(current_catalogue().text("tell failed inside"), error=True)

    def _say_once(self, text: str, *, error: bool = False) -> None:
        if text not in self._said:
            self._said.add(text)
            (self.editor.error if error else self.editor.warning)(text)

    # What is known, in the text that is shown now.

    def facts(self, path: str) -> FileState:
        """All that decides what is shown in a file."""
        return self._facts(path, self.view)

    def _facts_to_publish(self, path: str) -> FileState:
        """Enough of it for diagnostics: many packages may speak of a file that nobody has open."""
        is_open = self.buffers.at(path) is not None
        return self._facts(path, self.view if is_open else partial(self._excerpt, path))

    def _facts(self, path: str, view: Callable[[PackageState], ReportView]) -> FileState:
        return FileState(
            path=path,
            relative=relative(path, self.folders, self.store.identity),
            views=tuple(view(each) for each in self.store.about(path)),
            waiting=self.store.waiting_for(path),
            excluded=self.store.excluded(path),
            text=self.text(path),
            fixes=self.fixes.counts(path),
        )

    def _state(self, path: str) -> object:
        """Changes with all that decides what is shown in a file; costs little."""
        known, excluded = self.store.about(path), self.store.excluded(path)
        buffer = self.buffers.at(path)
        alone = excluded or any(each.errors or each.test_errors for each in known)
        return (
            known,
            excluded,
            buffer.source if buffer is not None else None,
            self._disk.text(path) if alone and buffer is None else None,
            self.settings,
            self.profiles.version,
            self.folders,
            self.fixes.counts(path),
        )

    def text(self, path: str) -> SourceText | None:
        """The text that positions in a file belong to."""
        buffer = self.buffers.at(path)
        if buffer is not None:
            return buffer.source
        for known in self.store.about(path):
            for name in self.store.spellings(known, path):
                if (compiled := known.slot.source(name)) is not None:
                    return compiled
        return self._disk.text(path)

    def disk_text(self, path: str) -> SourceText | None:
        """What lies on the disk, whatever the editor shows."""
        return self._disk.text(path)

    def translator(self) -> Translator:
        """From places to the editor's positions, for as long as nothing is edited."""
        return Translator(cache(self.text), cache(self.buffers.uri))

    def style(self) -> HoverStyle:
        """How to mark up text."""
        return HoverStyle(self.editor.client.markdown, self.translator().link)

    def _tidy_soon(self) -> None:
        if self._tidying is None or self._tidying.done():
            self._tidying = self.editor.spawn(self._tidy())

    async def _tidy(self) -> None:
        """Pack reports that nobody has asked for lately."""
        await self.store.shelf.tidy()
        self._forget_packed()

    def _forget_packed(self) -> None:
        for known in [each for each in self._views if each.slot.is_packed]:
            del self._views[known]

    def view(self, known: PackageState) -> ReportView:
        """A package in the text that is shown now."""
        view = self._views.get(known)
        if view is not None and view.policy == RankPolicy.of(self.settings):
            known.slot.touch()
            return view
        view = self._views[known] = self._view(known, known.report)
        self._forget_packed()
        if self.store.shelf.is_full:
            self._tidy_soon()
        return view

    def _excerpt(self, path: str, known: PackageState) -> ReportView:
        """At least what a package says of a file; a report that is packed stays so."""
        if not known.slot.is_packed or self.profiles.are_loaded:  # they judge a package as a whole
            return self.view(known)
        return self._view(known, known.slot.excerpt(self.store.spellings(known, path)))

    def _view(self, known: PackageState, report: PackageReport) -> ReportView:
        report, joined = self.ranked(report)
        names = partial(self.store.spellings, known)
        policy = RankPolicy.of(self.settings)
        return ReportView(
            report, names, self._shown_text, self._shifts, known.errors, joined, policy
        )

    def ranked(self, report: PackageReport) -> tuple[PackageReport, JoinedProfile | None]:
        """The report as profiles and settings rank its findings, and what the profiles say."""
        joined = self.profiles.joined(report)
        said = None if joined is None else joined.rank_reason
        return ranked_report(report, said, RankPolicy.of(self.settings)), joined

    def _read_again(self, files: tuple[str, ...]) -> None:
        """What was known of a package cannot be unpacked: have it analysed again. In any thread."""
        if self._loop is not None and files:
            self._loop.call_soon_threadsafe(self._analyze_lost, files[0])

    def _analyze_lost(self, path: str) -> None:
        if self.background is not None:
            self.background.scheduler.analyze_package_of(path)

    def _profiles_changed(self) -> None:
        self._views.clear()
        self.publish(self.store.known_paths())

    def _shown_text(self, path: str) -> SourceText | None:
        buffer = self.buffers.at(path)
        return None if buffer is None else buffer.source

    # Telling.

    def publish(self, paths: Iterable[str]) -> None:
        """Tell the client about files whose findings may differ, and only about those that do."""
        self.publisher.publish(paths)

    def pull_all(self, before: Mapping[str, str]) -> Iterator[ShownFinding]:
        """Every file that has diagnostics, and those that the client remembers, with their ids."""
        paths = (*self.store.excluded_paths(), *self.store.known_paths())
        return self.publisher.pull_all(paths, before)


def _section(options: object) -> object:
    """What a client sends may have our section around it, or not."""
    if isinstance(options, Mapping) and SECTION in options:
        return options[SECTION]
    return options
