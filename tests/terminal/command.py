"""Runs ``goescape`` as a user does: as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMAND = (sys.executable, "-m", "goescape")
Answer = subprocess.CompletedProcess[str]


def goescape(
    *arguments: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> Answer:
    """Run to the end; ``env`` changes the environment."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def checked(folder: Path, go: str, *arguments: str) -> dict[str, Any]:
    """The JSON of a check, which must be in order otherwise."""
    answer = goescape("check", "-C", folder, "--go", go, "--format", "json", *arguments)
    assert answer.stderr == ""
    assert answer.returncode in {0, 1, 2}
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def sentences(text: str) -> list[str]:
    """The lines of standard error; a traceback is never among them."""
    assert "Traceback" not in text
    return text.splitlines()
