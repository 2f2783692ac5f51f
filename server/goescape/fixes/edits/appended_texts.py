"""Calls that make a text only to be copied, and what writes the same behind a buffer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.fixes.candidate import TypeClaim
from goescape.fixes.edits.formats import FormatPart, claims_of, parts_of
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    has_comment,
    is_called,
    is_visible,
    may_call,
    package_name,
    redeclares,
)

if TYPE_CHECKING:
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode


@frozen
class TextCall:
    """A call whose only result is a text, and the function that appends it instead."""

    call: Node
    old: str
    """What is called, without its receiver: ``strconv.Itoa``, ``Format``."""
    new: str
    """What appends: ``strconv.AppendInt``, ``AppendFormat``."""
    operands: tuple[Node, ...]
    """What is evaluated, first to last."""
    before: str
    after: str
    """The call that appends is the buffer between these."""
    at_once: bool
    """Whether the buffer grows once at most: then a buffer without space costs no more objects."""
    longest: int
    """How many bytes the text has at most; 0 where nobody knows."""
    receiver: Node | None = None
    """What is evaluated before the buffer."""
    claims: tuple[TypeClaim, ...] = ()
    imports: tuple[Edit, ...] = ()
    never_empty: bool = True
    calls_methods: bool = False
    """Whether methods of operands may run meanwhile."""
    boxes_nothing: bool = True

    @property
    def gives_bytes(self) -> bool:
        """Whether appending it to nil is the same as converting it, with one object at most."""
        return self.at_once and self.never_empty

    def appended_to(self, buffer: str) -> str:
        """An expression of type []byte."""
        return f"{self.before}{buffer}{self.after}"


def appended_text(code: PackageCode, file: GoFile, call: Node) -> TextCall | None:
    """What a call is; None where it makes no text, or one that costs nothing."""
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is None or function.type != "selector_expression" or has_comment(call):
        return None
    name = callee_text(call).rpartition(".")[2]
    if name in _STRCONV and is_called(call, file, "strconv", name):
        return _of_strconv(call, name)
    if name in _FMT and is_called(call, file, "fmt", name):
        return _of_fmt(code, file, call, name)
    return _of_time(code, file, call, function) if name == "Format" else None


def is_appended(call: Node) -> bool:
    """Whether a text is the ``x`` of ``append(b, x...)``."""
    spread = call.parent
    appended = spread.parent.parent if spread is not None and spread.parent is not None else None
    return (
        spread is not None
        and spread.type == "variadic_argument"
        and appended is not None
        and appended.type == "call_expression"
        and callee_text(appended) == "append"
        and len(arguments_of(appended)) == 2
    )


def is_converted(call: Node) -> bool:
    """Whether a text is the ``x`` of ``[]byte(x)``."""
    around = call.parent
    return (
        around is not None
        and around.type == "type_conversion_expression"
        and text(around.named_children[0]) == "[]byte"
    )


def _of_strconv(call: Node, name: str) -> TextCall | None:
    arguments, package = arguments_of(call), callee_text(call).rpartition(".")[0]
    function, count, at_once, longest = _STRCONV[name]
    if len(arguments) != count:
        return None
    if name == "Itoa" and "<<" in text(arguments[0]):
        return None  # 1 << n has the type that is wanted of it
    written = ", ".join(text(argument) for argument in arguments)
    if name == "Itoa":
        written = f"int64({written}), 10"
    elif count == 2 and text(arguments[1]) != "10":
        longest = 0
    new = f"{package}.{function}"
    return TextCall(
        call,
        f"{package}.{name}",
        new,
        tuple(arguments),
        f"{new}(",
        f", {written})",
        at_once,
        longest,
    )


def _of_fmt(code: PackageCode, file: GoFile, call: Node, name: str) -> TextCall | None:
    arguments, package = arguments_of(call), callee_text(call).rpartition(".")[0]
    if name == "Sprintf":
        if not arguments or arguments[-1].type == "variadic_argument":
            return None
        simple = _single(code, file, call, arguments)
        if simple is not None:
            return simple
        parts = parts_of(code, file, arguments[0], arguments[1:])
        if parts is not None and len(parts) == 1 and not parts[0].function:
            return None  # a text as it is: no format is needed at all
    if code.language < _APPENDF:
        return None
    basic = _are_basic(code, file, arguments)
    has_text = name == "Sprintf" and _has_text(arguments[0], basic=basic)
    new = f"{package}.{_FMT[name]}"
    written = "".join(f", {text(argument)}" for argument in arguments)
    return TextCall(
        call,
        f"{package}.{name}",
        new,
        tuple(arguments),
        f"{new}(",
        f"{written})",
        at_once=True,
        longest=0,
        never_empty=name == "Sprintln" or has_text,
        calls_methods=not basic,
        boxes_nothing=False,
    )


def _single(code: PackageCode, file: GoFile, call: Node, arguments: list[Node]) -> TextCall | None:
    """``Sprintf`` of one simple operand and nothing else."""
    parts = parts_of(code, file, arguments[0], arguments[1:])
    part: FormatPart | None = parts[0] if parts is not None and len(parts) == 1 else None
    appended = part.appended_to("\0") if part is not None else None
    called = call.child_by_field_name("function")
    imports = import_edits(file, ["strconv"], [called] if called is not None else [])
    if parts is None or part is None or part.node is None or appended is None or imports is None:
        return None
    if redeclares(code, "int64", "uint64", "string") or not is_visible(call, "strconv"):
        return None
    before, _, after = appended.partition("\0")
    return TextCall(
        call,
        callee_text(call),
        before.rstrip("("),
        (part.node,),
        before,
        after,
        at_once=not part.quoted,
        longest=0 if part.quoted else LONGEST_NUMBER,
        claims=claims_of(file, parts),
        imports=imports,
    )


def _of_time(code: PackageCode, file: GoFile, call: Node, function: Node) -> TextCall | None:
    receiver = function.child_by_field_name("operand")
    arguments, package = arguments_of(call), package_name(file, call, "time")
    if receiver is None or len(arguments) != 1 or arguments[0].type == "variadic_argument":
        return None
    known = code.types.of(file, receiver)
    if known is not None and known.text not in {"time.Time", "*time.Time"}:
        return None
    if known is None and not package:
        return None
    claim = TypeClaim(file.source.path, receiver.start_byte, receiver.end_byte, f"{package}.Time")
    return TextCall(
        call,
        "Format",
        "AppendFormat",
        (receiver, arguments[0]),
        f"{text(receiver)}.AppendFormat(",
        f", {text(arguments[0])})",
        at_once=False,
        longest=0,
        receiver=receiver,
        claims=() if known is not None else (claim,),
        never_empty=False,
    )


def _are_basic(code: PackageCode, file: GoFile, operands: list[Node]) -> bool:
    """Whether no method of an operand decides how it is printed."""
    types = [code.types.of(file, operand) for operand in operands]
    return all(
        known is not None
        and known.kind in BASIC
        and not (known.is_error or known.is_stringer or known.is_formatter)
        for known in types
    )


def _has_text(template: Node, *, basic: bool) -> bool:
    """Whether a format gives a text whatever its operands are."""
    if template.type != "interpreted_string_literal":
        return False
    source = text(template)[1:-1]
    return bool(re.sub(r"%[-+# 0-9.*\[\]]*.", "", source)) or (
        basic and re.search(r"%[-+# 0]*[0-9]*([dtqcU]|[0-9.]*[efg])", source) is not None
    )


def has_effects(node: Node) -> bool:
    """Whether an expression may change something: calls, and what waits."""
    return any(
        may_call(n) or n.type == "func_literal" or text(n).startswith("<-") for n in walk(node)
    )


_APPENDF = (1, 19)
"""The version of Go that has ``fmt.Appendf``."""
LONGEST_NUMBER = 20
"""The bytes of the longest integer in decimal, with its sign."""
_STRCONV = {
    "Itoa": ("AppendInt", 1, True, LONGEST_NUMBER),
    "FormatInt": ("AppendInt", 2, True, LONGEST_NUMBER),
    "FormatUint": ("AppendUint", 2, True, LONGEST_NUMBER),
    "FormatFloat": ("AppendFloat", 4, False, 0),
    "Quote": ("AppendQuote", 1, False, 0),
    "QuoteToASCII": ("AppendQuoteToASCII", 1, False, 0),
}
"""What appends, the number of arguments, and the rest as in ``TextCall``.

``FormatBool`` gives a constant: appending that costs nothing.
"""
_FMT = {"Sprintf": "Appendf", "Sprint": "Append", "Sprintln": "Appendln"}
