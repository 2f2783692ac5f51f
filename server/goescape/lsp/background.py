"""What works while the editor goes on: scheduler and proofs with their engine, the watcher."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from goescape.toolchain.cache.disk_cache import DiskCache
from goescape.toolchain.cache.stale_folders import remove_stale_folders
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs.background_proofs import BackgroundProofs
from goescape.toolchain.proofs.offers import preferred
from goescape.toolchain.schedule.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goescape.settings import Settings
    from goescape.toolchain.schedule.events import Event
    from goescape.toolchain.schedule.file_watcher import FileWatcher
    from goescape.toolchain.schedule.scheduler import WaitForDelivery


class Background:
    """Started once; settings replace its engine, folders its watcher."""

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        settings: Settings,
        *,
        emit: Callable[[Event], None],
        texts: Callable[[], Mapping[str, bytes]],
        on_change: Callable[[str], None],
        on_proof: Callable[[str], None],
        wait_for_delivery: WaitForDelivery,
    ) -> None:
        self.engine = Engine(EngineOptions.of(settings))
        disk_cache = DiskCache()
        self.scheduler = Scheduler(
            self.engine, emit, texts, disk_cache=disk_cache, wait_for_delivery=wait_for_delivery
        )
        self._pruning = asyncio.ensure_future(asyncio.to_thread(_prune, disk_cache))
        self.proofs = BackgroundProofs(self.engine, preferred, on_proof=on_proof)
        self._on_change = on_change
        self._watcher: FileWatcher | None = None

    def replace_engine(self, settings: Settings) -> None:
        """Look for Go again, and analyse again what is open."""
        self.engine = Engine(EngineOptions.of(settings))
        self.scheduler.replace_engine(self.engine)
        self.proofs.replace_engine(self.engine)

    async def watch(self, folders: tuple[str, ...]) -> str:
        """Watch these folders from now on; a sentence when the system cannot do it well."""
        watcher_class = await asyncio.to_thread(_watcher_class)
        await self.stop_watching()
        if not folders:
            return ""
        watcher = watcher_class(folders, self._on_change, asyncio.get_running_loop())
        self._watcher = watcher
        await asyncio.to_thread(watcher.start)
        return watcher.notice

    async def stop_watching(self) -> None:
        """Leave the files alone."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            await asyncio.to_thread(watcher.stop)

    async def close(self) -> None:
        """End every process and thread."""
        await self.stop_watching()
        await self._pruning
        await self.proofs.close()
        await self.scheduler.close()


def _watcher_class() -> type[FileWatcher]:
    """Imported while others go on: no finding waits for it."""
    from goescape.toolchain.schedule.file_watcher import FileWatcher  # noqa: PLC0415

    return FileWatcher


def _prune(disk_cache: DiskCache) -> None:
    """What earlier servers left."""
    disk_cache.prune()
    remove_stale_folders()
