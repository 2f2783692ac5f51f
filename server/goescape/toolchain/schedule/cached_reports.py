"""What an earlier run found in a whole folder, and what is left to compile."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from goescape.toolchain.go.module_folders import absolute, is_skipped, pattern_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.engine import Engine


class CachedReports:
    """Looks up the packages behind patterns of one module."""

    def __init__(self, disk_cache: DiskCache, engine: Engine, root: str) -> None:
        self.not_found: tuple[str, ...] = ()
        """The patterns of these packages, after ``reports`` has ended."""
        self._stored = engine.stored_results(root, disk_cache)
        self._engine = engine
        self._root = root

    async def reports(self, patterns: Sequence[str]) -> AsyncGenerator[PackageReport, None]:
        """Those that would come out the same now. Raises GoProblem."""
        await self._stored.open()
        lone = tuple(pattern for pattern in patterns if pattern.endswith(".go"))
        named = [pattern for pattern in patterns if pattern not in lone]
        folders = await asyncio.to_thread(_folders, self._root, named)
        missing = []
        for folder in folders:
            report = await self._stored.report(folder)
            if report is None:
                missing.append(pattern_of(self._root, folder))
            else:
                yield report
        is_new = len(missing) == len(folders)
        self.not_found = tuple(patterns) if is_new else (*missing, *lone)

    async def keep(self, report: PackageReport) -> None:
        """Store what the go command has led to, after ``reports`` has ended."""
        await self._stored.keep(report, self._engine.builds.near_folders.get(report.directory))


def _folders(root: str, patterns: Iterable[str]) -> list[str]:
    """The folders with Go files that patterns mean."""
    folders: dict[str, None] = {}
    for pattern in patterns:
        folder = absolute(f"{root}/{pattern.removesuffix('...')}")
        folders.update(dict.fromkeys(_below(folder) if pattern.endswith("...") else [folder]))
    return list(folders)


def _below(folder: str) -> list[str]:
    """The folders of one module with Go files, at or below this one."""
    folders = []
    for directory, names, files in os.walk(folder):
        if directory != folder and "go.mod" in files:
            names.clear()
            continue
        names[:] = sorted(name for name in names if not _is_left_out(name))
        if any(name.endswith(".go") for name in files):
            folders.append(directory)
    return folders


def _is_left_out(name: str) -> bool:
    return is_skipped(name) or name.startswith("_") or name == "testdata"
