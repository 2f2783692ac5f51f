"""Reports from the text of a build that somebody else made with ``-gcflags=-m=2``.

Any build will do: another machine, a build farm, rules_go. Packages may come interleaved, lines may
have colours and carriage returns, and the log may be cut anywhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.compiler_text import CompilerText
from goescape.analysis.report import PackageInfo, build_report
from goescape.analysis.source import SourceText
from goescape.toolchain.listeners import LONGEST_LINE
from goescape.toolchain.packages import owner_of, split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.analysis.model import PackageReport

_COLOUR = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_HEADER = re.compile(rb"^# (\S+(?: \[\S+\])?)$")
_PLACE = re.compile(rb"(?<![^\s(])([^\s:()]+\.go)(?=:\d+(?::\d+)?\b)")
_FIRST_PLACE = re.compile(rb"([^\s:()][^:]*\.go):\d+:")
_MOST_LINES = 400_000
"""Of one package; a log without headers may have no end."""


class BuildLog:
    """Understands a log piece by piece: only the package that is being told about is in memory."""

    def __init__(self, folder: Path, language: tuple[int, int] = (1, 22)) -> None:
        """``folder`` is where the build ran, or has what it compiled somewhere below."""
        self.unknown: dict[str, None] = {}
        """Files that the log names and that are not here."""
        self._folder = folder
        self._language = language
        self._paths: dict[bytes, bytes] = {}
        self._here: set[bytes] = set()
        self._package = ""
        self._has_headers = False
        self._block: list[bytes] = []
        self._files: set[bytes] = set()

    def reports(self, chunks: Iterable[bytes]) -> Iterator[PackageReport]:
        """The report of each block of the log."""
        rest = b""
        for chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[:LONGEST_LINE]
            for line in lines:
                yield from self._take(line)
        yield from self._take(rest)
        yield from self._end("")

    def _take(self, line: bytes) -> Iterator[PackageReport]:
        line = _COLOUR.sub(b"", line).rstrip(b"\r")
        if (header := _HEADER.match(line)) is not None:
            key = split_path(header[1].decode("utf-8", "replace"))
            self._has_headers = True
            yield from self._end(owner_of(*key))
            return
        first = _FIRST_PLACE.match(line)
        if first is None:
            return
        path = self._resolved(first[1])
        if not self._has_headers:
            package = str(Path(path.decode("utf-8", "replace")).parent)
            if package != self._package:
                yield from self._end(package)
        if path in self._here:
            self._files.add(path)
        self._block.append(_PLACE.sub(lambda match: self._resolved(match[1]), line))
        if len(self._block) > _MOST_LINES:
            yield from self._end(self._package)

    def _end(self, following: str) -> Iterator[PackageReport]:
        package, block, files = self._package, self._block, self._files
        self._package, self._block, self._files = following, [], set()
        if not files:
            return
        reader = CompilerText()
        reader.feed_chunk(b"\n".join([f"# {package or 'log'}".encode(), *block, b""]))
        sources = {}
        for name in sorted(files):
            path = os.fsdecode(name)
            sources[path] = SourceText(path, Path(path).read_bytes())
        directory = str(Path(next(iter(sources))).parent)
        info = PackageInfo(package, directory, tuple(sources), str(self._folder), self._language)
        yield build_report(info, reader.finish(), sources)

    def _resolved(self, printed: bytes) -> bytes:
        """The file that is meant: as printed, or the longest end of it that is here."""
        known = self._paths.get(printed)
        if known is None:
            known = self._paths[printed] = self._find(printed)
        return known

    def _find(self, printed: bytes) -> bytes:
        name = printed.decode("utf-8", "surrogateescape").replace("\\", "/")
        parts = [part for part in name.split("/") if part not in {"", "."}]
        candidates = [Path(self._folder, name)]
        candidates += [Path(self._folder, *parts[start:]) for start in range(len(parts))]
        for candidate in candidates:
            path = os.path.normpath(candidate)
            if Path(path).is_file():
                found = os.fsencode(path)
                self._here.add(found)
                return found
        self.unknown[name] = None
        return printed
