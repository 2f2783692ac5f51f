"""What a user names on the command line: packages, folders, files, positions."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from attrs import frozen

from goescape.toolchain.go.file_selection import lone_files
from goescape.toolchain.go.module_folders import module_root, pattern_of, work_root

_MOST_MODULES = 100
"""More than anybody means: somebody's home folder, perhaps."""


class UsageError(Exception):
    """Something that the user can put right; the text is one sentence that says how."""


@frozen
class GoTarget:
    """One call of go: where to run it and which packages to name."""

    root: str
    patterns: tuple[str, ...]


@frozen
class SourcePosition:
    """FILE:LINE[:COL]; ``column`` counts bytes from 1 and is 0 when it was not given."""

    file: Path
    line: int
    column: int


def seen_from(folder: Path, packages: Sequence[str]) -> tuple[str, ...]:
    """The same packages without absolute paths, to be looked for in another tree.

    Raises UsageError for paths that are not below the folder.
    """
    packages_seen = []
    for package in packages:
        if Path(package).is_absolute():
            path = os.path.relpath(os.path.realpath(package), os.path.realpath(folder))
            if path.startswith(os.pardir):
                raise UsageError(f"{package} is not below {folder}; name the folder with -C.")
            package = f".{os.sep}{path}"  # noqa: PLW2901
        packages_seen.append(package)
    return tuple(packages_seen)


def existing_folder(name: str) -> Path:
    """The folder that ``-C`` names."""
    folder = Path(name)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"The folder {name} {what}; name one that has Go code with -C.")
    return folder.resolve()


def parse_position(text: str) -> SourcePosition:
    """Where ``explain`` looks."""
    match = re.fullmatch(r"(.+?):(\d{1,9})(?::(\d{1,9}))?:?", text)
    if match is None:
        raise UsageError(f"{text} is not a position; write FILE:LINE or FILE:LINE:COLUMN.")
    name, line, column = match.groups()
    file = Path(name)
    if not file.is_file():
        raise UsageError(f"The file {name} does not exist; name a Go file and a line of it.")
    if file.suffix != ".go":
        raise UsageError(f"{name} is not a Go file; name a file that ends in .go.")
    return SourcePosition(file.resolve(), int(line), int(column or 0))


Modules = Callable[[str], Awaitable[tuple[str, ...]]]
"""The roots of the modules in a folder (``Engine.modules``)."""


async def resolve(folder: Path, packages: Sequence[str], modules: Modules) -> tuple[GoTarget, ...]:
    """The go calls for these packages; paths among them are seen from ``folder``.

    Go itself accepts paths of the module that it runs in. Here they may lie in several modules:
    each is named from the root of its own module, and all of one module in one call.
    """
    grouped: dict[str, list[str]] = {}
    lone: list[GoTarget] = []
    for package in packages:
        path = _as_path(folder, package)
        if path is None:
            root = module_root(str(folder)) or next(iter(await modules(str(folder))), str(folder))
            grouped.setdefault(root, []).append(package)
        elif in_modules := await _in_modules(path, package.endswith("..."), modules):
            for root, pattern in in_modules:
                grouped.setdefault(root, []).append(pattern)
        else:
            lone += _lone(path)
    named = [GoTarget(root, tuple(dict.fromkeys(patterns))) for root, patterns in grouped.items()]
    return (*named, *dict.fromkeys(lone))


async def _in_modules(path: Path, below: bool, modules: Modules) -> list[tuple[str, str]]:
    """(root, pattern seen from there) for each module that has a part of the path."""
    start = str(_folder_of(path))
    root = module_root(start)
    if root and not (below and work_root(start) == start):
        pattern = pattern_of(root, start)
        return [(root, f"{pattern}/..." if below else pattern)]
    roots = await modules(start) if below else ()
    if len(roots) > _MOST_MODULES:
        raise UsageError(f"{start} has {len(roots)} Go modules below it; name those you mean.")
    return [(root, "./...") for root in roots]


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _lone(path: Path) -> list[GoTarget]:
    """Files outside any module, those that belong together as one package."""
    files = sorted(path.glob("*.go")) if path.is_dir() else [path]
    if not files:
        raise UsageError(
            f"{path} is in no Go module and has no Go files; name a folder that has a go.mod, "
            "or make one with `go mod init`."
        )
    firsts = [next(iter(lone_files(str(file))), str(file)) for file in files]
    return [GoTarget(str(Path(first).parent), (first,)) for first in firsts]


def _as_path(folder: Path, package: str) -> Path | None:
    """The folder or file that a pattern names, without its ``/...``; None for an import path.

    Unlike Go, this takes ``internal/x`` for the folder where there is one.
    """
    name = re.sub(r"[/\\]\.\.\.$", "", package) or os.sep
    path = Path(os.path.normpath(folder / name))
    if path.exists() and package != "...":
        return path
    if (
        re.match(r"\.\.?(?:$|[/\\])", package)
        or Path(package).is_absolute()
        or path.suffix == ".go"
    ):
        raise UsageError(f"There is no {name} in {folder}; name a folder, a Go file or a package.")
    return None
