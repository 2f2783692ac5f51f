"""Reports by how lately somebody asked for them: those at the back are packed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from goescape.analysis.packed import PackedReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.model import PackageReport

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
        while self._findings > 2 * _MOST_FINDINGS and len(self._unpacked) > _FEWEST:
            oldest = next(iter(self._unpacked))  # they come faster than they are packed
            self._pack(oldest, PackedReport(oldest.peek()))
        return slot

    def used(self, slot: Slot) -> None:
        """Somebody asked for the report."""
        if self._unpacked.pop(slot, slot) is slot:
            self._findings += slot.weight
        self._unpacked[slot] = None

    def discard(self, slot: Slot) -> None:
        """The report is not known any more."""
        if slot in self._unpacked:
            del self._unpacked[slot]
            self._findings -= slot.weight

    async def tidy(self) -> None:
        """Pack what nobody has asked for lately, in another thread."""
        for slot in self._surplus():
            packed = await asyncio.to_thread(PackedReport, slot.peek())
            if slot in self._unpacked:
                self._pack(slot, packed)

    def _pack(self, slot: Slot, packed: PackedReport) -> None:
        self.discard(slot)
        slot.pack(packed)

    def _surplus(self) -> Iterator[Slot]:
        while self._findings > _MOST_FINDINGS and len(self._unpacked) > _FEWEST:
            yield next(iter(self._unpacked))


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

    def peek(self) -> PackageReport:
        """The report, without having it lie around unpacked."""
        report = self._report  # another thread may look while it is packed
        if report is not None:
            return report
        assert self._packed is not None
        return self._packed.report()

    def pack(self, packed: PackedReport) -> None:
        """Keep only this."""
        self._packed = packed
        self._report = None
