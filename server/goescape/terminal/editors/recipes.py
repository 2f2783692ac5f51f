"""How each editor starts the language server: the texts of ``goescape setup`` and docs/editors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.terminal.editors.json_members import Members, pretty

if TYPE_CHECKING:
    from goescape.terminal.editors.places import UserFolders

Command = Sequence[str]
"""What starts the server: a program and its arguments."""
PLAIN: Command = ("goescape", "server")
MULTIPLEXER = "rass"
"""The program that lets several servers look like one, from the package rassumfrassum."""


@frozen
class Recipe:
    """What one editor, or one LSP plugin of it, needs."""

    name: str
    """The word after ``goescape setup``."""
    title: str
    programs: tuple[str, ...]
    """What the editor's command may be called."""
    place: Callable[[UserFolders], str]
    """The file that the text belongs to."""
    shown_place: str
    """The same for a reader, on Linux."""
    text: Callable[[Command], str]
    """The snippet."""
    language: str
    """Of the snippet, for Markdown."""
    about: str
    """Paragraphs: what works, what has to be there, how gopls fits in."""
    tested: str
    """What the project's own tests do with it; empty when nothing runs it."""
    plugin: Callable[[UserFolders], str] | None = None
    """The folder that takes the editor's plugin."""
    comment: str = ""
    """What starts a comment, where the snippet is a part of the file."""
    members: Callable[[Command], Members] | None = None
    """The snippet as members of a JSON object, where the file holds one."""
    conflict: str = ""
    """A pattern in the rest of the file that the snippet cannot stand beside..."""
    advice: str = ""
    """... and what to do then."""

    def clashes(self, text: str) -> bool:
        """Whether the file says something that only its owner can join with the snippet."""
        return bool(self.conflict) and re.search(self.conflict, text) is not None


def _quoted(command: Command, between: str = ", ") -> str:
    """Double-quoted texts as Lua, TOML, JSON and Emacs Lisp all read them."""
    return between.join(json.dumps(word, ensure_ascii=False) for word in command)


def _lua(command: Command) -> str:
    return ", ".join(
        f"'{word}'" if "'" not in word and "\\" not in word else _quoted([word]) for word in command
    )


def neovim_table(command: Command = PLAIN) -> str:
    """The configuration of Neovim's client, as a table."""
    return f"""{{
  cmd = {{ {_lua(command)} }},
  filetypes = {{ 'go' }},
  -- the whole workspace where there is one, else the module; only for files on a disk
  root_dir = function(buffer, found)
    local file = vim.api.nvim_buf_get_name(buffer)
    if file ~= '' and not file:find('^%a[%w+.-]+://') then
      local root = vim.fs.root(file, 'go.work') or vim.fs.root(file, 'go.mod')
      -- a library belongs to the server that is there already
      local running = vim.lsp.get_clients({{ name = 'goescape' }})[1]
      local shared = file:find('/pkg/mod/', 1, true) and running
      found(shared and shared.root_dir or root or vim.fs.dirname(file))
    end
  end,
  -- the encoding of gopls, which works on the same buffer
  capabilities = {{ general = {{ positionEncodings = {{ 'utf-16' }} }} }},
  settings = {{ goescape = {{}} }},
}}"""


def _neovim(command: Command) -> str:
    table = neovim_table(command)
    return f"vim.lsp.config('goescape', {table})\nvim.lsp.enable('goescape')\n"


def _vim_lsp(command: Command) -> str:
    words = ", ".join("'" + word.replace("'", "''") + "'" for word in command)
    return f"""augroup goescape
  autocmd!
  autocmd User lsp_setup call lsp#register_server({{
    \\ 'name': 'goescape',
    \\ 'cmd': {{info -> [{words}]}},
    \\ 'allowlist': ['go'],
    \\ 'root_uri': {{info -> lsp#utils#path_to_uri(
    \\   lsp#utils#find_nearest_parent_file_directory(
    \\     lsp#utils#get_buffer_path(), ['go.work', 'go.mod']))}}}})
augroup END
"""


def _coc(command: Command) -> Members:
    server = {
        "command": command[0],
        "args": list(command[1:]),
        "filetypes": ["go"],
        "rootPatterns": ["go.work", "go.mod"],
    }
    return {("languageserver", "goescape"): server}


def _helix(command: Command) -> str:
    arguments = _quoted(command[1:])
    return f"""[language-server.goescape]
command = {_quoted(command[:1])}
args = [{arguments}]
required-root-patterns = ["go.mod", "go.work"]

[[language]]
name = "go"
language-servers = [{{ name = "gopls", except-features = ["inlay-hints"] }}, "goescape"]
"""


