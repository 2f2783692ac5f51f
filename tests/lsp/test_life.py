"""Beginning and end: broken input, broken connections, ends in the middle of a build."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp

from tests.lsp.capabilities import neovim, pushed_vscode
from tests.lsp.harness import DEADLINE_SECONDS, SERVER, conversation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/life

go 1.21
-- p.go --
package life

func F() *int {
	u := 1 // want u returned
	return &u
}
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="looks at /proc and sends signals")


class Raw:
    """A server, spoken to in bytes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout

    def send(self, message: object) -> None:
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        self.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def read(self) -> Any:
        length = 0
        while (line := await self._within(self.stdout.readline())).strip():
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        return json.loads(await self._within(self.stdout.readexactly(length)))

    async def answer(self, message_id: object) -> Any:
        """The answer to a request; notifications that come before it are passed over."""
        while True:
            message = await self.read()
            if "method" not in message and message.get("id") == message_id:
                return message

    async def initialize(self) -> Any:
        self.send(
            _request(1, "initialize", {"capabilities": {}, "processId": None, "rootUri": None})
        )
        answer = await self.answer(1)
        self.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        return answer

    async def ended(self) -> int:
        """The exit code."""
        code: int = await self._within(self.process.wait())
        return code

    @staticmethod
    async def _within(awaited: Any) -> Any:
        return await asyncio.wait_for(awaited, DEADLINE_SECONDS)


def _request(message_id: object, method: str, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": message_id, "method": method, "params": params}


@contextlib.asynccontextmanager
async def _server(*command: str, **environment: str) -> AsyncIterator[Raw]:
    process = await asyncio.create_subprocess_exec(
        *(command or SERVER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        yield Raw(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()  # a killed one would leave its temporary folder
        try:
            await asyncio.wait_for(process.communicate(), DEADLINE_SECONDS)
        except asyncio.TimeoutError:
            process.kill()
            raise


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"42", -32600),
        (b"null", -32600),
        (b'{"jsonrpc": "1.0", "id": 5, "method": "shutdown"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 5, "method": 7}', -32600),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "no/such"}', -32601),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover"}', -32602),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover", "params": [1]}', -32602),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "initialize", "params": {}}', -32600),
    ],
)
async def test_a_broken_request_is_refused_and_the_server_lives(body: bytes, code: int) -> None:
    async with _server() as raw:
        await raw.initialize()
        raw.send_bytes(body)
        message_id = 5 if b'"id": 5' in body else None
        assert (await raw.answer(message_id))["error"]["code"] == code
        raw.send(_request(9, "shutdown", None))
        assert (await raw.answer(9))["result"] is None


@pytest.mark.parametrize(
    "message",
    [
        {"method": "textDocument/didOpen"},
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": 3}}},
        {
            "method": "textDocument/didChange",
            "params": {
                "textDocument": {"uri": "file:///never/opened.go", "version": 2},
                "contentChanges": [{"text": "x"}],
            },
        },
        {"method": "textDocument/didClose", "params": {"textDocument": {"uri": "untitled:1"}}},
        {"method": "textDocument/didSave", "params": {"textDocument": {"uri": "file:///no.go"}}},
        {"method": "workspace/didChangeConfiguration", "params": {"settings": 7}},
        {"method": "$/cancelRequest", "params": {"id": 77}},
        {"method": "$/whatever", "params": None},
        {"method": "window/workDoneProgress/cancel", "params": {"token": "unknown"}},
        {"id": "unknown", "result": None},
        {"id": "unknown", "error": {"code": 1, "message": "no"}},
        {"id": None, "result": {}},
    ],
)
async def test_a_broken_notification_is_passed_over(message: dict[str, object]) -> None:
    async with _server() as raw:
        await raw.initialize()
        raw.send({"jsonrpc": "2.0", **message})
        hover = {
            "textDocument": {"uri": "file:///never/opened.go"},
            "position": {"line": 0, "character": 0},
        }
        raw.send(_request(2, "textDocument/hover", hover))
        assert (await raw.answer(2))["result"] is None


async def test_noise_between_messages_is_passed_over() -> None:
    async with _server() as raw:
        await raw.initialize()
        raw.stdin.write(b"noise\r\n\r\nContent-Length: x\r\n" + b"y" * 200_000 + b"\r\n")
        raw.stdin.write(b"content-length: 44\r\nX-Other: 1\r\n\r\n")
        raw.stdin.write(b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}')
        assert (await raw.answer(2))["result"] is None


async def test_nothing_is_answered_before_initialize_and_after_shutdown() -> None:
    async with _server() as raw:
        raw.send(_request(1, "textDocument/hover", {}))
        assert (await raw.answer(1))["error"]["code"] == -32002
        raw.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}})
        await raw.initialize()
        raw.send(_request(2, "shutdown", None))
        await raw.answer(2)
        raw.send(_request(3, "textDocument/hover", {}))
        assert (await raw.answer(3))["error"]["code"] == -32600
        raw.send({"jsonrpc": "2.0", "method": "exit"})
        assert await raw.ended() == 0


async def test_exit_without_shutdown() -> None:
    async with _server() as raw:
        await raw.initialize()
        raw.send({"jsonrpc": "2.0", "method": "exit"})
        assert await raw.ended() == 1


async def test_the_end_of_the_input_ends_the_server() -> None:
    async with _server() as raw:
        await raw.initialize()
        raw.stdin.close()
        assert await raw.ended() == 1


async def test_a_client_that_stops_reading_ends_nothing_but_itself() -> None:
    async with _server() as raw:
        raw.send(_request(1, "initialize", {"capabilities": {}}))
        output = raw.stdout._transport  # type: ignore[attr-defined]  # noqa: SLF001
        output.close()
        raw.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        raw.stdin.close()
        assert await raw.ended() == 1


