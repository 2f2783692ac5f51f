"""Reports from the text of a build that somebody else made with ``-gcflags=-m=2``.

Any build will do: another machine, a build farm, rules_go. Packages may come interleaved, lines may
have colours and carriage returns, and the log may be cut anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from array import array
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.package_analyzer import build_report
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.go.packages import owner_of, split_path
from goescape.toolchain.go.process_output import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.model import PackageReport

_COLOUR = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_HEADER = re.compile(rb"^# (\S+(?: \[\S+\])?)$")
_PLACE = re.compile(rb"(?<![^\s(])([^\s:()]+\.go)(?=:\d+(?::\d+)?\b)")
_FIRST_PLACE = re.compile(rb"([^\s:()][^:]*\.go):\d+:")
_LONGEST_COLOUR = 64
"""How far from its beginning a header may stand behind colours."""
_MOST_LINES = 400_000
"""That are understood together; a log without headers may have no end."""
_AT_ONCE = 2_000
"""Lines that are read together: few need little memory, many little time."""
_MOST_NAMES = 20_000
"""Of files, that are remembered."""

_Pieces = dict[str, dict[str, "array[int]"]]
"""By package and header: where its parts begin and end in the log, one after the other."""


class BuildLog:
    """Understands a log package by package: only one of them is in memory."""

    def __init__(self, folder: Path, language: tuple[int, int] = (1, 22)) -> None:
        """``folder`` is where the build ran, or has what it compiled somewhere below."""
        self.unknown = ""
        """A file that the log names and that is not here."""
        self._folder = folder
        self._language = language
        self._found: dict[bytes, tuple[bytes, bool]] = {}

    def reports(self, log: BinaryIO) -> Iterator[PackageReport]:
        """The reports of all packages. Raises OSError.

        The log is read twice, as packages may come in several parts: what can be read only once
        waits in a temporary file meanwhile.
        """
        with ExitStack() as stack:
            if not stat.S_ISREG(os.fstat(log.fileno()).st_mode):  # Windows says that pipes can seek
                copy = stack.enter_context(TemporaryFile(prefix="goescape-log-"))
                shutil.copyfileobj(log, copy)
                copy.seek(0)
                log = cast("BinaryIO", copy)
            for package, pieces in self._index(log).items():
                yield from self._reports(log, package, pieces)

    def _index(self, log: BinaryIO) -> _Pieces:
        """Where everything is; without headers, a folder is a package."""
        pieces: _Pieces = {}
        key, has_headers, seen = ("", ""), False, set[bytes]()
        position = begun = log.tell()
        text = blake2b(digest_size=16)

        def conclude() -> None:
            """Go repeats what it has in its cache: the same once more says nothing new."""
            package, header = key
            is_new = (mark := text.digest()) not in seen
            if begun < position and is_new:
                seen.add(mark)
                parts = pieces.setdefault(package, {}).setdefault(header, array("Q"))
                parts.extend((begun, position))

        for line in _lines(log):
            begins = self._begun(line, has_headers=has_headers)
            if begins is not None and (begins != key or begins[1]):
                has_headers |= bool(begins[1])
                conclude()
                key, begun, text = begins, position, blake2b(digest_size=16)
            text.update(line)
            position += len(line)
        conclude()
        return pieces

    def _begun(self, line: bytes, *, has_headers: bool) -> tuple[str, str] | None:
        """The package and the header that a line begins to tell about, if it does."""
        if b"# " in line[:_LONGEST_COLOUR] and (header := _HEADER.match(_plain(line))):
            text = header[1].decode("utf-8", "replace")
            return owner_of(*split_path(text)), text
        first = None if has_headers else _FIRST_PLACE.match(_plain(line))
        if first is None:
            return None
        path, _ = self._resolved(first[1])
        return str(Path(path.decode("utf-8", "replace")).parent), ""

    def _reports(
        self, log: BinaryIO, package: str, pieces: Mapping[str, array[int]]
    ) -> Iterator[PackageReport]:
        part = _Part()
        for header, places in pieces.items():
            head = f"# {header or package or 'log'}".encode()
            part.add(head)
            for begin, end in zip(places[::2], places[1::2], strict=True):
                log.seek(begin)
                for line in _lines(log, end - begin):
                    self._take(_plain(line), part)
                    if part.lines > _MOST_LINES:
                        yield from self._report(package, part)
                        part = _Part()
                        part.add(head)
        yield from self._report(package, part)

    def _take(self, line: bytes, part: _Part) -> None:
        first = _FIRST_PLACE.match(line)
        if first is None:
            return
        path, is_here = self._resolved(first[1])
        if is_here:
            part.files.add(path)
        part.add(_PLACE.sub(lambda match: self._resolved(match[1])[0], line))

    def _report(self, package: str, part: _Part) -> Iterator[PackageReport]:
        sources = {}
        for name in sorted(part.files):
            path = os.fsdecode(name)
            sources[path] = SourceText(path, Path(path).read_bytes())
        texts = part.understood()
        if not sources:
            return
        directory = str(Path(next(iter(sources))).parent)
        info = PackageInfo(package, directory, tuple(sources), str(self._folder), self._language)
        yield build_report(info, texts, sources)

    def _resolved(self, printed: bytes) -> tuple[bytes, bool]:
        """The file that is meant: as printed, or the longest end of it that is here; whether it
        is here.
        """
        resolved = self._found.get(printed)
        if resolved is None:
            if len(self._found) > _MOST_NAMES:
                self._found.clear()
            resolved = self._found[printed] = self._find(printed)
        return resolved

    def _find(self, printed: bytes) -> tuple[bytes, bool]:
        name = printed.decode("utf-8", "surrogateescape").replace("\\", "/")
        parts = [part for part in name.split("/") if part not in {"", "."}]
        candidates = [Path(self._folder, name)]
        candidates += [Path(self._folder, *parts[start:]) for start in range(len(parts))]
        for candidate in candidates:
            path = os.path.normpath(candidate)
            if Path(path).is_file():
                return os.fsencode(path), True
        self.unknown = self.unknown or name
        return printed, False


class _Part:
    """What is understood together; its text is let go of as it comes."""

    def __init__(self) -> None:
        self.files: set[bytes] = set()
        """Those that it names and that are here."""
        self.lines = 0
        self._reader = CompilerText()
        self._waiting: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Take a line, without its end."""
        self.lines += 1
        self._waiting.append(line)
        if len(self._waiting) >= _AT_ONCE:
            self._read()

    def understood(self) -> tuple[PackageText, ...]:
        """All of it; nothing more may come."""
        self._read()
        return self._reader.finish()

    def _read(self) -> None:
        self._reader.feed_chunk(b"\n".join([*self._waiting, b""]))
        self._waiting.clear()


def _lines(log: BinaryIO, size: int = sys.maxsize) -> Iterator[bytes]:
    """The next lines, with their ends; one that is far too long comes in parts."""
    while size > 0 and (line := log.readline(min(size, LONGEST_LINE))):
        size -= len(line)
        yield line


def _plain(line: bytes) -> bytes:
    """Without colours and the line's end."""
    return (_COLOUR.sub(b"", line) if b"\x1b" in line else line).rstrip(b"\r\n")
