"""The server speaks the editor's language, or the one that a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types as lsp

from tests.lsp.capabilities import pushed_vscode
from tests.lsp.harness import conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module m

go 1.21
-- p.go --
package m

func F() *int {
	x := 1 // want x returned
	return &x
}
"""

BROKEN = "func G() int { return nothing }\n"


@pytest.mark.parametrize(
    ("locale", "setting", "told"),
    [
        ("zh-cn", "auto", "`x` 被移到堆上：由 `return &x` 返回给调用者"),
        ("xx", "zh-cn", "`x` 被移到堆上：由 `return &x` 返回给调用者"),
        ("zh-cn", "en", "`x` moves to the heap: `return &x` hands it to the caller"),
        ("", "auto", "`x` moves to the heap: `return &x` hands it to the caller"),
    ],
)
async def test_which_language(write_tree: WriteTree, locale: str, setting: str, told: str) -> None:
    folder = write_tree(MODULE)
    language = {"LC_ALL": "C.UTF-8"}
    async with conversation(
        pushed_vscode(), folder, settings={"language": setting}, environment=language, locale=locale
    ) as talk:
        uri = talk.open(folder / "p.go")
        [shown] = await talk.until_wanted(uri)
        assert shown.message == told
        hover = await talk.hover(uri, "x := 1")
        assert isinstance(hover, lsp.Hover)
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert ("通常有效的办法" in hover.contents.value) == ("堆" in told)


async def test_what_stands_around_findings_is_translated_too(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(pushed_vscode(), folder, locale="zh-cn") as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        [lens] = await talk.lenses(uri)
        assert lens.command is not None
        assert lens.command.title == "1 处堆分配"
        await talk.command("goescape.loadProfile")
        assert "请指定一个堆 profile 文件" in talk.client.messages[-1].message
        talk.save(folder / "p.go", talk.texts[uri] + BROKEN)
        shown = await talk.until_shown(uri, "1 package m waiting", "4 x returned")
        assert shown[0].message == "逃逸分析正在等待：包无法编译"
