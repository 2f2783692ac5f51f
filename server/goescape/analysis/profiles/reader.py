"""From the content of a profile's file to its meaning; the only user of protobuf."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from goescape.analysis.profiles import pprof_format
from goescape.analysis.profiles.allocation_profile import (
    Allocations,
    Frame,
    Profile,
    ProfileProblem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST = 512 << 20
"""Bytes of an unpacked profile: reading takes about three times as much memory."""
_GZIP = b"\x1f\x8b"
_BOTH_KINDS = 32 + 15  # zlib: find out the header, largest window
_AGAIN = "take it again with `go test -memprofile FILE` or from /debug/pprof/allocs."


def read(content: bytes, name: str) -> Profile:
    """The profile in a file's content, compressed or not. Raises ProfileProblem."""
    if not content:
        raise ProfileProblem(f"{name} is empty: the program ended before it wrote it; {_AGAIN}")
    if content.startswith(_GZIP):
        content = _unpacked(content, name)
    if len(content) > LARGEST:
        raise ProfileProblem(too_large(name))
    if content.startswith((b"heap profile:", b"goroutine profile:", b"--- ")):
        raise ProfileProblem(f"{name} is in pprof's text form; take it without `?debug=1`.")
    try:
        return _ProfileReader(pprof_format.decode(content), name).profile()
    except pprof_format.DecodeError:
        raise _unreadable(name) from None


def _unpacked(content: bytes, name: str) -> bytes:
    unpacking = zlib.decompressobj(_BOTH_KINDS)
    try:
        unpacked = unpacking.decompress(content, LARGEST + 1)
    except zlib.error:
        raise ProfileProblem(f"{name} is damaged: it cannot be unpacked; {_AGAIN}") from None
    if not unpacking.eof and len(unpacked) <= LARGEST:
        raise ProfileProblem(f"{name} is cut off in the middle; {_AGAIN}")
    return unpacked


def _unreadable(name: str) -> ProfileProblem:
    return ProfileProblem(
        f"{name} is no profile of pprof, or it is cut off in the middle; {_AGAIN}"
    )


def too_large(name: str) -> str:
    """The sentence about a profile that would take too much memory."""
    return (
        f"{name} is larger than {LARGEST >> 20} MB when unpacked; take one of a shorter run, "
        "or make it smaller with `go tool pprof -proto`."
    )


class _ProfileReader:
    """Turns the numbers of a decoded profile into names."""

    def __init__(self, decoded: Any, name: str) -> None:
        self._decoded = decoded
        self._name = name
        self._strings: Sequence[bytes] = decoded.string_table

    def profile(self) -> Profile:
        objects, size = self._columns()
        sums: dict[tuple[int, ...], list[int]] = {}
        for locations, values in pprof_format.samples(self._decoded):
            if len(values) > max(objects, size):
                amounts = sums.setdefault(locations, [0, 0])
                amounts[0] += values[objects]
                amounts[1] += values[size]
        stacks = _Stacks(self._frames())
        allocations = tuple(
            stacks.allocations(locations, *amounts)
            for locations, amounts in sums.items()
            if any(amounts)
        )
        if not allocations:
            raise ProfileProblem(
                f"{self._name} has no allocations: let the program run longer, "
                "or lower runtime.MemProfileRate."
            )
        return Profile(self._name, self._decoded.time_nanos / 1e9, allocations)

    def _columns(self) -> tuple[int, int]:
        """Where a sample has the allocated objects and bytes."""
        kinds = [self._string(sample_type.type) for sample_type in self._decoded.sample_type]
        if not kinds:
            raise ProfileProblem(f"{self._name} is no profile of pprof; {_AGAIN}")
        if not all(kinds):
            raise _unreadable(self._name)  # the names stand at the end
        if "alloc_objects" not in kinds or "alloc_space" not in kinds:
            what = "a CPU profile" if "cpu" in kinds else f"a profile of {', '.join(kinds)}"
            raise ProfileProblem(f"{self._name} is {what}, not of allocations; {_AGAIN}")
        return kinds.index("alloc_objects"), kinds.index("alloc_space")

    def _frames(self) -> dict[int, tuple[Frame, ...]]:
        """The frames of each location, innermost first."""
        functions = {function.id: function for function in self._decoded.function}
        return {
            location.id: tuple(
                Frame(
                    self._string(function.name),
                    self._string(function.filename),
                    line.line,
                    function.start_line,
                )
                for line in location.line
                if (function := functions.get(line.function_id)) is not None
            )
            for location in self._decoded.location
        }

    def _string(self, index: int) -> str:
        if not 0 <= index < len(self._strings):
            return ""
        return self._strings[index].decode("utf-8", "replace")


class _Stacks:
    """Stacks out of the numbers of their locations."""

    def __init__(self, frames: dict[int, tuple[Frame, ...]]) -> None:
        self._frames = frames

    def allocations(self, locations: Iterable[int], objects: int, size: int) -> Allocations:
        groups = [frames for location in locations if (frames := self._frames.get(location))]
        whole = tuple(frame for group in groups for frame in group)
        first = 0
        while groups and all(_is_runtime(frame) for frame in groups[0]):
            first += len(groups.pop(0))
        if not groups:
            return Allocations(whole, len(whole), objects, size)
        hidden = next(i for i, frame in enumerate(groups[0]) if not _is_runtime(frame))
        return Allocations(whole[first + hidden :], len(groups[0]) - hidden, objects, size)


def _is_runtime(frame: Frame) -> bool:
    return frame.function.startswith(("runtime.", "internal/runtime/"))
