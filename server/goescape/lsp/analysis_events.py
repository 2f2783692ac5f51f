"""What happens with the results of analyses: they are remembered, published, and told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.lsp.editor import Editor
    from goescape.lsp.fix_requests import FixRequests
    from goescape.lsp.gc_control import GarbageCollector
    from goescape.lsp.progress import WorkProgress
    from goescape.lsp.publisher import Publisher
    from goescape.lsp.state.workspace_state import WorkspaceState
    from goescape.lsp.status_reporter import StatusReporter
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
        status: StatusReporter,
    ) -> None:
        self._editor = editor
        self._state = state
        self._publisher = publisher
        self._fix_requests = fix_requests
        self._progress = progress
        self._collector = collector
        self._status = status
        self._unknown_lines = UnknownLines()

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
                self._status.unfinished = event
            case Failed():
                self.handle_problem(event.problem)
        self._status.send()

    def _started(self, event: Started) -> None:
        self._status.problem = None
        self._collector.busy()
        self._fix_requests.analysis_started(event.token)
        self._progress.started(event.token, _title(event.title, self._state.catalogue))

    def _finished(self, event: Finished) -> None:
        self._fix_requests.analysis_finished(event.token)
        self._progress.finished(event.token, cancelled=event.cancelled)
        if not self._progress.running:
            self._collector.idle()

    def _reported(self, event: Reported) -> None:
        self._status.problem = self._status.unfinished = None
        self._publisher.publish(self._state.packages.put(event.report), more_follows=True)
        self._unknown_lines.log_new(event.report)
        if event.report.is_final:
            self._fix_requests.package_reported(event.report)

    def handle_problem(self, problem: Problem) -> None:
        """Something could not be analysed, or there is no Go to do it."""
        if problem.kind == "compile":
            touched = self._state.packages.fail_tests(problem.package, problem.errors)
            self._publisher.publish(touched)
            return
        self._status.problem = problem
        if not self._state.client.problems:
            self._editor.notify_once(problem.message, error=problem.kind == "go")


def _title(title: WorkTitle, catalogue: Catalogue) -> str:
    if not title.more:
        return title.first
    return catalogue.editor.work_packages.format(first=title.first, count=title.more)