async def test_tcp_on_loopback() -> None:
    async with _server(*SERVER, "--tcp", "127.0.0.1:0") as raw:
        assert raw.process.stderr is not None
        line = await asyncio.wait_for(raw.process.stderr.readline(), DEADLINE_SECONDS)
        port = int(line.rpartition(b":")[2])
        raw.stdin.close()
        raw.stdout, raw.stdin = await asyncio.open_connection("127.0.0.1", port)
        await raw.initialize()
        raw.send(_request(2, "shutdown", None))
        await raw.answer(2)
        raw.send({"jsonrpc": "2.0", "method": "exit"})
        assert await raw.ended() == 0
        raw.stdin.close()
        await raw.stdin.wait_closed()


async def test_tcp_elsewhere_is_refused() -> None:
    async with _server(*SERVER, "--tcp", "0.0.0.0:0") as raw:
        assert await raw.ended() == 2
        assert raw.process.stderr is not None
        assert b"127.0.0.1" in await raw.process.stderr.read()


# In the middle of a build.

SLOW = """#!{python}
import os, subprocess, sys
if {condition}:
    open({flag!r}, "w").close()
    subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
os.execv({go!r}, [{go!r}, *sys.argv[1:]])
"""


@pytest.fixture
def slow_go(tmp_path: Path, go_path: str) -> Path:
    """A Go that never answers about packages, and has a child of its own."""
    script = tmp_path / "bin" / "go"
    script.parent.mkdir()
    condition = "'list' in sys.argv"
    text = SLOW.format(
        python=sys.executable, condition=condition, flag=str(_flag(script)), go=go_path
    )
    script.write_text(text)
    script.chmod(0o755)
    return script


def _flag(script: Path) -> Path:
    return script.with_name("building")


def _processes(mark: str) -> list[int]:
    """The processes that have this text in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


async def _until(condition: Callable[[], bool]) -> None:
    """Wait for something that sends no message."""
    end = asyncio.get_running_loop().time() + DEADLINE_SECONDS
    while not condition():
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.01)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")
@pytest.mark.parametrize("end", ["shutdown", "exit", "eof", "terminate", "terminate twice"])
async def test_no_process_is_left(write_tree: WriteTree, slow_go: Path, end: str) -> None:
    folder = write_tree(MODULE)
    mark = f"GOESCAPE_TEST={uuid.uuid4()}"
    name, _, value = mark.partition("=")
    async with _server(**{name: value}) as raw:
        raw.send(
            _request(
                1,
                "initialize",
                {
                    "capabilities": {},
                    "initializationOptions": {"go": {"path": str(slow_go)}},
                    "workspaceFolders": [{"uri": folder.as_uri(), "name": "x"}],
                },
            )
        )
        await raw.answer(1)
        raw.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        document = {
            "uri": (folder / "p.go").as_uri(),
            "languageId": "go",
            "version": 1,
            "text": (folder / "p.go").read_text(),
        }
        opened = {"textDocument": document}
        raw.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": opened})
        await _until(lambda: _flag(slow_go).exists() and len(_processes(mark)) >= 3)
        if end == "shutdown":
            raw.send(_request(2, "shutdown", None))
            await raw.answer(2)
            assert _processes(mark) == [raw.process.pid]
        if end in {"shutdown", "exit"}:
            raw.send({"jsonrpc": "2.0", "method": "exit"})
        elif end == "eof":
            raw.stdin.close()
        else:
            raw.process.send_signal(signal.SIGTERM)
            if end == "terminate twice":
                raw.process.send_signal(signal.SIGHUP)
        await raw.ended()
        assert _processes(mark) == []


async def test_long_work_is_shown_and_can_be_cancelled(
    write_tree: WriteTree, slow_go: Path
) -> None:
    folder = write_tree(MODULE)
    settings = {"go": {"path": str(slow_go)}}
    async with conversation(pushed_vscode(), folder, settings=settings) as talk:
        talk.open(folder / "p.go")
        token = (await talk.until(lambda: talk.progress))[0][0]
        assert {each.state for each in talk.statuses} == {"analyzing"}  # again when Go is known
        cancel = lsp.WorkDoneProgressCancelParams(token)
        talk.client.window_work_done_progress_cancel(cancel)
        await talk.until(lambda: (token, "end") in talk.progress)
        await talk.until(lambda: talk.statuses[-1].state == "idle")


# Commands.


def _read(path: Path) -> str:
    return path.read_text()


def _exists(path: Path) -> bool:
    return path.exists()


async def test_show_output_opens_the_compilers_text(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        assert await talk.command("goescape.showOutput", uri) is None
        shown = talk.client.shown_documents[-1].uri
        path = Path(shown.removeprefix("file://"))
        assert "moved to heap: u" in _read(path)
    assert not _exists(path)


async def test_show_output_returns_the_text_otherwise(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    capabilities = lsp.ClientCapabilities()
    async with conversation(capabilities, folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        assert "moved to heap: u" in await talk.command("goescape.showOutput")


async def test_analyze_workspace_finds_what_is_not_open(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri = (folder / "p.go").as_uri()
        talk.texts[uri] = (folder / "p.go").read_text()
        await talk.command("goescape.analyzeWorkspace")
        await talk.until_wanted(uri)


async def test_restart_begins_again(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        count = len(talk.published)
        await talk.command("goescape.restart")
        await talk.until(lambda: len(talk.published) >= count + 2)
        await talk.until_wanted(uri)


async def test_an_unknown_command_is_an_error(write_tree: WriteTree) -> None:
    async with conversation(neovim(), write_tree(MODULE)) as talk:
        with pytest.raises(Exception, match=r"not defined|Invalid"):
            await talk.command("goescape.noSuchThing")
