"""A closure captures one field of a large struct: the struct itself stays on the stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.closure_captures import (
    ClosureCapture,
    captures,
    is_before,
    refusal_reason,
)
from goescape.fixes.syntax.local_variables import fresh_name, type_of, underlying
from goescape.fixes.syntax.variable_uses import line_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Structs over 128 bytes of which each escaping closure only reads one direct field.

    A field that is promoted through a pointer, or reached through one, may change meanwhile.
    """
    for capture in captures(code, file):
        field = _only_field(capture)
        if field and _is_direct_field(code, capture, field):
            yield Match((capture.finding,), partial(_change, code, file, capture, field))


def _change(code: PackageCode, file: GoFile, capture: ClosureCapture, field: str) -> Change | None:
    if reason := refusal_reason(code, file, capture):
        raise UnsafeError(reason)
    edits = _edits(file, capture, field)
    names = sorted({edit.text for edit in edits if edit.start < edit.end})
    may_add = tuple(rf".+\b{name}\b.*|.*\b{name}\b.+" for name in names)
    return Change(tuple(edits), may_add=may_add) if edits else None


def _only_field(capture: ClosureCapture) -> str:
    """The field that all uses in the closures select; empty when there is no such field."""
    fields = set()
    for literal, _ in capture.places:
        for use in capture.variable.used_in(literal):
            selector = use.parent
            if selector is None or selector.type != "selector_expression":
                return ""
            field = selector.child_by_field_name("field")
            fields.add(text(field) if field is not None else "")
    return fields.pop() if len(fields) == 1 else ""


def _is_direct_field(code: PackageCode, capture: ClosureCapture, field: str) -> bool:
    written = type_of(code, capture.variable.declared)
    struct = underlying(code, written)
    if struct is None or struct.type != "struct_type":
        return False
    fields = struct.named_children[0].named_children if struct.named_children else []
    return any(
        text(name) == field
        for declaration in fields
        if declaration.type == "field_declaration"
        for name in declaration.children_by_field_name("name")
    )


def _edits(file: GoFile, capture: ClosureCapture, field: str) -> list[Edit]:
    variable, edits = capture.variable, []
    upper = field[:1].upper() + field[1:]
    for first, statement in capture.first_places:
        name = fresh_name(first, (f"{variable.name}{upper}", f"{variable.name}{upper}Copy"))
        if not name:
            return []
        at, after = line_before(file, statement)
        edits.append(insert(file, at, f"{name} := {variable.name}.{field}{after}"))
        for literal, other in capture.places:
            if is_before(statement, other):
                edits.extend(_replaced(file, variable.used_in(literal), name))
    return edits


def _replaced(file: GoFile, uses: tuple[Node, ...], name: str) -> Iterator[Edit]:
    for use in uses:
        if use.parent is not None:
            yield replace(file, use.parent, name)


REWRITE = Rewrite(
    code="capture-field",
    title="Capture only the field that the closure uses",
    brings=(
        "The closure captures a small copy of one field. The large struct that it belongs to "
        "stays on the stack."
    ),
    before="""
type request struct {
	method string
	path   string
	args   [12]string
}

func plan(method, path string) []func() int {
	req := request{method: method, path: path}
	var steps []func() int
	steps = append(steps, func() int { return len(req.path) })
	return steps
}
""",
    after="""
type request struct {
	method string
	path   string
	args   [12]string
}

func plan(method, path string) []func() int {
	req := request{method: method, path: path}
	var steps []func() int
	reqPath := req.path
	steps = append(steps, func() int { return len(reqPath) })
	return steps
}
""",
    checks=(
        "The struct has more than 128 bytes, so the compiler captures it by reference.",
        "Every closure that outlives the call reads the same direct field and nothing else.",
        "Nothing assigns the variable or its fields after the function literal is made.",
    ),
    refused_when=(
        "the variable is assigned after the function literal is made, or its address is taken",
        "the field is promoted through an embedded pointer",
        "all iterations of the loop share the variable, as they do before Go 1.22",
    ),
    find=_find,
)
