"""One source for all that is said to editors: docs/editors, the README, the plugin."""

from __future__ import annotations

from goescape.terminal.recipes import BY_NAME, RECIPES, index, neovim_table, page
from tests.conftest import REPOSITORY
from tests.project import readme

FOLDER = REPOSITORY / "docs" / "editors"
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
