"""Directives in an editor: errors, completion, hover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from tests.lsp.capabilities import neovim
from tests.lsp.harness import conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

//goescape:noescape
func Promise() *int {
	n := 1
	return &n
}

//goescape:ignore because
func Useless(n int) int {
	return n //goes
}
"""


async def test_directives_in_an_editor(write_tree: WriteTree) -> None:
    root = write_tree(MODULE)
    async with conversation(neovim(), root) as talk:
        uri = talk.open(root / "a.go")
        await talk.until(lambda: len(talk.shown(uri) or ()) == 2)
        broken, useless = sorted(talk.shown(uri) or (), key=lambda each: each.range.start.line)
        assert broken.severity is lsp.DiagnosticSeverity.Error
        assert broken.range.start == talk.at(uri, "n := 1")
        assert (useless.severity, useless.code) == (lsp.DiagnosticSeverity.Warning, "directive")

        told = await talk.hover(uri, "goescape:noescape")
        assert told is not None
        assert isinstance(told.contents, lsp.MarkupContent)
        assert told.contents.value.startswith("An error when anything here escapes")

        at = talk.at(uri, "//goes\n")
        end = lsp.Position(at.line, at.character + len("//goes"))
        found = await talk.client.text_document_completion_async(
            lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), end)
        )
        assert isinstance(found, list)
        assert [each.label.removeprefix("//goescape:") for each in found] == [
            "noescape",
            "hot",
            "ignore",
        ]
        assert isinstance(found[0].text_edit, lsp.TextEdit)
        assert found[0].text_edit.range == lsp.Range(at, end)
        nothing = await talk.client.text_document_completion_async(
            lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), talk.at(uri, "n := 1"))
        )
        assert not nothing
