"""What is said of allocations that only the machine code shows; catalogues translate it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.evidence.machine_code import AllocationCondition as Condition
from goescape.analysis.evidence.machine_code import AllocationKind as Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_IN_THE_CODE = "the compiled code has no allocation here"
SHARED_ALLOCATION = "it is allocated together with a variable before it"
ZERO_IS_SHARED = "zero does not allocate"
"""For floating-point numbers, and what holds nothing but one number."""
WORDS: Mapping[Kind, str] = {
    Kind.OBJECT: "a value is allocated on the heap here",
    Kind.SLICE: "an array is allocated on the heap here",
    Kind.GROWTH: "a full slice grows on the heap",
    Kind.MOVED_SLICE: "the slice begins on the stack and is copied to the heap here",
    Kind.BOX: "the interface holds a copy on the heap",
    Kind.CONCATENATION: "the text is allocated on the heap",
    Kind.CONVERSION: "the copy is allocated on the heap",
    Kind.MAP: "a map is allocated on the heap here",
    Kind.MAP_GROWTH: "a full map grows on the heap",
    Kind.CHANNEL: "a channel is always allocated on the heap",
    Kind.GOROUTINE: "a goroutine has a stack of its own, a new one where none is free",
    Kind.DEFERRED_CALL: "a deferred call in a loop is noted on the heap",
}
BY_CONDITION: Mapping[Condition, str] = {
    Condition.NOT_SMALL: "integers from 0 to 255 do not allocate",
    Condition.OVER_BUFFER: "on the stack up to 32 bytes; a longer text is allocated on the heap",
}
