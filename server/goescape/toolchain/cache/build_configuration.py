"""What decides the outcome of builds besides sources: Go, settings, module files, goescape."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goescape import __version__
from goescape.toolchain.digests import digest, file_digests
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.go.command import split_flags
from goescape.toolchain.go.local_modules import local_modules
from goescape.toolchain.go.module_folders import module_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.toolchain.go.go_commands import GoCommands

_WITHOUT_EFFECT = frozenset(
    {"GOCACHE", "GOTMPDIR", "GOPROXY", "GOSUMDB", "GOMAXPROCS", "GOGC", "GOMEMLIMIT"}
)
"""Variables that change nothing of what is compiled."""


_NAMES_FILE = re.compile(r"--?(?:overlay|modfile|pgo)=(.+)")
"""A flag whose file decides, not only its name."""


async def build_configuration(commands: GoCommands, root: str) -> bytes:
    """A digest of all that decides what the packages of a module compile to, but their sources.

    Raises GoProblem.
    """
    toolchain = await commands.toolchain()
    go = {
        name: value
        for name, value in toolchain.environment.items()
        if name.startswith(("GO", "CGO_")) and name not in _WITHOUT_EFFECT
    }
    parts = (
        (toolchain.go.version, toolchain.compiler, toolchain.gcflags, toolchain.target),
        sorted(toolchain.target_environment.items()),
        sorted(toolchain.c_settings.items()),
        (sorted(go.items()), commands.options.build_flags, commands.options.tests),
        await asyncio.to_thread(
            _on_disk,
            root,
            toolchain.compiler,
            go.get("GOWORK", ""),
            [*commands.options.build_flags, *split_flags(go.get("GOFLAGS", ""))],
        ),
    )
    return digest(repr(parts).encode())


def _on_disk(root: str, compiler: str, work: str, flags: Sequence[str]) -> list[object]:
    """The stamp of a program, the contents of files, and goescape's own code."""
    named = [match[1] for flag in flags if (match := _NAMES_FILE.fullmatch(flag))]
    named += [path for name in named for path in _replacements(str(Path(root, name)))]
    # What a module beside this one asks for decides versions of a workspace, and its language.
    named += [str(Path(folder, "go.mod")) for folder in local_modules(root).values()]
    named += [work] if work not in {"", "off"} else []
    files = sorted({*module_files(root), *(str(Path(root, name)) for name in named)})
    return [file_stamp(compiler), file_digests(files), own_code()]


def _replacements(overlay: str) -> list[str]:
    """The files that the JSON of ``-overlay`` names in place of others; [] for another file."""
    try:
        replaced = json.loads(Path(overlay).read_bytes())["Replace"]
        return sorted(path for path in replaced.values() if path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def own_code() -> bytes:
    """Changes with goescape itself: another version may understand more."""
    stamps = [
        f"{path} {file_stamp(str(path))}"
        for pattern in ("analysis/**/*.py", "fixes/**/*.py", "toolchain/facts/**/*.*o")
        for path in sorted(Path(__file__).parents[2].glob(pattern))
    ]
    return digest("\0".join([__version__, *stamps]).encode())
