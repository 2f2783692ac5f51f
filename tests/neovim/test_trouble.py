"""What can be wrong: the command, the server, the buffers. Said once, and Neovim works on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.neovim.conftest import FIXABLE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.neovim.editor import Neovim

OLD = "import goescape as g; g.__version__ = '0.0.1'; from goescape.lsp import server; server.run()"


def start(nvim: Neovim, command: list[str] | None = None) -> None:
    """The plugin, with the server's command or another one."""
    nvim.install_plugin()
    words = ", ".join(f"[[{word}]]" for word in command or ())
    other = f"vim.lsp.config('goescape', {{ cmd = {{ {words} }} }})\n" if command else ""
    nvim.configure({"init.lua": f"{other}vim.lsp.enable('goescape')\n"})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["no-such-goescape", "server"], "`no-such-goescape` cannot be run; install goescape"),
        (["false"], "the server does not start; `:GoEscape doctor` tells why."),
        ([sys.executable, "-c", OLD], "server 0.0.1 is older than this plugin, which needs 0.1.0"),
    ],
    ids=["missing", "no server", "old"],
)
def test_a_command_that_does_not_work_is_said_once(
    nvim: Neovim, fixable: Path, command: list[str], said: str
) -> None:
    start(nvim, command)
    answer = nvim.answer("hear.lua", fixable, SAID=said)
    (sentence,) = answer["said"]
    assert sentence.startswith(f"goescape: {said}")
    assert "\n" not in sentence
    if command[0] == "no-such-goescape":
        assert "ERROR no-such-goescape cannot be run" in answer["health"]


def test_a_crashed_server_comes_back_but_not_for_ever(nvim: Neovim, fixable: Path) -> None:
    start(nvim)
    answer = nvim.answer("crash.lua", fixable)
    assert answer["said"] == (
        "goescape: the server crashed 4 times; see `:GoEscape log`, then `:GoEscape restart`."
    )
    assert not answer["runs"]
    assert "no server works on this buffer" in answer["advice"]
    assert answer["again"] == 1
    assert "it is off" in answer["off"]
    assert "it is off" in answer["still_off"]


def test_every_kind_of_buffer(nvim: Neovim, fixable: Path) -> None:
    root = fixable.parent
    finding = 'import "fmt"\n\nfunc {}(n int) string {{ return fmt.Sprintf("%d", n) }}\n'
    (root.parent / "lone.go").write_text(f"package lone\n\n{finding.format('F')}")
    library = root.parent / "pkg" / "mod" / "example.com" / "lib@v1.0.0"
    library.mkdir(parents=True)
    (library / "go.mod").write_text("module example.com/lib\n\ngo 1.21\n")
    (library / "lib.go").write_text(FIXABLE.replace("fixed", "lib"))
    (root / "rename").mkdir()
    (root / "rename" / "old.go").write_text(f"package rename\n\n{finding.format('F')}")
    (root / "huge").mkdir()
    (root / "huge" / "huge.go").write_text("package huge\n" + "// nothing but words\n" * 300_000)
    (root / "many").mkdir()
    for number in range(1, 31):
        text = f"package many\n\n{finding.format(f'F{number}')}"
        (root / "many" / f"f{number}.go").write_text(text)
    second = root.parent / "second"
    second.mkdir()
    (second / "go.mod").write_text("module example.com/second\n\ngo 1.21\n")
    (second / "s.go").write_text(FIXABLE.replace("fixed", "second"))

    start(nvim)
    answer = nvim.answer("buffers.lua", fixable)
    assert (answer["nameless"], answer["fugitive"]) == (0, 0)
    assert "no server works on this buffer" in answer["advice"]
    assert answer["same_server"]
    assert answer["library_server"]
    assert answer["unsaved"] == 0
    assert answer["roots"] == ["fixed", "second"]
    for found in ("diffed", "elsewhere", "lone", "library", "renamed", "second", "first_again"):
        assert answer[found] == 1
    assert len(answer["said"]) == 1
