"""``fmt.Sprintf`` of simple values becomes ``strconv`` or a concatenation: no boxing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Node  # noqa: TC002 - a NamedTuple resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.edits.appended_texts import is_appended, is_converted
from goescape.fixes.edits.formats import (
    claims_of,
    is_boxed,
    needed_imports,
    operands_of,
    parts_of,
    printed,
)
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    is_called,
    is_settled_until_used,
    is_visible,
    keeps_order,
)
from goescape.fixes.syntax.variable_uses import contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.edits.formats import FormatPart


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls with simple verbs for strings, integers and truth values only.

    A type with a String method would print something else: where the types are not known, only
    basic ones will do, which is for the compiler to say.
    """
    calls: dict[int, _FormatCall] = {}
    for finding in code.allocations(file):
        place = _call_around(code, finding)
        if place is not None:
            call = calls.setdefault(place[0].start_byte, _FormatCall(place[0], [], []))
            call.findings.append(finding)
            call.boxed.append(place[1])
    for call in calls.values():
        if is_appended(call.node) or is_converted(call.node):
            continue  # append-text makes no string at all
        function, parts = _parts(code, file, call.node)
        if parts is None or not _is_equivalent(code, call.node, parts):
            continue
        new = _rendered(file, call, parts)
        if new is None:
            continue
        change, at = partial(_change, file, call.node, parts, new), file.span(call.node)
        if len(parts) == 1 and (converter := parts[0].function):
            name = "AppendQuote" if parts[0].quoted else converter
            words = (("new", name), ("old", function))
            yield Match(tuple(call.findings), change, at, _CONVERTED, words)
        else:
            yield Match(tuple(call.findings), change, at, _JOINED, (("old", function),))


class _FormatCall(NamedTuple):
    """A call of fmt."""

    node: Node
    findings: list[Finding]
    """Of its operands that take memory of their own."""
    boxed: list[Node]
    """These operands."""


def _change(file: GoFile, call: Node, parts: list[FormatPart], new: str) -> Change:
    imports = import_edits(file, needed_imports(parts), [call], operands_of(parts))
    if imports is None or (needed_imports(parts) and not is_visible(call, "strconv")):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="strconv")
    return Change(
        (replace(file, call, new), *imports),
        may_add=(r".*\+.*", r"make\(\[\]byte, .*\)", r"string\(.*\)", r"append"),
        claims=claims_of(file, parts),
    )


def _call_around(code: PackageCode, finding: Finding) -> tuple[Node, Node] | None:
    """The call that a value is put into an interface for, and the operand."""
    place = code.node_of(finding) if is_boxed(finding) else None
    for around in ancestors(place[1]) if place is not None else ():
        if around.type == "call_expression":
            return (around, place[1]) if place is not None else None
        if around.type != "argument_list":
            return None
    return None


def _parts(code: PackageCode, file: GoFile, call: Node) -> tuple[str, list[FormatPart] | None]:
    arguments = arguments_of(call)
    if is_called(call, file, "fmt", "Sprintf") and arguments:
        return "Sprintf", parts_of(code, file, arguments[0], arguments[1:])
    if is_called(call, file, "fmt", "Sprint"):
        return "Sprint", printed(code, file, arguments)
    return "", None


def _is_equivalent(code: PackageCode, call: Node, parts: Sequence[FormatPart]) -> bool:
    """Whether it does not matter that operands are read later and a string is not copied."""
    if not keeps_order(code, [part.node for part in parts if part.node is not None]):
        return False
    bare = [part.node for part in parts if part.node is not None and not part.function]
    if not is_settled_until_used(code, call, bare):
        return False
    copies = any(part.node is None or part.function for part in parts)
    return copies or not any("unsafe" in file.imported_names for file in code.all_files)


def _rendered(file: GoFile, call: _FormatCall, parts: Sequence[FormatPart]) -> str | None:
    """What stands for the call; None where it would be harder to read than that."""
    pieces = [_operand(part, parts, call) for part in parts]
    new = _in_lines(file, call.node, pieces)
    around = call.node.parent
    is_operand = around is not None and around.child_by_field_name("operand") == call.node
    operand = parts[0].node if len(parts) == 1 and not parts[0].function else None
    is_simple = len(parts) == 1 and (operand is None or operand.type not in _COMPOUND)
    return new if is_simple or new is None or not is_operand else f"({new})"


def _operand(part: FormatPart, parts: Sequence[FormatPart], call: _FormatCall) -> str:
    """One operand of the sum.

    A number as a text of its own is an object more. It pays only for the box of a text: that of a
    number is none where the number is small. What is quoted never pays for two.
    """
    if part.quoted:
        return part.operand_of_sum
    if len(parts) == 1:
        return part.rendered
    numbers = [p for p in parts if p.appended_to("") is not None and not p.quoted]
    texts = [p.node for p in parts if p.node is not None and not p.function]
    paid = [t for t in texts if any(contains(t, operand) for operand in call.boxed)]
    return part.rendered if len(numbers) <= len(paid) else part.operand_of_sum


def _in_lines(file: GoFile, call: Node, pieces: Sequence[str]) -> str | None:
    """The sum, in a few lines where one would be too long."""
    before = file.source.line(call.start_point[0] + 1)[: call.start_point[1]]
    start = len(before.decode("utf-8", "replace").expandtabs(_TAB))
    indent = indentation(file, call) + "\t"
    lines = [pieces[0]]
    for piece in pieces[1:]:
        column = start if len(lines) == 1 else len(indent.expandtabs(_TAB))
        if column + len(f"{lines[-1]} + {piece} +") > _COLUMNS:
            lines.append(piece)
        else:
            lines[-1] += f" + {piece}"
    if len(lines) > _LINES or any(len(line) > _COLUMNS for line in lines):
        return None
    return f" +{line_end(file)}{indent}".join(lines)


_TAB = 4
_COLUMNS = 100
_LINES = 4
"""More of them are a table, which a format shows better."""
_COMPOUND = frozenset({"binary_expression", "unary_expression"})


_CONVERTED = "Use strconv.{new} instead of fmt.{old}"
_JOINED = "Use string concatenation instead of fmt.{old}"
REWRITE = Rewrite(
    code="sprintf",
    title="Use strconv or string concatenation instead of fmt",
    variants=(_CONVERTED, _JOINED),
    brings=(
        "`strconv` and `+` do not box their operands and do not parse a format. Numbers become no "
        "texts of their own where these would be more objects than the boxes were."
    ),
    before="""
import "fmt"

func address(host string, port int) string {
	return fmt.Sprintf("%s:%d", host, port)
}
""",
    after="""
import "strconv"

func address(host string, port int) string {
	return host + ":" + strconv.Itoa(port)
}
""",
    checks=(
        (
            "The verbs are simple (`%s`, `%d`, `%v`, `%q`, `%t`), and the operands are strings, "
            "integers or truth values, as the compiler confirms."
        ),
        "The operands are evaluated in the same order, and nothing changes them meanwhile.",
    ),
    refused_when=(
        "the type of an operand has a method that fmt calls, such as `String`",
        "`strconv` means something else at that place",
        "the sum would take more than four lines",
    ),
    predeclared=BASIC | {"make"},
    find=_find,
)
