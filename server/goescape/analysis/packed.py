"""A report in a fiftieth of its memory: while nobody looks at it, and on the disk."""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
import zlib
from typing import TYPE_CHECKING, Any

from attrs import evolve

from goescape.analysis.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.model import PackageReport

_SLICE = 100
"""Values that are written or read at a time: other threads wait as long."""
_PARTS = ("findings", "functions", "stays", "left_out", "captures")


def pack(report: PackageReport, about: object = None) -> bytes:
    """The report without its sources, and something plain about it."""
    written = io.BytesIO()
    nothing: dict[str, Any] = dict.fromkeys(_PARTS, ())
    pickle.dump((about, evolve(report, sources={}, **nothing)), written)
    for name in _PARTS:
        values = getattr(report, name)
        for start in range(0, len(values), _SLICE):
            pickle.dump((name, values[start : start + _SLICE]), written)
    return zlib.compress(written.getvalue(), 1)


class Opened:
    """What ``pack`` made. Raises all kinds of exceptions where it is broken."""

    def __init__(self, packed: bytes) -> None:
        self._written = io.BytesIO(zlib.decompress(packed))
        self.about, self._bare = _Reader(self._written).load()

    @property
    def bare(self) -> PackageReport:
        """The package, its files and errors; nothing that was found."""
        report: PackageReport = self._bare
        return report

    def report(self, sources: Mapping[str, SourceText]) -> PackageReport:
        """All of it, once."""
        parts: dict[str, list[Any]] = {name: [] for name in _PARTS}
        with contextlib.suppress(EOFError):
            while True:
                name, values = _Reader(self._written).load()
                parts[name] += values
        found: dict[str, Any] = {name: tuple(values) for name, values in parts.items()}
        return evolve(self.bare, sources=sources, **found)


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
