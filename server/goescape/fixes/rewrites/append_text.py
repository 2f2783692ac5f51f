"""A text that is made only to be appended is appended at once: there is no string in between."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import Finding
from goescape.analysis.syntax.cold_code import is_test_file
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.candidate import TypeClaim, UnsafeError
from goescape.fixes.checks.buffers import has_space, is_settled_buffer
from goescape.fixes.checks.failures import is_for_failure
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.edits.appended_texts import appended_text, has_effects, is_appended
from goescape.fixes.edits.formats import claims_of, is_boxed, needed_imports, operands_of, parts_of
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    has_comment,
    is_called,
    is_visible,
    keeps_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.edits.appended_texts import TextCall
    from goescape.fixes.edits.formats import FormatPart

_ONE = "Append with {new} instead of {old}"
_PARTS = "Append the parts instead of the text of {old}"


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``append(b, x...)`` and ``[]byte(x)`` where x is a call that makes a text."""
    if is_test_file(file.source.path):
        return
    boxed = dict[tuple[int, int], Finding]()
    for finding in code.allocations(file):
        place = code.node_of(finding)
        if place is not None and is_boxed(finding):
            call = next((a for a in ancestors(place[1]) if a.type == "call_expression"), None)
            if call is not None:
                boxed.setdefault(call.byte_range, finding)
        made = _conversion(place[1]) if place is not None else None
        if made is not None:
            yield from _converted(code, file, made, finding)
    for node in walk(file.root):
        if node.type == "call_expression" and is_appended(node):
            yield from _appended(code, file, node, boxed.get(node.byte_range))


def _conversion(node: Node) -> Node | None:
    """The ``[]byte(x())`` that a finding is about."""
    for conversion in (node, node.parent):
        if conversion is not None and conversion.type == "type_conversion_expression":
            is_of_call = conversion.named_children[-1].type == "call_expression"
            return conversion if is_of_call and text(conversion).startswith("[]byte(") else None
    return None


def _converted(code: PackageCode, file: GoFile, made: Node, finding: Finding) -> Iterator[Match]:
    """``[]byte(strconv.Itoa(n))``: nothing grows in steps, and the result is never nil."""
    call = appended_text(code, file, made.named_children[-1])
    if call is None or not call.gives_bytes or is_for_failure(made):
        return
    edits = (replace(file, made, call.appended_to("nil")), *call.imports)
    change = partial(Change, edits, may_add=_around(call), claims=call.claims)
    words = (("new", call.new), ("old", call.old))
    yield Match((finding,), change, file.span(made), variant=_ONE, words=words)


def _appended(
    code: PackageCode, file: GoFile, made: Node, boxed: Finding | None
) -> Iterator[Match]:
    """``append(b, strconv.Itoa(n)...)``, and the same with ``fmt.Sprintf``."""
    around = next(a for a in ancestors(made) if a.type == "call_expression")
    buffer = arguments_of(around)[0]
    if has_comment(around) or is_for_failure(around):
        return
    targets = (boxed,) if boxed is not None else ()
    parts = _parts(code, file, made)
    if parts is not None and (statement := _statement(around, buffer)) is not None:
        change = partial(_in_parts, file, statement, buffer, parts)
        old = ("old", callee_text(made))
        yield Match(targets, change, file.span(around), variant=_PARTS, words=(old,))
        return
    call = appended_text(code, file, made)
    if call is None or not (call.at_once or has_space(buffer)):
        return
    if not call.boxes_nothing:
        targets = ()
    change = partial(_behind, code, file, around, call)
    words = (("new", call.new), ("old", call.old))
    yield Match(targets, change, file.span(around), variant=_ONE, words=words)


def _behind(code: PackageCode, file: GoFile, around: Node, call: TextCall) -> Change:
    buffer = arguments_of(around)[0]
    operands = list(call.operands)
    if not is_settled_buffer(code, buffer):
        operands = [buffer, *([call.call] if call.calls_methods else operands)]
    moved = call.receiver is not None and has_effects(buffer)
    if moved or not keeps_order(code, operands):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(buffer))
    return Change(
        (replace(file, around, call.appended_to(text(buffer))), *call.imports),
        may_add=_around(call),
        claims=(_is_bytes(file, buffer), *call.claims),
    )


