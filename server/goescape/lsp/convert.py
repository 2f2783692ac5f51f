"""Plain values -> lsprotocol and back: only here lines count from 0 and columns are UTF-16."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from lsprotocol import types as lsp

from goescape.analysis.model import Severity
from goescape.analysis.positions import Place
from goescape.analysis.syntax.source import SourceText
from goescape.analysis.syntax.text_diff import differences
from goescape.lsp.command_names import APPLY_FIX
from goescape.lsp.state.buffers import TextChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.lsp.client_features import ClientFeatures
    from goescape.lsp.editor_positions import EditorPositions
    from goescape.lsp.features.code_action import CodeAction
    from goescape.lsp.features.code_lenses import CodeLens
    from goescape.lsp.features.diagnostics import FileDiagnostics, Notice, Related
    from goescape.lsp.features.directive_help import Completion
    from goescape.lsp.features.hover import HoverCard
    from goescape.lsp.features.inlay_hints import InlayHint
    from goescape.lsp.state.snapshot import Snapshot

SOURCE = "goescape"
_ANNOTATION = "goescape"
_SEVERITIES = {
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}


def edits(changes: Sequence[lsp.TextDocumentContentChangeEvent]) -> list[TextChange]:
    """What ``didChange`` says, in its order."""
    return [
        TextChange(
            change.text,
            (change.range.start.line, change.range.start.character),
            (change.range.end.line, change.range.end.character),
        )
        if isinstance(change, lsp.TextDocumentContentChangePartial)
        else TextChange(change.text)
        for change in changes
    ]


def place(source: SourceText, position: lsp.Position) -> Place:
    """The point of a text that an editor's position means."""
    line = position.line + 1
    return Place(source.path, line, source.byte_column(line, position.character))


def lines(wanted: lsp.Range) -> tuple[int, int]:
    """The first and last line (1-based) of a range."""
    return wanted.start.line + 1, wanted.end.line + 1


def text_edits(path: str, old: bytes, new: bytes) -> list[lsp.TextEdit]:
    """The smallest edits of a text, in the editor's positions."""
    source = SourceText(path, old)

    def position(offset: int) -> lsp.Position:
        at = source.place(offset)
        return lsp.Position(at.line - 1, source.utf16_column(at.line, at.column))

    return [
        lsp.TextEdit(lsp.Range(position(start), position(end)), text.decode("utf-8", "replace"))
        for start, end, text in differences(old, new)
    ]


def _annotated(edit: lsp.TextEdit) -> lsp.AnnotatedTextEdit:
    return lsp.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)


