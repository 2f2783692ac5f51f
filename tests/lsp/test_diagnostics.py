"""Diagnostics, pushed and pulled, as three kinds of editors see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lsp.capabilities import bare, neovim, pushed_vscode
from tests.lsp.harness import conversation

if TYPE_CHECKING:
    from lsprotocol import types as lsp

    from tests.conftest import WriteTree

SMALL = """
-- go.mod --
module example.com/small

go 1.21
-- p.go --
package small

func F() *int {
	u := 1 // want u returned
	return &u
}

func G(n int) []*int {
	var all []*int
	for i := 0; i < n; i++ {
		all = append(all, new(int)) // want append(all, new(int)) returned; new(int) stored-in-heap
	}
	return all
}
"""


@pytest.mark.parametrize("capabilities", [bare(), neovim(), pushed_vscode()])
async def test_opening_a_file_shows_its_findings(
    write_tree: WriteTree, capabilities: lsp.ClientCapabilities
) -> None:
    folder = write_tree(SMALL)
    async with conversation(capabilities, folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
