"""What happens with the results of analyses: they are remembered, published, and told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from goescape.lsp.progress import Status, status
from goescape.lsp.unknown_lines import UnknownLines
from goescape.toolchain.schedule.events import (
    Event,
    Excluded,
    Failed,
    Finished,
    Reported,
    Started,
    Unfinished,
    WorkTitle,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.lsp.editor import Editor
    from goescape.lsp.fix_requests import FixRequests
    from goescape.lsp.gc_control import GarbageCollector
    from goescape.lsp.progress import WorkProgress
    from goescape.lsp.publisher import Publisher
    from goescape.lsp.state.workspace_state import WorkspaceState
    from goescape.toolchain.problems import Problem


class AnalysisEvents:
    """Handles the events of the background, on the event loop's thread."""

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        *,
        editor: Editor,
        state: WorkspaceState,
        publisher: Publisher,
        fix_requests: FixRequests,
        progress: WorkProgress,
        collector: GarbageCollector,
        is_paused: Callable[[], bool],
        pack_soon: Callable[[], None],
    ) -> None:
        self._editor = editor
        self._state = state
        self._publisher = publisher
        self._fix_requests = fix_requests
        self._progress = progress
        self._collector = collector
        self._is_paused = is_paused
        self._pack_soon = pack_soon
        self._unknown_lines = UnknownLines()
        self.problem: Problem | None = None
        """What stops everything."""
        self.go = ""
        """The Go that is used, and why."""
        self._unfinished: Unfinished | None = None
        """What keeps the text that was typed last from being analysed."""

    def handle_event(self, event: Event) -> None:
        """What the scheduler emits."""
        match event:
            case Started():
                self._started(event)
            case Finished():
                self._finished(event)
            case Reported():
                self._reported(event)
            case Excluded():
                self._publisher.publish(self._state.packages.exclude(event.file, event.reason))
            case Unfinished():
                self._unfinished = event
            case Failed():
                self.handle_problem(event.problem)
        self.send_status()

    def _started(self, event: Started) -> None:
        self.problem = None
        self._collector.busy()
        self._fix_requests.analysis_started(event.token)
        self._progress.started(event.token, _title(event.title, self._state.catalogue))

    def _finished(self, event: Finished) -> None:
        self._fix_requests.analysis_finished(event.token)
        self._progress.finished(event.token, cancelled=event.cancelled)
        if not self._progress.running:
            self._collector.idle()

    def _reported(self, event: Reported) -> None:
        self.problem = None
        self._unfinished = None
        self._publisher.publish(self._state.packages.put(event.report), more_follows=True)
        self._pack_soon()
        self._unknown_lines.log_new(event.report)
        if event.report.is_final:
            self._fix_requests.package_reported(event.report)

    def handle_problem(self, problem: Problem) -> None:
        """Something could not be analysed, or there is no Go to do it."""
        if problem.kind == "compile":
            touched = self._state.packages.fail_tests(problem.package, problem.errors)
            self._publisher.publish(touched)
            return
        self.problem = problem
        if not self._state.client.problems:
            self._editor.notify_once(problem.message, error=problem.kind == "go")

    def send_status(self) -> None:
        """Say what goescape is doing, where the editor wants to know."""
        catalogue, waiting = self._state.catalogue, self._state.packages.waiting()
        packages = [package.package for package in waiting]
        first = waiting[0].errors[0].message if waiting and waiting[0].errors else ""
        if self._unfinished is not None and not packages:
            packages, first = [self._unfinished.package], self._unfinished.message
        now = status(catalogue, self._progress.running, self.problem, packages, first)
        if now == Status() and self._is_paused():
            now = Status(message=catalogue.editor.status_paused)
        self._editor.status(evolve(now, go=self.go))


def _title(title: WorkTitle, catalogue: Catalogue) -> str:
    if not title.more:
        return title.first
    return catalogue.editor.work_packages.format(first=title.first, count=title.more)
