"""The edits: a function at the end of a file, whose variable has a new name each time.

The variable moves to the heap, so every tool has to name it when it has seen the new text.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from pathlib import Path

_RUN = f"{int(time.time()) & 0xFFFFFF:06x}{os.getpid() & 0xFFF:03x}"
"""New for each run: a cache must not know the text."""


@define(eq=False)
class EditedFile:
    """A file on the disk that grows the function."""

    path: Path
    base: str
    number: int = 0
    lines: int = field(init=False)
    """How many lines come before the function's own."""

    def __attrs_post_init__(self) -> None:
        self.lines = self.base.count("\n") + 2

    @classmethod
    def of(cls, path: Path) -> EditedFile:
        """Take a file, and write it with the function."""
        text = path.read_bytes().decode()
        file = cls(path, text if text.endswith("\n") else f"{text}\n")
        path.unlink()  # it may be a link to the original
        file.write()
        return file

    @property
    def marker(self) -> str:
        """The name of the variable now."""
        return f"escaped{_RUN}x{self.number:05d}"

    @property
    def text(self) -> str:
        """The whole text now."""
        return f"{self.base}\nfunc escapeForBenchmark() *int {{\n{self._body}}}\n"

    @property
    def _body(self) -> str:
        return f"\t{self.marker} := 1\n\treturn &{self.marker}\n"

    def write(self) -> None:
        """To the disk."""
        self.path.write_bytes(self.text.encode())

    def restore(self) -> None:
        """The text without the function, to the disk."""
        self.path.write_bytes(self.base.encode())

    def edit(self) -> dict[str, object]:
        """Rename the variable; the change as the protocol has it."""
        self.number += 1
        start, end = {"line": self.lines, "character": 0}, {"line": self.lines + 2, "character": 0}
        return {"range": {"start": start, "end": end}, "text": self._body}

    @property
    def position(self) -> dict[str, int]:
        """Inside the variable's name."""
        return {"line": self.lines, "character": 3}
