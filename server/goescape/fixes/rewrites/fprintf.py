"""``fmt.Fprintf`` to a builder becomes writes of its parts: no boxing, and the builder stays."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.edits.formats import claims_of, is_boxed, needed_imports, operands_of, parts_of
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    function_around,
    has_comment,
    is_called,
    is_clear,
    is_visible,
    may_call,
    package_name,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.edits.formats import FormatPart

_TITLE = "Write the parts to the {type} directly"
_BUILDERS = ("strings.Builder", "bytes.Buffer")


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Statements ``fmt.Fprintf(&b, ...)`` with simple verbs and operands without effects."""
    calls: dict[int, tuple[Node, list[Finding]]] = {}
    for finding in code.allocations(file):
        place = code.node_of(finding) if is_boxed(finding) else None
        call = _call_around(place[1]) if place is not None else None
        if call is not None and is_called(call, file, "fmt", "Fprintf"):
            calls.setdefault(call.start_byte, (call, []))[1].append(finding)
    for call, findings in calls.values():
        builder = _builder(code, file, arguments_of(call)[0])
        parts = parts_of(code, file, arguments_of(call)[1], arguments_of(call)[2:])
        if builder is None or parts is None or not _may_be_split(code, builder[0], parts):
            continue
        yield Match(
            tuple(findings),
            partial(_change, file, call, _Builder(text(builder[0]), builder[1]), parts),
            file.span(call),
            variant=_TITLE,
            words=(("type", builder[1]),),
        )


class _Builder(NamedTuple):
    """What is written to."""

    name: str
    type: str

    def write(self, part: FormatPart) -> str:
        """The statement that writes a part, without a string of its own for a number."""
        if part.node is None and re.fullmatch(r"[ -&(-\[\]-~]|\\[nrt\\]", part.text):
            return f"{self.name}.WriteByte('{part.text}')"
        if (appended := part.appended_to(self._scratch(part))) is not None:
            return f"{self.name}.Write({appended})"
        return f"{self.name}.WriteString({part.rendered})"

    def _scratch(self, part: FormatPart) -> str:
        """Where a part is put together: on the stack, or behind what the buffer holds."""
        if self.type == "bytes.Buffer":
            return f"{self.name}.AvailableBuffer()"
        return part.scratch


def _change(file: GoFile, call: Node, builder: _Builder, parts: list[FormatPart]) -> Change:
    imports = import_edits(file, needed_imports(parts), [call], operands_of(parts))
    if imports is None or (needed_imports(parts) and not is_visible(call, "strconv")):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="strconv")
    writes = [builder.write(part) for part in parts]
    new = (line_end(file) + indentation(file, call)).join(writes)
    return Change(
        (replace(file, call, new), *imports),
        may_add=(r"append", r'".*"', r".*\(\*Buffer\).*", r"make\(\[\]byte, .*\)"),
        claims=claims_of(file, parts),
    )


def _call_around(node: Node) -> Node | None:
    """The call that is a statement of its own in a block."""
    call = next((a for a in ancestors(node) if a.type == "call_expression"), None)
    statement = call.parent if call is not None else None
    if call is None or statement is None or statement.type != "expression_statement":
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    return None if has_comment(call) or len(arguments_of(call)) < 3 else call


def _builder(code: PackageCode, file: GoFile, argument: Node) -> tuple[Node, str] | None:
    """The variable behind ``&b`` or a pointer ``b``, and its type."""
    operand: Node | None = argument
    if argument.type == "unary_expression":
        if not text(argument).startswith("&"):
            return None
        operand = argument.child_by_field_name("operand")
    if operand is None or operand.type != "identifier":
        return None
    its_type = _builder_type(code, file, operand, is_pointer=operand == argument)
    return (operand, its_type) if its_type in _BUILDERS else None


def _builder_type(code: PackageCode, file: GoFile, operand: Node, *, is_pointer: bool) -> str:
    """The type of a variable, or that which it points to; empty where unknown."""
    known = code.types.of(file, operand)
    if known is not None:
        its_type = code.types.element(known) if is_pointer else known
        return its_type.text if its_type is not None else ""
    written = type_of(code, operand)
    if written is not None and is_pointer:
        written = written.named_children[0] if written.type == "pointer_type" else None
    package, _, name = text(written).partition(".") if written is not None else ("", "", "")
    path = next((p for p in ("strings", "bytes") if package_name(file, operand, p) == package), "")
    return f"{path}.{name}" if package else ""


