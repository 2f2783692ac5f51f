"""One source for all that is said to editors: docs/editors, the README, the plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from goescape.terminal.editors.recipes import BY_NAME, PLAIN, RECIPES, index, neovim_table, page
from tests.conftest import REPOSITORY
from tests.neovim.editor import neovim
from tests.project import readme

if sys.version_info >= (3, 11):
    import tomllib

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = REPOSITORY / "docs" / "editors"
COMMAND = ("/it's/a path/goescape", "server")
PLUGIN = REPOSITORY / "client-nvim" / "lsp" / "goescape.lua"


def test_the_documents_are_generated(update: bool) -> None:
    wanted = {f"{name}.md": page(recipe) for name, recipe in BY_NAME.items()}
    wanted["README.md"] = index()
    if update:
        FOLDER.mkdir(exist_ok=True)
        for name, text in wanted.items():
            (FOLDER / name).write_text(text, "utf-8", newline="\n")
    found = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    assert found == wanted, "run pytest with --update"


def test_the_plugin_and_the_readme_say_the_same(update: bool) -> None:
    lua = f"return {neovim_table()}\n"
    if update:
        PLUGIN.write_text(lua, "utf-8", newline="\n")
        readme.rewrite("neovim", f"```lua\n{lua}```\n")
    assert PLUGIN.read_text("utf-8") == lua, "run pytest with --update"
    assert readme.code("neovim") == lua, "run pytest with --update"


def test_whoever_is_untested_says_so() -> None:
    assert {recipe.name for recipe in RECIPES if recipe.tested} == {
        "nvim",
        "emacs-eglot",
        "emacs-lsp-mode",
    }


def test_what_nobody_runs_can_be_read() -> None:
    for recipe in RECIPES:
        if recipe.language == "json":
            assert json.loads(recipe.text(PLAIN))
    if sys.version_info >= (3, 11):
        helix = tomllib.loads(BY_NAME["helix"].text(COMMAND))
        assert helix["language-server"]["goescape"]["command"] == COMMAND[0]
        assert helix["language"][0]["language-servers"][-1] == "goescape"


@pytest.mark.slow
def test_vim_registers_the_server(tmp_path: Path) -> None:
    """vim-lsp itself cannot be had here: a stand-in keeps what it is told."""
    autoload = tmp_path / "autoload"
    (autoload / "lsp").mkdir(parents=True)
    (autoload / "lsp.vim").write_text(
        "function! lsp#register_server(server)\n"
        "  let it = a:server\n"
        "  let told = [it.name, it.cmd({}), it.allowlist, it.root_uri({})]\n"
        "  call writefile([json_encode(told)], $ANSWER)\n"
        "endfunction\n"
    )
    (autoload / "lsp" / "utils.vim").write_text(
        "function! lsp#utils#path_to_uri(path)\n  return 'file://' .. a:path\nendfunction\n"
        "function! lsp#utils#get_buffer_path()\n  return '/here/p.go'\nendfunction\n"
        "function! lsp#utils#find_nearest_parent_file_directory(path, names)\n"
        "  return a:names == ['go.work', 'go.mod'] ? '/here' : ''\nendfunction\n"
    )
    (tmp_path / "vimrc").write_text(BY_NAME["vim-lsp"].text(COMMAND))
    answer = tmp_path / "answer.json"
    command = [neovim(), "--headless", "-n", "--cmd", f"set runtimepath^={tmp_path}"]
    command += ["-u", str(tmp_path / "vimrc"), "-c", "doautocmd User lsp_setup", "-c", "qall!"]
    done = subprocess.run(
        command,
        env={**os.environ, "ANSWER": str(answer), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.exists(), done.stderr
    assert json.loads(answer.read_text()) == ["goescape", [*COMMAND], ["go"], "file:///here"]
