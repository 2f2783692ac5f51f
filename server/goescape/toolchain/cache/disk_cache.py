"""Results that outlive the process: a report for each folder, good while all is as it was.

An entry names what it was made of: the contents of the package and of the packages near it that it
imports, by folder, and its configuration (Go, settings, module files). Several servers may share
the store; a broken entry is no entry.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from msgspec import MsgspecError

from goescape.analysis.codec import Codec
from goescape.analysis.reports.report_codec import Opened, OtherFormatError, pack
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.digests import digest
from goescape.toolchain.file_stamps import folder_stamp, stamp_of_status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from goescape.analysis.model import PackageReport

_log = logging.getLogger(__name__)
_MOST_BYTES = 200_000_000
_COMPILED = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m", ".s", ".S", ".syso", ".pgo")
"""What else a package may be made of."""


_CONDITIONS: Codec[tuple[str, dict[str, bytes], dict[str, bytes]]] = Codec(
    tuple[str, dict[str, bytes], dict[str, bytes]]
)
"""What a report is good for: an entry's name, so that one that was moved is no other's, and the
digests of folders (empty for one that never changes), and of files of other packages.
"""


@frozen
class FolderContents:
    """A folder's Go files as they are now, and a digest of all that is compiled there."""

    digest: bytes
    sources: Mapping[str, SourceText]

    @classmethod
    def of(cls, directory: str) -> FolderContents:
        """Read a folder; one that is gone holds nothing."""
        sources, parts = {}, []
        with contextlib.suppress(OSError), os.scandir(directory) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                name = entry.name.encode("utf-8", "surrogatepass")
                with contextlib.suppress(OSError):  # the others count in any case
                    if entry.name.endswith(".go") and entry.is_file():
                        source = SourceText(entry.path, Path(entry.path).read_bytes())
                        sources[entry.path] = source
                        parts += [name, digest(source.content)]
                    elif entry.name.endswith(_COMPILED):
                        parts += [name, repr(stamp_of_status(entry.stat())).encode()]
        return cls(digest(b"\0".join(parts)), sources)


class DiskCache:
    """The store. Every method reads or writes the disk: call them in a thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None else cache_folder() / "results"

    def report(
        self,
        directory: str,
        configuration: bytes,
        contents: dict[str, bytes],
        near: Collection[str] = (),
    ) -> PackageReport | None:
        """The report of a folder if it would come out the same now.

        ``contents`` has the digests of folders that were read before; it is added to. ``near`` are
        the folders that the package is known to depend on now: the report has to be of these.
        """
        path = self._path(directory, configuration)
        try:
            report = _unpacked(_read(path), path.name, contents, near)
        except OSError:  # there is none, or what it was made of is gone
            return None
        except OtherFormatError as problem:
            _log.debug("%s is of another version: %s", path, problem)
            _remove(path)
            return None
        except (ValueError, struct.error, zlib.error, MsgspecError) as problem:
            _log.warning("%s is damaged, and is compiled again: %s", path, problem)
            _remove(path)
            return None
        except Exception as problem:
            _log.error("%s cannot be read, and is compiled again", path, exc_info=problem)
            _remove(path)
            return None
        if report is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # the oldest are removed first
        return report

    def keep(
        self,
        report: PackageReport,
        configuration: bytes,
        near: Mapping[str, object],
        contents: dict[str, bytes],
    ) -> None:
        """Store a report of what lies on the disk.

        ``near`` are the folders that it depends on with their stamps from before the compile; None
        for one that never changes. ``contents`` has the digests of folders that were read before;
        it is added to. What fails is logged: nothing depends on what is kept.
        """
        try:
            self._keep(report, configuration, near, contents)
        except OSError as problem:
            _log.debug("nothing can be kept in %s: %r", self._folder, problem)
        except Exception as problem:
            _log.error("the results for %s cannot be kept", report.directory, exc_info=problem)

    def _keep(
        self,
        report: PackageReport,
        configuration: bytes,
        near: Mapping[str, object],
        contents: dict[str, bytes],
    ) -> None:
        own = _read_again(report.directory, contents)
        texts = {path: own.sources.get(path) for path in report.files}
        if any(text is None or text != report.sources.get(path) for path, text in texts.items()):
            return  # it is of another text, or Go cannot say a file's name
        changing = {folder: stamp for folder, stamp in near.items() if stamp is not None}
        digests = dict.fromkeys(near, b"")
        digests |= {folder: _digest(folder, contents) for folder in {*changing, report.directory}}
        if any(folder_stamp(folder) != stamp for folder, stamp in changing.items()):
            return
        path = self._path(report.directory, configuration)
        packed = _packed(report, path.name, digests)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            os.replace(name, path)  # noqa: PTH105 - both are here
        except OSError:
            _remove(Path(name))  # a full disk is not filled with halves
            raise

    def prune(self) -> None:
        """Remove what was not used for the longest, down to 200 MB; and what a crash left."""
        entries = []
        with contextlib.suppress(OSError):
            for path in self._folder.glob("*/*"):
                with contextlib.suppress(OSError):
                    status = path.stat()
                    entries.append((status.st_mtime, status.st_size, path))
        left, old = _MOST_BYTES, time.time() - 3600
        for used, size, path in sorted(entries, key=lambda entry: entry[0], reverse=True):
            left -= size
            if left < 0 or (path.name.startswith("new-") and used < old):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, directory: str, configuration: bytes) -> Path:
        name = digest(directory.encode("utf-8", "surrogatepass") + b"\0" + configuration).hex()
        return self._folder / name[:2] / name


def _read(path: Path) -> bytes:
    """A file that is one: no pipe that nobody writes to, and nothing that has no end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
        raise OSError(errno.EINVAL, "not a file that was kept", str(path))
    return path.read_bytes()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _read_again(folder: str, contents: dict[str, bytes]) -> FolderContents:
    folder_contents = FolderContents.of(folder)
    contents[folder] = folder_contents.digest
    return folder_contents


def _digest(folder: str, contents: dict[str, bytes]) -> bytes:
    if folder not in contents:
        _read_again(folder, contents)
    return contents[folder]


def _packed(report: PackageReport, name: str, digests: Mapping[str, bytes]) -> bytes:
    others = {
        path: digest(source.content)
        for path, source in report.sources.items()
        if path not in report.files
    }
    return pack(report, _CONDITIONS.encode((name, dict(digests), others)))


def _unpacked(
    stored: bytes, name: str, contents: dict[str, bytes], near: Collection[str]
) -> PackageReport | None:
    """The report; None when something that it was made of is another now."""
    opened = Opened(stored)
    own_name, digests, others = _CONDITIONS.decode(opened.about)
    if own_name != name or not digests.keys() >= {*near}:
        return None
    bare = opened.bare
    own = _read_again(bare.directory, contents)
    if any(old and _digest(folder, contents) != old for folder, old in digests.items()):
        return None
    sources = {path: own.sources[path] for path in bare.files}
    sources.update((path, SourceText(path, _read(Path(path)))) for path in others)
    if any(digest(sources[path].content) != recorded for path, recorded in others.items()):
        return None
    return opened.report(sources)


def cache_folder() -> Path:
    """Where goescape keeps what outlives it."""
    try:
        return _user_folder()
    except RuntimeError:  # a user without a name or a home, as containers have them
        return Path(os.devnull, "goescape")  # where nothing can be kept


def _user_folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base, "goescape")
