"""The table: what goescape does with each message of the protocol.

A handler tells the session of an event, or has a question answered from a snapshot. Each runs
inside the same safety net: what goes wrong is logged, and the request is answered with null.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from goescape.fixes.candidate import FixKind
from goescape.lsp import convert
from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.extensions import ACTION_KINDS
from goescape.lsp.session import Session
from goescape.lsp.uris import path_of

_log = logging.getLogger(__name__)

Handler = Callable[[Session, Any], Any]
HANDLERS: dict[str, tuple[Handler, object]] = {}
"""Every method that goescape answers, with its registration options."""


def _on(method: str, options: object = None) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[method] = (handler, options)
        return handler

    return register


# Life.


@_on(lsp.INITIALIZE)
def _initialize(session: Session, params: lsp.InitializeParams) -> None:
    client = ClientFeatures.of(params.capabilities)
    uris = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
    folders = [path for uri in uris if (path := path_of(uri))]
    if not folders and params.root_path and params.workspace_folders is None:
        folders = [params.root_path]
    session.configure(client, params.initialization_options, folders, params.locale or "")


@_on(lsp.INITIALIZED)
async def _initialized(session: Session, _: lsp.InitializedParams) -> None:
    if session.state.client.configuration_registration:
        method = lsp.WORKSPACE_DID_CHANGE_CONFIGURATION
        options = lsp.DidChangeConfigurationRegistrationOptions(section="goescape")
        session.editor.spawn(session.editor.register(method, options))
    await session.start()


@_on(lsp.SHUTDOWN)
async def _shutdown(session: Session, _: None) -> None:
    await session.close()


# Files, folders, settings.


@_on(lsp.TEXT_DOCUMENT_DID_OPEN)
def _did_open(session: Session, params: lsp.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    session.document_opened(document.uri, document.version, document.text)


@_on(lsp.TEXT_DOCUMENT_DID_CHANGE)
def _did_change(session: Session, params: lsp.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    session.document_changed(document.uri, document.version, convert.edits(params.content_changes))


@_on(lsp.TEXT_DOCUMENT_DID_SAVE)
def _did_save(session: Session, params: lsp.DidSaveTextDocumentParams) -> None:
    if path := path_of(params.text_document.uri):
        session.file_saved(path)


@_on(lsp.TEXT_DOCUMENT_DID_CLOSE)
def _did_close(session: Session, params: lsp.DidCloseTextDocumentParams) -> None:
    session.document_closed(params.text_document.uri)


@_on(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _did_change_watched_files(session: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        if path := path_of(change.uri):
            session.file_changed_on_disk(path)


@_on(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
def _did_change_folders(session: Session, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    added = [path for folder in params.event.added if (path := path_of(folder.uri))]
    removed = [path for folder in params.event.removed if (path := path_of(folder.uri))]
    session.folders_changed(added, removed)


@_on(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
async def _did_change_configuration(
    session: Session, params: lsp.DidChangeConfigurationParams
) -> None:
    await session.read_settings(params.settings)


@_on(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL)
def _cancel_progress(session: Session, params: lsp.WorkDoneProgressCancelParams) -> None:
    session.cancel_work(params.token)


@_on(lsp.SET_TRACE)
def _set_trace(_: Session, params: lsp.SetTraceParams) -> None:
    verbose = params.value == lsp.TraceValue.Verbose
    logging.getLogger("goescape").setLevel(logging.DEBUG if verbose else logging.INFO)


# Questions, commands: who answers is imported with the first, so that `initialize` need not wait.

QUESTIONS: dict[str, object] = {
    lsp.TEXT_DOCUMENT_DIAGNOSTIC: lsp.DiagnosticOptions(
        identifier=convert.SOURCE, inter_file_dependencies=True, workspace_diagnostics=True
    ),
    lsp.WORKSPACE_DIAGNOSTIC: None,
    lsp.TEXT_DOCUMENT_HOVER: None,
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(trigger_characters=["/", ":"]),
    lsp.TEXT_DOCUMENT_INLAY_HINT: None,
    lsp.INLAY_HINT_RESOLVE: None,
    lsp.TEXT_DOCUMENT_CODE_LENS: None,
    lsp.TEXT_DOCUMENT_CODE_ACTION: lsp.CodeActionOptions(
        (FixKind.QUICK_FIX.value, FixKind.REWRITE.value, *ACTION_KINDS), resolve_provider=True
    ),
    lsp.CODE_ACTION_RESOLVE: None,
}


def _question(method: str) -> Handler:
    def answer(session: Session, params: Any) -> Any:
        from goescape.lsp.questions import ANSWERS  # noqa: PLC0415 - see above

        return ANSWERS[method](session, params)

    async def answer_later(session: Session, params: Any) -> Any:
        return await answer(session, params)

    return answer_later if method == lsp.WORKSPACE_DIAGNOSTIC else answer


HANDLERS.update((method, (_question(method), how)) for method, how in QUESTIONS.items())


def command(name: str) -> Handler:
    """What runs a command, with its arguments."""

    async def run(session: Session, arguments: Sequence[object]) -> object:
        from goescape.lsp.commands.table import COMMANDS  # noqa: PLC0415 - see above

        return await COMMANDS[name](session, arguments)

    return run


# The safety net.


def guarded(session: Session, method: str, handler: Handler) -> Callable[..., Any]:
    """The handler inside the safety net."""
    if asyncio.iscoroutinefunction(handler):

        async def answer_later(params: Any = None) -> Any:
            try:
                return await handler(session, params)
            except JsonRpcException:
                raise
            except Exception as problem:
                log_failure(method, problem)
                return None

        return answer_later

    def answer(params: Any = None) -> Any:
        try:
            return handler(session, params)
        except JsonRpcException:
            raise
        except Exception as problem:
            log_failure(method, problem)
            return None

    return answer


class _Argument:
    """Any JSON value. pygls compares annotations with its server's class, and `Any` is no class
    in Python 3.10, and `object` too wide a one.
    """


def guarded_command(session: Session, name: str, command: Handler) -> Callable[..., Any]:
    """The command inside the safety net, as pygls calls it."""
    handler = guarded(session, name, command)

    async def run_command(*arguments: _Argument) -> Any:
        return await handler(arguments)

    return run_command


def log_failure(method: str, problem: Exception) -> None:
    """What failed, with its traceback."""
    _log.error("%s failed", method, exc_info=problem)