def _eglot(command: Command) -> str:
    words = _quoted(command, " ")
    return f"""(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `((go-mode go-ts-mode)
                 . ,(if (and (executable-find "{MULTIPLEXER}") (executable-find "gopls"))
                        '("{MULTIPLEXER}" "--" "gopls" "--" {words})
                      '({words})))))
"""


def _lsp_mode(command: Command) -> str:
    return f"""(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '({_quoted(command, " ")}))
                    :major-modes '(go-mode go-ts-mode)
                    :priority -1
                    :add-on? t
                    :server-id 'goescape)))
"""


def _zed(command: Command) -> Members:
    arguments = ["--", "gopls", "--", *command]
    return {("lsp", "gopls", "binary"): {"path": MULTIPLEXER, "arguments": arguments}}


def _sublime(command: Command) -> Members:
    return {
        ("goescape",): {"enabled": True, "command": list(command), "selector": "source.go"},
    }


def _kate(command: Command) -> Members:
    server = {
        "command": [MULTIPLEXER, "--", "gopls", "--", *command],
        "rootIndicationFileNames": ["go.work", "go.mod"],
        "highlightingModeRegex": "^Go$",
    }
    return {("servers", "go"): server}


def _as_text(members: Callable[[Command], Members]) -> Callable[[Command], str]:
    return lambda command: pretty(members(command))


_RASS = (
    "One server per file is all it knows. "
    "[Rassumfrassum](https://github.com/joaotavora/rassumfrassum) "
    "(`pipx install rassumfrassum`) lets gopls and goescape look like one"
)

RECIPES: tuple[Recipe, ...] = (
    Recipe(
        name="nvim",
        title="Neovim",
        programs=("nvim",),
        place=lambda places: places.under_config("nvim", "plugin", "goescape.lua"),
        shown_place="~/.config/nvim/plugin/goescape.lua",
        text=_neovim,
        language="lua",
        plugin=lambda places: places.under_data(
            "nvim", "site", "pack", "goescape", "start", "goescape"
        ),
        about=(
            "Neovim 0.11 or later, beside gopls on the same buffer. Inlay hints and messages in "
            "the text are shown when asked for: `vim.lsp.inlay_hint.enable(true)` and "
            "`vim.diagnostic.config({ virtual_text = true })`.\n\n"
            "![Underlined values, hints behind them, a hover, the steps as a list](../neovim.png)"
            "\n\n([The same as text](../neovim.txt), as the tests see it.)\n\n"
            "With `--write` comes the [plugin](../../client-nvim/README.md), which adds "
            "`:GoEscape`, `:checkhealth goescape`, a word for the status line, and restarts after "
            "a crash. It goes into `~/.local/share/nvim/site/pack/goescape`."
        ),
        tested="Neovim 0.11 shows diagnostics, hints and hovers, applies a quick fix, saves and "
        "undoes it, alone and beside the real gopls.",
    ),
    Recipe(
        name="vim-lsp",
        title="Vim with vim-lsp",
        programs=("vim",),
        place=lambda places: places.vimrc(),
        shown_place="~/.vimrc",
        text=_vim_lsp,
        language="vim",
        comment='"',
        about=(
            "Vim 8.1 or later with [vim-lsp](https://github.com/prabirshrestha/vim-lsp), beside "
            "gopls. For hints: `let g:lsp_inlay_hints_enabled = 1` (Vim 9). On a line with an "
            "emoji before it, vim-lsp puts an edit one column off."
        ),
        tested="",
    ),
    Recipe(
        name="vim-coc",
        title="Vim with coc.nvim",
        programs=("vim",),
        place=lambda places: places.under_home(".vim", "coc-settings.json"),
        shown_place="~/.vim/coc-settings.json",
        text=_as_text(_coc),
        language="json",
        members=_coc,
        about=(
            "[coc.nvim](https://github.com/neoclide/coc.nvim) runs goescape beside coc-go. In "
            "Neovim the file is `~/.config/nvim/coc-settings.json`."
        ),
        tested="",
    ),
    Recipe(
        name="helix",
        title="Helix",
        programs=("hx", "helix"),
        place=lambda places: places.under_config("helix", "languages.toml"),
        shown_place="~/.config/helix/languages.toml",
        text=_helix,
        language="toml",
        comment="#",
        conflict=r"(?m)^\s*name\s*=\s*[\"']go[\"']|^\s*\[language-server\.goescape\]",
        advice='add the table [language-server.goescape], and "goescape" to the language-servers '
        "of the language go, by hand",
        about=(
            "Helix takes inlay hints from one server only: here from goescape. It wants "
            "`display-inlay-hints = true` below `[editor.lsp]` in `config.toml` to show them. The "
            "list of servers replaces Helix's own, so it has to name all that you use."
        ),
        tested="",
    ),
    Recipe(
        name="emacs-eglot",
        title="Emacs with eglot",
        programs=("emacs",),
        place=lambda places: places.emacs(),
        shown_place="~/.emacs.d/init.el",
        text=_eglot,
        language="elisp",
        comment=";;",
        about=(
            f"{_RASS}; where it or gopls is missing, goescape is the only server for Go. "
            "Hovers come from the first server only. Inlay hints need eglot 1.12 or later."
        ),
        tested="Emacs 28 with eglot 1.9 and go-mode shows a diagnostic and applies a quick fix, "
        "alone and beside the real gopls, where Emacs is installed.",
    ),
    Recipe(
        name="emacs-lsp-mode",
        title="Emacs with lsp-mode",
        programs=("emacs",),
        place=lambda places: places.emacs(),
        shown_place="~/.emacs.d/init.el",
        text=_lsp_mode,
        language="elisp",
        comment=";;",
        about="lsp-mode runs several servers on one buffer: goescape is an addition to gopls.",
        tested="Emacs 28 with lsp-mode 8.0 and go-mode shows a diagnostic and applies a quick fix, "
        "where Emacs is installed.",
    ),
    Recipe(
        name="zed",
        title="Zed",
        programs=("zed", "zeditor"),
        place=lambda places: places.under_config("zed", "settings.json"),
        shown_place="~/.config/zed/settings.json",
        text=_as_text(_zed),
        language="json",
        members=_zed,
        about=(
            "Settings cannot add a server to Zed, only name the program of one that it knows. "
            "[Rassumfrassum](https://github.com/joaotavora/rassumfrassum) "
            "(`pipx install rassumfrassum`) takes the place of gopls and starts both."
        ),
        tested="",
    ),
    Recipe(
        name="sublime",
        title="Sublime Text",
        programs=("subl", "sublime_text"),
        place=lambda places: places.sublime("LanguageServers.sublime-settings"),
        shown_place="~/.config/sublime-text/Packages/User/LanguageServers.sublime-settings",
        text=_as_text(_sublime),
        language="json",
        members=_sublime,
        about=(
            "With the package [LSP](https://packages.sublimetext.io/packages/LSP), beside "
            'LSP-gopls. Hints are shown with `"show_inlay_hints": true` in `LSP.sublime-settings`.'
        ),
        tested="",
    ),
    Recipe(
        name="kate",
        title="Kate",
        programs=("kate",),
        place=lambda places: places.under_config("kate", "lspclient", "settings.json"),
        shown_place="~/.config/kate/lspclient/settings.json",
        text=_as_text(_kate),
        language="json",
        members=_kate,
        about=f"With the plugin LSP Client. {_RASS}.",
        tested="",
    ),
)
BY_NAME: Mapping[str, Recipe] = {recipe.name: recipe for recipe in RECIPES}


