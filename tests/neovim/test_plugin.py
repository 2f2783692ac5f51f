"""The plugin in client-nvim: sub-commands, options, health, status."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

import goescape
from tests.conftest import EXAMPLE_PROFILE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.neovim.editor import Neovim

OPTIONS = """
require('goescape').setup({
  inlay_hints = true,
  codelens = true,
  diagnostics = { virtual_text = { prefix = 'heap' } },
})
"""
SUB_COMMANDS = [
    *("analyze", "bench", "doctor", "flow", "hints", "log", "profile", "restart", "toggle"),
]


@pytest.fixture(autouse=True)
def plugin(nvim: Neovim) -> None:
    """As ``goescape setup nvim --write`` installs it."""
    nvim.set_up()


def test_every_sub_command(nvim: Neovim, tour: Path) -> None:
    answer = nvim.answer("commands.lua", tour / "returned.go")
    assert answer["completed"] == SUB_COMMANDS
    assert answer["completed_a"] == ["analyze"]
    assert answer["completed_further"] == ["pause", "workspace"]
    assert answer["refused"] == [
        *[f"goescape: say one of {', '.join(SUB_COMMANDS)}."] * 2,
        "goescape: analyze takes only pause, workspace.",
    ]
    assert answer["status"] == "5 on the heap, 1 in a loop or large"
    assert answer["flow"]["title"] == "goescape: Why this is on the heap"
    (first, *_), *steps = answer["flow"]["steps"]
    assert first.startswith("`u` moves to the heap")
    lines = (tour / "returned.go").read_text().splitlines()
    last, line, column, _ = steps[-1]
    assert lines[line - 1][column - 1 :].startswith("return") or "return" in last
    assert answer["flow"]["jumped"][0] == line
    assert answer["allocations"] == "goescape: Allocations"
    assert answer["hidden"]
    assert answer["shown"]
    assert "Neovim's own log" in answer["log"]
    assert f"goescape {goescape.__version__}" in answer["doctor"]
    assert f"Folder: {tour}" in answer["doctor"]
    assert answer["again"] == 5
    health = answer["health"]
    for sentence in (
        "goescape is enabled",
        f"command: {sys.executable} -m goescape server",
        f"server {goescape.__version__} in {tour}, utf-16",
    ):
        assert sentence in health
    assert "ERROR" not in health
    assert "WARNING" not in health
    assert answer["help"].endswith("goescape.txt")


def test_options_show_hints_and_lenses_that_follow_the_text(nvim: Neovim, fixable: Path) -> None:
    nvim.configure({"init.lua": OPTIONS})
    answer = nvim.answer("options.lua", fixable)
    assert answer["lens"] == "1 heap allocation"
    assert answer["own"] == {"prefix": "heap"}
    assert answer["everybody"] is False


def test_profiles_say_what_allocates_most(
    nvim: Neovim, tmp_path: Path, example_profile: Path
) -> None:
    folder = tmp_path / "profile"
    shutil.copytree(EXAMPLE_PROFILE, folder)
    for name in ("mem.prof", "mem 2.prof"):
        shutil.copy(example_profile, folder / name)
    answer = nvim.answer("profiles.lua", folder / "boxed.go")
    assert answer["nothing"].startswith("goescape: no profile is loaded")
    assert answer["completed"] == [r"mem\ 2.prof"]
    assert answer["top"]["title"] == "goescape: Top allocations"
    first, *_ = answer["top"]["texts"]
    assert " % of all allocations: profile." in first
    assert "of all allocations" in answer["hover"]
    assert "of all allocations" not in answer["off"]
    assert answer["measured"].startswith("goescape: 3 benchmarks measured")
