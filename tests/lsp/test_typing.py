"""Findings while the user types: text that is not saved, text that does not compile yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lsp.capabilities import pushed_vscode
from tests.lsp.harness import brief, conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/typed

go 1.21
-- p.go --
package typed

func F() *int {
	u := 1 // want u returned
	return &u
}
-- p_test.go --
package typed

import "testing"

func TestF(t *testing.T) {
	_ = *F()
}
-- user/user.go --
package user

import "example.com/typed"

func G() *int { return typed.F() } // want typed.F() returned
"""


async def test_what_is_typed_is_analysed_without_a_save(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder) as talk:
        uri = talk.open(folder / "p.go")
        saved = talk.texts[uri]
        await talk.until_wanted(uri)
        talk.edit(uri, "return &u", "v := new(int) // want new(int) returned\n\treturn v")
        talk.edit(uri, " // want u returned", "\n\t_ = u")
        await talk.until_wanted(uri)
        assert talk.published[-1].version == talk.versions[uri]
        talk.edit(uri, talk.texts[uri], saved)  # undo
        await talk.until_wanted(uri)
        assert (folder / "p.go").read_text() == saved


async def test_half_a_line_keeps_what_was_found(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        talk.edit(uri, "func F", "var x = \n\nfunc F")
        await talk.until(lambda: any(each.state == "waiting" for each in talk.statuses))
        assert talk.statuses[-1].packages == ["example.com/typed"]
        [hint] = await talk.hints(uri)
        assert hint.position.line == talk.at(uri, "u := 1").line
        assert len(talk.published) == 1, "the editor has moved its diagnostics by itself"
        talk.edit(uri, "var x = ", "var x = 1")
        await talk.until(lambda: talk.statuses[-1].state == "idle")
        await talk.until_wanted(uri)


async def test_two_unsaved_files_are_seen_together(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder) as talk:
        uri, new = talk.open(folder / "p.go"), folder / "new.go"
        await talk.until_wanted(uri)
        talk.edit(uri, "u := 1", "u := number()")
        unsaved = talk.open(new, "package typed\n\nfunc number() int { return 1 }\n")
        talk.edit(unsaved, "func", "// Number is new.\nfunc")
        await talk.until(lambda: talk.published[-1].version == talk.versions[uri])
        await talk.until_wanted(uri)
        assert not new.exists()


async def test_closing_without_saving_shows_the_disk_again(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder) as talk:
        uri = talk.open(folder / "p.go")
        saved = talk.texts[uri]
        await talk.until_wanted(uri)
        talk.edit(uri, "return &u", "_ = u\n\treturn nil")
        await talk.until_shown(uri)
        talk.close(uri)
        talk.texts[uri] = saved
        await talk.until_wanted(uri)


async def test_on_save_means_on_save(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder, settings={"run": "onSave"}) as talk:
        uri = talk.open(folder / "p.go")
        test = talk.open(folder / "p_test.go")
        await talk.until_wanted(uri)
        talk.edit(uri, "return &u", "_ = u\n\treturn new(int) // want new(int) returned")
        talk.edit(test, "func TestF", "func G() *int { return new(int) }\n\nfunc TestF")
        talk.save(folder / "p_test.go")
        await talk.until(lambda: talk.shown(test))
        await talk.until_idle()
        assert "new(int)" not in " ".join(brief(talk.shown(uri) or [], talk.texts[uri]))
        talk.edit(uri, " // want u returned", "")
        talk.save(folder / "p.go")
        await talk.until_wanted(uri)


async def test_a_save_reaches_the_open_files_that_import_it(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder) as talk:
        user = talk.open(folder / "user" / "user.go")
        await talk.until(lambda: talk.shown(user))
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        talk.edit(uri, "return &u", "return nil")
        talk.edit(uri, " // want u returned", "\n\t_ = u")
        talk.save(folder / "p.go")
        await talk.until_wanted(uri)
        await talk.until_shown(user)
