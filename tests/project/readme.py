"""The marked parts of README.md: ``<!-- NAME -->`` ... ``<!-- end -->``."""

from __future__ import annotations

import re

from tests.conftest import REPOSITORY

README = REPOSITORY / "README.md"


def part(name: str) -> str:
    """What stands between the markers."""
    return _match(name)[1]


def code(name: str) -> str:
    """The code block between the markers, without its fences."""
    match = re.fullmatch(r"```\w+\n(.*)```\n", part(name), re.DOTALL)
    assert match, f"README.md has no single code block in {name}"
    return match[1]


def rewrite(name: str, text: str) -> None:
    """Replace what stands between the markers."""
    start, end = _match(name).span(1)
    readme = README.read_text("utf-8")
    README.write_text(readme[:start] + text + readme[end:], "utf-8", newline="\n")


def _match(name: str) -> re.Match[str]:
    readme = README.read_text("utf-8")
    match = re.search(rf"<!-- {re.escape(name)} -->\n(.*?)<!-- end -->\n", readme, re.DOTALL)
    assert match, f"README.md has no part {name}"
    return match
