"""Which packages lie where the user may change them: in the module, beside it, in its workspace."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.file_stamps import folder_stamp
from goescape.toolchain.go.module_folders import work_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def local_modules(root: str) -> dict[str, str]:
    """The folders of the modules that are built from the user's own files, by module path.

    ``root`` is the folder of a go.mod, or of Go's own source.
    """
    work = work_root(root)
    used = _used(work) if work else []
    roots = dict.fromkeys([root, *used])
    files = [
        *(Path(module, "go.mod") for module in roots),
        *([Path(work, "go.work")] if work else []),
    ]
    folders: dict[str, str] = {}
    for file in files:
        text = _text(file)
        if (match := _MODULE.search(text)) is not None:
            folders[match[1]] = str(file.parent)
        for path, target in _REPLACE.findall(text):
            folders[path] = os.path.normpath(Path(file.parent, target))
    return folders


def near_folders(
    objects: Sequence[Mapping[str, object]], fetched: str
) -> dict[str, dict[str, object]]:
    """For each folder that `go list -deps` was asked for: the folders that it depends on, each with
    a stamp that changes when a Go file is written there; None for a folder below ``fetched``, where
    nothing changes. The standard library counts for itself only.
    """
    wanted = [item for item in objects if not item.get("DepOnly")]
    is_standard = any(item.get("Standard") for item in wanted)
    stamps: dict[str, object] = {}
    folders: dict[str, str] = {}
    for item in objects:
        folder = str(item.get("Dir") or "")
        if folder and (is_standard or not item.get("Standard")):
            folders[str(item.get("ImportPath"))] = folder
            is_fetched = fetched and folder.startswith(os.path.join(fetched, ""))  # noqa: PTH118
            if folder not in stamps:
                stamps[folder] = None if is_fetched else folder_stamp(folder)
    near_by_folder: dict[str, dict[str, object]] = {}
    for item in wanted:
        directory, dependencies = str(item.get("Dir") or ""), item.get("Deps")
        near = near_by_folder.setdefault(directory, {})
        for path in dependencies if isinstance(dependencies, list) else ():
            folder = folders.get(str(path), directory)
            if folder != directory:
                near[folder] = stamps[folder]
    return near_by_folder


def _used(work: str) -> list[str]:
    text = _text(Path(work, "go.work"))
    block = re.search(r"(?ms)^use\s*\((.*?)^\s*\)", text)
    words = [*re.findall(r"(?m)^use\s+([^\s(]+)", text)]
    if block is not None:
        words += re.findall(r"(?m)^\s*([^\s/][^\s]*|/\S+)", block[1])
    return [os.path.normpath(Path(work, word.strip('"'))) for word in words]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


_MODULE = re.compile(r'(?m)^module\s+"?([^\s"]+)')
_REPLACE = re.compile(r"(?m)^(?:replace\s+|\s+)(\S+)(?:\s+v\S+)?\s+=>\s+(\.{1,2}(?:/\S*)?|/\S+)")
