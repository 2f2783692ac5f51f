"""The caller passes the place that a function fills, instead of taking a new object from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.candidate import Edit, FixKind, UnsafeError
from goescape.fixes.checks.after_return import may_recover
from goescape.fixes.context.package_code import indentation, insert, line_end, replace
from goescape.fixes.edits.made_values import check_gain, findings_of
from goescape.fixes.edits.pointees import check_no_unsafe, uses_of, value_edits
from goescape.fixes.flow.calls import FunctionCall, binding_of, calls_of
from goescape.fixes.flow.results import (
    PointerResult,
    Returned,
    made_by,
    nodes_outside_literals,
    operands,
    pointer_result,
    returns_of,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _ReturnedObject:
    """The variable that the function makes at its beginning, and returns at every end."""

    variable: Node
    declaration: Node
    """The whole statement."""
    form: str
    returns: tuple[Returned, ...]


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Functions that make one object, fill it and return it."""
    for declared in file.functions:
        result = pointer_result(declared)
        if result is None or result.slots != 1:
            continue
        findings = findings_of(code, file, result)
        made = _object(file, result) if len(findings) == 1 else None
        if made is not None:
            yield Match(findings, partial(_change, code, file, result, made, findings))


def _object(file: GoFile, result: PointerResult) -> _ReturnedObject | None:
    returns = returns_of(file, result)
    variables = {r.variable.start_byte for r in returns if r.variable is not None}
    variable = returns[0].variable if returns else None
    if variable is None or len(variables) != 1 or any(r.variable is None for r in returns):
        return None
    body = result.declared.node.child_by_field_name("body")
    block = next((n for n in operands(body) if n.type == "statement_list"), None)
    for statement in operands(block):
        if statement.start_byte <= variable.start_byte < statement.end_byte:
            if statement.type in {"short_var_declaration", "var_declaration"}:
                return _ReturnedObject(variable, statement, returns[0].form, returns)
            return None
    return None


def _change(
    code: PackageCode,
    file: GoFile,
    result: PointerResult,
    made: _ReturnedObject,
    targets: tuple[Finding, ...],
) -> Change:
    check_gain(code, file, result.declared, targets)
    check_no_unsafe(file)
    body = result.declared.node.child_by_field_name("body")
    for node in nodes_outside_literals(body) if body is not None else ():
        if node.type == "defer_statement" and may_recover(code, node):
            raise UnsafeError(ReasonCode.DEFER_MAY_RECOVER)
    _check_name(code, result, made)
    calls = calls_of(code, file, result.declared)
    if not calls:
        raise UnsafeError(ReasonCode.NEVER_CALLED)
    edits = [
        *_signature_edits(file, result, text(made.variable)),
        _declaration_edit(file, result, made),
        *_use_edits(code, file, made),
        *(_return_edit(file, made, returned) for returned in made.returns),
    ]
    for call in calls:
        edits += _call_edits(code, call, result.type)
    return Change(tuple(sorted(edits)), callers=len(calls))


def _check_name(code: PackageCode, result: PointerResult, made: _ReturnedObject) -> None:
    """Raise UnsafeError when the new parameter would hide something that the function uses."""
    starts = {n.start_byte for n in uses_of(code, made.variable)} | {made.variable.start_byte}
    name = text(made.variable)
    for node in walk(result.declared.node):
        if node.type == "identifier" and text(node) == name and node.start_byte not in starts:
            raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=name)


def _signature_edits(file: GoFile, result: PointerResult, name: str) -> Iterator[Edit]:
    parameters = result.declared.node.child_by_field_name("parameters")
    written = result.declared.node.child_by_field_name("result")
    assert parameters is not None
    assert written is not None
    others = operands(parameters)
    if any(not p.children_by_field_name("name") for p in others):
        raise UnsafeError(ReasonCode.PARAMETERS_UNNAMED)
    if any(n.type == "comment" for n in walk(written)):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    if file.source.content[parameters.end_byte : written.start_byte].strip():
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    comma = ", " if others else ""
    yield insert(file, parameters.start_byte + 1, f"{name} *{result.type}{comma}")
    yield Edit(file.source.path, parameters.end_byte, written.end_byte, "")


def _declaration_edit(file: GoFile, result: PointerResult, made: _ReturnedObject) -> Edit:
    name, statement = text(made.variable), made.declaration
    value = made_by(made.variable)
    if any(n.type == "comment" for n in statement.named_children):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    if value is None:
        spec = made.variable.parent
        if text(statement) != f"var {name} {result.type}" or spec is None:
            raise UnsafeError(ReasonCode.DECLARED_WITH_OTHERS, name=name)
        return replace(file, statement, f"*{name} = {result.type}{{}}")
    if value.end_byte != statement.end_byte:
        raise UnsafeError(ReasonCode.DECLARED_WITH_OTHERS, name=name)
    if made.form == "pointer" and value.type == "call_expression":
        return replace(file, statement, f"*{name} = {result.type}{{}}")
    start = value.start_byte + (made.form == "pointer")
    return Edit(file.source.path, statement.start_byte, start, f"*{name} = ")