def _around(call: TextCall) -> tuple[str, ...]:
    """What an allocation that stands around the call is called afterwards."""
    return (rf".*\b{call.new.rpartition('.')[2]}\(.*",)


def _parts(code: PackageCode, file: GoFile, made: Node) -> list[FormatPart] | None:
    """The pieces of a simple format of several; None where reading one could do anything."""
    arguments = arguments_of(made)
    if not is_called(made, file, "fmt", "Sprintf") or len(arguments) < 2:
        return None
    parts = parts_of(code, file, arguments[0], arguments[1:])
    if parts is None or not 1 < len(parts) <= _MOST_PARTS:
        return None
    operands = [part.node for part in parts if part.node is not None]
    return parts if all(operand.type in _HARMLESS for operand in operands) else None


def _statement(around: Node, buffer: Node) -> Node | None:
    """The ``b = append(b, ...)`` in a block, for a plain variable."""
    listed = around.parent
    statement = listed.parent if listed is not None else None
    if statement is None or statement.type != "assignment_statement" or has_comment(statement):
        return None
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    operator, block = statement.child_by_field_name("operator"), statement.parent
    if left is None or right is None or operator is None or text(operator) != "=":
        return None
    is_alone = block is not None and block.type == "statement_list" and right.named_child_count == 1
    same = buffer.type == "identifier" and text(left) == text(buffer)
    return statement if is_alone and same else None


def _in_parts(file: GoFile, statement: Node, buffer: Node, parts: list[FormatPart]) -> Change:
    name, call = text(buffer), statement
    if any(part.node is not None and text(part.node) == name for part in parts):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=name)
    imports = import_edits(file, needed_imports(parts), [call], operands_of(parts))
    if imports is None or (needed_imports(parts) and not is_visible(call, "strconv")):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="strconv")
    lines = [f"{name} = {_with_part(name, part)}" for part in parts]
    new = (line_end(file) + indentation(file, statement)).join(lines)
    return Change(
        (replace(file, statement, new), *imports),
        may_add=(r"append\(.*\)",),
        claims=(_is_bytes(file, buffer), *claims_of(file, parts)),
    )


def _with_part(name: str, part: FormatPart) -> str:
    if part.node is None and re.fullmatch(r"[ -&(-\[\]-~]|\\[nrt\\]", part.text):
        return f"append({name}, '{part.text}')"
    return part.appended_to(name) or f"append({name}, {part.rendered}...)"


def _is_bytes(file: GoFile, buffer: Node) -> TypeClaim:
    return TypeClaim(file.source.path, buffer.start_byte, buffer.end_byte, "[]byte")


_MOST_PARTS = 8
"""More lines than that read worse than a format."""
_HARMLESS = frozenset(
    {"identifier", "interpreted_string_literal", "int_literal", "true", "false", "rune_literal"}
)
"""What cannot panic, nor lie in the buffer's own space."""


REWRITE = Rewrite(
    code="append-text",
    title="Append without a string in between",
    variants=(_ONE, _PARTS),
    brings=(
        "The digits, the time or the formatted text go straight into the buffer: no string is made "
        "only to be copied."
    ),
    before="""
import "fmt"

func appendID(b []byte, id int) []byte {
	return append(b, fmt.Sprintf("%d", id)...)
}
""",
    after="""
import "strconv"

func appendID(b []byte, id int) []byte {
	return strconv.AppendInt(b, int64(id), 10)
}
""",
    checks=(
        "The buffer is a `[]byte`, as the compiler confirms.",
        "Buffer and operands are evaluated in the same order, and nothing changes them meanwhile.",
        (
            "The buffer has space, or grows once at most, so that no growth takes the place of "
            "the string."
        ),
    ),
    refused_when=(
        "evaluating or formatting an operand might change the buffer",
        "times, floating-point numbers or quoted texts would grow a buffer that starts empty",
        "the result of `[]byte(...)` would be nil instead of empty",
    ),
    find=_find,
    predeclared=BASIC | {"append", "nil", "make"},
)
