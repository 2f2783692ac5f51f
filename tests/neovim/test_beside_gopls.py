"""goescape and the real gopls on the same buffer."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CACHE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.neovim.editor import Neovim

VERSION = "v0.24.0"
INIT = """
vim.lsp.config('gopls', {{
  cmd = {{ '{gopls}' }},
  filetypes = {{ 'go' }},
  root_markers = {{ 'go.work', 'go.mod' }},
  settings = {{ gopls = {{ hints = {{ functionTypeParameters = true, parameterNames = true }} }} }},
}})
vim.lsp.enable({{ 'gopls', 'goescape' }})
"""


@pytest.fixture(scope="session")
def gopls(go_path: str) -> str:
    """The real one, built once; without the proxy of Go's modules this fails and says so."""
    home = CACHE / "gopls" / VERSION
    program = home / ("gopls.exe" if os.name == "nt" else "gopls")
    if not program.exists():
        # the only network access, through the user's own proxy settings
        environment = {key: value for key, value in os.environ.items() if key != "GOENV"}
        environment["GOBIN"] = str(home)
        command = [go_path, "install", f"golang.org/x/tools/gopls@{VERSION}"]
        done = subprocess.run(
            command, env=environment, cwd=CACHE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"gopls cannot be built for this test:\n{done.stderr}"
    return str(program)


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
