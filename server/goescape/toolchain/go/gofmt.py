"""New text in the style of the old: formatted if that was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.digests import digest
from goescape.toolchain.go.process import capture
from goescape.toolchain.go.process_command import Command
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import gather_all, gather_both

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.syntax.source import SourceText
    from goescape.toolchain.go.command import Go
    from goescape.toolchain.go.go_commands import GoCommands

SECONDS = 20.0
_LARGEST = 1 << 26
_MOST_KNOWN = 500
_KNOWN: dict[tuple[str, bytes], bool] = {}
"""Whether a text, by digest, is as this Go's gofmt leaves it."""


async def formatted(
    commands: GoCommands, before: Mapping[str, SourceText], contents: Mapping[str, bytes]
) -> dict[str, bytes]:
    """New texts as gofmt leaves them, where the old ones were as gofmt leaves them."""
    toolchain = await commands.toolchain()
    works = [
        format_like(toolchain.go, toolchain.environment, before[path].content, content)
        for path, content in contents.items()
    ]
    return dict(zip(contents, await gather_all(works), strict=True))


async def format_like(go: Go, environment: Mapping[str, str], old: bytes, new: bytes) -> bytes:
    """``new`` as gofmt leaves it, if ``old`` is as gofmt leaves it; else ``new`` as it is.

    Raises GoProblem when gofmt does not answer.
    """
    was, now = await gather_both(
        _is_formatted(go, environment, old), _formatted(go, environment, new)
    )
    return now or new if was else new


async def _is_formatted(go: Go, environment: Mapping[str, str], text: bytes) -> bool:
    """From the last time if that was the same text: every fix of a file asks for it."""
    key = (go.path, digest(text))
    if key not in _KNOWN:
        _KNOWN[key] = await _formatted(go, environment, text) == text
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
    return _KNOWN[key]


async def _formatted(go: Go, environment: Mapping[str, str], text: bytes) -> bytes:
    name = "gofmt.exe" if go.path.endswith(".exe") else "gofmt"
    program = str(Path(go.goroot, "bin", name))
    command = Command((program, "text.go"), "", environment, {"text.go": text})
    try:
        answer = await capture(command, SECONDS, _LARGEST)
    except GoProblem:
        return b""
    return answer.output.encode() if answer.code == 0 else b""
