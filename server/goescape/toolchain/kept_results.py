"""Results that outlive the process: a report for each folder, good while all is as it was.

An entry names what it was made of: the contents of the package and of the packages near it that it
imports, by folder, and its world (Go, settings, module files). Several servers may share the store;
a broken entry is no entry.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from goescape import __version__
from goescape.analysis.source import SourceText
from goescape.toolchain.digests import digest
from goescape.toolchain.packages import directory_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.model import PackageReport

_log = logging.getLogger(__name__)
_FORMAT = 1
_SLICE = 100
"""Values that are written at a time: other threads wait as long."""
_MOST_BYTES = 200_000_000
_PARTS = ("findings", "functions", "stays", "left_out", "captures")
_COMPILED = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m", ".s", ".S", ".syso", ".pgo")
"""What else a package may be made of."""


@frozen
class Contents:
    """A folder's Go files as they are now, and a digest of all that is compiled there."""

    digest: bytes
    sources: Mapping[str, SourceText]

    @classmethod
    def of(cls, directory: str) -> Contents:
        """Read a folder; one that is gone holds nothing."""
        sources, parts = {}, []
        with contextlib.suppress(OSError), os.scandir(directory) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.endswith(".go"):
                    source = SourceText(entry.path, Path(entry.path).read_bytes())
                    sources[entry.path] = source
                    parts += [entry.name.encode(), digest(source.content)]
                elif entry.name.endswith(_COMPILED):
                    stat = entry.stat()
                    parts.append(f"{entry.name} {stat.st_mtime_ns} {stat.st_size}".encode())
        return cls(digest(b"\0".join(parts)), sources)


class KeptResults:
    """The store. Every method reads or writes the disk: call them in a thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None else _cache_folder() / "results"

    def report(
        self, directory: str, world: bytes, contents: dict[str, Contents]
    ) -> PackageReport | None:
        """The report of a folder if it would come out the same now.

        ``contents`` is what was read before, by folder; it is added to.
        """
        path = self._path(directory, world)
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        try:
            found = _unpacked(stored, contents)
        except Exception as problem:
            _log.debug("%s is broken: %r", path, problem)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        if found is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # the oldest are removed first
        return found

    def keep(
        self,
        report: PackageReport,
        world: bytes,
        near: Mapping[str, object],
        contents: dict[str, Contents],
    ) -> None:
        """Store a report of what lies on the disk.

        ``near`` are the folders that it depends on with their stamps from before the compile.
        ``contents`` is what was read before, by folder; it is added to.
        """
        own = contents[report.directory] = Contents.of(report.directory)
        if any(own.sources.get(path) != report.sources.get(path) for path in report.files):
            return  # it is of another text
        digests = {folder: _read(folder, contents).digest for folder in {*near, report.directory}}
        if any(directory_stamp(folder) != known for folder, known in near.items()):
            return
        packed = _packed(report, digests)
        path = self._path(report.directory, world)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix="new-")
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            os.replace(name, path)  # noqa: PTH105 - both are here
        except OSError as problem:
            _log.debug("nothing can be kept in %s: %r", self._folder, problem)

    def prune(self) -> None:
        """Remove what was not used for the longest, down to 200 MB; and what a crash left."""
        found = []
        with contextlib.suppress(OSError):
            for path in self._folder.glob("*/*"):
                with contextlib.suppress(OSError):
                    stat = path.stat()
                    found.append((stat.st_mtime, stat.st_size, path))
        left, old = _MOST_BYTES, time.time() - 3600
        for used, size, path in sorted(found, key=lambda each: each[0], reverse=True):
            left -= size
            if left < 0 or (path.name.startswith("new-") and used < old):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, directory: str, world: bytes) -> Path:
        name = digest(directory.encode("utf-8", "surrogateescape") + b"\0" + world).hex()
        return self._folder / name[:2] / name


def own_code() -> bytes:
    """Changes with goescape itself: another version may understand more."""
    stamps = [
        f"{path} {path.stat().st_mtime_ns}"
        for path in sorted(Path(__file__).parent.parent.glob("analysis/**/*.py"))
    ]
    return digest("\0".join([__version__, *stamps]).encode())


def _read(folder: str, contents: dict[str, Contents]) -> Contents:
    if folder not in contents:
        contents[folder] = Contents.of(folder)
    return contents[folder]


def _packed(report: PackageReport, digests: Mapping[str, bytes]) -> bytes:
    others = {
        path: digest(source.content)
        for path, source in report.sources.items()
        if path not in report.files
    }
    nothing: dict[str, Any] = dict.fromkeys(_PARTS, ())
    bare = evolve(report, sources={}, **nothing)
    written = io.BytesIO()
    pickle.dump((_FORMAT, dict(digests), others, bare), written)
    for name in _PARTS:
        values = getattr(report, name)
        for start in range(0, len(values), _SLICE):
            pickle.dump((name, values[start : start + _SLICE]), written)
    return zlib.compress(written.getvalue(), 1)


def _unpacked(stored: bytes, contents: dict[str, Contents]) -> PackageReport | None:
    """The report; None when something that it was made of is another now."""
    written = io.BytesIO(zlib.decompress(stored))
    form, digests, others, bare = _Reader(written).load()
    if form != _FORMAT:
        return None
    if any(_read(folder, contents).digest != known for folder, known in digests.items()):
        return None
    sources = {path: _read(bare.directory, contents).sources[path] for path in bare.files}
    for path, known in others.items():
        source = _read(str(Path(path).parent), contents).sources[path]
        if digest(source.content) != known:
            return None
        sources[path] = source
    parts: dict[str, list[Any]] = {name: [] for name in _PARTS}
    with contextlib.suppress(EOFError):
        while True:
            name, values = _Reader(written).load()
            parts[name] += values
    report: PackageReport = evolve(
        bare, sources=sources, **{name: tuple(values) for name, values in parts.items()}
    )
    return report


class _Reader(pickle.Unpickler):
    """Makes nothing but what reports are made of, whatever an entry says."""

    def find_class(self, module: str, name: str) -> Any:
        """A class of the model, or what attrs and named tuples restore themselves with."""
        if module.startswith("goescape.analysis."):
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _cache_folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base, "goescape")
