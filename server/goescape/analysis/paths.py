"""Printed paths and the files that they mean."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def absolute_paths(
    printed: Iterable[str],
    working_directory: str,
    files: Sequence[str],
    exists: Callable[[str], bool],
) -> dict[str, str | None]:
    """The absolute path of each printed one; None for what has no file that we may show.

    ``files`` are the package's own; ``exists`` knows the others of the workspace. Go prints paths
    relative to the folder of the build, and replays cached text with those of the build that
    filled the cache: a package's own file is then found by its name.
    """
    own = {posixpath.basename(_slashes(path)): path for path in files}
    by_slashes = {_slashes(path): path for path in files}
    found: dict[str, str | None] = {}
    for path in printed:
        joined = posixpath.normpath(posixpath.join(_slashes(working_directory), _slashes(path)))
        match = by_slashes.get(joined)
        if match is None and path.endswith(".go"):
            if exists(joined):
                match = joined
            elif not _is_absolute(path):
                match = own.get(posixpath.basename(_slashes(path)))
        found[path] = match
    return found


def _is_absolute(path: str) -> bool:
    return posixpath.isabs(_slashes(path)) or path[1:3] in {":\\", ":/"}


def _slashes(path: str) -> str:
    return path.replace("\\", "/")
