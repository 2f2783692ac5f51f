"""Methods with type parameters, which Go has since 1.27 and tree-sitter-go 0.25 does not know.

One of them makes a tree of errors of the rest of its file. So where a file has errors, their type
parameters are overwritten with spaces before it is parsed again: every offset stays what it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_METHOD = re.compile(rb"^func[ \t]*\([^()\n]*\)[ \t]*\w+[ \t]*(?=\[)", re.MULTILINE)
_NAMES = re.compile(rb"(?:^|,)\s*((?:\w+\s*,\s*)*\w+)\s+[^\s,]")
_LONGEST = 2_000
"""Bytes that a list of type parameters may have."""


class Blanked(NamedTuple):
    """A text of the same length, whose methods have no type parameters."""

    content: bytes
    generic: frozenset[int]
    """Where the declarations of the methods that had some start, in bytes from 0."""
    names: frozenset[str]
    """What their type parameters are called."""


def blank_method_type_parameters(content: bytes) -> Blanked:
    """Overwrite all of them, if there are any."""
    text = bytearray(content)
    generic: set[int] = set()
    names: set[str] = set()
    for match in _METHOD.finditer(content):
        end = _closing(content, match.end())
        if end is None or content[end : end + 1] != b"(":
            continue
        inside = content[match.end() + 1 : end - 1]
        for group in _NAMES.findall(inside):
            names.update(name.strip().decode("utf-8", "replace") for name in group.split(b","))
        text[match.end() : end] = re.sub(rb"[^\r\n]", b" ", content[match.end() : end])
        generic.add(match.start())
    return Blanked(bytes(text), frozenset(generic), frozenset(names))


def _closing(content: bytes, start: int) -> int | None:
    """What follows the bracket that closes the one at ``start``; None where nothing near does."""
    depth = 0
    for offset in range(start, min(len(content), start + _LONGEST)):
        match content[offset : offset + 1]:
            case b"[":
                depth += 1
            case b"]":
                depth -= 1
                if depth == 0:
                    return offset + 1
    return None
