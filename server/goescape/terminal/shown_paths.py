"""File names as they are shown."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePath


@lru_cache(1024)
def shown_path(file: str, folder: Path) -> str:
    """Seen from ``folder``, with slashes; absolute where that is shorter."""
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:  # another drive
        relative = file
    return PurePath(min(relative, file, key=len)).as_posix()
