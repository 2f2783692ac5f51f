"""The table: what goescape does with each message of the protocol.

A handler translates, asks the session, translates back. Each runs inside the same safety net: what
goes wrong is logged, the request is answered with null, and the server lives on.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, cast

from attrs import evolve
from lsprotocol import types as lsp
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

import goescape
from goescape.lsp import convert
from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.editor import Editor, EditorLog
from goescape.lsp.features import code_actions, code_lenses, directive_help, hover, inlay_hints
from goescape.lsp.features.benchmark_command import BENCH_COMMANDS
from goescape.lsp.features.code_action import CodeAction
from goescape.lsp.features.commands import COMMANDS
from goescape.lsp.features.profile_commands import PROFILE_COMMANDS
from goescape.lsp.features.workspace_findings import QUESTIONS
from goescape.lsp.session import Session
from goescape.lsp.transport import streams
from goescape.lsp.transport.protocol import Protocol
from goescape.lsp.uris import path_of
from goescape.toolchain.tasks import uninterrupted

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
    session.editor.client = ClientFeatures.of(params.capabilities)
    uris = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
    folders = [path for uri in uris if (path := path_of(uri))]
    if not folders and params.root_path and params.workspace_folders is None:
        folders = [params.root_path]
    session.configure(params.initialization_options, folders, params.locale or "")


@_on(lsp.INITIALIZED)
async def _initialized(session: Session, _: lsp.InitializedParams) -> None:
    if session.editor.client.configuration_registration:
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
    session.opened(document.uri, document.version, document.text)


@_on(lsp.TEXT_DOCUMENT_DID_CHANGE)
def _did_change(session: Session, params: lsp.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    session.changed(document.uri, document.version, convert.edits(params.content_changes))


@_on(lsp.TEXT_DOCUMENT_DID_SAVE)
def _did_save(session: Session, params: lsp.DidSaveTextDocumentParams) -> None:
    if path := path_of(params.text_document.uri):
        session.saved(path)


@_on(lsp.TEXT_DOCUMENT_DID_CLOSE)
def _did_close(session: Session, params: lsp.DidCloseTextDocumentParams) -> None:
    session.closed(params.text_document.uri)


@_on(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _did_change_watched_files(session: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        if path := path_of(change.uri):
            session.changed_on_disk(path)


@_on(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
def _did_change_folders(session: Session, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    added = [path for folder in params.event.added if (path := path_of(folder.uri))]
    removed = [path for folder in params.event.removed if (path := path_of(folder.uri))]
    session.change_folders(added, removed)


@_on(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
async def _did_change_configuration(
    session: Session, params: lsp.DidChangeConfigurationParams
) -> None:
    await session.read_settings(params.settings)


@_on(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL)
def _cancel_progress(session: Session, params: lsp.WorkDoneProgressCancelParams) -> None:
    session.cancel(params.token)


@_on(lsp.SET_TRACE)
def _set_trace(_: Session, params: lsp.SetTraceParams) -> None:
    verbose = params.value == lsp.TraceValue.Verbose
    logging.getLogger("goescape").setLevel(logging.DEBUG if verbose else logging.INFO)


# Questions.


@_on(
    lsp.TEXT_DOCUMENT_DIAGNOSTIC,
    lsp.DiagnosticOptions(
        identifier=convert.SOURCE, inter_file_dependencies=True, workspace_diagnostics=True
    ),
)
def _diagnostic(session: Session, params: lsp.DocumentDiagnosticParams) -> object:
    path = path_of(params.text_document.uri)
    if path is None:
        return lsp.RelatedFullDocumentDiagnosticReport(items=[])
    shown = session.publisher.pull(path, params.previous_result_id)
    return session.translator().document_report(shown, params.previous_result_id)


@_on(lsp.WORKSPACE_DIAGNOSTIC)
async def _workspace_diagnostic(
    session: Session, params: lsp.WorkspaceDiagnosticParams
) -> lsp.WorkspaceDiagnosticReport:
    whole = []
    for part in _workspace_parts(session, params.previous_result_ids):
        if params.partial_result_token is None:
            whole += part
        else:
            value = lsp.WorkspaceDiagnosticReportPartialResult(part)
            session.editor.part(params.partial_result_token, value)
        await asyncio.sleep(0)  # hovers need not wait
    return lsp.WorkspaceDiagnosticReport(whole)


def _workspace_parts(
    session: Session, previous: Sequence[lsp.PreviousResultId]
) -> Iterator[list[lsp.WorkspaceDocumentDiagnosticReport]]:
    before = {each.uri: each.value for each in previous}
    ids = {path: value for uri, value in before.items() if (path := path_of(uri))}
    shown = session.pull_all(ids)
    translator = session.translator()
    while files := tuple(itertools.islice(shown, _FILES_AT_ONCE)):
        yield [translator.workspace_report(each, before.get(each.uri)) for each in files]


_FILES_AT_ONCE = 20


@_on(lsp.TEXT_DOCUMENT_HOVER)
def _hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    path = path_of(params.text_document.uri)
    text = session.text(path) if path else None
    if path is None or text is None:
        return None
    at = convert.place(text, params.position)
    card = hover.card(session.facts(path).views, at, session.style())
    if card is None:
        card = directive_help.card(text, at, markdown=session.editor.client.markdown)
    return None if card is None else session.translator().hover(card)


@_on(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=["/", ":"]))
def _completion(session: Session, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    path = path_of(params.text_document.uri)
    text = session.text(path) if path else None
    if text is None:
        return []
    at, translator = convert.place(text, params.position), session.translator()
    return [translator.completion(each) for each in directive_help.completions(text, at)]


@_on(lsp.TEXT_DOCUMENT_INLAY_HINT)
def _inlay_hint(session: Session, params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
    if not (path := path_of(params.text_document.uri)):
        return None
    facts, (first, last) = session.facts(path), convert.lines(params.range)
    found = inlay_hints.inlay_hints(facts, session.settings, session.style(), first, last)
    later, translator = session.editor.client.tooltip_later, session.translator()
    return [translator.hint(hint, tooltip=not later) for hint in found]


@_on(lsp.INLAY_HINT_RESOLVE)
def _resolve_inlay_hint(session: Session, hint: lsp.InlayHint) -> lsp.InlayHint:
    data = hint.data
    if isinstance(data, Mapping) and isinstance(path := data.get("file"), str):
        facts = session.facts(path)
        found = inlay_hints.find(facts, session.settings, session.style(), data)
        if found is not None:
            hint.tooltip = session.translator().tooltip(found)
    return hint


@_on(lsp.TEXT_DOCUMENT_CODE_LENS)
def _code_lens(session: Session, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    if not (path := path_of(params.text_document.uri)):
        return None
    translator = session.translator()
    return [
        translator.lens(each)
        for each in code_lenses.code_lenses(
            session.facts(path), session.settings, session.benchmarks.title
        )
    ]


@_on(
    lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_actions.KINDS, resolve_provider=True)
)
def _code_action(
    session: Session, params: lsp.CodeActionParams
) -> list[lsp.CodeAction | lsp.Command] | None:
    if not (path := path_of(params.text_document.uri)):
        return None
    first, last = convert.lines(params.range)
    only = tuple(str(getattr(kind, "value", kind)) for kind in params.context.only or ())
    found = code_actions.code_actions(session, code_actions.ActionRequest(path, first, last, only))
    client, translator = session.editor.client, session.translator()
    if not client.action_literals:
        return [translator.action_command(each) for each in found if not each.disabled]
    return [translator.action(each, client) for each in found]


@_on(lsp.CODE_ACTION_RESOLVE)
def _resolve_code_action(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    if action.edit is None and isinstance(action.data, Mapping):
        proof = code_actions.named(session, action.data)
        changes = session.fixes.changes(proof) if proof is not None else None
        if proof is None or changes is None:
            session.editor.tell("fix is old")
        else:
            whole = CodeAction(action.title, "", proof=proof, changes=changes)
            client = session.editor.client
            action.edit = session.translator().workspace_edit(whole, client)
    return action


# The server.


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
            self.feature(method, options)(_guarded(self.session, method, handler))
        for name, command in {
            **COMMANDS,
            **QUESTIONS,
            **PROFILE_COMMANDS,
            **BENCH_COMMANDS,
        }.items():
            self.command(name)(_command(self.session, name, command))

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


def _guarded(session: Session, method: str, handler: Handler) -> Callable[..., Any]:
    """The handler inside the safety net."""
    if asyncio.iscoroutinefunction(handler):

        async def answer_later(params: Any = None) -> Any:
            try:
                return await handler(session, params)
            except JsonRpcException:
                raise
            except Exception as problem:
                _log_failure(method, problem)
                return None

        return answer_later

    def answer(params: Any = None) -> Any:
        try:
            return handler(session, params)
        except JsonRpcException:
            raise
        except Exception as problem:
            _log_failure(method, problem)
            return None

    return answer


class _Argument:
    """Any JSON value. pygls compares annotations with its server's class, and `Any` is no class
    in Python 3.10, and `object` too wide a one.
    """


def _command(session: Session, name: str, command: Handler) -> Callable[..., Any]:
    async def run_command(*arguments: _Argument) -> Any:
        return await guarded(arguments)

    guarded = _guarded(session, name, command)
    return run_command


def _log_failure(method: str, problem: Exception) -> None:
    _log.error("%s failed", method, exc_info=problem)


def run(tcp: tuple[str, int] | None = None) -> int:
    """Serve one client, on stdio or on a loopback address; the exit code."""
    if tcp is not None and not streams.is_loopback(tcp[0]):
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
    sink: streams.Sink
    if tcp is None:
        reader, sink = streams.stdin_reader(), streams.stdout_sink()
    else:
        reader, sink = await streams.accept_one(*tcp)
    server = Server()
    return await serve(server, reader, sink)


def _log_callback(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What fails in a callback of the event loop, where nobody waits for it."""
    _log.error("%s", context["message"], exc_info=context.get("exception"))


_LONGEST_END = 5.0
"""Seconds that work may take to end after it was cancelled."""


async def serve(server: Server, reader: asyncio.StreamReader, sink: streams.Sink) -> int:
    """Answer until ``exit`` or the end of the input; nothing is left running afterwards."""
    server.wire.set_writer(sink)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_callback)
    handler = EditorLog(server.session.editor, loop, server.session.failed_inside)
    logging.getLogger("goescape").addHandler(handler)
    body: Coroutine[Any, Any, None] = _read(server.wire, reader)
    try:
        await body
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


async def _read(wire: Protocol, reader: asyncio.StreamReader) -> None:
    async for body in streams.messages(reader):
        try:
            wire.receive(body)
        except Exception as problem:
            _log_failure("a message", problem)
        if wire.finished:
            return
        await asyncio.sleep(0)  # answers that are ready go out before the next message is read
