"""Digests of file contents: whether a file is still the one that was analysed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def digest(content: bytes) -> bytes:
    """Short, and different for different contents."""
    return hashlib.blake2b(content, digest_size=16).digest()


def file_digests(paths: Iterable[str]) -> dict[str, bytes]:
    """The digest of each file; empty for one that cannot be read."""
    return {path: _of_file(path) for path in paths}


def _of_file(path: str) -> bytes:
    try:
        return digest(Path(path).read_bytes())
    except OSError:
        return b""
