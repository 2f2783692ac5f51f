"""Makes build plans, has what they import built, and makes commands of the compiler itself."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.toolchain.compile.build_plan import PLAN_FIELDS, BuildPlan, may_be_planned, plan_of
from goescape.toolchain.go.imported_sources import SOURCE_FIELDS
from goescape.toolchain.go.process_command import FOLDER, Command
from goescape.toolchain.go.shared_listing import SHARED_FIELDS, SharedListing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.toolchain.go.go_commands import GoCommands

# The compiler lives a second: collecting its garbage would cost more than the memory.
_MEMORY = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


class BuildPlanner:
    """Plans with one Go."""

    def __init__(self, commands: GoCommands) -> None:
        self._commands = commands

    async def plan(
        self,
        root: str,
        directory: str,
        pattern: str,
        overlay: Mapping[str, bytes],
        shapes: Mapping[str, bytes],
    ) -> BuildPlan | None:
        """How to compile the package of a folder; None where only the go command can.

        ``overlay`` is what files shall hold instead of what is on the disk. Raises GoProblem.
        """
        if not await self._is_plain_build():
            return None
        if overlay:
            flags = ("-deps", f"-json={PLAN_FIELDS}")
            command = await self._commands.list_command(root, flags, (pattern,))
            objects = await self._commands.objects(evolve(command, overlay=overlay))
        else:
            objects = await self._commands.dependencies(root, pattern, PLAN_FIELDS)
        toolchain = await self._commands.toolchain()
        library = [folder for folder in (toolchain.go.goroot, toolchain.modules) if folder]
        return plan_of(objects, directory, root, shapes, library)

    async def prepare(self, root: str, patterns: Sequence[str], more: Iterable[str]) -> None:
        """Ask about many packages at once, for questions that will come one by one; ``more`` are
        packages that they do not import and that will be needed. Raises GoProblem.
        """
        if not await self._is_plain_build():
            return
        fields = dict.fromkeys(f"{PLAN_FIELDS},{SOURCE_FIELDS},{SHARED_FIELDS}".split(","))
        flags = ("-deps", f"-json={','.join(fields)}")
        objects = await self._commands.list_objects(root, patterns, flags)
        listing = await asyncio.to_thread(SharedListing.of, root, objects)
        exports = await self.export_files(root, sorted({*listing.imported(), *more}))
        listing = await asyncio.to_thread(SharedListing.of, root, objects, exports)
        self._commands.shared[root] = listing

    async def export_files(
        self, root: str, packages: Sequence[str], *, with_tests: bool = False
    ) -> dict[str, str]:
        """The export file of each package, built where it is not; also of test variants if asked.

        Raises GoProblem.
        """
        shared = self._commands.shared.get(root)
        if shared is not None and not with_tests:
            known = await asyncio.to_thread(shared.exports, packages)
            if known is not None:
                return known
        tests = ("-test", "-deps") if with_tests else ()
        flags = (*tests, *self._commands.build_flags, "-json=ImportPath,Export")
        arguments = ("list", "-e", "-export", *flags, "--", *packages)
        objects = await self._commands.objects(await self._commands.command(root, *arguments))
        return {str(item["ImportPath"]): str(item.get("Export") or "") for item in objects}

    async def compiler_command(
        self,
        root: str,
        arguments: Sequence[str],
        work: Mapping[str, bytes],
        *,
        mark: str | None = None,
        output: str = f"{FOLDER}{os.sep}output.a",
    ) -> Command:
        """The compiler itself, asked what `go build` asks it, and for ``mark`` among its -d.

        ``output`` is never the null device: a compiler that fails removes it, and root may do that.
        """
        toolchain = await self._commands.toolchain()
        flags = toolchain.gcflags.split()
        if mark is not None:
            flags = [f"{flag},{mark}" if flag.startswith("-d=") else flag for flag in flags]
        environment = {**await self.environment(), **_MEMORY}
        command = (toolchain.compiler, "-o", output, *flags, *arguments)
        return Command(command, root, environment, work, niceness=0)

    async def environment(self) -> dict[str, str]:
        """What the compiler runs with. Raises GoProblem."""
        toolchain = await self._commands.toolchain()
        goroot = {"GOROOT": toolchain.go.goroot}
        return {**toolchain.environment, **toolchain.target_environment, **goroot}

    async def _is_plain_build(self) -> bool:
        """Whether no flag or environment variable changes what the compiler is told."""
        toolchain = await self._commands.toolchain()
        present = await asyncio.to_thread(os.path.isfile, toolchain.compiler)
        return present and may_be_planned(self._commands.options.build_flags, toolchain.environment)
