"""Go files that may use an internal package, and that this build of its importers leaves out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.go.module_folders import go_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.toolchain.go.package_queries import FileHome

_MOST_FILES = 20_000


def files_of_other_builds(
    home: FileHome, directory: str, roots: Iterable[str], excluded: set[str]
) -> tuple[SourceText, ...] | None:
    """The files below ``roots`` that name the import path, and are not ``excluded``.

    None when the package is not internal to its module, or when there are too many files.
    """
    inside = Path(os.path.relpath(directory, home.root)).parts
    if "internal" not in inside or not home.import_path:
        return None
    position = len(inside) - 1 - inside[::-1].index("internal")
    tops = [Path(home.root, *inside[:position]), *(Path(r) for r in roots if r != home.root)]
    wanted, sources = home.import_path.encode(), []
    for count, file in enumerate(_below(tops)):
        if count >= _MOST_FILES:
            return None
        if file in excluded:
            continue
        try:
            content = Path(file).read_bytes()
        except OSError:
            return None
        if wanted in content:
            sources.append(SourceText(file, content))
    return tuple(sources)


def _below(tops: Iterable[Path]) -> Iterator[str]:
    for top in tops:
        for folder, names, _ in os.walk(top):
            names[:] = sorted(name for name in names if name not in {".git", "node_modules"})
            yield from go_files(folder)
