"""New text in the style of the old: formatted if that was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.process import Command, GoProblem, capture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.toolchain.go_command import Go

SECONDS = 20.0
_LARGEST = 1 << 26


async def format_like(go: Go, environment: Mapping[str, str], old: bytes, new: bytes) -> bytes:
    """``new`` as gofmt leaves it, if ``old`` is as gofmt leaves it; else ``new`` as it is.

    Raises GoProblem when gofmt does not answer.
    """
    if await _formatted(go, environment, old) != old:
        return new
    return await _formatted(go, environment, new) or new


async def _formatted(go: Go, environment: Mapping[str, str], text: bytes) -> bytes:
    name = "gofmt.exe" if go.path.endswith(".exe") else "gofmt"
    program = str(Path(go.goroot, "bin", name))
    command = Command((program, "text.go"), "", environment, {"text.go": text})
    try:
        answer = await capture(command, SECONDS, _LARGEST)
    except GoProblem:
        return b""
    return answer.output.encode() if answer.code == 0 else b""
