"""What goescape answers: each question of the protocol, from a snapshot.

``handlers`` knows which there are; this is imported with the first of them.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from goescape.lsp import convert
from goescape.lsp.features import code_actions, code_lenses, directive_help, hover, inlay_hints
from goescape.lsp.features.code_actions import ActionRequest
from goescape.lsp.uris import path_of

if TYPE_CHECKING:
    from goescape.lsp.session import Session
    from goescape.lsp.state.snapshot import DocumentSnapshot

ANSWERS: dict[str, Callable[[Session, Any], Any]] = {}
"""By method."""


def _answers(
    method: str,
) -> Callable[[Callable[[Session, Any], Any]], Callable[[Session, Any], Any]]:
    def register(handler: Callable[[Session, Any], Any]) -> Callable[[Session, Any], Any]:
        ANSWERS[method] = handler
        return handler

    return register


@_answers(lsp.TEXT_DOCUMENT_DIAGNOSTIC)
def _diagnostic(session: Session, params: lsp.DocumentDiagnosticParams) -> object:
    path = path_of(params.text_document.uri)
    if path is None:
        return lsp.RelatedFullDocumentDiagnosticReport(items=[])
    file = session.publisher.pull(path, params.previous_result_id)
    return _translator(session).document_report(file, params.previous_result_id)


@_answers(lsp.WORKSPACE_DIAGNOSTIC)
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


@_answers(lsp.TEXT_DOCUMENT_HOVER)
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


@_answers(lsp.TEXT_DOCUMENT_COMPLETION)
def _completion(session: Session, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None or snapshot.text is None:
        return []
    completions = directive_help.completions(
        snapshot, convert.place(snapshot.text, params.position)
    )
    translator = convert.Translator.of(snapshot)
    return [translator.completion(completion) for completion in completions]


@_answers(lsp.TEXT_DOCUMENT_INLAY_HINT)
def _inlay_hint(session: Session, params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None:
        return None
    translator = convert.Translator.of(snapshot)
    later = snapshot.client.tooltip_later
    hints = inlay_hints.inlay_hints(snapshot, *convert.lines(params.range))
    return [translator.hint(hint, tooltip=not later) for hint in hints]


@_answers(lsp.INLAY_HINT_RESOLVE)
def _resolve_inlay_hint(session: Session, hint: lsp.InlayHint) -> lsp.InlayHint:
    data = hint.data
    if isinstance(data, Mapping) and isinstance(path := data.get("file"), str):
        same = inlay_hints.hint_with_data(session.state.document(path), data)
        if same is not None:
            hint.tooltip = convert.Translator.tooltip(same)
    return hint


@_answers(lsp.TEXT_DOCUMENT_CODE_LENS)
def _code_lens(session: Session, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    snapshot = _snapshot(session, params.text_document)
    if snapshot is None:
        return None
    translator = convert.Translator.of(snapshot)
    return [translator.lens(lens) for lens in code_lenses.code_lenses(snapshot)]


@_answers(lsp.TEXT_DOCUMENT_CODE_ACTION)
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


@_answers(lsp.CODE_ACTION_RESOLVE)
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
