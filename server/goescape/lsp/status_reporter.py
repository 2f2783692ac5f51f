"""What the editor is told of goescape's state: work, what waits, what stops everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from goescape.lsp.progress import Status, status

if TYPE_CHECKING:
    from goescape.lsp.editor import Editor
    from goescape.lsp.progress import WorkProgress
    from goescape.lsp.state.workspace_state import WorkspaceState
    from goescape.toolchain.problems import Problem
    from goescape.toolchain.schedule.events import Unfinished


class StatusReporter:
    """Whoever learns something says it here, and has it told by ``send``."""

    def __init__(self, editor: Editor, state: WorkspaceState, progress: WorkProgress) -> None:
        self._editor = editor
        self._state = state
        self._progress = progress
        self.problem: Problem | None = None
        """What stops everything."""
        self.unfinished: Unfinished | None = None
        """What keeps the text that was typed last from being analysed."""
        self.go = ""
        """The Go that is used, and why."""
        self.is_paused = False
        """Whether whole folders have to wait."""

    def send(self) -> None:
        """Tell it, where the editor wants to know."""
        catalogue, waiting = self._state.catalogue, self._state.packages.waiting()
        packages = [package.package for package in waiting]
        first = waiting[0].errors[0].message if waiting and waiting[0].errors else ""
        if self.unfinished is not None and not packages:
            packages, first = [self.unfinished.package], self.unfinished.message
        now = status(catalogue, self._progress.running, self.problem, packages, first)
        if now == Status() and self.is_paused:
            now = Status(message=catalogue.editor.status_paused)
        self._editor.status(evolve(now, go=self.go))
