"""Hover, inlay hints and code lenses, in Markdown and in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp

from tests.lsp.capabilities import bare, neovim, vscode
from tests.lsp.harness import conversation, underlined

if TYPE_CHECKING:
    from tests.conftest import WriteTree
    from tests.lsp.harness import Talk

ASKED = """
-- go.mod --
module example.com/asked

go 1.21
-- p.go --
package asked

type T struct{ n int }

func F(leaking *T) *T {
	u := T{n: 1}
	u.n++
	{
		u := 2
		_ = u
	}
	keep(leaking)
	return &u
}

var kept []*T

func keep(t *T) { kept = append(kept, t) }

func Loop(n int) (all []*T) {
	for i := 0; i < n; i++ {
		all = append(all, &T{n: i})
	}
	return all
}

func stays() int {
	p := &T{n: 3}
	return p.n
}

func boxed() any {
	var one any = 1
	return one
}
"""


async def _open(talk: Talk, write_tree: WriteTree) -> str:
    folder = write_tree(ASKED)
    uri = talk.open(folder / "p.go")
    await _until_known(talk, uri)
    return uri


async def _until_known(talk: Talk, uri: str) -> None:
    """Wait for results, the way each kind of client learns of them."""
    if talk.client.capabilities and talk.client.capabilities.workspace:
        await talk.until(lambda: talk.refreshes[lsp.WORKSPACE_INLAY_HINT_REFRESH])
    else:
        await talk.until(lambda: talk.shown(uri))


def _text(hover: lsp.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    return hover.contents.value


async def test_hover_at_the_declaration_and_at_uses(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, write_tree)
        declared = await talk.hover(uri, "u := T")
        used = await talk.hover(uri, "u.n++")
        assert _text(declared) == _text(used)
        assert used is not None
        assert used.range is not None
        assert used.range.start == talk.at(uri, "u.n++")
        assert underlined(talk.texts[uri], used.range) == "u"
        shadow = await talk.hover(uri, "u := 2")
        assert shadow is None or "heap" not in _text(shadow)


async def test_a_markdown_hover_has_links_and_the_compilers_words(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, write_tree)
        text = _text(await talk.hover(uri, "u := T"))
        assert text.startswith("**`u`")
        line = talk.texts[uri][: talk.texts[uri].index("return &u")].count("\n") + 1
        assert f"]({uri}#L{line},2)" in text
        assert "**What helps:**" in text
        assert "```text\nmoved to heap: u\n```" in text


async def test_a_plain_hover_has_neither(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(bare(), folder) as talk:
        uri = await _open(talk, write_tree)
        hover = await talk.hover(uri, "u := T")
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert hover.contents.kind == lsp.MarkupKind.PlainText
        assert "file://" not in hover.contents.value
        assert "**" not in hover.contents.value
        assert "moved to heap: u" in hover.contents.value


@pytest.mark.parametrize(
    ("needle", "words"),
    [
        ("leaking *T", "leaking param: leaking"),
        ("leaking)", "leaking param: leaking"),
        ("&T{n: i}", "loop"),
        ("Loop(n", "2 heap allocations"),
        ("stays() int", "can be inlined"),
        ("&T{n: 3}", "does not escape"),
        ("1\n\treturn one", "no allocation"),
    ],
)
async def test_hover_on(write_tree: WriteTree, needle: str, words: str) -> None:
    folder = write_tree(ASKED)
    async with conversation(neovim(), folder) as talk:
        uri = await _open(talk, write_tree)
        assert words.lower() in _text(await talk.hover(uri, needle)).lower()


async def test_hover_where_there_is_nothing(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(neovim(), folder) as talk:
        uri = await _open(talk, write_tree)
        assert await talk.hover(uri, "package asked") is None
        far = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(10_000, 10_000))
        assert await talk.client.text_document_hover_async(far) is None
        other = lsp.HoverParams(lsp.TextDocumentIdentifier("untitled:1"), lsp.Position(0, 0))
        assert await talk.client.text_document_hover_async(other) is None


async def test_hints_lead_to_the_decisive_step_and_explain_later(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, write_tree)
        hints = await talk.hints(uri)
        hint = next(each for each in hints if each.position == _after(talk, uri, "u := T", "u"))
        label: Any = hint.label
        assert [part.value for part in label] == ["heap: returned"]
        assert label[0].location.range.start == talk.at(uri, "return &u")
        assert hint.tooltip is None
        resolved = await talk.client.inlay_hint_resolve_async(hint)
        assert isinstance(resolved.tooltip, lsp.MarkupContent)
        assert "moved to heap: u" in resolved.tooltip.value


async def test_hints_of_a_client_that_does_not_resolve(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(bare(), folder) as talk:
        uri = await _open(talk, write_tree)
        hints = await talk.hints(uri)
        assert all("heap" in str(hint.tooltip) for hint in hints)
        assert hints


async def test_hints_of_some_lines_only(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(neovim(), folder) as talk:
        uri = await _open(talk, write_tree)
        at = talk.at(uri, "u := T")
        lines = lsp.Range(lsp.Position(at.line, 0), lsp.Position(at.line, 99))
        parameters = lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), lines)
        (hint,) = await talk.client.text_document_inlay_hint_async(parameters) or ()
        assert hint.position.line == at.line


async def test_stack_hints_are_a_setting(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(neovim(), folder, settings={"hints": {"stack": True}}) as talk:
        uri = await _open(talk, write_tree)
        labels = {(hint.position.line, str(hint.label)) for hint in await talk.hints(uri)}
        assert (talk.at(uri, "p := &T").line, "stack") in labels
        assert (talk.at(uri, "leaking *T").line, "leaks") in labels


async def test_hints_move_with_unsaved_edits(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, write_tree)
        talk.edit(uri, "type T", "// one\n// two\ntype T")
        talk.edit(uri, "&T{n: i}", "&T{n: i + 0}")
        positions = [hint.position for hint in await talk.hints(uri)]
        assert _after(talk, uri, "u := T", "u") in positions
        assert _after(talk, uri, "&T{n: i + 0}", "&T{n: i + 0}") not in positions


async def test_lenses_count_and_lead(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, write_tree)
        lenses = {
            underlined(talk.texts[uri], lens.range): lens.command for lens in await talk.lenses(uri)
        }
        assert "stays" not in lenses
        single, several = lenses["F"], lenses["Loop"]
        assert single is not None
        assert several is not None
        assert single.title == "1 heap allocation, 1 more in what is inlined here"
        assert several.title == "2 heap allocations in a loop"
        await talk.command(single.command, *(single.arguments or ()))
        assert talk.client.shown_documents[-1].selection is not None
        assert talk.client.shown_documents[-1].selection.start == talk.at(uri, "u := T")
        talk.answer = lambda titles: next(title for title in titles if "&T" in title)
        await talk.command(several.command, *(several.arguments or ()))
        assert len(talk.questions[-1].actions or ()) == 2
        await talk.until(lambda: len(talk.client.shown_documents) == 2)
        assert talk.refreshes[lsp.WORKSPACE_CODE_LENS_REFRESH]


async def test_a_lens_answers_a_bare_client_in_words(write_tree: WriteTree) -> None:
    folder = write_tree(ASKED)
    async with conversation(bare(), folder) as talk:
        uri = await _open(talk, write_tree)
        command = (await talk.lenses(uri))[0].command
        assert command is not None
        await talk.command(command.command, *(command.arguments or ()))
        await talk.until(lambda: talk.client.messages)
        assert "line " in talk.client.messages[-1].message


def _after(talk: Talk, uri: str, needle: str, text: str) -> lsp.Position:
    at = talk.at(uri, needle)
    return lsp.Position(at.line, at.character + len(text))
