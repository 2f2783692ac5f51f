"""A method value that is the same in every iteration of a loop is bound once, in front of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import Finding, SiteKind
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.candidate import Promise, TypeClaim, UnsafeError
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import own_type_of
from goescape.fixes.syntax.hoisting import in_front_of, loop_to_leave, unconditional_loops
from goescape.fixes.syntax.local_variables import has_goto
from goescape.fixes.syntax.variable_uses import (
    Variable,
    contains,
    declaration_of,
    function_of,
    line_before,
    local_name,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Method values of local variables, for methods with a pointer receiver.

    Such a value holds the pointer alone: what it points to may change. A value receiver would be
    copied when the value is bound, and an interface or a nil pointer may panic then.
    """
    seen: set[tuple[int, str]] = set()
    for finding in code.findings:
        value = _method_value(code, file, finding)
        operand = value.child_by_field_name("operand") if value is not None else None
        if value is None or operand is None or not any(unconditional_loops(value)):
            continue
        declared = declaration_of(operand)
        variable = variable_at(declared) if declared is not None else None
        loop = loop_to_leave(value, declared) if variable is not None else None
        if variable is None or loop is None or (loop.start_byte, text(value)) in seen:
            continue
        seen.add((loop.start_byte, text(value)))
        receiver = _receiver(code, file, operand, value)
        if receiver:
            bound = _Bound(value, loop, variable, receiver)
            yield Match((finding,), partial(_change, file, bound))


def _change(file: GoFile, bound: _Bound) -> Change | None:
    value, loop, variable = bound.value, bound.loop, bound.variable
    if bound.receiver.startswith("*") and _is_rebound(variable, value, loop):
        raise UnsafeError(ReasonCode.ASSIGNED_IN_LOOP, name=variable.name)
    field = value.child_by_field_name("field")
    operand = value.child_by_field_name("operand")
    statement = in_front_of(loop)
    if field is None or operand is None or statement is None:
        return None
    method = text(field)
    name = local_name(value, (method, f"{variable.name}{_upper(method)}", f"{method}Bound"))
    if not name:
        return None
    at, after = line_before(file, statement)
    binding = insert(file, at, f"{name} := {text(value)}{after}")
    return Change(
        (binding, *(replace(file, node, name) for node in _same(value, loop, variable))),
        may_add=(rf".+\b{name}\b.*|.*\b{name}\b.+",),
        claims=(TypeClaim(file.source.path, operand.start_byte, operand.end_byte, bound.receiver),),
    )


@frozen
class _Bound:
    """A method value that every iteration of a loop makes anew."""

    value: Node
    loop: Node
    variable: Variable
    receiver: str


def _method_value(code: PackageCode, file: GoFile, finding: Finding) -> Node | None:
    if finding.span.file != file.source.path or finding.kind is not SiteKind.CLOSURE:
        return None
    place = code.node_of(finding) if finding.in_loop and finding.is_diagnostic else None
    value = place[1] if place is not None else None
    if value is None or value.type != "selector_expression" or not _is_handed_on(value):
        return None
    return value


def _same(value: Node, loop: Node, variable: Variable) -> Iterator[Node]:
    """The method value wherever the loop passes it on."""
    for node in walk(loop):
        if node.type == "selector_expression" and text(node) == text(value) and _is_handed_on(node):
            operand = node.child_by_field_name("operand")
            if operand is not None and declaration_of(operand) == variable.declared:
                yield node


def _receiver(code: PackageCode, file: GoFile, operand: Node, value: Node) -> str:
    """The type of the variable, if it declares the method with a pointer receiver itself."""
    field = value.child_by_field_name("field")
    method = text(field) if field is not None else ""
    its_type = own_type_of(code, file, operand)
    if its_type is not None:
        name, whole = its_type
        return whole if name and f"(*{name}).{method}" in code.syntax.functions else ""
    types = [f.name[2:].partition(")")[0] for f in code.syntax.functions.values() if _is(f, method)]
    return f"*{types[0]}" if len(types) == 1 and types[0] not in code.declared_locally else ""


def _is(function: FunctionDeclaration, method: str) -> bool:
    return function.plain_name == method and function.name.startswith("(*")


def _is_rebound(variable: Variable, value: Node, loop: Node) -> bool:
    """Whether a pointer may be another one in some turn."""
    for use, writing in variable.writes():
        if use.parent is not None and use.parent.type in _PARTS:
            continue
        if writing.type == "unary_expression" or function_of(value) != variable.function:
            return True
        if function_of(use) != variable.function or contains(loop, writing):
            return True
    return has_goto(variable.function)


def _is_handed_on(value: Node) -> bool:
    """Whether it is an argument, or assigned: nobody can compare functions."""
    listed = value.parent
    if listed is None or listed.type == "argument_list":
        return listed is not None
    statement = listed.parent
    is_assigned = statement is not None and statement.type in _ASSIGNMENTS
    return (
        is_assigned and statement is not None and statement.child_by_field_name("right") == listed
    )


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


_ASSIGNMENTS = frozenset({"assignment_statement", "short_var_declaration"})
_PARTS = frozenset({"selector_expression", "index_expression", "slice_expression"})


REWRITE = Rewrite(
    code="hoist-method-value",
    title="Bind the method value once, before the loop",
    brings=(
        "`x.method` as a value allocates a closure each time it is evaluated. Bound before the "
        "loop, it is allocated once."
    ),
    before="""
type source interface {
	each(f func(string))
}

type stats struct {
	words int
}

func (st *stats) add(s string) {
	if s != "" {
		st.words++
	}
}

func (st *stats) load(sources []source) {
	for _, src := range sources {
		src.each(st.add)
	}
}
""",
    after="""
type source interface {
	each(f func(string))
}

type stats struct {
	words int
}

func (st *stats) add(s string) {
	if s != "" {
		st.words++
	}
}

func (st *stats) load(sources []source) {
	add := st.add
	for _, src := range sources {
		src.each(add)
	}
}
""",
    checks=(
        "The method has a pointer receiver, so the value holds only the pointer.",
        (
            "The variable is the same in all iterations, and every iteration evaluates the "
            "method value."
        ),
        "The compiler confirms the type of the receiver.",
    ),
    refused_when=(
        "the variable is assigned in the loop",
        (
            "the receiver is an interface or may be a nil pointer, because binding it could "
            "panic earlier"
        ),
    ),
    promise=Promise.OUT_OF_LOOP,
    find=_find,
)
