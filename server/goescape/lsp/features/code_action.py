"""An entry of the light bulb's menu, as a plain value."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves it
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from goescape.analysis.model import Finding
    from goescape.lsp.features.diagnostics import Notice
    from goescape.toolchain.proofs.prover import Proof


@frozen
class CodeAction:
    """One entry of the light bulb's menu."""

    title: str
    kind: str
    preferred: bool = False
    finding: Finding | None = None
    """What it is about."""
    notice: Notice | None = None
    """The diagnostic of that."""
    disabled: str = ""
    """Why it cannot be picked."""
    proof: Proof | None = None
    changes: tuple[FileChange, ...] = ()
    """What it does, unless that is left for later."""
    command: str = ""
    arguments: tuple[object, ...] = ()
    data: Mapping[str, object] = field(factory=dict)
    """What names it when the client asks for the rest."""


@frozen
class FileChange:
    """A file that a fix changes: the edits are for this text."""

    path: str
    version: int | None
    """Of the document in the editor; None when it is not open."""
    old: bytes
    new: bytes
