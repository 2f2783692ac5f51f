"""What the editor claims to be able to do."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from lsprotocol.types import ClientCapabilities, MarkupKind
from pygls.capabilities import get_capability

from goescape.lsp.extensions import (
    SHOWS_PLACES,
    SHOWS_RESULTS,
    TELLS_PROBLEMS,
    WANTS_STATUS,
)


@frozen
class ClientFeatures:
    """The answers to "may I?", asked once; the default is a client that claims nothing."""

    markdown: bool = False
    related: bool = False
    """Diagnostics may carry the places of the flow."""
    pulls: bool = False
    """The client asks for diagnostics and can be told to ask again: nothing is pushed then."""
    hint_refresh: bool = False
    lens_refresh: bool = False
    tooltip_later: bool = False
    """The tooltip of an inlay hint may be left to ``inlayHint/resolve``."""
    progress: bool = False
    configuration: bool = False
    configuration_registration: bool = False
    watch_registration: bool = False
    shows_documents: bool = False
    asks: bool = False
    """``window/showMessageRequest`` shows its actions."""
    action_literals: bool = False
    """Code actions may be more than commands."""
    disabled_actions: bool = False
    edits_later: bool = False
    """The edits of a code action may be left to ``codeAction/resolve``."""
    document_changes: bool = False
    """Edits may name the version of the document that they are for."""
    annotations: bool = False
    """Edits may be annotated."""
    status: bool = False
    """Wants ``goescape/status`` notifications (``experimental.goescapeStatus``)."""
    results: bool = False
    """Shows the escapes in views of its own: wants ``goescape/resultsChanged`` notifications and
    the report as text (``experimental.goescapeResults``)."""
    problems: bool = False
    """Tells its user of problems that stop everything, which the status names; no message is
    sent then (``experimental.goescapeProblems``)."""
    places: bool = False
    """Shows lists of places itself, instead of questions (``experimental.goescapePlaces``)."""

    @classmethod
    def of(cls, capabilities: ClientCapabilities) -> ClientFeatures:
        """Read the capabilities of an ``initialize`` request."""

        def claims(path: str) -> bool:
            return bool(get_capability(capabilities, path, False))

        formats = get_capability(capabilities, "text_document.hover.content_format", ()) or ()
        later = get_capability(
            capabilities, "text_document.inlay_hint.resolve_support.properties", ()
        )
        action = "text_document.code_action"
        resolved = get_capability(capabilities, f"{action}.resolve_support.properties", ())
        annotated = "workspace.workspace_edit.change_annotation_support"
        own = capabilities.experimental
        own = own if isinstance(own, Mapping) else {}
        return cls(
            markdown=MarkupKind.Markdown in formats,
            related=claims("text_document.publish_diagnostics.related_information")
            or claims("text_document.diagnostic.related_information"),
            # Asking without being told when there is something new would show nothing at all.
            pulls=get_capability(capabilities, "text_document.diagnostic", None) is not None
            and claims("workspace.diagnostics.refresh_support"),
            hint_refresh=claims("workspace.inlay_hint.refresh_support"),
            lens_refresh=claims("workspace.code_lens.refresh_support"),
            tooltip_later="tooltip" in (later or ()),
            progress=claims("window.work_done_progress"),
            configuration=claims("workspace.configuration"),
            configuration_registration=claims(
                "workspace.did_change_configuration.dynamic_registration"
            ),
            watch_registration=claims("workspace.did_change_watched_files.dynamic_registration"),
            shows_documents=claims("window.show_document.support"),
            asks=get_capability(capabilities, "window.show_message", None) is not None,
            action_literals=get_capability(
                capabilities, f"{action}.code_action_literal_support", None
            )
            is not None,
            disabled_actions=claims(f"{action}.disabled_support"),
            edits_later="edit" in (resolved or ()) and claims(f"{action}.data_support"),
            document_changes=claims("workspace.workspace_edit.document_changes"),
            annotations=get_capability(capabilities, annotated, None) is not None,
            status=bool(own.get(WANTS_STATUS)),
            results=bool(own.get(SHOWS_RESULTS)),
            problems=bool(own.get(TELLS_PROBLEMS)),
            places=bool(own.get(SHOWS_PLACES)),
        )
