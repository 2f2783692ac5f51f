"""Which files the settings silence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goescape.settings import Settings


def is_silenced(relative: str, settings: Settings) -> bool:
    """Whether the settings silence the file of this name below its folder."""
    if relative.endswith("_test.go") and not settings.include_tests:
        return True
    return any(_glob(pattern).fullmatch(relative) for pattern in settings.exclude)


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """``**`` crosses folders, ``*`` and ``?`` do not; a pattern without slash fits anywhere."""
    pattern = pattern.removeprefix("./").replace("\\", "/")
    if pattern.endswith("/"):
        pattern += "**"
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    return re.compile("".join(_glob_part(part) for part in _GLOB_PARTS.findall(pattern)))


_GLOB_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


def _glob_part(part: str) -> str:
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return wild.get(part) or re.escape(part)
