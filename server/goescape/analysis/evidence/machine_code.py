"""What the machine code of a package allocates: its calls of the runtime's allocators.

The compiler's words say what it decided; the code is what runs. It is read from the archive that a
build leaves, by ``toolchain/facts/program/archive.go``; here its answer becomes values.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping  # noqa: TC003 - msgspec resolves the annotations at run time
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec
from attrs import define, frozen


class AllocationKind(str, enum.Enum):
    """What kind of thing a call of the runtime allocates."""

    OBJECT = "object"
    """A variable, ``new(T)``, ``&T{}``, a closure, arguments of a call; an array of a slice whose
    size is constant."""
    SLICE = "slice"
    """The array of ``make([]T, n)``."""
    GROWTH = "growth"
    """A larger array for ``append``."""
    MOVED_SLICE = "moved-slice"
    """A slice that began on the stack and is handed on."""
    BOX = "box"
    """A value in an interface."""
    CONCATENATION = "concatenation"
    CONVERSION = "conversion"
    """Between texts, bytes and runes."""
    MAP = "map"
    MAP_GROWTH = "map-growth"
    """Room for one more entry."""
    CHANNEL = "channel"
    GOROUTINE = "goroutine"
    DEFERRED_CALL = "deferred-call"


class AllocationCondition(str, enum.Enum):
    """When a call of an allocator allocates."""

    ALWAYS = "always"
    NOT_SMALL = "not-small"
    """Integers from 0 to 255 do not allocate."""
    NOT_ZERO = "not-zero"
    """Empty texts and nil do not allocate."""
    OVER_BUFFER = "over-buffer"
    """What fits in 32 bytes (runes) is on the stack."""
    WHEN_FULL = "when-full"
    """When there is no room left."""
    WHEN_NONE_FREE = "when-none-free"
    """The runtime takes one that has ended before."""
    NEVER = "never"


class StackBuffer(int, enum.Enum):
    """What is handed to an allocator that may use memory of its caller."""

    UNKNOWN = 0
    NONE = 1
    ON_STACK = 2


class InlinedFrame(NamedTuple):
    """A call in whose place the code of a function stands."""

    function: str
    """The one that was inlined, as its symbol is called."""
    file: str
    line: int
    """Of the call."""


class AllocatingCall(NamedTuple):
    """A call of one of the runtime's allocators; there are many of them."""

    allocator: str
    """``newobject``, ``growslice``..."""
    kind: AllocationKind
    condition: AllocationCondition
    file: str
    line: int
    """Where it is written, in the innermost function."""
    type: str | None
    """What is allocated, as Go names types; None where the code does not show it."""
    inlined: tuple[InlinedFrame, ...]
    """The calls that were inlined around it, the innermost first."""


@frozen
class FunctionCode:
    """One function of the machine code: also literals, instances and wrappers."""

    symbol: str
    file: str
    line: int
    """Where its text begins."""
    allocations: tuple[AllocatingCall, ...]
    callees: frozenset[str]
    """The functions that it calls by name."""
    indirect_calls: int
    """How many calls go through a register: methods of interfaces and function values."""


@define(frozen=True, slots=False)
class MachineCode:
    """The machine code of one package."""

    go: str
    """The version that compiled it: ``go1.27.3``."""
    functions: tuple[FunctionCode, ...]

    @cached_property
    def allocations(self) -> Mapping[tuple[str, int], tuple[AllocatingCall, ...]]:
        """By file and line, in whatever function their copies are."""
        by_line: dict[tuple[str, int], list[AllocatingCall]] = {}
        for function in self.functions:
            for call in function.allocations:
                by_line.setdefault((call.file, call.line), []).append(call)
        return {place: tuple(calls) for place, calls in by_line.items()}


class CompiledFunction(msgspec.Struct):
    """A function in the answer: numbers are places in its list of texts."""

    name: int
    file: int
    line: int
    calls: list[tuple[int, int, int, int, int, int]]
    """Callee, file, line, row of the inlined call around it, type, buffer."""


class CompiledPackage(msgspec.Struct):
    """The answer about one archive."""

    go: str
    arch: str
    strings: list[str]
    inlined: list[tuple[int, int, int, int]]
    """Outer row or -1, function, file and line of the call."""
    functions: list[CompiledFunction]


def machine_code(answer: CompiledPackage, folders: Mapping[str, str]) -> MachineCode:
    """The values of an answer.

    ``folders`` are real folders by what stands for them in the names of files: ``$GOROOT``, and the
    package's path where paths were trimmed. Raises ``ValueError`` for numbers that fit nothing.
    """
    try:
        return _Decoder(answer, folders).package()
    except IndexError as problem:
        raise ValueError("an answer about an archive that does not fit itself") from problem


