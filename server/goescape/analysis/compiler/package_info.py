"""Which package a text of the compiler belongs to."""

from __future__ import annotations

from attrs import frozen


@frozen
class PackageInfo:
    """Which package a text belongs to."""

    path: str
    """Import path."""
    directory: str
    files: tuple[str, ...]
    """Every Go file that this build compiled, tests included; absolute."""
    working_directory: str
    """Where the build ran: printed paths are relative to it."""
    language: tuple[int, int] = (1, 22)
    """The version of the Go language that the module asks for."""
