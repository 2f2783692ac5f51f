"""Folders of Go code: where modules and workspaces begin, how go names what lies below."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULE_FILES = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum"})
"""Files that change how packages load."""


def absolute(path: str) -> str:
    """The path from the root; symbolic links stay, as in the editor."""
    return os.path.abspath(path)  # noqa: PTH100


def is_among(folder: str, folders: Sequence[str]) -> bool:
    """Whether the folder is one of these, symbolic links followed."""
    real = os.path.realpath(folder)
    return any(os.path.realpath(other) == real for other in folders)


def module_root(directory: str) -> str | None:
    """The nearest folder upward that has a go.mod; None when there is none."""
    return _upward(directory, "go.mod")


def work_root(directory: str) -> str | None:
    """The nearest folder upward that has a go.work; None when there is none."""
    return _upward(directory, "go.work")


def pattern_of(root: str, directory: str) -> str:
    """``./sub/dir`` for a folder below ``root``."""
    relative = Path(os.path.relpath(directory, root)).as_posix()
    return "." if relative == "." else f"./{relative}"


def nested_modules(folder: str) -> tuple[str, ...]:
    """Folders with a go.mod at or below ``folder``, in order."""
    modules: list[str] = []
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not is_skipped(name) and name != "testdata")
        if "go.mod" in files:
            modules.append(directory)
    return tuple(modules)


def is_skipped(folder_name: str) -> bool:
    """Whether a folder of this name holds no Go code of the user's."""
    return folder_name.startswith(".") or folder_name in {"node_modules", "vendor"}


def go_files(folder: str) -> list[str]:
    """The Go files that lie in a folder, in order."""
    return sorted(str(path) for path in Path(folder).glob("*.go"))


def module_files(root: str) -> set[str]:
    """Files that decide which versions are built, present or not."""
    above = [Path(root), *Path(root).parents]
    works = {str(parent / name) for parent in above for name in ("go.work", "go.work.sum")}
    return works | {str(Path(root, name)) for name in ("go.mod", "go.sum", "vendor/modules.txt")}


def _upward(directory: str, name: str) -> str | None:
    path = Path(directory)
    folders = (path, *path.parents)
    return next((str(folder) for folder in folders if (folder / name).is_file()), None)
