"""A function that fills a new slice for ``append(dst, f()...)`` appends to dst itself.

Its slice becomes the empty rest behind what dst holds, so that all indices and lengths stay. Where
there is no room it grows away from dst as any slice does, and is appended in the end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, FixKind, UnsafeError
from goescape.fixes.checks.after_return import may_recover
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.flow.calls import FunctionCall, calls_of
from goescape.fixes.flow.results import nodes_outside_literals, operands
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_paths
from goescape.fixes.syntax.local_variables import (
    BASIC,
    arguments_of,
    fresh_name,
    has_comment,
    is_clear,
    is_own,
)
from goescape.fixes.syntax.made_slices import made_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``b := make([]T, 0, n)`` that is returned to callers who append it to a slice of theirs."""
    own = (f for f in code.allocations(file) if f.escapes and not f.inlined_from)
    for finding, made in made_slices(code, own):
        if len(made.sizes) != 2 or text(made.sizes[0]) != "0":
            continue
        declared = file.function_at(made.call.start_byte)
        if declared is None or not _is_returned(declared, made.variable, made.type):
            continue
        yield Match((finding,), partial(_change, code, file, declared, made.variable, made.call))


def _is_returned(declared: FunctionDeclaration, variable: Node, its_type: Node) -> bool:
    """Whether every return gives just this variable."""
    result = declared.node.child_by_field_name("result")
    body = declared.node.child_by_field_name("body")
    if result is None or body is None or text(result) != text(its_type):
        return False
    returns = [n for n in nodes_outside_literals(body) if n.type == "return_statement"]
    values = [operands(next(iter(operands(statement)), None)) for statement in returns]
    return bool(values) and all(
        len(listed) == 1 and definition(listed[0]) == variable for listed in values
    )


def _change(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, variable: Node, made: Node
) -> Change:
    name = fresh_name(made, ("dst", "buf", "to"))
    parameters = declared.node.child_by_field_name("parameters")
    result = declared.node.child_by_field_name("result")
    if not name or parameters is None or result is None or not is_clear(variable):
        raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)
    if any(not p.children_by_field_name("name") for p in operands(parameters)):
        raise UnsafeError(ReasonCode.PARAMETERS_UNNAMED)
    element = arguments_of(made)[0].child_by_field_name("element")
    if element is None or text(element) not in BASIC:
        raise UnsafeError(ReasonCode.ELEMENTS_MAY_BE_KEPT)
    if not code.syntax.is_constant(file, arguments_of(made)[2]):
        raise UnsafeError(ReasonCode.CAPACITY_NOT_CONSTANT)
    _check_body(code, declared)
    comma = ", " if operands(parameters) else ""
    edits = [
        insert(file, parameters.start_byte + 1, f"{name} {text(result)}{comma}"),
        replace(file, made, f"{name}[len({name}):]"),
    ]
    for use in code.uses(variable, declared.node):
        if use != variable:
            edits += _use_edits(file, use, name)
    calls = calls_of(code, file, declared)
    if not calls:
        raise UnsafeError(ReasonCode.NEVER_CALLED)
    for call in calls:
        edits += _call_edits(code, call)
    return Change(tuple(sorted(edits)), may_add=(r"append", r"append\(.*\)"), callers=len(calls))


def _check_body(code: PackageCode, declared: FunctionDeclaration) -> None:
    body = declared.node.child_by_field_name("body")
    for node in walk(body) if body is not None else ():
        if node.type in {"func_literal", "go_statement"}:
            raise UnsafeError(ReasonCode.SLICE_MAY_BE_USED_LATER)
        if node.type == "defer_statement" and may_recover(code, node):
            raise UnsafeError(ReasonCode.DEFER_MAY_RECOVER)


def _use_edits(file: GoFile, use: Node, name: str) -> Iterator[Edit]:
    """What changes at a use; raises UnsafeError where the slice is more than its elements."""
    parent = use.parent
    assert parent is not None
    if parent.parent is not None and parent.parent.type == "return_statement":
        yield replace(file, use, f"append({name}, {text(use)}...)")
    elif not _is_element(use, parent) and not _is_grown(file, use, parent):
        raise UnsafeError(ReasonCode.DOES_MORE_THAN_FILL, code=text(parent))


def _is_element(use: Node, around: Node) -> bool:
    """Whether only elements are read or written, or the length."""
    match around.type:
        case "index_expression":
            address = around.parent is not None and text(around.parent).startswith("&")
            return around.child_by_field_name("operand") == use and not address
        case "range_clause":
            return around.child_by_field_name("right") == use
        case "argument_list":
            return around.parent is not None and callee_text(around.parent) == "len"
    return False


