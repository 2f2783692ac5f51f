"""A number or a time that becomes a string only to be written is put into the writer's buffer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.cold_code import is_test_file
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.fixes.candidate import Promise, TypeClaim
from goescape.fixes.checks.failures import is_for_failure
from goescape.fixes.context.package_code import identifiers, replace
from goescape.fixes.edits.appended_texts import appended_text, has_effects, is_converted
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import is_plain_name
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    has_comment,
    package_name,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.edits.appended_texts import TextCall

_TITLE = "Write with {new} instead of {old}"


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``b.WriteString(strconv.Itoa(n))`` for builders, buffers and buffered writers."""
    if is_test_file(file.source.path):
        return
    if not any(path in _WRITERS for path, _ in file.imports):
        return
    for call in walk(file.root):
        made = _written(call) if call.type == "call_expression" else None
        if made is None or has_comment(call) or is_for_failure(call):
            continue
        appended = appended_text(code, file, made)
        if appended is None or not _is_certain(appended):
            continue
        function = call.child_by_field_name("function")
        writer = function.child_by_field_name("operand") if function is not None else None
        its_type = _writer_type(code, file, writer) if writer is not None else None
        if writer is None or its_type is None or not _leave_alone(appended, writer):
            continue
        buffer = _buffer(code, text(writer), its_type[0], appended)
        new = f"{text(writer)}.Write({appended.appended_to(buffer)})"
        claims = (*_claims(file, writer, its_type[1]), *appended.claims)
        edits = (replace(file, call, new), *appended.imports)
        change = partial(Change, edits, may_add=_MAY_ADD, claims=claims)
        words = (("new", appended.new), ("old", appended.old))
        yield Match((), change, file.span(call), variant=_TITLE, words=words)


def _buffer(code: PackageCode, writer: str, kind: str, appended: TextCall) -> str:
    """Where the text is put together: in the writer's own space, or on the stack."""
    if kind == "bufio.Writer":
        return f"{writer}.AvailableBuffer()"
    if kind == "bytes.Buffer" and code.language >= _AVAILABLE and appended.at_once:
        return f"{writer}.AvailableBuffer()"
    return f"make([]byte, 0, {appended.longest or _SCRATCH})"


def _claims(file: GoFile, writer: Node, written: str) -> tuple[TypeClaim, ...]:
    path = file.source.path
    return (TypeClaim(path, writer.start_byte, writer.end_byte, written),) if written else ()


def _written(call: Node) -> Node | None:
    """The call that makes what ``b.WriteString(x)`` or ``b.Write([]byte(x))`` writes, now."""
    name, arguments = callee_text(call).rpartition(".")[2], arguments_of(call)
    later = call.parent is not None and call.parent.type in {"go_statement", "defer_statement"}
    if later or len(arguments) != 1 or name not in {"Write", "WriteString"}:
        return None
    made = arguments[0]
    if name == "Write":
        is_conversion = made.type == "type_conversion_expression" and made.named_children
        made = made.named_children[-1] if is_conversion else made
        if not is_converted(made):
            return None
    return made if made.type == "call_expression" else None


def _is_certain(appended: TextCall) -> bool:
    """Whether it takes a string less, whatever the text is.

    What is quoted may be short, and then its string was on the stack. Simple formats become calls
    of strconv first.
    """
    if "Quote" in appended.new or appended.calls_methods:
        return False
    return not (appended.old.endswith(".Sprintf") and appended.boxes_nothing)


def _leave_alone(appended: TextCall, writer: Node) -> bool:
    """Whether evaluating the operands calls nothing, and does not use the writer."""
    root = text(writer).partition(".")[0]
    for operand in appended.operands:
        if has_effects(operand) or any(text(n) == root for n in identifiers(operand)):
            return False
    return True


def _writer_type(code: PackageCode, file: GoFile, writer: Node) -> tuple[str, str] | None:
    """What a writer is, and what has to be claimed for that."""
    if not is_plain_name(writer):
        return None
    known = code.types.of(file, writer)
    if known is not None:
        kind = known.text.removeprefix("*")
        return (kind, "") if kind in _KINDS else None
    written = type_of(code, writer)
    package, _, name = text(written).removeprefix("*").partition(".") if written else ("", "", "")
    path = next((p for p in _WRITERS if package and package_name(file, writer, p) == package), "")
    kind = f"{path}.{name}"
    return (kind, text(written)) if written is not None and kind in _KINDS else None


_WRITERS = ("strings", "bytes", "bufio")
_KINDS = frozenset({"strings.Builder", "bytes.Buffer", "bufio.Writer"})
_MAY_ADD = (r"make\(\[\]byte, .*\)", r".*AvailableBuffer.*", r"append.*")
_AVAILABLE = (1, 21)
"""The version of Go whose ``bytes.Buffer`` shows its space."""
_SCRATCH = 64
"""The bytes for a time, a floating-point number or a format; what is longer takes memory."""


REWRITE = Rewrite(
    code="write-text",
    title="Write without a string in between",
    variants=(_TITLE,),
    brings="The digits or the time are put together where they are written: no string is made.",
    before="""
import (
	"bytes"
	"strconv"
)

func list(out *bytes.Buffer, ids []int) {
	for _, id := range ids {
		out.WriteString(strconv.Itoa(id))
		out.WriteByte(' ')
	}
}
""",
    after="""
import (
	"bytes"
	"strconv"
)

func list(out *bytes.Buffer, ids []int) {
	for _, id := range ids {
		out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(id), 10))
		out.WriteByte(' ')
	}
}
""",
    checks=(
        "The writer is a `strings.Builder`, a `bytes.Buffer` or a `bufio.Writer`.",
        "Evaluating the operands calls nothing and does not use the writer.",
    ),
    refused_when=(
        "a method of an operand decides how it is printed",
        "the call is deferred: the buffer could be another one then",
        "the text is quoted, because a short one had its string on the stack",
    ),
    promise=Promise.UNSEEN,
    predeclared=BASIC | {"make"},
    find=_find,
)
