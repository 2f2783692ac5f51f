"""A terminal without a window: what stands in a pane of tmux, as text and as a picture."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from attrs import evolve, frozen
from typing_extensions import Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
from typing import Any

SECONDS = 90
COLUMNS, ROWS = 106, 36
INK, PAPER = "#e0e2ea", "#14161b"
_CELL = (9, 19)
"""Pixels: width, height."""
_CHANGES: Mapping[str, Mapping[str, Any]] = {
    "1": {"bold": True},
    "4": {"underlined": True},
    "4:3": {"underlined": True},
    "7": {"reversed": True},
    "22": {"bold": False},
    "24": {"underlined": False},
    "27": {"reversed": False},
    "39": {"ink": INK},
    "49": {"paper": PAPER},
}
_SGR = re.compile(r"\x1b\[([\d;:]*)m|\x1b[()\]][^\x1b]?")


@frozen
class Look:
    """How a cell is drawn."""

    ink: str = INK
    paper: str = PAPER
    bold: bool = False
    underlined: bool = False
    reversed: bool = False


class Pane:
    """One program in a tmux of its own."""

    def __init__(self, folder: Path, command: list[str], environment: Mapping[str, str]) -> None:
        tmux = shutil.which("tmux")
        if tmux is None:
            pytest.skip("tmux is not installed: the picture of Neovim is not made here")
        self._tmux = [tmux, "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self._command = command
        self._environment = {**environment, "COLORTERM": "truecolor", "TERM": "xterm-256color"}

    def __enter__(self) -> Self:
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self._run("new-session", "-d", *size, *self._command)
        self._run("set", "-g", "status", "off")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("kill-server")

    def type(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._run("send-keys", *keys)

    def text(self) -> str:
        """What stands there."""
        lines = self._run("capture-pane", "-p").splitlines()
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def shown(self, *wanted: str) -> str:
        """The text, once all of this stands in it."""
        deadline = time.monotonic() + SECONDS
        while not all(each in (text := self.text()) for each in wanted):
            assert time.monotonic() < deadline, f"never shown: {wanted}\n{text}"
        return text

    def save_picture(self, file: Path) -> None:
        """Draw the pane with the machine's fixed-width font."""
        draw(self._run("capture-pane", "-p", "-e").splitlines(), file)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words],
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def draw(lines: list[str], file: Path) -> None:
    """Lines with escape sequences, as a PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only where pictures are made

    fonts = {bold: ImageFont.truetype(_font(bold=bold), 15) for bold in (False, True)}
    width, height = _CELL
    image = Image.new("RGB", (COLUMNS * width, ROWS * height), PAPER)
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(cells(lines)):
        for column, (character, look) in enumerate(line):
            x, y = column * width, row * height
            ink, paper = (look.paper, look.ink) if look.reversed else (look.ink, look.paper)
            pen.rectangle((x, y, x + width - 1, y + height - 1), fill=paper)
            pen.text((x, y + 1), character, fill=ink, font=fonts[look.bold])
            if look.underlined:
                pen.line((x, y + height - 2, x + width - 1, y + height - 2), fill=ink)
    image.quantize(64).save(file, optimize=True)


def _font(*, bold: bool) -> str:
    style = "Bold" if bold else "Book"
    match = ["fc-match", "-f", "%{file}", f"DejaVu Sans Mono:style={style}"]
    return subprocess.run(match, capture_output=True, text=True, check=True).stdout


def cells(lines: Iterable[str]) -> Iterator[list[tuple[str, Look]]]:
    """The characters of each line with their looks, which last until they change, on the next
    line too; each character is one cell wide here.
    """
    look = Look()
    for line in lines:
        shown, place = list[tuple[str, Look]](), 0
        for found in _SGR.finditer(line):
            shown += [(character, look) for character in line[place : found.start()]]
            place = found.end()
            if found[1] is not None:
                look = _changed(look, found[1])
        yield [*shown, *((character, look) for character in line[place:])]


def _changed(look: Look, codes: str) -> Look:
    """The look after an escape sequence; what is not drawn is passed over."""
    words = iter(codes.split(";"))
    for word in words:
        if word in {"", "0"}:
            look = Look()
        elif word == "38":
            look = evolve(look, ink=_colour(words))
        elif word == "48":
            look = evolve(look, paper=_colour(words))
        else:
            look = evolve(look, **_CHANGES.get(word, {}))
    return look


def _colour(words: Iterator[str]) -> str:
    """What follows 38 or 48: ``2;r;g;b``; the editor uses no other kind here."""
    kind = next(words)
    assert kind == "2", f"not a colour of 24 bits: {kind}"
    red, green, blue = (int(next(words)) for _ in range(3))
    return f"#{red:02x}{green:02x}{blue:02x}"
