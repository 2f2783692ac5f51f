"""Compiles one variant of a package by its build plan, with texts that need not be on the disk.

The go command holds a package's text back until code is generated, reads what is on the disk, and
keeps what it made in the build cache. Here the compiler runs by itself until escape analysis has
said all, which is read as it comes, and leaves nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.toolchain.compile.compiler_stream import MARK_FLAG, CompilerStream
from goescape.toolchain.go.error_text import compile_errors, plain_sentence
from goescape.toolchain.go.process import reading
from goescape.toolchain.go.process_command import FOLDER

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from goescape.analysis.model import CompileError
    from goescape.toolchain.compile.build_plan import BuildPlan, Variant
    from goescape.toolchain.compile.planner import BuildPlanner

_COPY = "goescape-copy-"
_COPIED = re.compile(rf"\S*{_COPY}\d+-")
"""What stands before the name of a file in that of its copy."""
_STALE_PLAN = re.compile(r"could not import|go:embed|unable to open|can't open|requires go1")


class NotPlannedError(Exception):
    """The go command has to compile this package."""


class StalePlanError(NotPlannedError):
    """The plan does not hold any more: what it says of imports or files is of another time."""


@frozen(eq=False)
class PlannedCompile:
    """One compile: what goes in, and what the compiler says in ``stream``."""

    planner: BuildPlanner
    plan: BuildPlan
    variant: Variant
    texts: Mapping[str, bytes]
    """Those of its files that are not on the disk, by path."""
    exports: Mapping[str, str]
    """Where the compiler finds what the package imports."""
    stream: CompilerStream
    may_import: tuple[str, ...] = ()
    """What the texts may import besides, where it is in ``exports``."""
    _copies: dict[str, str] = field(init=False, factory=dict)
    """The files that are compiled from copies, and the names of these."""

    def __attrs_post_init__(self) -> None:
        for path in self.texts:
            if ";" in path or "=>" in path:  # -trimpath could not name it
                raise NotPlannedError
        for number, path in enumerate(self.variant.listed.files):
            if path in self.texts:
                self._copies[path] = f"{_COPY}{number}-{Path(path).name}"

    @contextlib.asynccontextmanager
    async def running(self, niceness: int = 0) -> AsyncIterator[asyncio.Future[int | None]]:
        """Run it; the future has the exit code, or None as soon as all has been said.

        What is left of the process is ended with the context. Raises GoProblem.
        """
        command = await self.planner.compiler_command(
            self.plan.root, self._arguments(), self._work(), mark=MARK_FLAG
        )
        async with reading(evolve(command, niceness=niceness), self.stream.feed) as outcome:
            yield outcome

    def errors(self) -> tuple[CompileError, ...]:
        """Why it does not compile, of the files instead of their copies.

        Raises StalePlanError where the plan is to blame, and NotPlannedError where the go command
        says it better.
        """
        text = self.stream.text.decode("utf-8", "replace")
        errors = [error for error in compile_errors(text, self.plan.root) if error.place]
        if self.stream.has_begun or not errors or "internal compiler error" in text:
            raise NotPlannedError
        if any(_STALE_PLAN.search(error.message) for error in errors):
            raise StalePlanError
        originals = {name: path for path, name in self._copies.items()}
        return tuple(_of_original(error, originals) for error in errors)

    def _arguments(self) -> tuple[str, ...]:
        places = {path: f"{FOLDER}{os.sep}{name}" for path, name in self._copies.items()}
        rewrites = ";".join(f"{place}=>{path}" for path, place in places.items())
        trim = ("-trimpath", rewrites) if rewrites else ()
        files = (places.get(path, path) for path in self.variant.listed.files)
        return (*self.variant.arguments, *trim, *files)

    def _work(self) -> dict[str, bytes]:
        """The files of the compiler's temporary folder."""
        imported = {source for source, _ in self.variant.imports} | {"unsafe"}
        added = "".join(
            f"packagefile {package}={self.exports[package]}\n"
            for package in self.may_import
            if package not in imported and package in self.exports
        )
        return {
            **self.variant.work,
            "importcfg": self.variant.import_file(self.exports) + added.encode(),
            **{name: self.texts[path] for path, name in self._copies.items()},
        }


def _of_original(error: CompileError, originals: Mapping[str, str]) -> CompileError:
    place = error.place
    if place is not None:
        place = place._replace(file=originals.get(Path(place.file).name, place.file))
    message = _COPIED.sub("", error.message)  # "other declaration of x"
    return evolve(error, place=place, message=plain_sentence([message]))
