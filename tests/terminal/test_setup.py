"""``goescape setup``: printed, written beside what users have, looked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from goescape.terminal.commands.setup import server_command
from goescape.terminal.editors.json_members import Members, NotAnObjectError, inserted
from goescape.terminal.editors.places import UserFolders
from goescape.terminal.editors.recipes import RECIPES
from tests.conftest import REPOSITORY
from tests.terminal.command import Answer, goescape, sentences

pytestmark = pytest.mark.slow  # each starts goescape many times

PLUGIN = REPOSITORY / "client-nvim"
COMMAND = json.dumps(sys.executable)[1:-1]
NAMES = [recipe.name for recipe in RECIPES]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def setup(home: Path, *arguments: str) -> Answer:
    """In that home folder."""
    return goescape(
        "setup", *arguments, env={"HOME": str(home), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    )


def backups(home: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(home.rglob("*goescape-backup*"))}


def test_it_is_printed_and_written_where_it_belongs(home: Path) -> None:
    for name in NAMES:
        before = sorted(home.rglob("*"))
        printed = setup(home, name)
        assert printed.returncode == 0
        assert sorted(home.rglob("*")) == before
        headline, *lines = printed.stdout.splitlines()
        snippet = [line for line in lines if "--write" not in line]
        assert COMMAND in "\n".join(snippet)

        written = setup(home, name, "--write")
        assert written.returncode == 0
        (file,) = (file for file in home.rglob("*") if headline.endswith(f" {file}"))
        assert all(line in file.read_text() for line in snippet)
        assert f"+{snippet[0]}" in written.stdout
    checked = setup(home, "--check").stdout.splitlines()[3:]
    assert [line.partition(":")[0] for line in checked] == NAMES
    assert all("; set up in " in line for line in checked)


def test_lines_of_the_user_stay_and_a_backup_is_kept(home: Path) -> None:
    before = "set number\n"
    (home / ".vimrc").write_text(before)
    answer = setup(home, "vim-lsp", "--write")
    after = (home / ".vimrc").read_text()
    assert after.startswith(f'{before}\n" goescape setup vim-lsp: begin\naugroup goescape\n')
    assert "-set number" not in answer.stdout
    assert backups(home) == {".vimrc.goescape-backup": before}

    edited = after.replace("['go']", "['go', 'gomod']") + "set ruler\n"
    (home / ".vimrc").write_text(edited)
    assert "set up differently in" in setup(home, "--check").stdout
    answer = setup(home, "vim-lsp", "--write")
    assert "-    \\ 'allowlist': ['go', 'gomod']," in answer.stdout
    assert (home / ".vimrc").read_text() == f"{after}set ruler\n"
    assert "is as it should be." in setup(home, "vim-lsp", "--write").stdout
    assert backups(home)[".vimrc.goescape-backup-2"] == edited


def test_both_plugins_of_emacs_share_a_file(home: Path) -> None:
    (home / ".emacs.d").mkdir()
    (home / ".emacs.d" / "init.el").write_text("(menu-bar-mode -1)")
    assert "can be more than one" in setup(home, "emacs", "--write").stderr
    for name in ("emacs-eglot", "emacs-lsp-mode"):
        setup(home, name, "--write")
    text = (home / ".emacs.d" / "init.el").read_text()
    assert text.startswith("(menu-bar-mode -1)\n")
    assert text.count(": begin") == text.count(": end") == 2


def test_neovim_gets_its_plugin_too(home: Path) -> None:
    assert "--write` also puts the plugin into" in setup(home, "nvim").stdout
    setup(home, "nvim", "--write")
    folder = home / ".local/share/nvim/site/pack/goescape/start/goescape"
    for file in (file for file in PLUGIN.rglob("*") if file.suffix in {".lua", ".txt"}):
        assert (folder / file.relative_to(PLUGIN)).read_text() == file.read_text()
    edited = "-- mine\n"
    (folder / "plugin" / "goescape.lua").write_text(edited)
    assert "`goescape setup nvim --write` brings its plugin" in setup(home, "--check").stdout
    assert "--- mine" in setup(home, "nvim", "--write").stdout
    assert backups(home) == {"goescape.lua.goescape-backup": edited}


def test_lines_end_as_they_did(home: Path) -> None:
    (home / ".vimrc").write_bytes(b"set number\r\n")
    setup(home, "vim-lsp", "--write")
    lines = (home / ".vimrc").read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])


def test_a_file_that_only_its_owner_can_change_is_left_alone(home: Path) -> None:
    folder = home / ".config" / "helix"
    folder.mkdir(parents=True)
    own = '[[language]]\nname = "go"\nauto-format = true\n'
    (folder / "languages.toml").write_text(own)
    answer = setup(home, "helix", "--write")
    assert answer.returncode == 2
    (sentence,) = sentences(answer.stderr)
    assert "is left as it is" in sentence
    assert (folder / "languages.toml").read_text() == own
    assert not backups(home)


def test_a_linked_file_stays_a_link(home: Path) -> None:
    (home / "dotfiles").mkdir()
    (home / "dotfiles" / "vimrc").write_text("set number\n")
    (home / ".vimrc").symlink_to("dotfiles/vimrc")
    setup(home, "vim-lsp", "--write")
    assert (home / ".vimrc").is_symlink()
    assert "augroup goescape" in (home / "dotfiles" / "vimrc").read_text()


def test_a_wrong_word_is_answered_with_the_right_ones(home: Path) -> None:
    answer = setup(home, "ed")
    assert answer.returncode == 2
    assert answer.stderr == f"goescape: There is no recipe for ed; there are {', '.join(NAMES)}.\n"
    assert setup(home).returncode == 2


SERVER: Members = {("lsp", "gopls", "binary"): {"path": "rass"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "lsp": {\n    "gopls": {\n      "binary": {\n        "path": "rass"'),
        (
            '// mine\n{\n    "theme": "One", // {\n}\n',
            '// mine\n{\n    "lsp": {\n        "gopls": {\n            "binary": {',
        ),
        (
            '{\n  "lsp": {\n    "clangd": {"a": ["}", 1]}\n  },\n  "x": 1\n}\n',
            '{\n  "lsp": {\n    "gopls": {\n      "binary": {\n        "path": "rass"\n',
        ),
        ('{"lsp": {"gopls": {"binary": {"path": "mine"}}}}', None),
    ],
    ids=["no file", "comments", "beside others", "there already"],
)
def test_members_are_put_into_json(before: str, after: str | None) -> None:
    text = inserted(before, SERVER)
    assert text.startswith(before if after is None else after)
    for line in before.splitlines():
        assert line in text


@pytest.mark.parametrize("text", ["[]", "{", '{"lsp": []}', '{"lsp": {'])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(NotAnObjectError):
        inserted(text, {("lsp", "a"): 1})


def test_every_system_has_its_places(tmp_path: Path) -> None:
    def places(system: str) -> UserFolders:
        return UserFolders(tmp_path, {"APPDATA": "R", "LOCALAPPDATA": "L"}, system)

    shown = {
        system: [Path(recipe.place(places(system))).as_posix() for recipe in RECIPES]
        for system in ("linux", "darwin", "win32")
    }
    for recipe, place in zip(RECIPES, shown["linux"], strict=True):
        assert place == recipe.shown_place.replace("~", tmp_path.as_posix())
    support = "Library/Application Support/Sublime Text/Packages/User"
    assert f"{tmp_path.as_posix()}/{support}/LanguageServers.sublime-settings" in shown["darwin"]
    assert {"L/nvim/plugin/goescape.lua", "R/helix/languages.toml"} <= set(shown["win32"])


def test_the_installed_command_is_named_with_its_path() -> None:
    beside = Path(sys.executable).with_name("goescape")
    assert server_command(str(beside)) == (str(beside), "server")
    roundabout = beside.parent / ".." / beside.parent.name / beside.name
    assert server_command(str(roundabout)) == (str(beside), "server")
    assert server_command("pytest") == (sys.executable, "-m", "goescape", "server")
