"""Go files as the user sees them: what the editor shows, else what lies on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.source import SourceText, is_same_text
from goescape.toolchain.file_stamps import FileStamp, file_stamp
from goescape.toolchain.go.module_folders import go_files

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class FileContent:
    """One file, and where it comes from."""

    source: SourceText
    is_unsaved: bool
    stamp: FileStamp | None
    """When it was read from the disk; None for what only the editor has."""


def read_folder(
    read: dict[str, tuple[FileStamp, SourceText]], directory: str, unsaved: Mapping[str, bytes]
) -> dict[str, FileContent]:
    """The Go files of a folder by path; equal contents stay the same value.

    ``read`` remembers the texts on the disk, each with the stamp that it had; ``unsaved`` is what
    open files hold.
    """
    contents: dict[str, FileContent] = {}
    inside = {path for path in unsaved if os.path.dirname(path) == directory}  # noqa: PTH120
    for path in sorted({*go_files(directory), *inside}):
        stamp = file_stamp(path)
        cached = read.get(path)
        on_disk = cached[1] if cached is not None and stamp and cached[0] == stamp else None
        if on_disk is None and stamp is not None:
            try:
                on_disk = SourceText(path, Path(path).read_bytes())
            except OSError:
                continue
            read[path] = (stamp, on_disk)
        shown = unsaved.get(path)
        if shown is None or is_same_text(shown, on_disk.content if on_disk else b""):
            if on_disk is not None:
                contents[path] = FileContent(on_disk, False, stamp)
            continue
        contents[path] = FileContent(SourceText(path, shown), True, None)
    return contents


def texts_not_on_disk(texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of these texts, by path, that are others than the files hold; reads the files.

    An empty text is what a file holds that is not there yet.
    """
    return {path: text for path, text in texts.items() if not is_same_text(text, _on_disk(path))}


def _on_disk(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