@frozen
class Translator:
    """Turns what features answer into values of the protocol."""

    positions: EditorPositions
    catalogue: Catalogue

    @classmethod
    def of(cls, snapshot: Snapshot) -> Translator:
        """For what a snapshot holds."""
        return cls(snapshot.positions, snapshot.catalogue)

    def diagnostic(self, notice: Notice) -> lsp.Diagnostic:
        """A diagnostic with its flow and with what a code action needs."""
        return lsp.Diagnostic(
            range=self.positions.range(notice.span),
            severity=lsp.DiagnosticSeverity.Error
            if notice.is_error
            else _SEVERITIES[notice.severity],
            code=notice.code,
            code_description=lsp.CodeDescription(notice.href) if notice.href else None,
            source=SOURCE,
            message=notice.message,
            related_information=[
                lsp.DiagnosticRelatedInformation(
                    self.positions.location(related.place), related.text
                )
                for related in notice.related
            ]
            or None,
            data=dict(notice.data) or None,
        )

    def _related(self, related: Related) -> lsp.DiagnosticRelatedInformation:
        location = self.positions.location(related.place)
        return lsp.DiagnosticRelatedInformation(location, related.text)

    def document_report(
        self, file: FileDiagnostics, previous: str | None
    ) -> lsp.RelatedFullDocumentDiagnosticReport | lsp.RelatedUnchangedDocumentDiagnosticReport:
        """The answer to a client that asks for one file's diagnostics."""
        if file.result_id == previous:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=file.result_id)
        items = [self.diagnostic(notice) for notice in file.notices]
        return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=file.result_id)

    def workspace_report(
        self, file: FileDiagnostics, previous: str | None
    ) -> lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport:
        """One file of the answer to a client that asks for everything."""
        if file.result_id == previous:
            return lsp.WorkspaceUnchangedDocumentDiagnosticReport(
                uri=file.uri, result_id=file.result_id, version=file.version
            )
        items = [self.diagnostic(notice) for notice in file.notices]
        return lsp.WorkspaceFullDocumentDiagnosticReport(
            uri=file.uri, items=items, result_id=file.result_id, version=file.version
        )

    def hover(self, card: HoverCard) -> lsp.Hover:
        """A hover over the card's range."""
        kind = lsp.MarkupKind.Markdown if card.markdown else lsp.MarkupKind.PlainText
        return lsp.Hover(lsp.MarkupContent(kind, card.text), self.positions.range(card.span))

    def completion(self, completion: Completion) -> lsp.CompletionItem:
        """A directive, in place of what was typed of it."""
        text = completion.text.strip()
        return lsp.CompletionItem(
            label=text,
            kind=lsp.CompletionItemKind.Keyword,
            documentation=completion.help,
            filter_text=text,
            text_edit=lsp.TextEdit(self.positions.range(completion.span), completion.text),
        )

    def hint(self, hint: InlayHint, *, tooltip: bool) -> lsp.InlayHint:
        """An inlay hint behind its text; its first part leads to the decisive step."""
        target = None if hint.target is None else self.positions.location(hint.target)
        part = lsp.InlayHintLabelPart(value=hint.text, location=target)
        return lsp.InlayHint(
            position=self.positions.position(hint.place.file, hint.place.line, hint.place.column),
            label=hint.text if target is None else [part],
            padding_left=True,
            tooltip=self.tooltip(hint) if tooltip else None,
            data=dict(hint.data),
        )

    @staticmethod
    def tooltip(hint: InlayHint) -> lsp.MarkupContent | str:
        """The explanation that belongs to a hint."""
        if hint.markdown:
            return lsp.MarkupContent(lsp.MarkupKind.Markdown, hint.tooltip)
        return hint.tooltip

    def actions(
        self, actions: Sequence[CodeAction], client: ClientFeatures
    ) -> list[lsp.CodeAction | lsp.Command]:
        """Code actions as far as the client knows them."""
        if not client.action_literals:
            return [self.action_command(action) for action in actions if not action.disabled]
        return [self.action(action, client) for action in actions]

    def action(self, action: CodeAction, client: ClientFeatures) -> lsp.CodeAction:
        """A code action; its edits are left for later where the client can ask for them."""
        command = None
        if action.command:
            command = lsp.Command(action.title, action.command, arguments=list(action.arguments))
        later = client.edits_later or not action.changes
        return lsp.CodeAction(
            title=action.title,
            kind=action.kind,
            diagnostics=None if action.notice is None else [self.diagnostic(action.notice)],
            is_preferred=True if action.preferred else None,
            disabled=lsp.CodeActionDisabled(action.disabled) if action.disabled else None,
            edit=None if later else self.workspace_edit(action, client),
            command=command,
            data=dict(action.data) or None,
        )

    @staticmethod
    def action_command(action: CodeAction) -> lsp.Command:
        """The same for clients that know commands only."""
        if action.command:
            return lsp.Command(action.title, action.command, arguments=list(action.arguments))
        return lsp.Command(action.title, APPLY_FIX, arguments=[dict(action.data)])

    def workspace_edit(self, action: CodeAction, client: ClientFeatures) -> lsp.WorkspaceEdit:
        """All edits of an action; annotated when several files change."""
        by_file = {
            change.path: text_edits(change.path, change.old, change.new)
            for change in action.changes
        }
        uri = self.positions.uri
        if not client.document_changes:
            return lsp.WorkspaceEdit({uri(path): edits for path, edits in by_file.items()})
        annotated = client.annotations and len(by_file) > 1
        document_changes = [
            lsp.TextDocumentEdit(
                lsp.OptionalVersionedTextDocumentIdentifier(
                    uri=uri(change.path), version=change.version
                ),
                [_annotated(edit) for edit in edits] if annotated else edits,
            )
            for change in action.changes
            if (edits := by_file[change.path])
        ]
        annotations = None
        if annotated and action.proof is not None:
            candidate, catalogue = action.proof.candidate, self.catalogue
            description = candidate.caution(catalogue) or action.proof.sentence(catalogue)
            annotation = lsp.ChangeAnnotation(
                candidate.headline(catalogue),
                needs_confirmation=bool(candidate.look_at),
                description=description,
            )
            annotations = {_ANNOTATION: annotation}
        return lsp.WorkspaceEdit(document_changes=document_changes, change_annotations=annotations)

    def lens(self, lens: CodeLens) -> lsp.CodeLens:
        """A code lens over the function's name."""
        arguments: list[object] = [self.positions.uri(lens.span.file), lens.line]
        return lsp.CodeLens(
            self.positions.range(lens.span),
            lsp.Command(lens.title, lens.command, arguments=arguments),
        )
