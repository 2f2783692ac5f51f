"""What is told of files that nobody has open, and who waits for that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.publisher import Publisher
from goescape.lsp.state.workspace_state import WorkspaceState

if TYPE_CHECKING:
    from goescape.lsp.editor import Editor
    from goescape.lsp.state.snapshot import DocumentSnapshot

pytestmark = pytest.mark.fast  # no Go runs here


class Deaf:
    """An editor that takes what it is told."""

    client = ClientFeatures()

    def refresh(self, **_: bool) -> None:
        """Nothing is asked for again."""


class Failing(WorkspaceState):
    """Knows nothing of the first file that it is asked for."""

    def __init__(self) -> None:
        super().__init__(lambda _: None, lambda: None, lambda: None)
        self.asked: list[str] = []

    def document_to_publish(self, path: str) -> DocumentSnapshot:
        self.asked.append(path)
        if len(self.asked) == 1:
            raise RuntimeError(path)
        return super().document_to_publish(path)


async def test_nobody_waits_for_a_file_that_cannot_be_told() -> None:
    problems = []

    def heard(_: object, context: dict[str, Any]) -> None:
        problems.append(str(context["exception"]))

    asyncio.get_running_loop().set_exception_handler(heard)
    state = Failing()
    publisher = Publisher(cast("Editor", Deaf()), state)
    publisher.publish(["/m/a.go", "/m/b.go"])
    await asyncio.wait_for(publisher.wait_until_pushed(include_postponed=True), 10)
    publisher.close()
    assert state.asked == ["/m/a.go", "/m/b.go"]
    assert problems == ["/m/a.go"]