def family(word: str) -> list[Recipe]:
    """The recipes that a word means: one, or all for an editor (``emacs``)."""
    if word in BY_NAME:
        return [BY_NAME[word]]
    return [recipe for recipe in RECIPES if recipe.name.startswith(f"{word}-")]


def _multiplexed(recipe: Recipe) -> str:
    if f'"{MULTIPLEXER}"' not in recipe.text(PLAIN):
        return ""
    return (
        "The command itself is tested: both servers show diagnostics and apply fixes behind it. "
        "Rass gives up a server that starts three seconds later than the other; restart it then. "
    )


def page(recipe: Recipe) -> str:
    """The document about a recipe."""
    tested = (
        f"Tested: {recipe.tested}"
        if recipe.tested
        else f"{_multiplexed(recipe)}Not tested: the editor or its plugin cannot be had where the "
        "project's tests run. The text follows the editor's documentation."
    )
    return (
        f"# {recipe.title}\n\n{recipe.about}\n\n"
        f"`goescape setup {recipe.name}` prints this with the path of your goescape; with "
        f"`--write` it goes into `{recipe.shown_place}`, after a diff, with a backup:\n\n"
        f"```{recipe.language}\n{recipe.text(PLAIN)}```\n\n{tested}\n"
    )


def index() -> str:
    """The list of all recipes."""
    rows = [
        f"| [{recipe.title}]({recipe.name}.md) | `goescape setup {recipe.name}` | "
        f"{'yes' if recipe.tested else 'no'} |"
        for recipe in RECIPES
    ]
    head = "| Editor | Command | Tested |\n| --- | --- | --- |"
    return (
        "# Editors\n\nThe language server is `goescape server`. `goescape setup EDITOR` prints "
        "what an editor needs to start it, `--write` writes it, `goescape setup --check` says "
        "what is there. VS Code has an [extension](../../client-vscode/README.md).\n\n"
        + "\n".join([head, *rows])
        + "\n\nAny other LSP client: start `goescape server` for Go files, in the folder of "
        "`go.work` or `go.mod`. It speaks on standard input and output.\n"
    )
