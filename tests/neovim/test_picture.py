"""What a user sees in a terminal; with ``--update`` also the picture in docs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import REPOSITORY
from tests.neovim.editor import Neovim, neovim
from tests.neovim.screen import Pane

if TYPE_CHECKING:
    from pathlib import Path

DOCS = REPOSITORY / "docs"
INIT = """
vim.g.goescape = {
  inlay_hints = true,
  diagnostics = {
    signs = { text = { 'H', 'H', 'h', '·' } },
    virtual_text = { severity = vim.diagnostic.severity.WARN },
  },
}
vim.lsp.enable('goescape')
vim.o.termguicolors, vim.o.number, vim.o.ruler, vim.o.winborder = true, true, false, 'rounded'
vim.o.tabstop = 4
vim.o.statusline = "%f %=%{v:lua.require'goescape'.status()} "
vim.keymap.set('n', '<Space>f', '<Cmd>GoEscape flow<CR>')
"""


def test_it_looks_right_in_a_terminal(nvim: Neovim, tour: Path, update: bool) -> None:
    nvim.install_plugin()
    nvim.configure({"init.lua": INIT})
    file = tour / "returned.go"
    file.write_text(re.sub(r"(?m) *// want.*$", "", file.read_text()))  # the tests' notes
    command = [neovim(), "-n", "+34", str(file)]
    with Pane(
        tour.parent, ["sh", "-c", f"cd {tour} && exec {' '.join(command)}"], nvim.environment({})
    ) as pane:
        pane.shown("heap: returned", "5 on the heap, 1 in a loop or large", "in a loop")
        pane.type("Space", "f")
        pane.shown("goescape: Why this is on the heap", "stored in")
        pane.type("C-w", "p")
        pane.type("^", "z", "b", "K")
        text = pane.shown("What helps:")
        if update:
            (DOCS / "neovim.txt").write_text(text, "utf-8", newline="\n")
            pane.save_picture(DOCS / "neovim.png")
    assert re.search(r"(?m)^h  14 +u heap: returned := User", text), "a sign, a hint"
    assert re.search(r"(?m)^H  34 .*moves to the heap", text), "what matters is said in the text"
