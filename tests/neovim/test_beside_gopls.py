"""goescape and the real gopls on the same buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rass import patient_rass

if TYPE_CHECKING:
    from pathlib import Path

    from tests.neovim.editor import Neovim

INIT = """
vim.lsp.config('gopls', {{
  cmd = {{ '{gopls}' }},
  filetypes = {{ 'go' }},
  root_markers = {{ 'go.work', 'go.mod' }},
  settings = {{ gopls = {{ hints = {{ functionTypeParameters = true, parameterNames = true }} }} }},
}})
vim.lsp.enable({{ 'gopls', 'goescape' }})
"""


def test_both_work_on_one_buffer(nvim: Neovim, fixable: Path, gopls: str) -> None:
    nvim.install_plugin()
    nvim.configure({"init.lua": INIT.format(gopls=gopls)})
    answer = nvim.answer("beside_gopls.lua", fixable)
    assert answer["encodings"] == ["utf-16", "utf-16"]
    assert min(answer["together"]) == 1, "each in a namespace of its own"
    assert answer["hints"] == ["goescape: heap: interface", "gopls: a...:", "gopls: format:"]
    assert answer["hover"].index("# gopls") < answer["hover"].index("# goescape")
    assert "converted to an interface" in answer["hover"]
    assert answer["owners"] == sorted(answer["owners"], reverse=True), "grouped"
    assert "Why does this escape? [goescape]" in answer["actions"]
    assert "strconv.Itoa(n)" in answer["fixed"]
    assert answer["heard"] == []
    assert "offset_encoding" not in answer["messages"]
    assert "WARNING" not in answer["health"]


def test_both_behind_one_connection(
    nvim: Neovim, fixable: Path, gopls: str, tmp_path: Path
) -> None:
    """What the recipes for editors with one server per file start."""
    nvim.install_plugin()
    rass = patient_rass(tmp_path) / "rass"
    command = f"{{ '{rass}', '--', '{gopls}', '--', 'goescape', 'server' }}"
    nvim.configure(
        {
            "init.lua": f"vim.lsp.config('goescape', {{ cmd = {command} }})\n"
            "vim.lsp.enable('goescape')\n"
        }
    )
    answer = nvim.answer("multiplexed.lua", fixable)
    assert "strconv.Itoa(n)" in answer["fixed"]
    assert answer["heard"] == []
    assert answer["doctor"].startswith("goescape ")
