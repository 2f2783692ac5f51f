"""Which finding an allocating call may belong to: lines, kinds, and names of functions."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from goescape.analysis.causes import Cause
from goescape.analysis.compiler.expressions import plain_function
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.model import SiteKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from goescape.analysis.evidence.machine_code import AllocatingCall, MachineCode
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Span

Line = tuple[str, int]
"""A file and the number of a line."""


class PlacedCall(NamedTuple):
    """An allocating call, and where the package has written it."""

    call: AllocatingCall
    lines: tuple[Line, ...]
    """The innermost first; behind it the calls that were inlined around it."""
    symbol: str
    """The function whose code has it."""

    @property
    def inlined_from(self) -> str | None:
        """The function of another package that the innermost of the lines calls; else None."""
        frames = self.call.inlined
        if self.lines[0] == (self.call.file, self.call.line) or not frames:
            return None
        inner = next((f for f in frames if (f.file, f.line) == self.lines[0]), frames[-1])
        return plain_function(inner.function).rpartition("/")[2]


def placed_calls(code: MachineCode, own: frozenset[str]) -> Iterator[PlacedCall]:
    for function in code.functions:
        for call in function.allocations:
            lines = ((call.file, call.line), *((each.file, each.line) for each in call.inlined))
            if written := tuple(line for line in lines if line[0] in own):
                yield PlacedCall(call, written, function.symbol)


def fits(finding: Finding, kind: AllocationKind) -> bool:
    """Whether a finding may be what a call allocates."""
    if (kinds := _BY_CAUSE.get(finding.cause)) is not None:
        return kind in kinds
    if (kinds := _KINDS.get(finding.kind)) is not None:
        return kind in kinds
    for pattern, fitting in _BY_SUBJECT:
        if pattern.match(finding.subject) is not None and not _goes_on(finding.subject):
            return kind in fitting
    return kind is not AllocationKind.MAP_GROWTH


def _goes_on(subject: str) -> bool:
    """Whether an expression only begins with what its first words make: ``new(T).name() + s``."""
    depth, before = 0, ""
    for sign in _TEXT.sub('""', subject):
        if depth == 0 and ((sign in ".[" and before in {")", "}"}) or sign == "+"):
            return True
        depth += (sign in "([{") - (sign in ")]}")
        before = sign
    return False


def may_be_text(finding: Finding, kind: AllocationKind) -> bool:
    """Whether what looks boxed may be a text that is made: types of inlined code are not known."""
    if finding.kind is not SiteKind.BOXED or finding.inlined_from is None:
        return False
    if kind is AllocationKind.CONCATENATION:
        return is_sum(finding.subject)
    return kind is AllocationKind.CONVERSION and _CONVERSION.match(finding.subject) is not None


def is_sum(subject: str) -> bool:
    """Whether an expression adds: ``lib.a + lib.b``."""
    depth = 0
    for sign in _TEXT.sub('""', subject):
        if depth == 0 and sign == "+":
            return True
        depth += (sign in "([{") - (sign in ")]}")
    return False


def is_foreign(finding: Finding) -> bool:
    """Whether it is about names of another package, of which no types are known."""
    return _QUALIFIED.search(finding.compiler) is not None


def is_surely(finding: Finding, kind: AllocationKind) -> bool:
    if finding.kind is SiteKind.BOXED:
        return kind is AllocationKind.BOX
    if finding.subject.startswith("append"):
        return kind in {AllocationKind.GROWTH, AllocationKind.MOVED_SLICE}
    return kind is not AllocationKind.GROWTH and fits(finding, kind)


def starts_with(one: Finding, other: Finding) -> bool:
    return one is not other and one.span[:2] == other.span[:2]


def most_at_once(calls: Iterable[PlacedCall]) -> int:
    """How many of the calls stand in one copy of their code; a literal has its own and others."""
    return max(Counter((each.symbol, each.call.inlined) for each in calls).values(), default=0)


def is_variable(finding: Finding) -> bool:
    """Whether it is a variable, of the source or of a loop over a function."""
    return finding.kind is SiteKind.VARIABLE or (
        finding.kind is SiteKind.TEMPORARY and finding.subject == "loop state"
    )


def is_of_variable(call: AllocatingCall) -> bool:
    """Whether a call may allocate variables: the type of a literal begins with its code."""
    is_closure = call.type is not None and _CLOSURE.match(call.type) is not None
    return call.kind is AllocationKind.OBJECT and not is_closure


def is_of_several(call: AllocatingCall) -> bool:
    """Whether a call allocates several variables as one object, which has no pointers and no type.

    Where the code shows a type all the same, it is one that was loaded for something else.
    """
    if call.kind is not AllocationKind.OBJECT:
        return False
    without_pointers = re.search("Tiny|NoScan", call.allocator) is not None
    return call.type is None or (without_pointers and _POINTER.match(call.type) is not None)


def may_be_of_several(call: AllocatingCall) -> bool:
    """Whether it does where there are fewer calls than variables: any type may be another's."""
    return is_of_several(call) or re.search("Tiny|NoScan", call.allocator) is not None


