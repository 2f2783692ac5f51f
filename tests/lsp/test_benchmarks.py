"""Benchmarks in an editor: run by a click on their lens, measured, their profile shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from tests.lsp.capabilities import neovim
from tests.lsp.harness import Talk, conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

func New() *[1024]byte { return new([1024]byte) }
-- a_test.go --
package m

import (
	"testing"
	"time"
)

func BenchmarkNew(b *testing.B) {
	for i := 0; i < b.N; i++ {
		kept = New()
	}
}

func BenchmarkWrong(b *testing.B) { b.Fatal("no") }

func BenchmarkEndless(b *testing.B) { time.Sleep(time.Hour) } // an empty select is a deadlock

var kept *[1024]byte
"""


async def lens_over(talk: Talk, uri: str, name: str) -> lsp.Command:
    """The benchmark's lens, once there is one."""
    while True:
        line = talk.at(uri, name).line
        for lens in await talk.lenses(uri):
            command = lens.command
            if command and lens.range.start.line == line and command.command == "goescape.bench":
                return command
        await talk.pause()


async def test_a_click_measures(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri, code = talk.open(folder / "a_test.go"), talk.open(folder / "a.go")
        lens = await lens_over(talk, uri, "BenchmarkNew")
        assert lens.title == "run benchmark"
        (result,) = await talk.command(lens.command, *(lens.arguments or ()))
        assert (result["allocations"], result["bytes"]) == (1, 1024)
        lens = await lens_over(talk, uri, "BenchmarkNew")
        assert lens.title == "1 allocs/op, 1,024 B/op: run benchmark again"
        shown = [each.command.title for each in await talk.lenses(code) if each.command]
        assert any("of all allocations" in title for title in shown)
        assert await talk.command("goescape.removeProfile", "benchmarks") == []
        assert sorted(each.name for each in folder.iterdir()) == ["a.go", "a_test.go", "go.mod"]

        # names work as well as lines; what fails or is not there is said
        assert await talk.command("goescape.bench", uri, "BenchmarkWrong") == []
        assert await talk.command("goescape.bench", uri, "BenchmarkNone") is None
        told = [each.message for each in talk.client.messages]
        assert any("BenchmarkWrong of example.com/m failed: " in each for each in told)
        assert any("BenchmarkNew, BenchmarkWrong, BenchmarkEndless; name" in each for each in told)


async def test_nobody_has_to_wait_for_the_end(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "a_test.go")
        lens = await lens_over(talk, uri, "BenchmarkEndless")
        running = asyncio.ensure_future(talk.command(lens.command, *(lens.arguments or ())))
        token = (await talk.until(lambda: [t for t, _ in talk.progress if t == "goescape--2"]))[0]
        assert await talk.command("goescape.bench", uri) is None  # one at a time
        cancel = lsp.WorkDoneProgressCancelParams(token)
        talk.client.window_work_done_progress_cancel(cancel)
        assert await running is None
        assert (token, "end") in talk.progress
