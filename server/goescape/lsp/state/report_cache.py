"""Reports by how lately somebody asked for them: those at the back are packed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from goescape.analysis.model import PackageReport

if TYPE_CHECKING:
    from collections.abc import Collection

    from goescape.analysis.reports.report_codec import PackedReport
    from goescape.analysis.syntax.source import SourceText

_log = logging.getLogger(__name__)

OnLost = Callable[[tuple[str, ...]], None]
"""Takes the files of a package whose report cannot be unpacked; in any thread."""
_MOST_FINDINGS = 3_000
"""Together, of the reports that lie unpacked; one has about a kilobyte."""
_FEWEST = 8
"""Packages that always do."""


class ReportCache:
    """Every report that is known. Lives on the event loop's thread.

    ``on_full`` is called whenever ``tidy`` would find something to pack.
    Once a report could not be packed or unpacked, the others stay as they are: memory matters less
    than what they say.
    """

    def __init__(self, on_lost: OnLost, on_full: Callable[[], None] = lambda: None) -> None:
        self._on_lost = on_lost
        self._on_full = on_full
        self._is_packing = True
        self._unpacked: dict[CachedReport, None] = {}  # those asked for last at the end
        self._findings = 0

    def put(self, report: PackageReport) -> CachedReport:
        """A place for a report, for as long as the place is held."""
        slot = CachedReport(self, report)
        self.used(slot)
        return slot

    def used(self, slot: CachedReport) -> None:
        """Somebody asked for the report."""
        if self._unpacked.pop(slot, slot) is slot:
            self._findings += slot.weight
        self._unpacked[slot] = None
        while self.is_full and self._findings > 2 * _MOST_FINDINGS:
            slot = next(iter(self._unpacked))
            self._pack(slot, self._packed(slot))  # they come faster than they are packed
        if self.is_full:
            self._on_full()

    def discard(self, slot: CachedReport) -> None:
        """The report is not known any more."""
        if slot in self._unpacked:
            del self._unpacked[slot]
            self._findings -= slot.weight

    @property
    def is_full(self) -> bool:
        """Whether ``tidy`` would find something to pack."""
        many = self._findings > _MOST_FINDINGS and len(self._unpacked) > _FEWEST
        return many and self._is_packing

    async def tidy(self) -> None:
        """Pack what nobody has asked for lately, in another thread."""
        while self.is_full:
            slot = next(iter(self._unpacked))
            packed = await asyncio.to_thread(self._packed, slot)
            if slot in self._unpacked:
                self._pack(slot, packed)

    def _packed(self, slot: CachedReport) -> PackedReport | None:
        try:
            return slot.packed()
        except Exception as problem:
            _log.error("a report cannot be packed", exc_info=problem)
            return None

    def _pack(self, slot: CachedReport, packed: PackedReport | None) -> None:
        if packed is None:
            self._is_packing = False
        else:
            self.discard(slot)
            slot.pack(packed)

    def lost(self, bare: PackageReport, problem: Exception) -> None:
        """A report cannot be unpacked."""
        _log.error("the report of %s cannot be unpacked", bare.directory, exc_info=problem)
        self._is_packing = False
        self._on_lost(bare.files)


class CachedReport:
    """Where one report lies."""

    def __init__(self, cache: ReportCache, report: PackageReport) -> None:
        self._cache = cache
        self._report: PackageReport | None = report
        self._packed: PackedReport | None = None
        self._bare = PackageReport(report.package, report.directory, report.files)
        self.weight = len(report.findings)

    @property
    def is_packed(self) -> bool:
        """Whether looking at it takes a moment."""
        return self._report is None

    @property
    def report(self) -> PackageReport:
        """The report; unpacked first where need be."""
        report = self.peek()
        self._report = report
        self._cache.used(self)
        return report

    def touch(self) -> None:
        """Somebody looks at the report that they have had from here."""
        if not self.is_packed:
            self._cache.used(self)

    def peek(self) -> PackageReport:
        """The report, without having it lie around unpacked."""
        report = self._report  # another thread may look while it is packed
        if report is not None:
            return report
        assert self._packed is not None
        try:
            return self._packed.report()
        except Exception as problem:
            return self._lost(problem)

    def excerpt(self, files: Collection[str]) -> PackageReport:
        """A report with at least what is found in some files; nothing comes to lie around."""
        report = self._report
        if report is not None:
            return report
        assert self._packed is not None
        try:
            return self._packed.excerpt(files)
        except Exception as problem:
            return self._lost(problem)

    def _lost(self, problem: Exception) -> PackageReport:
        """An empty report, until there is another one."""
        self._report = self._bare
        self._cache.lost(self._bare, problem)
        return self._bare

    def source(self, path: str) -> SourceText | None:
        """The text of a file as the report saw it; None where it saw none."""
        report = self._report
        if report is not None:
            return report.sources.get(path)
        assert self._packed is not None
        return self._packed.sources.get(path)

    def packed(self) -> PackedReport:
        """The report packed; it is packed once, however often somebody asks for it."""
        # imported here: `initialize` is answered sooner without it
        from goescape.analysis.reports.report_codec import PackedReport  # noqa: PLC0415

        return self._packed or PackedReport(self.peek())

    def pack(self, packed: PackedReport) -> None:
        """Keep only this."""
        self._packed = packed
        self._report = None
