"""Go files that may use an internal package, and that this build of its importers leaves out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.go.module_folders import go_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.toolchain.go.package_queries import FileHome

_MOST_FILES = 20_000


def files_of_other_builds(
    home: FileHome,
    directory: str,
    roots: Iterable[str],
    excluded: set[str],
    importing: frozenset[str] = frozenset(),
) -> tuple[SourceText, ...] | None:
    """The files below ``roots`` that name the package or one that imports it, without ``excluded``.

    ``importing`` are the folders of packages that import it, also indirectly; all of their files
    count. None when the package is not internal to its module, or when there are too many files.
    """
    inside = Path(os.path.relpath(directory, home.root)).parts
    if "internal" not in inside or not home.import_path:
        return None
    position = len(inside) - 1 - inside[::-1].index("internal")
    tops = [Path(home.root, *inside[:position]), *(Path(r) for r in roots if r != home.root)]
    names, sources = _import_paths(home, inside, importing), []
    for count, file in enumerate(_below(tops)):
        if count >= _MOST_FILES:
            return None
        if file in excluded:
            continue
        try:
            content = Path(file).read_bytes()
        except OSError:
            return None
        if str(Path(file).parent) in importing or names.search(content):
            sources.append(SourceText(file, content))
    return tuple(sources)


def _import_paths(
    home: FileHome, inside: tuple[str, ...], importing: Iterable[str]
) -> re.Pattern[bytes]:
    """What names the package or one of those folders of its module."""
    module = home.import_path.removesuffix("/" + "/".join(inside))
    folders = (os.path.relpath(folder, home.root).replace(os.sep, "/") for folder in importing)
    inner = {"" if folder == "." else f"/{folder}" for folder in folders if folder[:2] != ".."}
    paths = sorted({home.import_path, *(module + folder for folder in inner)})
    return re.compile(b'["`](?:%s)["`]' % b"|".join(re.escape(p.encode()) for p in paths))


def _below(tops: Iterable[Path]) -> Iterator[str]:
    for top in tops:
        for folder, names, _ in os.walk(top):
            names[:] = sorted(name for name in names if name not in {".git", "node_modules"})
            yield from go_files(folder)
