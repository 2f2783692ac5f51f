"""JSON-RPC as goescape speaks it: UTF-16 always, own buffers, an answer to every request.

pygls chooses the client's first position encoding (Neovim offers UTF-8 first, but gopls sits on the
same buffer and knows UTF-16 only), splits lines where Go does not, and leaves a request that it
cannot read without an answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage
from pygls.protocol.language_server import lsp_method

from goescape.lsp.transport.incoming import messages

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from pygls.lsp.server import LanguageServer

_log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002
_OWN = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""Methods that pygls would also handle itself; here only the table of ``handlers`` does."""


class Protocol(LanguageServerProtocol):
    """pygls' protocol, with its traps closed."""

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        for method in _OWN:
            self.fm.builtin_features.pop(method, None)
        self.converter = converter
        """From values of the protocol to plain ones."""
        self._initialize_seen = False
        self.finished = False
        """``exit`` has come: nothing more will be read."""

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for ``shutdown``, as it should before ``exit``."""
        return self._shutdown

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Handle messages until ``exit`` or the end of the input."""
        async for body in messages(reader):
            try:
                self.receive(body)
            except Exception as problem:
                _log.error("a message failed", exc_info=problem)
            if self.finished:
                return
            await asyncio.sleep(0)  # answers that are ready go out before the next is read

    def receive(self, body: bytes) -> None:
        """Handle one message, whatever is in it."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as problem:
            self._refuse(None, PARSE_ERROR, f"not JSON: {problem}")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._refuse(_id_of(data), INVALID_REQUEST, "not a JSON-RPC 2.0 message")
            return
        method = data.get("method")
        if method is None:
            self._receive_response(data)
        elif not isinstance(method, str):
            self._refuse(_id_of(data), INVALID_REQUEST, "the method is not a text")
        elif self._is_in_turn(method, data):
            self._receive_call(method, data)

    def _is_in_turn(self, method: str, data: Mapping[str, Any]) -> bool:
        """Whether the client may send this now; refuses it otherwise."""
        if method == lsp.EXIT:
            return True
        request = "id" in data
        if self._shutdown or (method == lsp.INITIALIZE and self._initialize_seen):
            if request:
                self._refuse(data["id"], INVALID_REQUEST, f"{method} is not allowed any more")
            return False
        if method == lsp.INITIALIZE:
            return request
        if not self._initialize_seen and request:
            self._refuse(data["id"], NOT_INITIALIZED, "the first request must be initialize")
        return self._initialize_seen

    def _receive_call(self, method: str, data: dict[str, Any]) -> None:
        request = "id" in data
        wanted = self.get_message_type(method)
        if wanted is None:
            wanted = JsonRPCRequestMessage if request else JsonRPCNotification
            data.setdefault("params", None)
        if request and method not in {*self.fm.features, *self.fm.builtin_features}:
            self._refuse(data["id"], METHOD_NOT_FOUND, f"{method} is not supported")
            return
        try:
            message = self._converter.structure(data, wanted)
        except Exception as problem:
            _log.debug("unreadable %s", method, exc_info=True)
            text = f"{method} has parameters that cannot be read: {type(problem).__name__}"
            self._refuse(data.get("id"), INVALID_PARAMS, text)
            return
        self._initialize_seen |= method == lsp.INITIALIZE
        self.handle_message(message)

    def _receive_response(self, data: dict[str, Any]) -> None:
        """Hand a response to whoever waits for it; an unreadable one counts as an error."""
        future = self._request_futures.pop(data.get("id", ""), None)
        wanted = self._result_types.pop(data.get("id", ""), None)
        if future is None or future.done():
            return
        try:
            if data.get("error") is not None:
                raise JsonRpcException(str(data["error"]))
            data.setdefault("result", None)
            message = self._converter.structure(data, wanted) if wanted else None
            future.set_result(data["result"] if message is None else message.result)
        except Exception as problem:
            future.set_exception(JsonRpcInternalError(str(problem)))

    def _refuse(self, message_id: object, code: int, text: str) -> None:
        """Answer with an error; a notification has nobody to answer to."""
        _log.debug("refused: %s", text)
        if message_id is None and code not in {PARSE_ERROR, INVALID_REQUEST}:
            return
        error = {"code": code, "message": text}
        self._send_data({"jsonrpc": self.VERSION, "id": message_id, "error": error})

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        """Cancel a request that still waits; most are answered already, which is no surprise."""
        future = self._request_futures.pop(msg_id, None)
        if future is not None:
            future.cancel()

    def cancel_requests(self) -> None:
        """Nobody waits for answers any more, and nobody gives any."""
        for future in tuple(self._request_futures.values()):
            future.cancel()

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(
        self, params: lsp.InitializeParams
    ) -> Generator[Any, Any, lsp.InitializeResult]:
        """Let pygls choose among UTF-16 only, and offer pulling only to clients that pull well."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = None
        result: lsp.InitializeResult = yield from super().lsp_initialize(params)
        self._server.adjust(result.capabilities)  # type: ignore[attr-defined]
        return result

    @lsp_method(lsp.EXIT)
    def lsp_exit(self, *_: object) -> Generator[Any, Any, None]:
        """Stop reading; whoever serves cleans up."""
        self.finished = True
        yield from ()

    async def ask(self, method: str, params: Any = None, seconds: float = 10.0) -> Any:
        """The client's answer to a request; None when it refuses or does not answer."""
        try:
            return await asyncio.wait_for(self.send_request_async(method, params), seconds)
        except (JsonRpcException, asyncio.TimeoutError) as problem:
            _log.debug("%s was not answered: %r", method, problem)
            return None


def _id_of(data: object) -> object:
    id_ = data.get("id") if isinstance(data, dict) else None
    return id_ if isinstance(id_, (int, str)) else None
