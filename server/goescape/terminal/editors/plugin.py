"""The plugin for Neovim that comes with the command."""

from __future__ import annotations

import re
from pathlib import Path

import goescape

NAME = "client-nvim"
_TAG = re.compile(r"(?<=\*)[^\s*|]+(?=\*(?:\s|$))", re.MULTILINE)


def plugin_files() -> dict[str, str]:
    """The texts of its files by name, with the index that lets ``:help`` find its help."""
    package = Path(goescape.__file__).parent
    folder = next(
        candidate for candidate in (package / NAME, package.parents[1] / NAME) if candidate.is_dir()
    )
    texts = {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".lua", ".txt"}
    }
    return {**texts, "doc/tags": _tags(texts["doc/goescape.txt"])}


def _tags(text: str) -> str:
    """As ``:helptags`` writes them."""
    tags = sorted(set(_TAG.findall(text)))
    return "".join(f"{tag}\tgoescape.txt\t/*{tag}*\n" for tag in tags)
