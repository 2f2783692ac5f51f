"""The table: what goescape does with each message of the protocol.

A handler tells the session of an event, or answers a question from a snapshot. Each runs inside the
same safety net: what goes wrong is logged, and the request is answered with null.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from goescape.lsp import convert
from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.features import code_actions, code_lenses, directive_help, hover, inlay_hints
from goescape.lsp.features.code_actions import ActionRequest
from goescape.lsp.session import Session
from goescape.lsp.uris import path_of

if TYPE_CHECKING:
    from goescape.lsp.state.snapshot import DocumentSnapshot

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


# Questions: each is answered from a snapshot.


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
    file = session.publisher.pull(path, params.previous_result_id)
    return _translator(session).document_report(file, params.previous_result_id)


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
    before = {result.uri: result.value for result in previous}
    ids = {path: value for uri, value in before.items() if (path := path_of(uri))}
    all_files = session.publisher.pull_all(ids)
    translator = _translator(session)
    while files := tuple(itertools.islice(all_files, _FILES_AT_ONCE)):
        yield [translator.workspace_report(file, before.get(file.uri)) for file in files]


_FILES_AT_ONCE = 20


def _translator(session: Session) -> convert.Translator:
    return convert.Translator.of(session.state.workspace())


@_on(lsp.TEXT_DOCUMENT_HOVER)
def _hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None or snapshot.text is None:
        return None
    at = convert.place(snapshot.text, params.position)
    card = hover.card(snapshot, at) or directive_help.card(snapshot, at)
    return None if card is None else convert.Translator.of(snapshot).hover(card)


def _snapshot(session: Session, document: lsp.TextDocumentIdentifier) -> DocumentSnapshot | None:
    path = path_of(document.uri)
    return None if path is None else session.state.document(path)


@_on(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=["/", ":"]))
def _completion(session: Session, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None or snapshot.text is None:
        return []
    completions = directive_help.completions(
        snapshot, convert.place(snapshot.text, params.position)
    )
    translator = convert.Translator.of(snapshot)
    return [translator.completion(completion) for completion in completions]


@_on(lsp.TEXT_DOCUMENT_INLAY_HINT)
def _inlay_hint(session: Session, params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None:
        return None
    translator = convert.Translator.of(snapshot)
    later = snapshot.client.tooltip_later
    hints = inlay_hints.inlay_hints(snapshot, *convert.lines(params.range))
    return [translator.hint(hint, tooltip=not later) for hint in hints]


@_on(lsp.INLAY_HINT_RESOLVE)
def _resolve_inlay_hint(session: Session, hint: lsp.InlayHint) -> lsp.InlayHint:
    data = hint.data
    if isinstance(data, Mapping) and isinstance(path := data.get("file"), str):
        same = inlay_hints.hint_with_data(session.state.document(path), data)
        if same is not None:
            hint.tooltip = convert.Translator.tooltip(same)
    return hint


@_on(lsp.TEXT_DOCUMENT_CODE_LENS)
def _code_lens(session: Session, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None:
        return None
    translator = convert.Translator.of(snapshot)
    return [translator.lens(lens) for lens in code_lenses.code_lenses(snapshot)]


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
    session.fix_requests.request(path, first)  # the answer has what is proved by now
    snapshot, request = session.state.document(path), ActionRequest(first, last, only)
    actions = code_actions.code_actions(snapshot, request, session.publisher.notice_cache)
    return convert.Translator.of(snapshot).actions(actions, snapshot.client)


@_on(lsp.CODE_ACTION_RESOLVE)
def _resolve_code_action(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    if action.edit is not None or not isinstance(data := action.data, Mapping):
        return action
    snapshot = session.state.document(str(data.get("file", "")))
    resolved = code_actions.resolved(snapshot, data, action.title)
    if resolved is None:
        session.editor.warning(session.state.catalogue.tell.fix_is_old)
    else:
        translator = convert.Translator.of(snapshot)
        action.edit = translator.workspace_edit(resolved, snapshot.client)
    return action


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
