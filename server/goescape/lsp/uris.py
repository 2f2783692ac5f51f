"""File URIs <-> absolute paths, and the name under which two paths are the same file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOWS = os.name == "nt"
_DRIVE = re.compile(r"^/([A-Za-z]):(?=/|$)")


def path_of(uri: str, *, windows: bool = WINDOWS) -> str | None:
    """The absolute path that a ``file:`` URI names, as the editor spells it; None for others.

    A raw ``#`` or ``?`` counts as part of the path: some editors forget to quote them, and a
    document never has a fragment.
    """
    scheme, colon, rest = uri.partition(":")
    if scheme.lower() != "file" or not colon:
        return None
    host = ""
    if rest.startswith("//"):
        host, slash, tail = rest[2:].partition("/")
        rest = slash + tail
    content = unquote_to_bytes(rest)
    if not content.startswith(b"/") or b"\0" in content:
        return None
    host = "" if host.lower() == "localhost" else host
    if windows:
        return _windows_path(host, content.decode("utf-8", "surrogatepass"))
    return None if host else os.fsdecode(content)


def _windows_path(host: str, path: str) -> str | None:
    if host:
        return rf"\\{host}" + path.replace("/", "\\")
    if not (drive := _DRIVE.match(path)):
        return None
    return f"{drive[1].upper()}:" + (path[3:] or "/").replace("/", "\\")


def uri_of(path: str, *, windows: bool = WINDOWS) -> str:
    """The ``file:`` URI of an absolute path."""
    if not windows:
        return "file://" + quote_from_bytes(os.fsencode(path))
    path = path.replace("\\", "/")
    if path.startswith("//"):
        host, _, tail = path[2:].partition("/")
        return f"file://{host}/{_quoted(tail)}"
    if _DRIVE.match(f"/{path}"):
        return f"file:///{path[:2]}{_quoted(path[2:])}"
    return f"file://{_quoted(path)}"


def _quoted(path: str) -> str:
    return quote_from_bytes(path.encode("utf-8", "surrogatepass"))


def identity(path: str) -> str:
    """The same text for every name of a file: links followed, case folded where it is ignored."""
    return os.path.normcase(os.path.realpath(path))


def relative(path: str, folders: tuple[str, ...], identity: Callable[[str], str] = identity) -> str:
    """The path below the innermost of the folders, with slashes; the name of the file otherwise."""
    best = path.replace(os.sep, "/").rpartition("/")[2]
    longest = -1
    for folder in folders:
        for name, place in ((path, folder), (identity(path), identity(folder))):
            prefix = place.rstrip("/\\") + os.sep
            if name.startswith(prefix) and len(folder) > longest:
                best, longest = name[len(prefix) :], len(folder)
    return best.replace(os.sep, "/")
