"""What a proved fix changes, in the texts that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.source import BOM, is_same_text
from goescape.lsp.features.code_action import FileChange

if TYPE_CHECKING:
    from goescape.lsp.state.snapshot import Snapshot
    from goescape.toolchain.proofs.prover import Proof


def file_changes(proof: Proof, snapshot: Snapshot) -> tuple[FileChange, ...] | None:
    """The files with their present texts; None when one is another than was proved."""
    changes = []
    for path, old in proof.originals.items():
        new, buffer = proof.contents[path], snapshot.documents.at(path)
        if buffer is None:
            text = snapshot.disk_text(path)
            if text is None or text.content != old:
                return None
            changes.append(FileChange(path, None, old, new))
            continue
        shown = buffer.source.content
        if not is_same_text(shown, old):
            return None
        new = new if shown == old else new.removeprefix(BOM)
        changes.append(FileChange(path, buffer.version, shown, new))
    return tuple(changes)
