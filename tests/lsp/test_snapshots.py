"""Features see snapshots only: these stay as they are, and looking at them starts nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

import pytest

from goescape.analysis.model import PackageReport
from goescape.analysis.syntax.source import SourceText
from goescape.lsp.features.code_actions import ActionRequest, code_actions
from goescape.lsp.features.diagnostics import NoticeCache
from goescape.lsp.state.buffers import TextChange
from goescape.lsp.state.workspace_state import WorkspaceState
from goescape.lsp.uris import uri_of
from goescape.settings import Settings
from goescape.toolchain.proofs.offers import FixOffers
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.toolchain.proofs.background_proofs import BackgroundProofs

pytestmark = pytest.mark.fast  # no Go runs here

LSP = REPOSITORY / "server" / "goescape" / "lsp"
WORKERS = {
    "analysis_events",
    "background",
    "commands",
    "editor",
    "fix_requests",
    "handlers",
    "publisher",
    "server",
    "session",
    "status_reporter",
    "user_work",
}
"""What handles events, works, or speaks with the editor."""


@pytest.mark.parametrize("folder", ["features", "state"])
def test_features_and_state_know_nobody_who_works(folder: str) -> None:
    for file in (LSP / folder).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("goescape.lsp"):
                parts = (node.module or "").split(".")
                names = {parts[2]} if len(parts) > 2 else {alias.name for alias in node.names}
                assert not names & WORKERS, f"{file.name}: {names}"


def _state() -> WorkspaceState:
    def never(*_: object) -> None:
        raise AssertionError("some work was started")

    return WorkspaceState(never, never, never)


class Asked:
    """Proofs that may be looked at; any other call fails."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def offers(self, *_: object) -> FixOffers:
        self.calls.append("offers")
        return FixOffers()

    def proved(self, *_: object) -> tuple[Any, ...]:
        return ()


def test_a_snapshot_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.go"
    state, uri = _state(), uri_of(str(path))
    state.buffers.open(uri, 1, "package a")
    before = state.document(str(path))
    state.buffers.change(uri, 2, [TextChange("package b")])
    state.settings = Settings(lenses_enable=False)
    after = state.document(str(path))
    assert (before.version, after.version) == (1, 2)
    assert before.text is not None
    assert before.text.content == b"package a"
    assert before.settings.lenses_enable
    assert before.key != after.key
    assert after.key == state.document(str(path)).key
    state.buffers.close(uri)
    assert after.documents.text(str(path)) is after.text


def test_asking_what_can_be_done_starts_no_proof(tmp_path: Path) -> None:
    path, text = tmp_path / "a.go", b"package a"
    path.write_bytes(text)
    state, proofs = _state(), Asked()
    state.proofs = cast("BackgroundProofs", proofs)
    name = str(path)
    sources = {name: SourceText(name, text)}
    state.packages.put(PackageReport("a", str(tmp_path), (name,), sources=sources))
    state.buffers.open(uri_of(name), 1, text.decode())
    snapshot = state.document(name)
    assert code_actions(snapshot, ActionRequest(1, 1), NoticeCache()) == []
    assert proofs.calls == ["offers"]
