"""Texts of files that nobody has open: for links into other packages."""

from __future__ import annotations

from pathlib import Path

from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.file_stamps import FileStamp, file_stamp

_LARGEST_BYTES = 4_000_000
_MOST_FILES = 64


class DiskTexts:
    """The last texts that were asked for, read again when they change."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[FileStamp, SourceText | None]] = {}

    def text(self, path: str) -> SourceText | None:
        """The file's text; None when it cannot be read, or is too large to be source code."""
        stamp = file_stamp(path)
        if stamp is None:
            return None
        cached = self._texts.get(path)
        if cached is None or cached[0] != stamp:
            _, size = stamp
            cached = (stamp, _read(path) if size <= _LARGEST_BYTES else None)
            self._texts.pop(path, None)
            self._texts[path] = cached
            if len(self._texts) > _MOST_FILES:
                del self._texts[next(iter(self._texts))]
        return cached[1]


def _read(path: str) -> SourceText | None:
    try:
        return SourceText(path, Path(path).read_bytes())
    except OSError:
        return None
