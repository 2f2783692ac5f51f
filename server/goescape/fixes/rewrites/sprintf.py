"""``fmt.Sprintf`` of simple values becomes ``strconv`` or a concatenation: no boxing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.formats import claims_of, is_boxed, needed_imports, parts_of, printed
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    is_called,
    is_settled_until_used,
    is_visible,
    keeps_order,
    redeclares,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.edits.formats import FormatPart


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls with simple verbs for strings, integers and truth values only.

    A type with a String method would print something else: where the types are not known, only
    basic ones will do, which is for the compiler to say.
    """
    if redeclares(code, *BASIC):
        return
    seen: set[int] = set()
    for finding in code.allocations(file):
        call = _call_around(code, finding)
        if call is None or call.start_byte in seen:
            continue
        seen.add(call.start_byte)
        function, parts = _parts(code, file, call)
        if parts is None or not _is_equivalent(code, call, parts):
            continue
        change = partial(_change, file, call, parts)
        if len(parts) == 1 and parts[0].function:
            variant, words = _CONVERTED, (("new", parts[0].function), ("old", function))
            yield Match((finding,), change, file.span(call), variant, words)
        else:
            yield Match((finding,), change, file.span(call), _JOINED, (("old", function),))


def _change(file: GoFile, call: Node, parts: list[FormatPart]) -> Change:
    imports = import_edits(file, needed_imports(parts), [call])
    if imports is None or (needed_imports(parts) and not is_visible(call, "strconv")):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="strconv")
    return Change(
        (replace(file, call, _rendered(call, parts)), *imports),
        may_add=(r".* \+ .*",) if len(parts) > 1 else (),
        claims=claims_of(file, parts),
    )


def _call_around(code: PackageCode, finding: Finding) -> Node | None:
    if not is_boxed(finding):
        return None
    place = code.node_of(finding)
    for around in ancestors(place[1]) if place is not None else ():
        if around.type == "call_expression":
            return around
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


def _rendered(call: Node, parts: Sequence[FormatPart]) -> str:
    new = " + ".join(part.rendered for part in parts)
    parent_type = call.parent.type if call.parent is not None else ""
    operand = parts[0].node if len(parts) == 1 and not parts[0].function else None
    is_simple = len(parts) == 1 and (operand is None or operand.type not in _COMPOUND)
    return new if is_simple or parent_type not in _NEEDS_PARENTHESES else f"({new})"


_COMPOUND = frozenset({"binary_expression", "unary_expression"})
_NEEDS_PARENTHESES = frozenset(
    {"binary_expression", "selector_expression", "index_expression", "slice_expression"}
)


_CONVERTED = "Use strconv.{new} instead of fmt.{old}"
_JOINED = "Use string concatenation instead of fmt.{old}"
REWRITE = Rewrite(
    code="sprintf",
    title="Use strconv or string concatenation instead of fmt",
    variants=(_CONVERTED, _JOINED),
    brings="`strconv` and `+` do not box their operands and do not parse a format.",
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
    ),
    find=_find,
)
