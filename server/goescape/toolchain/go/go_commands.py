"""Commands of one Go, which is found once; and what `go list` answers."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from goescape.toolchain.file_stamps import FileStamp, file_stamp
from goescape.toolchain.go.command import clean_flags
from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.file_selection import lone_files
from goescape.toolchain.go.module_folders import is_among, module_root, work_root
from goescape.toolchain.go.packages import FIELDS, json_objects
from goescape.toolchain.go.process import capture, run
from goescape.toolchain.go.process_command import Command, sparing_collector
from goescape.toolchain.go.process_output import BoundedText
from goescape.toolchain.go.toolchain import Toolchain, find_toolchain
from goescape.toolchain.go.work_file import WorkFile
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.toolchain.go.shared_listing import SharedListing
    from goescape.toolchain.options import EngineOptions

LIST_SECONDS = 120.0
"""How long go may take to list packages; std on a cold disk takes some seconds."""


class GoCommands:
    """Makes commands of the Go that options lead to, in the environment that they ask for."""

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self._environment = {**os.environ, **options.env}
        self._finding = asyncio.Lock()
        self._toolchain: Toolchain | None = None
        self._work_files: dict[str, tuple[FileStamp | None, WorkFile]] = {}
        self.shared: dict[str, SharedListing] = {}
        """What was asked about many packages at once, by module."""

    @property
    def build_flags(self) -> tuple[str, ...]:
        """The user's, without those that goescape must decide itself."""
        return clean_flags(self.options.build_flags)

    async def toolchain(self) -> Toolchain:
        """The Go in use. Raises GoProblem, and looks again at the next call."""
        async with self._finding:
            if self._toolchain is None:
                self._toolchain = await find_toolchain(self.options, self._environment)
            return self._toolchain

    async def command(self, root: str, *arguments: str) -> Command:
        """``go`` with these arguments in a folder. Raises GoProblem."""
        toolchain = await self.toolchain()
        environment = dict(toolchain.environment)
        work = await self._work_above(root)
        if work is not None and not is_among(root, work.modules):
            environment["GOWORK"] = "off"  # else go refuses a module that go.work does not list
            work = None
        # go list may add to go.work.sum, whatever -mod says (golang/go#70272): it works on a copy.
        copy = work.copy() if work is not None else {}
        return Command((toolchain.go.path, *arguments), root, environment, copy)

    async def list_command(
        self, root: str, flags: Sequence[str], patterns: Sequence[str], *, tests: bool = True
    ) -> Command:
        """``go list`` of packages, with their tests where the options want them."""
        with_tests = ("-test",) if tests and self.options.tests else ()
        named = [argument for pattern in patterns for argument in arguments_of(pattern)]
        arguments = ("-e", *with_tests, *self.build_flags, *flags, "--", *named)
        return await self.command(root, "list", *arguments)

    async def compile_command(
        self, root: str, patterns: Sequence[str], *, with_imports: bool = False
    ) -> Command:
        """``go list`` that compiles packages and has the compiler say all about escapes.

        ``with_imports`` to be told where all that they import was compiled to.
        """
        gcflags = (await self.toolchain()).gcflags
        fields, deps = (f"{FIELDS},Imports,ImportMap", ("-deps",)) if with_imports else (FIELDS, ())
        flags = ("-export", *deps, f"-gcflags={gcflags}", f"-json={fields}")
        return sparing_collector(await self.list_command(root, flags, patterns))

    async def list_objects(
        self,
        root: str,
        patterns: Sequence[str],
        flags: Sequence[str] = (f"-json={FIELDS}",),
        *,
        tests: bool = True,
    ) -> list[Mapping[str, object]]:
        """`go list` without compiling. Raises GoProblem when it says nothing but errors."""
        return await self.objects(await self.list_command(root, flags, patterns, tests=tests))

    async def dependencies(
        self, root: str, pattern: str, fields: str
    ) -> list[Mapping[str, object]]:
        """What `go list` says of a package, its tests, and all that these import. Raises
        GoProblem."""
        if (shared := self.shared.get(root)) is not None:
            known = await asyncio.to_thread(shared.around, pattern)
            if known is not None:
                return known
        return await self.list_objects(root, (pattern,), ("-deps", f"-json={fields}"))

    async def objects(self, command: Command) -> list[Mapping[str, object]]:
        """What a command of `go list -json` prints. Raises GoProblem."""
        root, output, errors = command.directory, bytearray(), BoundedText(4000)
        try:
            running = run(command, None, errors.add, on_bytes={1: output.extend})
            code = await with_timeout(LIST_SECONDS, running)
        except asyncio.TimeoutError:
            raise GoProblem(
                f"`go list` did not answer within {LIST_SECONDS:g} s in {root}; "
                "run it in a terminal to see why."
            ) from None
        objects = await asyncio.to_thread(json_objects, bytes(output))
        if code < 0:  # half a list would look like a whole one
            raise GoProblem(f"`go list` was ended by signal {-code} in {root}; try again.")
        if code != 0 and not objects.objects:
            text = errors.text.strip() or f"go list ended with code {code} and no message"
            raise GoProblem(f"Go cannot load {root}: {plain_sentence(text.splitlines())}", "load")
        if objects.strays and not objects.objects:
            raise GoProblem(
                f"{command.arguments[0]} answers nonsense ({objects.strays[0][:80]!r}); "
                "set goescape.go.path to a working go."
            )
        return objects.objects

    async def work_file(self, folder: str) -> WorkFile:
        """The go.work of a folder, from the last time if it is the same. Raises GoProblem."""
        file = os.path.join(folder, "go.work")  # noqa: PTH118
        stamp = file_stamp(file)
        cached = self._work_files.get(folder)
        if cached is not None and cached[0] == stamp:
            return cached[1]
        toolchain = await self.toolchain()
        arguments = (toolchain.go.path, "work", "edit", "-json", file)
        answer = await capture(Command(arguments, folder, toolchain.environment), LIST_SECONDS)
        if answer.code != 0:
            lines = answer.errors.splitlines()
            raise GoProblem(f"go.work in {folder} cannot be read: {plain_sentence(lines)}", "load")
        work = WorkFile(folder, json.loads(answer.output))
        self._work_files[folder] = (stamp, work)
        return work

    async def _work_above(self, root: str) -> WorkFile | None:
        """The go.work above a module, unless the environment names another."""
        folder = work_root(root)
        if not folder or self._environment.get("GOWORK") or not module_root(root):
            return None
        try:
            return await self.work_file(folder)
        except GoProblem:
            return None  # go itself will say what is wrong with it


def arguments_of(pattern: str) -> tuple[str, ...]:
    """A pattern as go wants it: a lone file stands for the files of its package."""
    return lone_files(pattern) if pattern.endswith(".go") else (pattern,)
