"""The table: small handlers inside one safety net."""

from __future__ import annotations

import ast
import asyncio
import inspect
import logging
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp

from goescape.lsp import command_names, handlers, server
from goescape.lsp.commands.table import COMMANDS
from goescape.lsp.questions import ANSWERS

if TYPE_CHECKING:
    from goescape.lsp.session import Session

LONGEST_HANDLER = 10
"""Lines of a handler's body."""


@pytest.mark.fast
def test_handlers_are_small() -> None:
    events = {method: handler for method, (handler, _) in handlers.HANDLERS.items()}
    for method, handler in {**events, **ANSWERS}.items():
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(handler))).body
        assert isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
        lines = (definition.end_lineno or 0) - definition.body[0].lineno + 1
        assert lines <= LONGEST_HANDLER, method


@pytest.mark.fast
def test_what_is_registered_is_answered() -> None:
    """Who answers is imported later than it is registered."""
    assert {*ANSWERS} == {*handlers.QUESTIONS}
    assert {*COMMANDS} == {*command_names.NAMES}


@pytest.mark.parametrize("later", [False, True])
async def test_a_handler_that_fails_answers_null(
    later: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_session: Session, _params: Any) -> None:
        raise RuntimeError("broken on purpose")

    async def fail_later(_session: Session, _params: Any) -> None:
        fail(_session, _params)

    handler = fail_later if later else fail
    monkeypatch.setitem(handlers.HANDLERS, lsp.TEXT_DOCUMENT_HOVER, (handler, None))
    sent: list[bytes] = []

    class Sink:
        def write(self, data: bytes) -> None:
            sent.append(data)

        def close(self) -> None:
            pass

    instance = server.Server()
    instance.wire.set_writer(Sink())
    instance.wire.receive(
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
    )
    with caplog.at_level(logging.DEBUG, "goescape"):
        instance.wire.receive(
            b'{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":'
            b'{"uri":"file:///a.go"},"position":{"line":0,"character":0}}}'
        )
        while len(sent) < 2:  # noqa: ASYNC110 - the answer is one turn of the loop away
            await asyncio.sleep(0)
    assert b'"result": null' in sent[-1]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
