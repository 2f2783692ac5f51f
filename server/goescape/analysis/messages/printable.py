"""Text of others, as it may be shown: nothing in it can hide what it says."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"  # joins emoji; invisible and harmless


def printable(text: str) -> str:
    """The text without anything that could steer a terminal or hide what it says."""
    if text.isascii() and text.isprintable():
        return text  # nearly always
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\ufeff":  # a byte order mark
        return ""
    # C: control, format and surrogate characters; Zl, Zp: line and paragraph separators
    category = unicodedata.category(character)
    unsafe = category[0] == "C" or category in {"Zl", "Zp"}
    return "\ufffd" if unsafe and character != _JOINER else character