def is_made_and_boxed(
    finding: Finding, others: Iterable[Finding], calls: Sequence[PlacedCall]
) -> bool:
    """Whether an interface is given what an expression makes: a text or an array, and a box.

    ``others`` and ``calls`` are those on its line. Of several such expressions there, either all
    are put into interfaces, or it is not known which.
    """
    if not (kinds := _content(finding)):
        return False
    box = "convTslice" if AllocationKind.SLICE in kinds else "convTstring"
    boxes = [placed for placed in calls if placed.call.kind is AllocationKind.BOX]
    if not any(placed.call.allocator == box for placed in boxes):
        return False
    if not any(placed.call.kind in kinds for placed in calls):
        return False
    wanted = sum(other.kind is SiteKind.BOXED or bool(_content(other)) for other in others) + 1
    return most_at_once(boxes) >= wanted


def _content(finding: Finding) -> frozenset[AllocationKind]:
    """What allocates the content of a text or a slice; nothing for other expressions."""
    if finding.kind is not SiteKind.EXPRESSION:
        return frozenset()
    if re.match(r"\(?\[\]|make\(\[\]", finding.subject) is not None:
        return frozenset({_Kind.SLICE, _Kind.OBJECT, _Kind.CONVERSION})
    return frozenset({_Kind.CONCATENATION, _Kind.CONVERSION})


def is_inside(one: Span, other: Span) -> bool:
    return one.file == other.file and other.line <= one.line <= one.end_line <= other.end_line


def plain_name(symbol: str) -> str:
    """``(*T).M`` of ``example.com/p.(*T[go.shape.int]).M``."""
    without_types = re.sub(r"\[.*\]", "", symbol)
    return without_types.rpartition("/")[2].partition(".")[2]


_CLOSURE = re.compile(r"(?:noalg\.)?struct \{ F uintptr\b")
_POINTER = re.compile(r"func\(|\*|map\[|chan\b|interface\b")
_Kind = AllocationKind
_KINDS = {
    SiteKind.VARIABLE: {_Kind.OBJECT},
    SiteKind.CLOSURE: {_Kind.OBJECT, _Kind.BOX},  # a field is taken for a method sometimes
    SiteKind.ARGUMENTS: {_Kind.OBJECT, _Kind.SLICE},
    SiteKind.BOXED: {_Kind.BOX, _Kind.OBJECT, _Kind.MAP},
    SiteKind.TEMPORARY: {*AllocationKind},
}
_BY_CAUSE = {
    Cause.CHANNEL: {_Kind.CHANNEL},
    Cause.CONCATENATION: {_Kind.CONCATENATION},
    Cause.LARGE_MAP: {_Kind.MAP, _Kind.MAP_GROWTH},
}
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_CONVERSION = re.compile(r"[\w.]+\(")
_QUALIFIED = re.compile(r"(?<![\w.)\]])[a-z]\w*\.[a-zA-Z]")
_ARRAYS = frozenset({_Kind.SLICE, _Kind.OBJECT, _Kind.GROWTH, _Kind.MOVED_SLICE})
_TEXTS = frozenset({_Kind.CONVERSION, _Kind.CONCATENATION, _Kind.BOX, *_ARRAYS})
"""``string(c) + s`` begins like a conversion, ``[]byte(s + t)`` is one call, and ``string(s)`` of a
named string only boxes it."""
_BY_SUBJECT = (
    (re.compile(r"append\b|make\(\[\]"), _ARRAYS),
    (re.compile(r"(?:make\()?map\["), frozenset({_Kind.MAP, _Kind.OBJECT})),
    (re.compile(r"string\(|\(?\[\](?:byte|rune)\)?\("), _TEXTS),
    (re.compile(r"new\(|&"), frozenset({_Kind.OBJECT})),
)
"""For expressions; a literal of another type may be anything but the growth of a map."""
