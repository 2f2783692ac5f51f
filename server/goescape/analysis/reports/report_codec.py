"""A report in a fiftieth of its memory: while nobody looks at it, and on the disk."""

from __future__ import annotations

import hashlib
import itertools
import json
import struct
import weakref
import zlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec
from attrs import evolve, fields

from goescape.analysis.codec import Codec
from goescape.analysis.model import PackageReport
from goescape.analysis.syntax.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from goescape.analysis.model import Finding

_SLICE = 100
"""Values that are written or read at a time: other threads wait as long."""
_MAGIC = b"goescape"
_MOST_UNPACKED = 64_000_000
"""Bytes that one part may unpack to: what is longer was not written by goescape."""
_SIZES = struct.Struct("<II")
"""Of two things that follow, in bytes."""
_PARTS = ("findings", "functions", "stays", "left_out", "captures", "unconfirmed")


class _Format:
    """How reports are written: for each part its codec, and a name that changes with them."""

    def __init__(self) -> None:
        types = get_type_hints(PackageReport, localns={"SourceText": SourceText})
        names = [field.name for field in fields(PackageReport)]
        self.names = [name for name in names if name not in (*_PARTS, "sources")]
        self.bare = msgspec.defstruct("Bare", [(name, types[name]) for name in self.names])
        """A report without its parts and its sources."""
        self.head: Codec[Any] = Codec(self.bare)
        self.index: Codec[list[tuple[str, str, int]]] = Codec(list[tuple[str, str, int]])
        self.parts: dict[str, Codec[Any]] = {name: Codec(types[name]) for name in _PARTS}
        self.name = _MAGIC + layout_digest((self.bare, *map(types.get, _PARTS)))
        """Stands before all that is written: what was written otherwise is not read."""


def layout_digest(types: Iterable[Any]) -> bytes:
    """Eight bytes that are others when values of these types are written otherwise."""
    written = tuple(types)
    schemas = [msgspec.json.schema(one) for one in written]
    # a schema has the types in a tuple, and not what its fields are called
    layout = repr(msgspec.inspect.multi_type_info(written))
    text = json.dumps(schemas, sort_keys=True) + layout
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


@cache
def _format() -> _Format:
    return _Format()


def pack(report: PackageReport, about: bytes = b"") -> bytes:
    """The report without its sources, and something about it."""
    form = _format()
    bare = form.bare(**{name: getattr(report, name) for name in form.names})
    head = zlib.compress(form.head.encode(bare), 1)
    sizes = _SIZES.pack(len(about), len(head))
    return b"".join((form.name, sizes, about, head, _packed_parts(report)))


def _packed_parts(report: PackageReport) -> bytes:
    """The rest, in slices, after a list of what they are: each can be read without the others."""
    packed = _PACKED.get(id(report))
    if packed is not None and packed[0]() is report:
        return packed[1]
    form, index, slices = _format(), [], []
    for name in _PARTS:
        for file, values in _slices(name, getattr(report, name)):
            slices.append(zlib.compress(form.parts[name].encode(values), 1))
            index.append((name, file, len(slices[-1])))
    listed = zlib.compress(form.index.encode(index), 1)
    parts = b"".join((_SIZES.pack(len(listed), 0), listed, *slices))
    _remember(report, parts)
    return parts


def _slices(name: str, values: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Not too many at a time, and findings of one file only."""
    for file, same in itertools.groupby(
        values, lambda value: value.span.file if name == "findings" else ""
    ):
        while piece := tuple(itertools.islice(same, _SLICE)):
            yield file, piece


_PACKED: dict[int, tuple[weakref.ref[PackageReport], bytes]] = {}
"""By identity: a report is unpacked, kept on the disk and packed again in one go."""


def _remember(report: PackageReport, parts: bytes) -> None:
    number = id(report)

    def forget(gone: weakref.ref[PackageReport]) -> None:
        if (packed := _PACKED.get(number)) is not None and packed[0] is gone:
            del _PACKED[number]

    _PACKED[number] = weakref.ref(report, forget), parts


class OtherFormatError(ValueError):
    """Another version of goescape wrote this, or nobody did."""


class Opened:
    """What ``pack`` made. Raises ``OtherFormatError``, and ``ValueError`` where it is broken."""

    def __init__(self, packed: bytes) -> None:
        form = _format()
        if not packed.startswith(form.name):
            raise OtherFormatError(f"it begins with {packed[: len(form.name)]!r}")
        about, head = _sizes(packed, len(form.name))
        start = len(form.name) + _SIZES.size
        self.about = packed[start : start + about]
        start += about
        self._head = form.head.decode(_inflated(packed[start : start + head]))
        self._parts = packed[start + head :]

    @property
    def bare(self) -> PackageReport:
        """The package, its files and errors; nothing that was found."""
        return PackageReport(**{name: getattr(self._head, name) for name in _format().names})

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
        parts_by_name: dict[str, list[Any]] = {}
        for name, values in parts:
            parts_by_name.setdefault(name, []).extend(values)
        _share_parts(parts_by_name.get("findings", ()))
        tuples: dict[str, Any] = {name: tuple(values) for name, values in parts_by_name.items()}
        return evolve(self.bare, sources=sources, **tuples)

    def _load(
        self, names: tuple[str, ...], files: Collection[str] | None = None
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        form = _format()
        (size, _), start = _sizes(self._parts, 0), _SIZES.size
        index = form.index.decode(_inflated(self._parts[start : start + size]))
        start += size
        for name, file, size in index:
            if name in names and (files is None or file in files):
                values = form.parts[name].decode(_inflated(self._parts[start : start + size]))
                yield name, values
            start += size


def _sizes(packed: bytes, start: int) -> tuple[int, int]:
    if len(packed) < start + _SIZES.size:
        raise ValueError("it ends too early")
    first, second = _SIZES.unpack_from(packed, start)
    return first, second


def _inflated(data: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj()
        unpacked = unpacking.decompress(data, _MOST_UNPACKED)
        if not unpacking.eof:
            raise ValueError("it is cut off, or too long")
        return unpacked
    except zlib.error as problem:
        raise ValueError(str(problem)) from problem


def _share_parts(findings: Iterable[Finding]) -> None:
    """Most steps are those of other findings, too: together they take a third of the memory."""
    share = dict[object, object]().setdefault
    for finding in findings:  # nobody else has seen them yet
        object.__setattr__(finding, "rank", share(finding.rank, finding.rank))
        object.__setattr__(finding, "reasons", share(finding.reasons, finding.reasons))
        object.__setattr__(finding, "flow", tuple(map(share, finding.flow, finding.flow)))
        if finding.decisive is not None:
            object.__setattr__(finding, "decisive", share(finding.decisive, finding.decisive))


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
        source = self._known.get(path)
        if source is None:
            source = SourceText(path, zlib.decompress(self.packed[path]))
            source = self._known.setdefault(path, source)  # another thread may have been faster
        return source

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)
