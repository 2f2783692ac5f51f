"""What is asked of the program: one JSON document per line, as ``program/main.go`` reads it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations

import msgspec
from attrs import frozen

FORMAT = 2
"""What an answer means: one of another format is not understood."""

Position = tuple[int, int, int, int, int]
"""The number of a file in the request, line and column, and those of an expression's end or 0."""


@frozen
class SourceFile:
    """A file of the package."""

    path: str
    text: str | None = None
    """What it holds instead of what is on the disk."""


@frozen
class NamedType:
    """A type as the compiler names it at a call that it has inlined."""

    call: Position
    text: str


@frozen
class TypesRequest:
    """A variant of a package, and questions about its expressions."""

    path: str
    language: str
    """``go1.22``; empty for the newest."""
    arch: str
    os: str
    tags: tuple[str, ...]
    goroot: str
    world: str
    """Export files of the same world were built together: what one says of a package is true for
    the others."""
    files: tuple[SourceFile, ...]
    imports: Mapping[str, str]
    """As the source names a package, and its path where that is another one."""
    exports: Mapping[str, str]
    """Export files by path."""
    questions: tuple[Position, ...] = ()
    named: tuple[NamedType, ...] = ()
    conversions: tuple[int, ...] = ()
    """Numbers of the files of which all conversions are listed."""


@frozen
class ExpressionsRequest:
    """A variant of a package, of which all expressions of some files are told."""

    package: TypesRequest
    files: tuple[int, ...]
    """Their numbers among the files of the package."""


@frozen
class ArchiveRequest:
    """A compiled package."""

    path: str
    goroot: str


class Envelope(msgspec.Struct):
    """What stands around an answer."""

    id: int
    format: int
    answer: msgspec.Raw = msgspec.Raw(b"null")
    problem: str = ""


class Question(msgspec.Struct):
    """What stands around a request."""

    id: int
    operation: str
    request: object
