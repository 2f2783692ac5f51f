"""A report in a fiftieth of its memory: while nobody looks at it, and on the disk."""

from __future__ import annotations

import contextlib
import io
import pickle
import struct
import sys
import weakref
import zlib
from typing import TYPE_CHECKING, Any

from attrs import evolve

from goescape.analysis.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.model import PackageReport

_SLICE = 100
"""Values that are written or read at a time: other threads wait as long."""
_SIZE = struct.Struct("<I")
_PARTS = ("findings", "functions", "stays", "left_out", "captures")


def pack(report: PackageReport, about: object = None) -> bytes:
    """The report without its sources, and something plain about it."""
    nothing: dict[str, Any] = dict.fromkeys(_PARTS, ())
    head = zlib.compress(pickle.dumps((about, evolve(report, sources={}, **nothing))), 1)
    return _SIZE.pack(len(head)) + head + _parts(report)


def _parts(report: PackageReport) -> bytes:
    known = _PACKED.get(id(report))
    if known is not None and known[0]() is report:
        return known[1]
    written = io.BytesIO()
    for name in _PARTS:
        values = getattr(report, name)
        for start in range(0, len(values), _SLICE):
            pickle.dump((name, values[start : start + _SLICE]), written)
    parts = zlib.compress(written.getvalue(), 1)
    _remember(report, parts)
    return parts


_PACKED: dict[int, tuple[weakref.ref[PackageReport], bytes]] = {}
"""By identity: a report is unpacked, kept on the disk and packed again in one go."""


def _remember(report: PackageReport, parts: bytes) -> None:
    number = id(report)

    def forget(gone: weakref.ref[PackageReport]) -> None:
        if (known := _PACKED.get(number)) is not None and known[0] is gone:
            del _PACKED[number]

    _PACKED[number] = weakref.ref(report, forget), parts


class Opened:
    """What ``pack`` made. Raises all kinds of exceptions where it is broken."""

    def __init__(self, packed: bytes) -> None:
        (size,) = _SIZE.unpack_from(packed)
        head, self._parts = packed[_SIZE.size :][:size], packed[_SIZE.size + size :]
        self.about, self._bare = _Reader(io.BytesIO(zlib.decompress(head))).load()

    @property
    def bare(self) -> PackageReport:
        """The package, its files and errors; nothing that was found."""
        report: PackageReport = self._bare
        return report

    def report(self, sources: Mapping[str, SourceText]) -> PackageReport:
        """All of it."""
        parts: dict[str, list[Any]] = {name: [] for name in _PARTS}
        written = io.BytesIO(zlib.decompress(self._parts))
        with contextlib.suppress(EOFError):
            while True:
                name, values = _Reader(written).load()
                parts[name] += values
        found: dict[str, Any] = {name: tuple(values) for name, values in parts.items()}
        report = evolve(self.bare, sources=sources, **found)
        _remember(report, self._parts)
        return report


class PackedReport:
    """A whole report, sources included, in memory."""

    def __init__(self, report: PackageReport) -> None:
        texts = {path: source.content for path, source in report.sources.items()}
        self._report = pack(report)
        self._texts = zlib.compress(pickle.dumps(texts), 1)

    def report(self) -> PackageReport:
        """An equal one."""
        texts: dict[str, bytes] = pickle.loads(zlib.decompress(self._texts))
        sources = {path: SourceText(path, content) for path, content in texts.items()}
        return Opened(self._report).report(sources)


class _Reader(pickle.Unpickler):
    """Makes nothing but what reports are made of, whatever is written."""

    def find_class(self, module: str, name: str) -> Any:
        """A class of the model, or what attrs and named tuples restore themselves with."""
        if module.startswith("goescape.analysis."):
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
