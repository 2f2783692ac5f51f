"""The README's Neovim snippet, without the plugin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.neovim.conftest import FIXABLE
from tests.neovim.editor import PLUGIN
from tests.project import readme

if TYPE_CHECKING:
    from pathlib import Path

    from tests.neovim.editor import Neovim

INIT = "vim.lsp.enable('goescape')\nvim.lsp.inlay_hint.enable(true)\n"


@pytest.fixture(autouse=True)
def snippet(nvim: Neovim) -> None:
    """What the README says: two files."""
    nvim.configure({"lsp/goescape.lua": readme.code("neovim"), "init.lua": INIT})


def test_it_shows_a_diagnostic_a_hint_and_a_hover(nvim: Neovim, tour: Path) -> None:
    answer = nvim.answer("see.lua", tour / "returned.go")
    lines = (tour / "returned.go").read_text().splitlines()
    diagnostic = answer["diagnostic"]
    assert (diagnostic["source"], diagnostic["code"]) == ("goescape", "returned")
    assert "u := User" in lines[diagnostic["lnum"]]
    assert "heap: returned" in json.dumps(answer["hint"]["label"])
    assert "`u`" in answer["hover"]
    assert answer["encoding"] == "utf-16"
    assert answer["root"] == str(tour)


def test_a_fix_removes_the_finding_and_undo_brings_it_back(nvim: Neovim, fixable: Path) -> None:
    answer = nvim.answer("fix.lua", fixable)
    fixed = FIXABLE.replace('"fmt"', '"strconv"').replace('fmt.Sprintf("%d", n)', "strconv.Itoa(n)")
    assert answer["after"] == answer["on_disk"] == fixed.rstrip("\n")
    assert answer["undone"] == answer["before"]
    assert fixable.read_text() == FIXABLE


def test_the_plugin_brings_the_same_configuration() -> None:
    assert (PLUGIN / "lsp" / "goescape.lua").read_text("utf-8") == readme.code("neovim")
