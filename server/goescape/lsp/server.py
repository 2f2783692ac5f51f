"""The server: its life from the first byte to the last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from typing import Any, cast

from attrs import evolve
from lsprotocol import types as lsp
from pygls.exceptions import FeatureRequestError
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

import goescape
from goescape.lsp import command_names
from goescape.lsp.editor import Editor, EditorLog
from goescape.lsp.handlers import HANDLERS, command, guarded, guarded_command
from goescape.lsp.session import Session
from goescape.lsp.transport import incoming, outgoing
from goescape.lsp.transport.protocol import Protocol
from goescape.toolchain.tasks import uninterrupted

_log = logging.getLogger(__name__)


class Server(LanguageServer):
    """pygls' server with the table registered and its pop-ups replaced by log lines."""

    def __init__(self) -> None:
        super().__init__(
            "goescape",
            goescape.__version__,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        self.session = Session(Editor(self.wire))
        for method, (handler, options) in HANDLERS.items():
            self.feature(method, options)(guarded(self.session, method, handler))
        for name in command_names.NAMES:
            self.command(name)(guarded_command(self.session, name, command(name)))

    @property
    def wire(self) -> Protocol:
        """The protocol."""
        return cast("Protocol", self.protocol)

    def adjust(self, capabilities: lsp.ServerCapabilities) -> None:
        """Offer diagnostics on request only where they are not pushed, and edits later only to
        clients that know how to wait for them: others would ask again for each entry of a menu.
        """
        client, offered = self.session.editor.client, capabilities.code_action_provider
        if not client.pulls:
            capabilities.diagnostic_provider = None
        if isinstance(offered, lsp.CodeActionOptions) and not client.edits_later:
            capabilities.code_action_provider = evolve(offered, resolve_provider=None)

    def report_server_error(self, error: Exception, source: object) -> None:
        """One line in the log; pygls would open a pop-up. A request's sender is told anyway."""
        if source is FeatureRequestError:
            _log.debug("%s", source, exc_info=error)
        else:
            _log.error("%s", source, exc_info=error)


def run(tcp: tuple[str, int] | None = None) -> int:
    """Serve one client, on stdio or on a loopback address; the exit code."""
    if tcp is not None and not incoming.is_loopback(tcp[0]):
        text = f"goescape serves this machine only: use 127.0.0.1 instead of {tcp[0]}."
        print(text, file=sys.stderr)
        return 2
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("goescape").setLevel(logging.INFO)
    try:
        return asyncio.run(_serve(tcp))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 1
    except OSError as problem:
        print(f"goescape cannot listen there: {problem}", file=sys.stderr)
        return 2


async def _serve(tcp: tuple[str, int] | None) -> int:
    with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has none of these
        task = cast("asyncio.Task[int]", asyncio.current_task())
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    sink: outgoing.Sink
    if tcp is None:
        reader, sink = incoming.stdin_reader(), outgoing.stdout_sink()
    else:
        reader, sink = await incoming.accept_one(*tcp)
    server = Server()
    return await serve(server, reader, sink)


def _log_callback(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What fails in a callback of the event loop, where nobody waits for it."""
    _log.error("%s", context["message"], exc_info=context.get("exception"))


_LONGEST_END = 5.0
"""Seconds that work may take to end after it was cancelled."""


async def serve(server: Server, reader: asyncio.StreamReader, sink: outgoing.Sink) -> int:
    """Answer until ``exit`` or the end of the input; nothing is left running afterwards."""
    server.wire.set_writer(sink)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_callback)
    handler = EditorLog(server.session.editor, loop, server.session.report_failure)
    logging.getLogger("goescape").addHandler(handler)
    try:
        await server.wire.read(reader)
    finally:
        logging.getLogger("goescape").removeHandler(handler)
        await uninterrupted(_close(server, asyncio.current_task()))
        sink.close()
    return 0 if server.wire.was_shut_down else 1


async def _close(server: Server, main: asyncio.Task[Any] | None) -> None:
    """End all work. Not even a second signal cuts this short: ``asyncio.run`` then cancels what is
    left, and waits forever for a process whose start was cancelled twice.
    """
    server.wire.cancel_requests()
    await server.session.close()
    if left := asyncio.all_tasks() - {asyncio.current_task(), main}:
        await asyncio.wait(left, timeout=_LONGEST_END)
