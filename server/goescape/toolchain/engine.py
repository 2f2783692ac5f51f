"""One Go with its settings: what asks it and what builds with it. Users take the part they need."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.syntax.build_constraints import Target
from goescape.toolchain.cache.stored_results import StoredResults
from goescape.toolchain.compile.planner import BuildPlanner
from goescape.toolchain.go.go_commands import GoCommands
from goescape.toolchain.go.go_test import failing_tests
from goescape.toolchain.go.package_queries import PackageQueries
from goescape.toolchain.options import EngineOptions
from goescape.toolchain.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.compile.package_builds import PackageBuilds
    from goescape.toolchain.facts.client import FactsClient
    from goescape.toolchain.facts.compiled_reports import CompiledReports
    from goescape.toolchain.facts.typed_reports import TypedReports
    from goescape.toolchain.go.command import Go
    from goescape.toolchain.go.package_queries import FileHome

__all__ = ["Engine", "EngineOptions", "Problem"]


class Engine:
    """The parts that share one Go, which is found when first asked; and what many ask for."""

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self.commands = GoCommands(options)
        self.packages = PackageQueries(self.commands)
        self.planner = BuildPlanner(self.commands)

    # Imported when needed: what an earlier server found is shown without them.

    @cached_property
    def facts(self) -> FactsClient:
        """Who asks the program that knows types."""
        from goescape.toolchain.facts.client import FactsClient  # noqa: PLC0415

        return FactsClient(self.commands)

    @cached_property
    def typed(self) -> TypedReports:
        """Who corrects reports by types."""
        from goescape.toolchain.facts.typed_reports import TypedReports  # noqa: PLC0415

        return TypedReports(self.commands, self.facts)

    @cached_property
    def compiled(self) -> CompiledReports:
        """Who corrects reports by the machine code."""
        from goescape.toolchain.facts.compiled_reports import CompiledReports  # noqa: PLC0415

        return CompiledReports(self.commands, self.facts)

    @cached_property
    def builds(self) -> PackageBuilds:
        """Who runs whole builds."""
        from goescape.toolchain.compile.package_builds import PackageBuilds  # noqa: PLC0415

        return PackageBuilds(self.commands, self.typed, self.compiled)

    async def go(self) -> Go:
        """The Go in use. Raises GoProblem, and looks again at the next call."""
        return (await self.commands.toolchain()).go

    async def home(self, file: str) -> FileHome:
        """Where a file belongs. Raises GoProblem when go is missing or cannot tell."""
        return await self.packages.home(file)

    async def modules(self, folder: str) -> tuple[str, ...]:
        """The module roots of a workspace folder. Raises GoProblem when go.work is broken."""
        return await self.packages.modules(folder)

    def analyze(
        self,
        root: str,
        patterns: Sequence[str],
        overlay: Mapping[str, bytes] | None = None,
        *,
        early: bool = False,
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """Compile packages and yield each one's report, see ``PackageBuilds``."""
        return self.builds.analyze(root, patterns, overlay, early=early)

    def analyze_stored(
        self, root: str, patterns: Sequence[str], disk_cache: DiskCache
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """The same, but what an earlier run has found and would come out the same is taken."""
        stored = self.stored_results(root, disk_cache)
        return self.builds.analyze(root, patterns, stored=stored)

    def stored_results(self, root: str, disk_cache: DiskCache) -> StoredResults:
        """What earlier runs with these settings found in a module."""
        return StoredResults(disk_cache, self.commands, self.typed, self.compiled, root)

    async def failing_tests(self, overlay: Mapping[str, bytes]) -> str | None:
        """Why tests fail with other texts; empty if they pass. Runs the user's code."""
        return await failing_tests(self.commands, self.packages, overlay)

    async def target(self) -> Target:
        """The build that everything here is about."""
        goos, _, goarch = (await self.commands.toolchain()).target.partition("/")
        flags = self.commands.build_flags
        named = [re.fullmatch(r"--?tags=(.*)", flag) for flag in flags]
        tags = [tag for match in named if match for tag in re.split(r"[\s,]+", match[1]) if tag]
        return Target(goos, goarch, tuple(sorted(tags)))

    def building_for(self, target: Target) -> Engine:
        """The same Go for another build, without cgo."""
        system = {"GOOS": target.goos, "GOARCH": target.goarch, "CGO_ENABLED": "0"}
        flags = [f for f in self.options.build_flags if not re.match(r"--?tags=", f)]
        tags = (f"-tags={','.join(target.tags)}",) if target.tags else ()
        options = evolve(
            self.options, env={**self.options.env, **system}, build_flags=(*flags, *tags)
        )
        return Engine(options)
