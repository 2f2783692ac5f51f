"""Watching folders for Go files that change outside the editor."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from goescape.toolchain.go.module_folders import MODULE_FILES, is_skipped

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator

    from watchdog.observers.api import BaseObserver

POLL_SECONDS = 2.0
"""How often folders are looked through when the system cannot watch them."""
_MOST_WATCHES = 40
"""Each watch costs a thread; with more, ignored folders are watched too and filtered later."""
_TELLING: list[type[events.FileSystemEvent]] = [
    events.DirCreatedEvent,
    events.DirDeletedEvent,
    events.DirMovedEvent,
    events.FileClosedEvent,
    events.FileCreatedEvent,
    events.FileDeletedEvent,
    events.FileModifiedEvent,
    events.FileMovedEvent,
]
"""What happens to files; that somebody reads one, as each compile does, is no news."""


class FileWatcher:
    """Calls ``on_change`` on the event loop with each Go or module file that changed.

    A folder that was removed or renamed is told by its own path. ``start`` looks through the
    folders and may take a second: call it in a thread. It calls nothing back after ``stop``.
    """

    def __init__(
        self,
        folders: Iterable[str],
        on_change: Callable[[str], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.notice = ""
        """One sentence when the folders are polled, or cannot be watched at all."""
        self._folders = tuple(folders)
        self._on_change = on_change
        self._loop = loop
        self._observer: BaseObserver | None = None
        self._alone: set[str] = set()
        """Folders that are watched without what is below; new folders in them need a watch."""
        self._stopped = False

    def start(self) -> None:
        """Begin; falls back to polling where the system's limit of watches is reached."""
        try:
            self._begin(Observer())
        except OSError as problem:
            self.notice = (
                f"The system cannot watch all folders ({problem.strerror or problem}), so goescape "
                f"looks for changes every {POLL_SECONDS:g} s; on Linux, raising "
                "fs.inotify.max_user_watches avoids this."
            )
            with contextlib.suppress(OSError):
                self._begin(PollingObserver(timeout=POLL_SECONDS))

    def stop(self) -> None:
        """End, and wait for the threads."""
        self._stopped = True
        if self._observer is not None:
            _end(self._observer)
            self._observer = None

    def _begin(self, observer: BaseObserver) -> None:
        observer.start()
        try:
            for folder in self._folders:
                handler = _Handler(folder, self._tell, self._follow)
                for path, recursive in _watches(folder):
                    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                        self._watch(observer, handler, path, recursive=recursive)
                _prove_room(observer, folder)
        except OSError:
            _end(observer)
            raise
        if self._stopped:
            _end(observer)
        else:
            self._observer = observer

    def _watch(
        self, observer: BaseObserver, handler: _Handler, path: str, *, recursive: bool
    ) -> None:
        observer.schedule(handler, path, recursive=recursive, event_filter=_TELLING)
        if not recursive:
            self._alone.add(path)

    def _tell(self, path: str) -> None:
        """From a watchdog thread to the event loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._notify_on_loop, path)

    def _notify_on_loop(self, path: str) -> None:
        if not self._stopped:
            self._on_change(path)

    def _follow(self, handler: _Handler, folder: str) -> None:
        """Watch a new folder; what was put into it before the watch began is told at once."""
        observer = self._observer
        if observer is None:
            return
        if str(Path(folder).parent) in self._alone:
            for path, recursive in _watches(folder):
                with contextlib.suppress(OSError):
                    self._watch(observer, handler, path, recursive=recursive)
        for path in _wanted_below(folder):
            self._tell(path)


class _Handler(events.FileSystemEventHandler):
    """Picks the events that matter; runs in watchdog's threads."""

    def __init__(
        self,
        folder: str,
        tell: Callable[[str], None],
        follow: Callable[[_Handler, str], None],
    ) -> None:
        self._folder = folder
        self._tell = tell
        self._follow = follow

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        """Tell the paths of one event."""
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        if event.is_directory:
            self._folder_event(event.event_type, source, target)
            return
        for path in (source, target):
            if path and self._is_inside(path) and is_watched(path):
                self._tell(path)

    def _folder_event(self, kind: str, source: str, target: str) -> None:
        if kind in {"deleted", "moved"} and self._is_inside(source):
            self._tell(source)
        new = target if kind == "moved" else source if kind == "created" else ""
        if new and self._is_inside(new):
            self._follow(self, new)

    def _is_inside(self, path: str) -> bool:
        """Whether no folder between the watched one and the file is an ignored one."""
        parts = Path(os.path.relpath(path, self._folder)).parts
        folders = parts if not is_watched(path) else parts[:-1]
        return not any(is_skipped(part) and part not in {".", ".."} for part in folders)


def is_watched(path: str) -> bool:
    """Whether a change of this file can change what Go compiles."""
    name = Path(path).name
    return name.endswith(".go") or name in MODULE_FILES


def _watches(folder: str) -> list[tuple[str, bool]]:
    """The folders to watch and whether with all below, so that ignored ones are left out."""
    above_ignored: set[Path] = set()
    for directory, names, _ in os.walk(folder):
        kept = [name for name in names if not is_skipped(name)]
        if len(kept) < len(names):
            path = Path(directory)
            above_ignored.update((path, *path.parents))
        names[:] = kept
    watches = list(_split(Path(folder), above_ignored))
    return watches if len(watches) <= _MOST_WATCHES else [(folder, True)]


def _split(folder: Path, above_ignored: set[Path]) -> Iterator[tuple[str, bool]]:
    if folder not in above_ignored:
        yield str(folder), True
        return
    yield str(folder), False
    for child in _children(folder):
        yield from _split(child, above_ignored)


def _children(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not is_skipped(entry.name)
            )
    except OSError:
        return []


def _wanted_below(folder: str) -> Iterator[str]:
    for directory, names, files in os.walk(folder):
        names[:] = [name for name in names if not is_skipped(name)]
        yield from (str(Path(directory, name)) for name in files if is_watched(name))


def _prove_room(observer: BaseObserver, folder: str) -> None:
    """Raise OSError when no further watch is possible.

    watchdog keeps silent about folders below that it could not watch, so one more is tried.
    """
    watch = observer.schedule(events.FileSystemEventHandler(), Path(folder).anchor or os.sep)
    observer.unschedule(watch)


def _end(observer: Any) -> None:
    observer.stop()
    observer.join()