def _use_edits(code: PackageCode, file: GoFile, made: _ReturnedObject) -> Iterator[Edit]:
    returned = [value.statement for value in made.returns]
    for use in uses_of(code, made.variable):
        parent = use.parent
        assert parent is not None
        if any(r.start_byte <= use.start_byte < r.end_byte for r in returned):
            continue
        if parent.type == "selector_expression":
            continue
        operator = parent.children[0].type if parent.type == "unary_expression" else ""
        if made.form == "address" and operator == "&":
            yield Edit(file.source.path, parent.start_byte, parent.start_byte + 1, "")
        elif made.form == "address" or (operator != "*" and parent.type != "argument_list"):
            raise UnsafeError(ReasonCode.DOES_MORE_THAN_FILL, code=text(parent))


def _return_edit(file: GoFile, made: _ReturnedObject, returned: Returned) -> Edit:
    statement = returned.statement
    body = statement.parent.parent if statement.parent is not None else None
    line = statement.start_point[0] + 1
    alone = file.source.line(line).strip() == text(statement).encode()
    last = statement.next_named_sibling is None
    top = body is not None and made.declaration.parent == statement.parent
    if alone and last and top:
        start = file.source.offset(line, 1) or 0
        end = start + len(file.source.line(line)) + 1
        return Edit(file.source.path, start, end, "")
    if any(n.type == "comment" for n in walk(statement)):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    return replace(file, statement, "return")


def _call_edits(code: PackageCode, call: FunctionCall, its_type: str) -> Iterator[Edit]:
    check_no_unsafe(call.file)
    binding = binding_of(call.node)
    arguments = call.node.child_by_field_name("arguments")
    if binding is None or binding.branch is not None or arguments is None:
        raise UnsafeError(ReasonCode.RESULT_NOT_KEPT, call=text(call.node))
    variable, name = binding.names[0], text(binding.names[0])
    if name == "_" or len(binding.names) != 1:
        raise UnsafeError(ReasonCode.RESULT_NOT_KEPT, call=text(call.node))
    if any(text(n) == name for n in walk(call.node) if n.type == "identifier"):
        raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=name)
    start, end = binding.statement.start_byte, call.node.start_byte
    if b"/" in call.file.source.content[start:end] or binding.statement.end_byte != (
        call.node.end_byte
    ):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    gap = line_end(call.file) + indentation(call.file, binding.statement)
    yield Edit(call.file.source.path, start, end, f"var {name} {its_type}{gap}")
    comma = ", " if operands(arguments) else ""
    yield insert(call.file, arguments.start_byte + 1, f"&{name}{comma}")
    yield from value_edits(call.file, uses_of(code, variable), [])


REWRITE = Rewrite(
    code="fill-destination",
    title="Fill a destination passed by the caller",
    brings=(
        "The caller declares the object and passes its address, "
        "so it stays in the caller's stack frame."
    ),
    before="""
type header struct {
	id    uint16
	names [8]uint32
	count int
}

func decode(b []byte) *header {
	h := header{}
	h.id = uint16(b[0])<<8 | uint16(b[1])
	if b[2]&1 != 0 {
		h.names[0] = uint32(b[2])
		h.count = 1
	}
	if b[2]&2 != 0 {
		h.id = ^h.id
	}
	for i := 3; i+1 < len(b) && h.count < len(h.names); i += 2 {
		h.names[h.count] = uint32(b[i])<<8 | uint32(b[i+1])
		h.count++
	}
	return &h
}

func checksum(packets [][]byte) uint32 {
	var sum uint32
	for _, p := range packets {
		h := decode(p)
		sum += uint32(h.id) + uint32(h.count)
	}
	return sum
}
""",
    after="""
type header struct {
	id    uint16
	names [8]uint32
	count int
}

func decode(h *header, b []byte) {
	*h = header{}
	h.id = uint16(b[0])<<8 | uint16(b[1])
	if b[2]&1 != 0 {
		h.names[0] = uint32(b[2])
		h.count = 1
	}
	if b[2]&2 != 0 {
		h.id = ^h.id
	}
	for i := 3; i+1 < len(b) && h.count < len(h.names); i += 2 {
		h.names[h.count] = uint32(b[i])<<8 | uint32(b[i+1])
		h.count++
	}
}

func checksum(packets [][]byte) uint32 {
	var sum uint32
	for _, p := range packets {
		var h header
		decode(&h, p)
		sum += uint32(h.id) + uint32(h.count)
	}
	return sum
}
""",
    checks=(
        "The function makes one object at its beginning and returns it at every end.",
        "Every caller keeps the result in a new variable and only uses what it points to.",
    ),
    refused_when=(
        (
            "the function is small enough to be inlined, because then the object is on the "
            "caller's stack already"
        ),
        "a deferred call might recover, because the result would then be `nil`",
        "the function is used as a value, or other packages might call it",
    ),
    kind=FixKind.REWRITE,
    look_at="Whether the longer calls are worth it: it pays where the object is large.",
    find=_find,
)
