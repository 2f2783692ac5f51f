"""Reports by how lately somebody asked for them: those at the back are packed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from goescape.analysis.packed import PackedReport

if TYPE_CHECKING:
    from collections.abc import Collection

    from goescape.analysis.model import PackageReport
    from goescape.analysis.source import SourceText

_MOST_FINDINGS = 3_000
"""Together, of the reports that lie unpacked; one has about a kilobyte."""
_FEWEST = 8
"""Packages that always do."""


class Shelf:
    """Every report that is known. Lives on the event loop's thread."""

    def __init__(self) -> None:
        self._unpacked: dict[Slot, None] = {}  # those asked for last at the end
        self._findings = 0

    def put(self, report: PackageReport) -> Slot:
        """A place for a report, for as long as the place is held."""
        slot = Slot(self, report)
        self.used(slot)
        return slot

    def used(self, slot: Slot) -> None:
        """Somebody asked for the report."""
        if self._unpacked.pop(slot, slot) is slot:
            self._findings += slot.weight
        self._unpacked[slot] = None
        while self._findings > 2 * _MOST_FINDINGS and len(self._unpacked) > _FEWEST:
            self._pack(next(iter(self._unpacked)))  # they come faster than they are packed

    def discard(self, slot: Slot) -> None:
        """The report is not known any more."""
        if slot in self._unpacked:
            del self._unpacked[slot]
            self._findings -= slot.weight

    @property
    def is_full(self) -> bool:
        """Whether ``tidy`` would find something to pack."""
        return self._findings > _MOST_FINDINGS and len(self._unpacked) > _FEWEST

    async def tidy(self) -> None:
        """Pack what nobody has asked for lately, in another thread."""
        while self.is_full:
            slot = next(iter(self._unpacked))
            packed = await asyncio.to_thread(slot.packed)
            if slot in self._unpacked:
                self._pack(slot, packed)

    def _pack(self, slot: Slot, packed: PackedReport | None = None) -> None:
        self.discard(slot)
        slot.pack(packed or slot.packed())


class Slot:
    """Where one report lies."""

    def __init__(self, shelf: Shelf, report: PackageReport) -> None:
        self._shelf = shelf
        self._report: PackageReport | None = report
        self._packed: PackedReport | None = None
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
        self._shelf.used(self)
        return report

    def touch(self) -> None:
        """Somebody looks at the report that they have had from here."""
        if not self.is_packed:
            self._shelf.used(self)

    def peek(self) -> PackageReport:
        """The report, without having it lie around unpacked."""
        report = self._report  # another thread may look while it is packed
        if report is not None:
            return report
        assert self._packed is not None
        return self._packed.report()

    def excerpt(self, files: Collection[str]) -> PackageReport:
        """A report with at least what is found in some files; nothing comes to lie around."""
        report = self._report
        if report is not None:
            return report
        assert self._packed is not None
        return self._packed.excerpt(files)

    def source(self, path: str) -> SourceText | None:
        """The text of a file as the report saw it; None where it saw none."""
        report = self._report
        if report is not None:
            return report.sources.get(path)
        assert self._packed is not None
        return self._packed.sources.get(path)

    def packed(self) -> PackedReport:
        """The report packed; it is packed once, however often somebody asks for it."""
        return self._packed or PackedReport(self.peek())

    def pack(self, packed: PackedReport) -> None:
        """Keep only this."""
        self._packed = packed
        self._report = None
