"""Files of other packages, whose generic code may have been compiled where it is used."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves it
from pathlib import Path

from attrs import frozen

from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.go.module_folders import is_skipped


@frozen
class WorkspaceSources:
    """What the compiler saw of a workspace, as far as that can still be told."""

    overlay: Mapping[str, bytes]
    """The texts that stood in for files."""
    workspace: str
    """The folder of the workspace; files of libraries are not shown."""
    begun: float
    """When the compile began: files that are younger may be others."""

    def source(self, path: str) -> SourceText | None:
        """The text of a file; None where it is not known, or a library's."""
        if (overlaid := self.overlay.get(path)) is not None:
            return SourceText(path, overlaid)
        inside = Path(path).is_relative_to(self.workspace)
        if not inside or any(map(is_skipped, Path(path).relative_to(self.workspace).parts)):
            return None
        try:
            if Path(path).stat().st_mtime >= self.begun:
                return None
            return SourceText(path, Path(path).read_bytes())
        except OSError:
            return None
