"""What the arguments of commands mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.lsp.uris import path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.lsp.state.workspace_state import WorkspaceState


def path_argument(state: WorkspaceState, arguments: Sequence[object]) -> str | None:
    """The path that the first argument names (URI or path); the latest file without one."""
    match arguments:
        case [str(name), *_]:
            return path_of(name) or (name if Path(name).is_absolute() else None)
        case [{"uri": str(uri)}, *_]:
            return path_of(uri)
        case _:
            return state.latest_path
