"""Replaces files as a whole: all of them or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import Reason, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Mapping


def replace_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Reason | None:
    """Replace files, all or none; the reason when that was not possible."""
    prepared: dict[str, str] = {}
    replaced: list[str] = []
    try:
        for path, content in new.items():
            if content_of(path) != old[path]:
                return Reason.of(ReasonCode.FILE_CHANGED, file=Path(path).name)
            prepared[path] = _copy_beside(path, content)
        for path, temporary in prepared.items():
            Path(temporary).replace(os.path.realpath(path))
            replaced.append(path)
    except OSError as problem:
        for path in replaced:
            Path(path).write_bytes(old[path])
        file, error = problem.filename or ", ".join(new), problem.strerror or str(problem)
        return Reason.of(ReasonCode.CANNOT_WRITE, file=file, error=error)
    finally:
        for temporary in prepared.values():
            Path(temporary).unlink(missing_ok=True)
    return None


def _copy_beside(path: str, content: bytes) -> str:
    """A file with the content and the rights of another, in its folder."""
    real = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(prefix=".goescape-", dir=Path(real).parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    shutil.copymode(real, temporary)
    return temporary


def content_of(path: str) -> bytes | None:
    """A file's bytes; None when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