class _Decoder:
    def __init__(self, answer: CompiledPackage, folders: Mapping[str, str]) -> None:
        self._answer = answer
        self._folders = folders
        self._files: dict[int, str] = {}
        self._chains: dict[int, tuple[InlinedFrame, ...]] = {-1: ()}
        self._allocators = [
            _allocator(name) if name.startswith("runtime.") else None for name in answer.strings
        ]

    def package(self) -> MachineCode:
        functions = tuple(self._function(function) for function in self._answer.functions)
        return MachineCode(self._answer.go, functions)

    def _function(self, function: CompiledFunction) -> FunctionCode:
        texts = self._answer.strings
        return FunctionCode(
            texts[function.name],
            self._file(function.file),
            function.line,
            tuple(self._allocations(function)),
            frozenset(texts[call[0]] for call in function.calls if call[0]),
            sum(1 for call in function.calls if not call[0]),
        )

    def _allocations(self, function: CompiledFunction) -> list[AllocatingCall]:
        found = []
        for callee, file, line, row, type_row, buffer in function.calls:
            allocator = self._allocators[callee]
            if allocator is None:
                continue
            type_name = self._answer.strings[type_row] or None
            found.append(
                AllocatingCall(
                    allocator.name,
                    allocator.kind,
                    allocator.condition(StackBuffer(buffer)),
                    self._file(file),
                    line,
                    type_name if allocator.shows_type else None,
                    self._chain(row),
                )
            )
        return found

    def _chain(self, row: int) -> tuple[InlinedFrame, ...]:
        if (chain := self._chains.get(row)) is None:
            outer, function, file, line = self._answer.inlined[row]
            call = InlinedFrame(self._answer.strings[function], self._file(file), line)
            chain = self._chains[row] = (call, *self._chain(outer))
        return chain

    def _file(self, number: int) -> str:
        if (path := self._files.get(number)) is None:
            path = self._answer.strings[number]
            folder, slash, name = path.rpartition("/")
            if folder in self._folders:
                path = f"{self._folders[folder]}{slash}{name}"
            elif path.startswith("$GOROOT/") and "$GOROOT" in self._folders:
                path = self._folders["$GOROOT"] + path.removeprefix("$GOROOT")
            self._files[number] = path
        return path


@frozen
class _Allocator:
    name: str
    kind: AllocationKind
    without_buffer: AllocationCondition
    with_buffer: AllocationCondition
    shows_type: bool
    """Whether what it is handed includes the type."""

    def condition(self, buffer: StackBuffer) -> AllocationCondition:
        return self.without_buffer if buffer is StackBuffer.NONE else self.with_buffer


@lru_cache(maxsize=1000)
def _allocator(symbol: str) -> _Allocator | None:
    """What is known of a function of the runtime; None for all that allocates nothing itself."""
    name = symbol.removeprefix("runtime.")
    if name == symbol:
        return None
    for pattern, kind, without_buffer, with_buffer, shows_type in _ALLOCATORS:
        if pattern.fullmatch(name) is not None:
            return _Allocator(name, kind, without_buffer, with_buffer, shows_type)
    return None


_Row = tuple["re.Pattern[str]", AllocationKind, AllocationCondition, AllocationCondition, bool]


def _row(
    names: str,
    kind: AllocationKind,
    condition: AllocationCondition = AllocationCondition.ALWAYS,
    with_buffer: AllocationCondition | None = None,
    *,
    shows_type: bool = True,
) -> _Row:
    return re.compile(names), kind, condition, with_buffer or condition, shows_type


# src/cmd/compile/internal/typecheck/_builtin/runtime.go and ir/symtab.go of Go 1.21 to 1.27 name
# them, src/runtime says when they allocate: string.go, iface.go, slice.go.
_ALLOCATORS = (
    _row("newobject|mallocgc.*", AllocationKind.OBJECT),
    _row("newarray|makeslice(?:64|copy)?", AllocationKind.SLICE),
    _row("growslice.*", AllocationKind.GROWTH, AllocationCondition.WHEN_FULL),
    _row("moveSlice.*", AllocationKind.MOVED_SLICE, AllocationCondition.OVER_BUFFER),
    _row("convT|convTnoptr", AllocationKind.BOX),
    _row("convT16|convT32|convT64", AllocationKind.BOX, AllocationCondition.NOT_SMALL,
         shows_type=False),
    _row("convTstring|convTslice", AllocationKind.BOX, AllocationCondition.NOT_ZERO,
         shows_type=False),
    _row("concat(?:string|byte)(?:s|[2-5])", AllocationKind.CONCATENATION,
         AllocationCondition.NOT_ZERO, AllocationCondition.OVER_BUFFER, shows_type=False),
    _row("slicebytetostring|slicerunetostring|stringtoslice(?:byte|rune)",
         AllocationKind.CONVERSION, AllocationCondition.NOT_ZERO, AllocationCondition.OVER_BUFFER,
         shows_type=False),
    _row("intstring", AllocationKind.CONVERSION, AllocationCondition.ALWAYS,
         AllocationCondition.NEVER, shows_type=False),
    _row("makemap(?:64|_small)?", AllocationKind.MAP),
    _row("mapassign.*", AllocationKind.MAP_GROWTH, AllocationCondition.WHEN_FULL),
    _row("makechan(?:64)?", AllocationKind.CHANNEL),
    _row("newproc", AllocationKind.GOROUTINE, AllocationCondition.WHEN_NONE_FREE,
         shows_type=False),
    _row("deferproc", AllocationKind.DEFERRED_CALL, AllocationCondition.WHEN_NONE_FREE,
         shows_type=False),
    _row("deferprocat|deferrangefunc", AllocationKind.DEFERRED_CALL,
         AllocationCondition.WHEN_NONE_FREE, shows_type=False),
)  # fmt: skip
