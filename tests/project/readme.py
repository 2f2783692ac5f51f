"""The marked parts of documents: ``<!-- NAME -->`` ... ``<!-- end -->``; README.md by default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

README = REPOSITORY / "README.md"


def part(name: str, document: Path = README) -> str:
    """What stands between the markers."""
    return _match(name, document)[1]


def code(name: str, document: Path = README) -> str:
    """The code block between the markers, without its fences."""
    match = re.fullmatch(r"```\w+\n(.*)```\n", part(name, document), re.DOTALL)
    assert match, f"{document.name} has no single code block in {name}"
    return match[1]


def rewrite(name: str, text: str, document: Path = README) -> None:
    """Replace what stands between the markers."""
    start, end = _match(name, document).span(1)
    before = document.read_text("utf-8")
    document.write_text(before[:start] + text + before[end:], "utf-8", newline="\n")


def _match(name: str, document: Path) -> re.Match[str]:
    text = document.read_text("utf-8")
    match = re.search(rf"<!-- {re.escape(name)} -->\n(.*?)<!-- end -->\n", text, re.DOTALL)
    assert match, f"{document.name} has no part {name}"
    return match
