"""The Go that the settings lead to, and all that it says of itself and of the build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.toolchain.go.command import (
    C_SETTINGS,
    TARGET,
    Go,
    find_go,
    go_environment,
    knows_escape_debug,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.toolchain.options import EngineOptions

_VET = "vet.exe" if os.name == "nt" else "vet"
_COMPILER = "compile.exe" if os.name == "nt" else "compile"


@frozen
class Toolchain:
    """One Go with its tools, and the build that they make."""

    go: Go
    environment: Mapping[str, str]
    target: str
    """``linux/amd64``."""
    cgo: bool
    gcflags: str
    """What the compiler is asked to say."""
    vet: str
    """The tool behind `go vet`."""
    compiler: str
    modules: str
    """Where fetched modules lie; empty where go does not say."""
    target_environment: Mapping[str, str]
    """What the go command tells its compiler of the target."""
    c_settings: Mapping[str, str]
    """What decides how packages with C are compiled."""


async def find_toolchain(options: EngineOptions, environment: Mapping[str, str]) -> Toolchain:
    """Look for Go and ask it. Raises GoProblem."""
    go = await find_go(options.go_path, environment)
    values = await settings_of(go, environment)
    flags = "-m=2 -L -d=closure=1"
    if await knows_escape_debug(go, environment):
        flags += ",escapedebug=1"
    if not options.inlining:
        flags += " -l"
    return Toolchain(
        go,
        go_environment(environment, values.get("GOFLAGS", "")),
        f"{values.get('GOOS', '')}/{values.get('GOARCH', '')}",
        values.get("CGO_ENABLED") == "1",
        flags,
        os.path.join(values.get("GOTOOLDIR", ""), _VET),  # noqa: PTH118
        os.path.join(values.get("GOTOOLDIR", ""), _COMPILER),  # noqa: PTH118
        values.get("GOMODCACHE", ""),
        {name: values[name] for name in TARGET if values.get(name)},
        {name: values[name] for name in C_SETTINGS if values.get(name)},
    )
