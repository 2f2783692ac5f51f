"""What is told of files that nobody has open, and who waits for that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.features.diagnostics import FileState
from goescape.lsp.publisher import Publisher
from goescape.lsp.state.buffers import Buffers
from goescape.settings import Settings

if TYPE_CHECKING:
    from goescape.lsp.convert import Translator
    from goescape.lsp.editor import Editor

pytestmark = pytest.mark.fast  # no Go runs here


class Deaf:
    """An editor that takes what it is told."""

    client = ClientFeatures()

    def refresh(self, **_: bool) -> None:
        """Nothing is asked for again."""


async def test_nobody_waits_for_a_file_that_cannot_be_told() -> None:
    asked, problems = [], []

    def facts(path: str) -> FileState:
        asked.append(path)
        if len(asked) == 1:
            raise RuntimeError(path)
        return FileState(path, path)

    def heard(_: object, context: dict[str, Any]) -> None:
        problems.append(str(context["exception"]))

    asyncio.get_running_loop().set_exception_handler(heard)
    publisher = Publisher(
        cast("Editor", Deaf()),
        Buffers(),
        settings=Settings,
        state=lambda path: path,
        facts=facts,
        translator=lambda: cast("Translator", None),
        identity=str,
    )
    publisher.publish(["/m/a.go", "/m/b.go"])
    await asyncio.wait_for(publisher.pushed(wholly=True), 10)
    publisher.close()
    assert asked == ["/m/a.go", "/m/b.go"]
    assert problems == ["/m/a.go"]
