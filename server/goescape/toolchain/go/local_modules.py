"""Which packages lie where the user may change them: in the module, beside it, in its workspace."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.file_stamps import folder_stamp
from goescape.toolchain.go.module_folders import work_root
from goescape.toolchain.go.packages import split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
    objects: Iterable[Mapping[str, object]], modules: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """For each folder that `go list` describes with its ``Deps``: the folders near it that it
    depends on, each with a stamp that changes when a Go file is written there.
    """
    stamps: dict[str, object] = {}
    near_by_folder: dict[str, dict[str, object]] = {}
    for item in objects:
        directory, dependencies = str(item.get("Dir") or ""), item.get("Deps")
        near = near_by_folder.setdefault(directory, {})
        for path in dependencies if isinstance(dependencies, list) else ():
            folder = _folder(split_path(str(path))[0], modules)
            if folder and folder != directory:
                if folder not in stamps:
                    stamps[folder] = folder_stamp(folder)
                near[folder] = stamps[folder]
    return near_by_folder


def _folder(path: str, modules: Mapping[str, str]) -> str:
    """Where a package lies, if in one of these modules."""
    module = path
    while module:
        if module in modules:
            return os.path.normpath(modules[module] + path[len(module) :])
        module = module.rpartition("/")[0]
    return ""


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
