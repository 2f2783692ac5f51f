"""Builds the program with the user's own Go, once for each Go and each version of its source."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.cache.disk_cache import cache_folder
from goescape.toolchain.digests import digest
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.go.process import capture
from goescape.toolchain.go.process_command import FOLDER, Command, sparing_collector
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.toolchain.go.toolchain import Toolchain

SOURCES = Path(__file__).with_name("program")
BUILD_SECONDS = 300.0
"""How long a build may take: parts of the standard library may have to be compiled first."""
_ANSWER_SECONDS = 20.0
_MODULE = b"module goescape.facts\n\ngo 1.21\n"
_UNUSED_SECONDS = 30 * 86_400.0
_WINDOWS = sys.platform == "win32"


class BuildError(Exception):
    """Why there is no program: one sentence."""


async def built_program(toolchain: Toolchain, folder: Path | None = None) -> Path:
    """The program, built where it is not. Raises BuildError and GoProblem.

    ``folder`` is where programs are kept, goescape's cache by default. Several processes may build
    the same one: each file is written whole and renamed.
    """
    folder = cache_folder() / "programs" if folder is None else folder
    sources = await asyncio.to_thread(_sources)
    program = folder / _name(toolchain, sources)
    if await asyncio.to_thread(_is_usable, program):
        return program
    await asyncio.to_thread(_prepare, folder)
    handle, new = await asyncio.to_thread(_new_file, folder)
    os.close(handle)
    try:
        await _build(toolchain, sources, new)
        await asyncio.to_thread(_take_place, Path(new), program)
    finally:
        await asyncio.to_thread(_remove, new)
    return program


def _sources() -> dict[str, bytes]:
    try:
        return {file.name: file.read_bytes() for file in sorted(SOURCES.glob("*.go"))}
    except OSError as problem:
        raise BuildError(f"its source cannot be read ({problem.strerror})") from problem


def _name(toolchain: Toolchain, sources: Mapping[str, bytes]) -> str:
    parts = [f"{name}\0".encode() + content for name, content in sources.items()]
    go = (toolchain.go.version, toolchain.go.goroot, file_stamp(toolchain.compiler))
    key = digest(b"\0".join([repr(go).encode(), *parts])).hex()
    return f"facts-{key}" + (".exe" if _WINDOWS else "")


async def _build(toolchain: Toolchain, sources: Mapping[str, bytes], target: str) -> None:
    environment = await _host_environment(toolchain)
    # Not in the temporary folder itself, where go ignores a go.mod; without -trimpath, with which
    # the standard library would have to be compiled again.
    arguments = (
        "build",
        f"-C={FOLDER}{os.sep}facts",
        "-buildvcs=false",
        "-ldflags=-s -w",
        "-o",
        target,
        ".",
    )
    files = {f"facts/{name}": text for name, text in {**sources, "go.mod": _MODULE}.items()}
    command = Command((toolchain.go.path, *arguments), "", environment, files)
    outcome = await capture(sparing_collector(command), BUILD_SECONDS)
    if outcome.code != 0:
        lines = (outcome.errors.strip() or outcome.output.strip()).splitlines()
        notes = ("#", "go: downloading", "go: warning")
        told = next((line for line in lines if not line.startswith(notes)), "go gives no reason")
        raise BuildError(f"{toolchain.go.version} cannot build it: {told[:300]}")


async def _host_environment(toolchain: Toolchain) -> dict[str, str]:
    """For this machine, whatever the user builds for; in the user's build cache, which has most of
    the standard library."""
    environment = {**toolchain.environment, "GOWORK": "off", "GOFLAGS": "-mod=mod"}
    names = ("GOHOSTOS", "GOHOSTARCH", "GOCACHE")
    command = Command((toolchain.go.path, "env", "-json", *names), "", environment)
    outcome = await capture(command, _ANSWER_SECONDS)
    try:
        host = json.loads(outcome.output)
        environment.update(GOOS=host["GOHOSTOS"], GOARCH=host["GOHOSTARCH"])
        environment.update(GOCACHE=host["GOCACHE"], GOENV="off")
    except (ValueError, KeyError, TypeError) as problem:
        raise BuildError(f"{toolchain.go.version} does not say what it builds for") from problem
    environment.update(CGO_ENABLED="0", GO111MODULE="on", GOEXPERIMENT="")
    return environment


def _is_usable(program: Path) -> bool:
    """Whether it is there and nobody else can have written it."""
    try:
        status, above = program.stat(), program.parent.stat()
    except OSError:
        return False
    if sys.platform != "win32":
        for found in (status, above):
            if found.st_uid not in {os.geteuid(), 0} or found.st_mode & 0o022:
                return False
    with contextlib.suppress(OSError):
        os.utime(program)  # what is not used is removed
    return status.st_size > 0


def _prepare(folder: Path) -> None:
    """Make the folder, private, and remove what nobody uses any more."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32":
            folder.chmod(0o700)
    except OSError as problem:
        raise BuildError(f"{folder} cannot be made ({problem.strerror})") from problem
    for file in folder.iterdir():
        with contextlib.suppress(OSError):
            age = time.time() - file.stat().st_mtime
            if age > (3600 if file.name.startswith("new-") else _UNUSED_SECONDS):
                file.unlink()


def _new_file(folder: Path) -> tuple[int, str]:
    try:
        return tempfile.mkstemp(dir=folder, prefix="new-", suffix=".exe" if _WINDOWS else "")
    except OSError as problem:
        raise BuildError(f"nothing can be written to {folder} ({problem.strerror})") from problem


def _remove(file: str) -> None:
    with contextlib.suppress(OSError):
        Path(file).unlink()


def _take_place(new: Path, program: Path) -> None:
    try:
        new.chmod(0o700)
        os.replace(new, program)  # noqa: PTH105 - both are here
    except OSError as problem:
        if not _is_usable(program):  # on Windows another server may be running it
            raise BuildError(f"{program} cannot be written ({problem.strerror})") from problem


__all__ = ["BUILD_SECONDS", "SOURCES", "BuildError", "GoProblem", "built_program"]
