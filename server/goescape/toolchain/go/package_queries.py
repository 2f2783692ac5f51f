"""Questions about packages: where a file belongs, what a folder has, who imports whom."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.toolchain.file_stamps import file_stamp, folder_stamp
from goescape.toolchain.go.file_selection import exclusion, lone_files, lone_name
from goescape.toolchain.go.import_graph import GRAPH_FIELDS, ImportGraph, module_stamp
from goescape.toolchain.go.imported_sources import SOURCE_FIELDS, ImportedSources
from goescape.toolchain.go.module_folders import (
    absolute,
    module_root,
    nested_modules,
    pattern_of,
    work_root,
)
from goescape.toolchain.go.packages import ListedPackage, listed_packages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.fixes.context.imported_types import PackageSources
    from goescape.toolchain.go.go_commands import GoCommands

_MOST_GRAPHS = 8


@frozen
class FileHome:
    """Where a Go file belongs, and how to name its package to Go."""

    file: str
    directory: str
    root: str
    """The folder to run go in: the module's root; for a lone file its own folder."""
    pattern: str
    """The package on go's command line, seen from ``root``: ``./sub``, or a lone file's path."""
    import_path: str
    """Empty where go cannot say."""
    excluded: str = ""
    """Why the current build leaves the file out; empty when it does not."""
    language: tuple[int, int] = (1, 22)
    """The Go version that its module asks for."""


class PackageQueries:
    """Asks `go list`, which compiles nothing."""

    def __init__(self, commands: GoCommands) -> None:
        self._commands = commands
        self._graphs: dict[tuple[str, ...], tuple[bytes, ImportGraph]] = {}
        self._by_folder: dict[str, tuple[object, tuple[ListedPackage, ...]]] = {}

    async def home(self, file: str) -> FileHome:
        """Where a file belongs. Raises GoProblem when go is missing or cannot tell."""
        file = absolute(file)
        directory = str(Path(file).parent)
        root = module_root(directory)
        if not root:
            return FileHome(file, directory, directory, file, lone_name(lone_files(file)))
        toolchain = await self._commands.toolchain()
        packages = await self._packages_of(root, directory)
        name = Path(file).name
        import_path = next((package.path for package in packages if not package.variant), "")
        excluded = ""
        if name.startswith(("_", ".")) or any(name in package.ignored for package in packages):
            excluded = exclusion(file, toolchain.target, cgo=toolchain.cgo)
        pattern = pattern_of(root, directory)
        language = min((package.language for package in packages), default=(1, 22))
        return FileHome(file, directory, root, pattern, import_path, excluded, language)

    async def modules(self, folder: str) -> tuple[str, ...]:
        """The module roots of a workspace folder.

        Those of its go.work; else every go.mod below; else the module that the folder lies in.
        Raises GoProblem when go.work cannot be read.
        """
        folder = absolute(folder)
        if work_root(folder) == folder:
            return (await self._commands.work_file(folder)).modules
        if below := await asyncio.to_thread(nested_modules, folder):
            return below
        above = module_root(folder)
        return (above,) if above else ()

    async def files_of(self, root: str, pattern: str) -> frozenset[str]:
        """The Go files of a package and its tests in this build. Raises GoProblem."""
        listed = listed_packages(await self._commands.list_objects(root, (pattern,)))
        return frozenset(
            file for package in listed for file in (*package.files, *package.test_files)
        )

    async def import_paths(self, root: str, patterns: Sequence[str]) -> tuple[str, ...]:
        """The packages that patterns mean, or the patterns of lone files. Raises GoProblem."""
        if all(pattern.endswith(".go") for pattern in patterns):
            return tuple(patterns)
        listed = listed_packages(await self._commands.list_objects(root, tuple(patterns)))
        return tuple(sorted({package.path for package in listed if not package.variant}))

    async def importers(
        self, root: str, package_path: str, among_directories: set[str]
    ) -> tuple[str, ...]:
        """Which of these directories hold packages that import the package, also indirectly.

        The answer is patterns for ``analyze``, without the package itself.
        """
        inside = {folder for folder in among_directories if module_root(folder) == root}
        if not inside:
            return ()
        patterns = [pattern_of(root, folder) for folder in sorted(inside)]
        importing = await self.importing(root, package_path, patterns)
        return tuple(sorted({pattern_of(root, folder) for folder in importing} & set(patterns)))

    async def importing(
        self, root: str, package_path: str, patterns: Sequence[str] = ("./...",)
    ) -> dict[str, tuple[str, ...]]:
        """The folders of packages that import a package, also indirectly, with their Go files.

        From the last time where no Go file of the module was written since. Raises GoProblem.
        """
        stamp = await asyncio.to_thread(module_stamp, root)
        key = (root, *patterns)
        known = self._graphs.pop(key, None)
        if known is None or known[0] != stamp:
            flags = (f"-json={GRAPH_FIELDS}",)
            objects = await self._commands.list_objects(root, patterns, flags)
            known = stamp, await asyncio.to_thread(ImportGraph.of, objects)
        self._graphs[key] = known
        while len(self._graphs) > _MOST_GRAPHS:
            del self._graphs[next(iter(self._graphs))]
        return known[1].importing(package_path)

    async def imported(self, root: str, pattern: str) -> Mapping[str, PackageSources]:
        """The sources of what a package and its tests import, also indirectly; read when used."""
        return ImportedSources(await self._commands.dependencies(root, pattern, SOURCE_FIELDS))

    async def _packages_of(self, root: str, directory: str) -> tuple[ListedPackage, ...]:
        """The package of a folder, from the last time if its files have not changed."""
        module_file = os.path.join(root, "go.mod")  # noqa: PTH118
        stamp = folder_stamp(directory), file_stamp(module_file)
        cached = self._by_folder.get(directory)
        if cached is not None and cached[0] == stamp:
            return cached[1]
        shared = self._commands.shared.get(root)
        objects = await asyncio.to_thread(shared.package, directory) if shared is not None else None
        if objects is None:
            objects = await self._commands.list_objects(root, (pattern_of(root, directory),))
        listed = listed_packages(objects)
        self._by_folder[directory] = (stamp, listed)
        return listed
