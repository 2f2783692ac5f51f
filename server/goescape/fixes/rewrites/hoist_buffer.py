"""A buffer that every iteration of a loop allocates is allocated once and emptied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import callee_text, text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import FixKind, Promise
from goescape.fixes.context.package_code import insert, replace, statement_of
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.hoisting import in_front_of
from goescape.fixes.syntax.local_variables import arguments_of, redeclares, single_declaration
from goescape.fixes.syntax.loop_variables import LoopVariable, loop_variable
from goescape.fixes.syntax.variable_uses import line_before, writing_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Slices of basic values of constant size that are appended to and written, nothing else."""
    for finding in code.findings:
        if finding.span.file != file.source.path or finding.kind is not SiteKind.EXPRESSION:
            continue
        place = code.node_of(finding) if finding.in_loop and finding.escapes else None
        made = place[1] if place is not None else None
        if made is None or made.type != "call_expression" or callee_text(made) != "make":
            continue
        moved, empty = _moved(made), _is_empty(code, file, made)
        if moved is None or empty is None:
            continue
        uses = moved.variable.uses
        if all(_is_harmless(use) and (empty or not _is_assigned(use)) for use in uses):
            yield Match((finding,), partial(_change, file, made, moved, empty=empty))


def _change(file: GoFile, made: Node, moved: LoopVariable, *, empty: bool) -> Change | None:
    front, name = in_front_of(moved.loop), moved.variable.name
    if front is None:
        return None
    at, after = line_before(file, front)
    return Change(
        (
            insert(file, at, f"{name} := {text(made)}{after}"),
            replace(file, moved.statement, f"{name} = {name}[:0]" if empty else f"clear({name})"),
        )
    )


def _moved(made: Node) -> LoopVariable | None:
    statement = statement_of(made)
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[1] is not None or single[2] != made:
        return None
    return loop_variable(single[0], statement)


def _is_empty(code: PackageCode, file: GoFile, made: Node) -> bool | None:
    """Whether ``make`` gives no elements yet; None for what must stay in the loop."""
    arguments = arguments_of(made)
    if len(arguments) not in {2, 3} or arguments[0].type != "slice_type":
        return None
    element = arguments[0].child_by_field_name("element")
    if element is None or text(element) not in _BASIC or redeclares(code, text(element)):
        return None
    if any(definition(size) is not None for size in arguments[1:]):
        return None
    if not all(code.syntax.is_constant(file, size) for size in arguments[1:]):
        return None
    if text(arguments[1]) == "0":
        return True if len(arguments) == 3 else None
    return False if len(arguments) == 2 else None


def _is_assigned(use: Node) -> bool:
    """Whether a use gives the variable another slice, of another length."""
    writing = writing_node(use)
    return writing is not None and use.parent is not None and use.parent.type == "expression_list"


def _is_harmless(use: Node) -> bool:
    """Whether nothing keeps the slice beyond the iteration."""
    parent = use.parent
    if parent is None:
        return False
    if parent.type == "slice_expression" and parent.child_by_field_name("operand") == use:
        return _is_argument(parent, _WRITING | _READING)
    if parent.type == "index_expression":
        return not text(parent.parent or parent).startswith("&")
    if parent.type == "range_clause":
        return True
    if parent.type == "expression_list":
        return _is_appending(parent.parent, use)
    if parent.type == "argument_list" and parent.parent is not None:
        called = callee_text(parent.parent)
        if called == "append" or called.rpartition(".")[2].startswith("Append"):
            list_around = parent.parent.parent
            statement = list_around.parent if list_around is not None else None
            return use == parent.named_children[0] and _is_appending(statement, use)
    return _is_argument(use, _WRITING | _READING)


def _is_appending(statement: Node | None, use: Node) -> bool:
    """``buf = append(buf, ...)``, and ``buf = strconv.AppendInt(buf, ...)``."""
    if statement is None or statement.type != "assignment_statement":
        return False
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None or text(left) != text(use) or right.named_child_count != 1:
        return False
    call = right.named_children[0]
    called = callee_text(call) if call.type == "call_expression" else ""
    first = arguments_of(call)[:1] if called else []
    appends = called == "append" or called.rpartition(".")[2].startswith("Append")
    return appends and [text(n) for n in first] == [text(use)]


def _is_argument(node: Node, functions: frozenset[str]) -> bool:
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or arguments.type != "argument_list" or call is None:
        return False
    called = callee_text(call)
    name = f".{called.rpartition('.')[2]}" if "." in called else called
    return name in functions


_WRITING = frozenset({".Write"})
_READING = frozenset({"len", "cap", "copy", "string"})
_BASIC = frozenset(
    {
        *("byte", "rune", "bool", "int", "int8", "int16", "int32", "int64", "string"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64"),
    }
)


REWRITE = Rewrite(
    code="hoist-buffer",
    title="Allocate the buffer once and reuse it in the loop",
    brings="One buffer serves all iterations of the loop.",
    before="""
import "io"

func frames(w io.Writer, messages []string) error {
	for _, m := range messages {
		buf := make([]byte, 0, 128)
		buf = append(buf, byte(len(m)))
		buf = append(buf, m...)
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}
""",
    after="""
import "io"

func frames(w io.Writer, messages []string) error {
	buf := make([]byte, 0, 128)
	for _, m := range messages {
		buf = buf[:0]
		buf = append(buf, byte(len(m)))
		buf = append(buf, m...)
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}
""",
    checks=(
        "The buffer holds basic values and has a constant size.",
        "It is only appended to, indexed, copied from and passed to `Write`.",
        "Every iteration starts with an empty buffer, or with one that is cleared.",
    ),
    refused_when=(
        "the buffer is stored, returned, captured or sliced for later",
        "the loop starts a goroutine or defers a call that uses the buffer",
    ),
    promise=Promise.OUT_OF_LOOP,
    kind=FixKind.REWRITE,
    look_at="Write must not keep the slice after it returns, as io.Writer demands.",
    find=_find,
    predeclared=frozenset({"make", "append", "clear", "len", "cap", "copy", "string"}),
)
