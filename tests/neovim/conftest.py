"""Neovim for each test, and small Go modules to open in it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY
from tests.neovim.editor import Neovim

if TYPE_CHECKING:
    from pathlib import Path

FIXABLE = """package fixed

import "fmt"

func Text(n int) string { return fmt.Sprintf("%d", n) }
"""


@pytest.fixture
def nvim(tmp_path: Path, go_path: str) -> Neovim:
    """With an empty home folder."""
    home = tmp_path / "home"
    home.mkdir()
    return Neovim(home, go_path)


@pytest.fixture
def tour(tmp_path: Path) -> Path:
    """A copy of the tour."""
    copy = tmp_path / "tour"
    shutil.copytree(REPOSITORY / "examples" / "tour", copy)
    return copy


@pytest.fixture
def fixable(tmp_path: Path) -> Path:
    """A file with one finding, which one fix removes."""
    folder = tmp_path / "fixed"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/fixed\n\ngo 1.21\n")
    (folder / "p.go").write_text(FIXABLE)
    return folder / "p.go"
