"""Stamps: whether a file or a folder on the disk was written again, without reading it."""

from __future__ import annotations

import contextlib
import os
from typing import TypeAlias

FileStamp: TypeAlias = tuple[int, int]
"""When a file was written, in nanoseconds, and its size in bytes."""
FolderStamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""The Go files of a folder in order: the name, then the file's stamp."""


def file_stamp(path: str) -> FileStamp | None:
    """Another one when the file is written; None where there is none."""
    try:
        return stamp_of_status(os.stat(path))  # noqa: PTH116
    except (OSError, ValueError):  # ValueError: no file system takes this name
        return None


def folder_stamp(folder: str) -> FolderStamp:
    """Another one when a Go file of the folder is added, removed or written."""
    stamps = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".go"):
                with contextlib.suppress(OSError):  # Emacs' lock, a link to nothing, is no file
                    stamps.append((entry.name, *stamp_of_status(entry.stat())))
    return tuple(sorted(stamps))


def path_stamp(path: str) -> FileStamp | FolderStamp | None:
    """That of a folder where there is one, else that of a file."""
    return folder_stamp(path) if os.path.isdir(path) else file_stamp(path)  # noqa: PTH112


def stamp_of_status(status: os.stat_result) -> FileStamp:
    """The stamp in what the system says of a file."""
    return status.st_mtime_ns, status.st_size