def _may_be_split(code: PackageCode, builder: Node, parts: list[FormatPart]) -> bool:
    """Whether it does not show that a part is written before the next is evaluated.

    An operand that panics would leave the parts before it in the builder: nobody may see that.
    """
    operands = [part.node for part in parts if part.node is not None]
    nodes = [node for operand in operands for node in walk(operand)]
    if any(n.type.endswith("identifier") and n.text == builder.text for n in nodes):
        return False
    if any(may_call(n) for n in nodes):
        return False
    if any(n.type in {"func_literal", "comment"} or text(n).startswith("<-") for n in nodes):
        return False
    return all(n.type in _HARMLESS for n in operands) or _is_private(code, builder)


def _is_private(code: PackageCode, builder: Node) -> bool:
    """Whether a builder is a variable that nothing outlives: no alias, no closure."""
    declared = definition(builder)
    function = function_around(builder)
    if declared is None or function is None or declared.parent is None:
        return False
    if not is_clear(declared) or function_around(declared) != function:
        return False
    if declared.parent.type != "var_spec" and not _is_made_here(declared.parent):
        return False
    return all(
        use == declared or (function_around(use) == function and _is_own_use(use))
        for use in code.uses(declared, function)
    )


def _is_made_here(left: Node) -> bool:
    """Whether the left side of ``b := new(T)`` or ``b := &T{}``: nobody else has that pointer."""
    statement = left.parent
    if statement is None or statement.type != "short_var_declaration" or left.named_child_count > 1:
        return False
    right = statement.child_by_field_name("right")
    return right is not None and _MADE.fullmatch(text(right)) is not None


def _is_own_use(use: Node) -> bool:
    """Whether it is ``b.Method`` or ``fmt.Fprint...(&b``; for a pointer ``fmt.Fprint...(b``."""
    parent = use.parent
    if parent is None:
        return False
    if parent.type == "selector_expression":
        call = parent.parent
        return call is not None and call.type == "call_expression" and not _is_deferred(call)
    argument = use if parent.type == "argument_list" else parent
    listed = argument.parent
    call = listed.parent if listed is not None else None
    return (
        argument.type in {"unary_expression", "identifier"}
        and call is not None
        and call.type == "call_expression"
        and bool(re.match(r"\w+\.Fprint", callee_text(call)))
        and arguments_of(call)[0] == argument
    )


def _is_deferred(call: Node) -> bool:
    return call.parent is not None and call.parent.type in {"defer_statement", "go_statement"}


_MADE = re.compile(
    r"new\((?:strings\.Builder|bytes\.Buffer)\)|&(?:strings\.Builder|bytes\.Buffer)\{\}"
)
_HARMLESS = frozenset(
    {"identifier", "interpreted_string_literal", "int_literal", "true", "false", "rune_literal"}
)


REWRITE = Rewrite(
    code="fprintf",
    title="Write the parts to the builder directly",
    variants=(_TITLE,),
    brings=(
        "The parts are written without formatting: no operand is boxed, no number becomes a string "
        "first, and the builder can stay on the stack."
    ),
    before="""
import (
	"fmt"
	"strings"
)

func render(names []string, counts []int) string {
	var b strings.Builder
	for i, name := range names {
		fmt.Fprintf(&b, "%s=%d;", name, counts[i])
	}
	return b.String()
}
""",
    after="""
import (
	"strconv"
	"strings"
)

func render(names []string, counts []int) string {
	var b strings.Builder
	for i, name := range names {
		b.WriteString(name)
		b.WriteByte('=')
		b.Write(strconv.AppendInt(make([]byte, 0, 20), int64(counts[i]), 10))
		b.WriteByte(';')
	}
	return b.String()
}
""",
    checks=(
        (
            "The verbs are simple (`%s`, `%d`, `%v`, `%q`, `%t`), and the operands are strings, "
            "integers or truth values, as the compiler confirms."
        ),
        "Evaluating the operands calls nothing and does not use the builder.",
        "The error and the number of bytes that `Fprintf` returns are not used.",
    ),
    refused_when=(
        "an operand might panic while someone else can see what was already written",
        "`strconv` means something else at that place",
    ),
    predeclared=BASIC | {"make"},
    find=_find,
)
