"""What earlier runs found in a module's packages, as far as it would come out the same now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from goescape.toolchain.cache.build_configuration import build_configuration
from goescape.toolchain.file_stamps import file_stamp
from goescape.toolchain.go.module_folders import module_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from goescape.analysis.model import PackageReport
    from goescape.toolchain.cache.disk_cache import DiskCache
    from goescape.toolchain.facts.compiled_reports import CompiledReports
    from goescape.toolchain.facts.typed_reports import TypedReports
    from goescape.toolchain.go.go_commands import GoCommands


class StoredResults:
    """The reports of one module in the disk cache, for one Go and its settings."""

    def __init__(
        self,
        disk_cache: DiskCache,
        commands: GoCommands,
        typed: TypedReports,
        compiled: CompiledReports,
        root: str,
    ) -> None:
        self._disk_cache = disk_cache
        self._commands = commands
        self._typed = typed
        self._compiled = compiled
        self._root = root
        self._digests_read: dict[str, bytes] = {}
        self._digests_kept: dict[str, bytes] = {}
        """Of the folders that were read while packages are kept."""
        self._configuration: tuple[bytes, object] = b"", None
        """That of the module, and the stamps of its files then."""

    async def open(self) -> None:
        """See how the module is built now; before anything is compiled. Raises GoProblem."""
        stamps = await asyncio.to_thread(self._module_stamps)
        configuration = await build_configuration(self._commands, self._root)
        self._configuration = configuration, stamps

    async def report(self, folder: str, near: Collection[str] = ()) -> PackageReport | None:
        """The report of a folder's package, which depends on the folders ``near`` now."""
        configuration, _ = self._configuration
        report = await asyncio.to_thread(
            self._disk_cache.report, folder, configuration, self._digests_read, near
        )
        return report if report is not None and await self._is_usable(report) else None

    async def keep(self, report: PackageReport, near: Mapping[str, object] | None) -> None:
        """Store what the go command has led to.

        ``near`` are the folders that it depends on, with their stamps from before the compile.
        """
        if near is None or report.errors:
            return
        if self._typed.may_be_kept(report) and self._compiled.may_be_kept(report):
            await asyncio.to_thread(self._keep, report, near)

    async def _is_usable(self, report: PackageReport) -> bool:
        return await self._typed.is_usable(report) and await self._compiled.is_usable(report)

    def _keep(self, report: PackageReport, near: Mapping[str, object]) -> None:
        configuration, stamps = self._configuration
        if stamps == self._module_stamps():
            self._disk_cache.keep(report, configuration, near, self._digests_kept)

    def _module_stamps(self) -> object:
        return {path: file_stamp(path) for path in module_files(self._root)}
