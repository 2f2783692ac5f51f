"""Colours, and text that is safe to print."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, TextIO

from attrs import frozen

from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.messages.printable import (
    printable as printable,  # noqa: PLC0414 - with the rest
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.messages.catalogue import Catalogue

_SEQUENCES = {
    "warning": "\x1b[1;33m",
    "information": "\x1b[1;36m",
    "hint": "\x1b[1;34m",
    "error": "\x1b[1;31m",
    "strong": "\x1b[1m",
    "faint": "\x1b[2m",
}
_RESET = "\x1b[0m"


@frozen
class Style:
    """How to print: in colour or plain, how wide, and in which language."""

    colour: bool = False
    width: int = 100
    """Terminal cells."""
    catalogue: Catalogue = ENGLISH
    """The language."""

    def paint(self, role: str, text: str) -> str:
        """The text in the colour of ``warning``, ``faint``..."""
        return f"{_SEQUENCES[role]}{text}{_RESET}" if self.colour and text else text

    def prose(self, text: str) -> str:
        """Explanations mark code with backticks; in colour it is bold instead."""
        if not self.colour:
            return text
        parts = text.split("`")
        if len(parts) % 2 == 0:  # a lone backtick is not ours
            return text
        return "".join(
            self.paint("strong", part) if i % 2 else part for i, part in enumerate(parts)
        )


def style_for(choice: str, stream: TextIO, env: Mapping[str, str], catalogue: Catalogue) -> Style:
    """``choice`` is ``auto``, ``always`` or ``never``; auto asks the terminal and NO_COLOR."""
    terminal = stream.isatty()
    wanted = terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb"
    colour = choice == "always" or (choice == "auto" and wanted)
    return Style(colour, _terminal_width(stream) if terminal else 100, catalogue)


def _terminal_width(stream: TextIO) -> int:
    try:
        return max(40, min(os.get_terminal_size(stream.fileno()).columns, 160))
    except (OSError, ValueError):
        return 100


def cell_width(character: str) -> int:
    """How many terminal cells a printable character takes: 0, 1 or 2."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