def _is_grown(file: GoFile, use: Node, around: Node) -> bool:
    """Whether it is one of the two places in ``b = append(b, ...)``."""
    statement = around.parent
    if around.type == "argument_list" and statement is not None:
        return operands(around)[0] == use and _grows(file, statement, use)
    right = statement.child_by_field_name("right") if statement is not None else None
    if around.type != "expression_list" or right == around or len(operands(around)) != 1:
        return False
    grown = operands(right)
    return len(grown) == 1 and grown[0].type == "call_expression" and _grows(file, grown[0], use)


def _grows(file: GoFile, call: Node, use: Node) -> bool:
    """Whether it is ``b = append(b, ...)``, or with a function of std that only appends."""
    listed = call.parent
    statement = listed.parent if listed is not None else None
    left = statement.child_by_field_name("left") if statement is not None else None
    arguments = arguments_of(call)
    if statement is None or statement.type != "assignment_statement" or left is None:
        return False
    package, _, function = callee_text(call).rpartition(".")
    appends = f"{import_paths(file).get(package, '')}.{function}" in _APPENDING
    return (
        (appends or callee_text(call) == "append")
        and statement.children[1].type == "="
        and text(left) == text(use)
        and bool(arguments)
        and text(arguments[0]) == text(use)
    )


def _call_edits(code: PackageCode, call: FunctionCall) -> Iterator[Edit]:
    """``x = append(x, f(a)...)`` becomes ``x = f(x, a)``."""
    spread = call.node.parent
    listed = spread.parent if spread is not None else None
    append = listed.parent if listed is not None else None
    values = append.parent if append is not None else None
    statement = values.parent if values is not None else None
    if spread is None or append is None or statement is None or spread.type != "variadic_argument":
        raise UnsafeError(ReasonCode.DOES_MORE_THAN_APPEND, call=text(call.node))
    given, left = arguments_of(append), operands(statement.child_by_field_name("left"))
    plain = (
        callee_text(append) == "append"
        and len(given) == 2
        and statement.type == "assignment_statement"
        and statement.children[1].type == "="
        and len(left) == 1
        and text(left[0]) == text(given[0])
    )
    if not plain or has_comment(append):
        raise UnsafeError(ReasonCode.DOES_MORE_THAN_APPEND, call=text(call.node))
    if left[0].type != "identifier" or definition(left[0]) is None or not is_own(code, left[0]):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(left[0]))
    arguments = call.node.child_by_field_name("arguments")
    assert arguments is not None
    path, comma = call.file.source.path, ", " if operands(arguments) else ""
    yield Edit(path, append.start_byte, call.node.start_byte, "")
    yield insert(call.file, arguments.start_byte + 1, f"{text(left[0])}{comma}")
    yield Edit(path, call.node.end_byte, append.end_byte, "")


_APPENDING = frozenset(
    {
        *("strconv.AppendInt", "strconv.AppendUint", "strconv.AppendBool", "strconv.AppendQuote"),
        *("strconv.AppendFloat", "unicode/utf8.AppendRune", "encoding/binary.AppendUvarint"),
        *("encoding/binary.AppendVarint",),
    }
)


REWRITE = Rewrite(
    code="append-destination",
    title="Append to a buffer passed by the caller",
    brings=(
        "The bytes are written straight into the caller's buffer, so no temporary slice is "
        "allocated for each call."
    ),
    before="""
func digits(n int) []byte {
	b := make([]byte, 0, 20)
	if n > 9 {
		b = append(b, digits(n/10)...)
	}
	b = append(b, '0'+byte(n%10))
	return b
}

func appendAll(dst []byte, values []int) []byte {
	for _, n := range values {
		dst = append(dst, digits(n)...)
	}
	return dst
}
""",
    after="""
func digits(dst []byte, n int) []byte {
	b := dst[len(dst):]
	if n > 9 {
		b = digits(b, n/10)
	}
	b = append(b, '0'+byte(n%10))
	return append(dst, b...)
}

func appendAll(dst []byte, values []int) []byte {
	for _, n := range values {
		dst = digits(dst, n)
	}
	return dst
}
""",
    checks=(
        (
            "Every return statement returns the new slice, and the slice starts empty with a "
            "constant capacity."
        ),
        "The function only appends to the slice, indexes it, ranges over it or takes its length.",
        "Every caller appends the result to a local slice and does nothing else with it.",
    ),
    refused_when=(
        "the element type is not a basic type, because pointers to elements might be kept",
        "a function literal or a goroutine in the function might still use the slice",
        "a deferred call might recover from a panic",
        "the function is used as a value, or other packages might call it",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "The function writes behind the end of the caller's buffer: "
        "no other slice, and no argument, may use that space."
    ),
    find=_find,
    predeclared=BASIC | {"append", "make", "len"},
)
