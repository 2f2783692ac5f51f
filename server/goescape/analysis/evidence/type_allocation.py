"""What a value allocates, as its type tells: boxed, moved to the heap, or made by an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.evidence.code_notes import ZERO_IS_SHARED
from goescape.analysis.model import Allocates
from goescape.analysis.sites.allocation import (
    ALLOCATES,
    BOXED_CONSTANT,
    BOXED_INTEGER,
    BOXED_POINTER,
    BOXED_SINGLE_BYTE,
    BOXED_ZERO_SIZE,
    DEPENDS_ON_TYPE,
    ZERO_SIZE,
    RuntimeAllocation,
)

if TYPE_CHECKING:
    from goescape.analysis.evidence.types import TypeFacts, ValueFacts

BOXED_NUMBER = RuntimeAllocation(Allocates.DEPENDS, ZERO_IS_SHARED)


def boxed(value: ValueFacts, source: TypeFacts) -> RuntimeAllocation | None:
    """In an interface; None where types say nothing against what is known."""
    if source.is_interface or (source.is_pointer_shaped and value.expression in _MAKING):
        return None  # it is about something in the expression
    if value.constant is not None:
        return BOXED_CONSTANT
    if source.is_generic:
        return _boxed_instances(value)
    return _boxed_type(source)


def _boxed_instances(value: ValueFacts) -> RuntimeAllocation:
    """A value of a type parameter, which stands for several types."""
    instances = {_boxed_type(facts) for facts in value.instances or ()}
    if value.is_complete and len(instances) == 1:
        return instances.pop()
    return DEPENDS_ON_TYPE


def _boxed_type(source: TypeFacts) -> RuntimeAllocation:
    if source.size == 0:
        return BOXED_ZERO_SIZE
    if source.is_pointer_shaped or source.is_interface:
        return BOXED_POINTER
    if source.size == 1:
        # Also in a struct or an array alone; beside something without size it does allocate, and
        # the machine code says so.
        return BOXED_SINGLE_BYTE
    if source.kind in _INTEGERS:
        return BOXED_INTEGER
    is_one_number = source.size == source.alignment and not source.has_pointers
    return BOXED_NUMBER if is_one_number and source.size in _BOXED_BY_VALUE else ALLOCATES


def sized(value: ValueFacts, facts: TypeFacts) -> RuntimeAllocation | None:
    """A value on the heap, or what it points to; None where its size is not known."""
    if facts.kind == "type parameter":
        return _sized_instances(value)
    if facts.size < 0:
        return None
    return ALLOCATES if facts.size else ZERO_SIZE


def _sized_instances(value: ValueFacts) -> RuntimeAllocation | None:
    """Types without size are rare: they are thought of where there are some."""
    sizes = {facts.size for facts in value.instances or ()}
    if 0 not in sizes:
        return None
    return ZERO_SIZE if value.is_complete and len(sizes) == 1 else DEPENDS_ON_TYPE


def made(value: ValueFacts) -> RuntimeAllocation | None:
    """What an expression makes besides itself: what its address points to, the array behind it."""
    element, container = value.element, value.type
    if element is None or container is None:
        return None
    # An element of a []*T may be written as the T that its pointer leads to: {}.
    is_pointer = value.expression in {"address", "composite"} or value.callee == "new"
    if container.kind == "pointer" and is_pointer:
        return sized(value, element)
    if container.kind != "slice" or value.expression not in _MAKING:
        return None
    if _is_empty(value):
        return ZERO_SIZE
    return None if element.size > 0 else sized(value, element)


def _is_empty(value: ValueFacts) -> bool:
    """Whether a slice is known to have room for nothing."""
    arguments = [argument for argument in value.arguments or () if argument is not None]
    if value.expression == "conversion":
        return [argument.text_size for argument in arguments] == [0]
    if value.callee == "make":
        return [argument.constant for argument in arguments[1:]] in (["0"], ["0", "0"])
    return False


_MAKING = frozenset({"function", "method value", "address", "builtin", "composite", "conversion"})
"""Expressions that make something, whose allocation is not that of an interface."""
_INTEGERS = frozenset({"uintptr"}) | {
    f"{sign}int{size}" for sign in ("", "u") for size in ("", "16", "32", "64")
}
_BOXED_BY_VALUE = frozenset({2, 4, 8})
"""Sizes of numbers, which are boxed by their bits, alone in a struct or an array too."""
