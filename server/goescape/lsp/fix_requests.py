"""When the fixes of a file are proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from goescape.lsp.state.buffers import Buffer
    from goescape.lsp.state.workspace_state import WorkspaceState


class FixRequests:
    """Asks for proofs after events; what has been proved is found in snapshots."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._lines: dict[str, int] = {}
        """Where the user was last in each file."""
        self._analyses: set[int] = set()
        """The tokens of those that run."""

    def request(self, path: str, line: int | None = None) -> None:
        """Prove the fixes of a file from now on, those near the line (1-based) first.

        Without a line: near the one from last time.
        """
        line = self._lines[path] = line or self._lines.get(path, 1)
        proofs, to_fix = self._state.proofs, self._state.report_to_fix(path)
        if proofs is not None and to_fix is not None:
            proofs.folders = self._state.folders
            proofs.request(*to_fix, line)

    def package_reported(self, report: PackageReport) -> None:
        """A package was compiled: prove the fixes of the file that the user is in."""
        latest, identity = self._state.latest_path, self._state.identity
        if latest is None or not self._state.is_open(latest):
            return
        if any(identity(file) == identity(latest) for file in report.files):
            self.request(latest)

    def document_edited(self, buffer: Buffer) -> None:
        """The editor shows another text: what was proved of the old one is of no use."""
        if self._state.proofs is not None:
            for name in self._state.names_in_reports(buffer.path):
                self._state.proofs.edited(name)

    def file_changed(self, path: str) -> None:
        """A file was saved, or changed on the disk."""
        if self._state.proofs is not None:
            self._state.proofs.changed(path)

    def analysis_started(self, token: int) -> None:
        """Proofs wait for it."""
        self._analyses.add(token)
        self._hold()

    def analysis_finished(self, token: int) -> None:
        """Proofs go on when it was the last."""
        self._analyses.discard(token)
        self._hold()

    def _hold(self) -> None:
        if self._state.proofs is not None:
            self._state.proofs.hold(busy=bool(self._analyses))
