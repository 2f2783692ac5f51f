"""A report in a fiftieth of its memory: while nobody looks at it, and on the disk."""

from __future__ import annotations

import io
import itertools
import pickle
import struct
import sys
import weakref
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

from goescape.analysis.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

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
    """The rest, in slices, after a list of what they are: each can be read without the others."""
    known = _PACKED.get(id(report))
    if known is not None and known[0]() is report:
        return known[1]
    index: list[tuple[str, str, int]] = []
    written = io.BytesIO()
    for name in _PARTS:
        for file, values in _slices(name, getattr(report, name)):
            start = written.tell()
            pickle.dump(values, written)
            index.append((name, file, written.tell() - start))
    parts = zlib.compress(pickle.dumps(index) + written.getbuffer(), 1)
    _remember(report, parts)
    return parts


def _slices(name: str, values: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Not too many at a time, and findings of one file only."""
    for file, same in itertools.groupby(
        values, lambda each: each.span.file if name == "findings" else ""
    ):
        while piece := tuple(itertools.islice(same, _SLICE)):
            yield file, piece


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
        report = self._with(sources, self._load(_PARTS))
        _remember(report, self._parts)
        return report

    def excerpt(self, sources: Mapping[str, SourceText], files: Collection[str]) -> PackageReport:
        """Only the findings in these files: nothing else is unpacked."""
        return self._with(sources, self._load(("findings",), files))

    def _with(
        self, sources: Mapping[str, SourceText], parts: Iterable[tuple[str, tuple[Any, ...]]]
    ) -> PackageReport:
        found: dict[str, list[Any]] = {}
        for name, values in parts:
            found.setdefault(name, []).extend(values)
        tuples: dict[str, Any] = {name: tuple(values) for name, values in found.items()}
        return evolve(self.bare, sources=sources, **tuples)

    def _load(
        self, names: tuple[str, ...], files: Collection[str] | None = None
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        written = io.BytesIO(zlib.decompress(self._parts))
        for name, file, size in _Reader(written).load():
            if name in names and (files is None or file in files):
                yield name, _Reader(written).load()
            else:
                written.seek(size, io.SEEK_CUR)


class PackedReport:
    """A whole report, sources included, in memory."""

    def __init__(self, report: PackageReport) -> None:
        self._report = pack(report)
        self._texts = _packed_texts(report.sources)

    def report(self) -> PackageReport:
        """An equal one."""
        return Opened(self._report).report(self.sources)

    def excerpt(self, files: Collection[str]) -> PackageReport:
        """One with only the findings in these files: takes little time and memory."""
        return Opened(self._report).excerpt(self.sources, files)

    @property
    def sources(self) -> Mapping[str, SourceText]:
        """The report's; each is unpacked when somebody looks at it for the first time."""
        return _PackedTexts(self._texts)


def _packed_texts(sources: Mapping[str, SourceText]) -> dict[str, bytes]:
    if isinstance(sources, _PackedTexts):
        return sources.packed
    return {path: zlib.compress(source.content, 1) for path, source in sources.items()}


class _PackedTexts(Mapping[str, SourceText]):
    def __init__(self, packed: dict[str, bytes]) -> None:
        self.packed = packed
        self._known: dict[str, SourceText] = {}

    def __getitem__(self, path: str) -> SourceText:
        known = self._known.get(path)
        if known is None:
            source = SourceText(path, zlib.decompress(self.packed[path]))
            known = self._known.setdefault(path, source)  # another thread may have been faster
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)


class _Reader(pickle.Unpickler):
    """Makes nothing but what reports are made of, whatever is written."""

    def find_class(self, module: str, name: str) -> Any:
        """A class of the model, or what attrs and named tuples restore themselves with."""
        if module.startswith("goescape.analysis."):
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
