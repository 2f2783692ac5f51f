"""A container of ``any`` whose variables hold one type each gets a type parameter."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.caches import cached
from goescape.fixes.candidate import Edit, TypeClaim, UnsafeError
from goescape.fixes.checks.spare_capacity import grows_itself
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.edits.pointees import uses_of
from goescape.fixes.flow.any_containers import AnyContainer, container_of, is_any, name_of
from goescape.fixes.flow.calls import FunctionCall, calls_of
from goescape.fixes.flow.results import operands
from goescape.fixes.flow.type_assertions import (
    asserted,
    asserted_type,
    check_type,
    is_boxed_here,
    is_dropped,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Values that are boxed by a method of such a container."""
    for name, findings in _boxed(code).items():
        if any(finding.span.file == file.source.path for finding in findings):
            yield Match(tuple(findings), partial(_change, code, name))


@cached(4)
def _boxed(code: PackageCode) -> Mapping[str, Sequence[Finding]]:
    """All that is boxed by a method of a container, by the name of its type."""
    containers = _containers(code)
    boxed: dict[str, list[Finding]] = {}
    for finding in code.findings if containers else ():
        name = _container_of(code, finding, containers) if is_boxed_here(finding) else ""
        if name:
            boxed.setdefault(name, []).append(finding)
    return boxed


def _containers(code: PackageCode) -> Mapping[str, str]:
    """By the names of their methods, the types of structs that hold ``any``; else empty."""
    methods: dict[str, list[str]] = {}
    for function in code.syntax.functions:
        if (match := _METHOD.match(function)) is not None:
            methods.setdefault(match["type"], []).append(match["name"])
    found: dict[str, str] = {}
    for name, node in code.syntax.types.items():
        if node.type == "struct_type" and name in methods:
            holds = name if any(is_any(inner) for inner in walk(node)) else ""
            for method in methods[name]:
                found.setdefault(method, holds)
    return found


def _container_of(code: PackageCode, finding: Finding, containers: Mapping[str, str]) -> str:
    """The type whose method gets a boxed value as an argument; empty for others."""
    place = code.node_of(finding)
    arguments = place[1].parent if place is not None else None
    call = arguments.parent if arguments is not None else None
    if call is None or arguments is None or arguments.type != "argument_list":
        return ""
    method = callee_text(call).rpartition(".")[2]
    return containers.get(method, "")


def _change(code: PackageCode, name: str) -> Change:
    container = container_of(code, name)
    if code.is_mentioned_elsewhere(name) or "any" in code.syntax.types or name[:1].isupper():
        raise UnsafeError(ReasonCode.USABLE_FROM_ELSEWHERE, name=name)
    parameter = next((n for n in ("T", "E", "V") if code.is_free_in_package(n)), None)
    if parameter is None:
        raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)
    edits = [insert(container.file, name_of(container.spec).end_byte, f"[{parameter} any]")]
    edits += _field_edits(container, parameter)
    calls = []
    for where, declared in container.methods:
        edits += _signature_edits(where, declared, parameter)
        _check_receiver(container, declared)
        calls += [(declared, call) for call in calls_of(code, where, declared)]
    _check_variables(code, container, [call for _, call in calls])
    claims, more, concrete = _held(code, container, calls)
    edits += more
    for where, variable in container.variables:
        declared_type = variable.parent.child_by_field_name("type") if variable.parent else None
        assert declared_type is not None
        edits.append(insert(where, declared_type.end_byte, f"[{concrete}]"))
    return Change(tuple(edits), callers=len(calls), claims=tuple(claims))


def _field_edits(container: AnyContainer, parameter: str) -> Iterator[Edit]:
    struct = container.spec.child_by_field_name("type")
    assert struct is not None
    for node in walk(struct):
        if is_any(node):
            parent = node.parent
            if parent is None or parent.type != "slice_type" or parent.parent is None:
                raise UnsafeError(ReasonCode.UNSET_IS_ZERO)
            if parent.parent.type != "field_declaration":
                raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(parent))
            yield replace(container.file, node, parameter)
        elif node.type == "interface_type":
            raise UnsafeError(ReasonCode.HOLDS_INTERFACES, type=container.name)


def _signature_edits(file: GoFile, declared: FunctionDeclaration, parameter: str) -> Iterator[Edit]:
    for part in ("receiver", "parameters", "result"):
        node = declared.node.child_by_field_name(part)
        for inner in walk(node) if node is not None else ():
            if part == "receiver" and inner.type == "type_identifier":
                yield insert(file, inner.end_byte, f"[{parameter}]")
            elif is_any(inner):
                plain = inner.parent is not None and inner.parent.type == "parameter_declaration"
                if not plain and inner != node:
                    raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(inner.parent or inner))
                yield replace(file, inner, parameter)
    body = declared.node.child_by_field_name("body")
    for inner in walk(body) if body is not None else ():
        if is_any(inner) or inner.type in _TYPE_TESTS or text(inner) in {"make", "cap", "clear"}:
            raise UnsafeError(ReasonCode.DOES_MORE_THAN_MOVE, name=declared.plain_name)
        if inner.type == "slice_expression" and not _is_shorter(inner):
            raise UnsafeError(ReasonCode.UNSET_IS_ZERO)


def _check_receiver(container: AnyContainer, declared: FunctionDeclaration) -> None:
    """Raise UnsafeError where a method does more with a slice of the container than to hold it."""
    struct = container.spec.child_by_field_name("type")
    slices = [n.parent for n in walk(struct) if n.type == "slice_type"] if struct else []
    held = {text(n) for f in slices if f is not None for n in f.children_by_field_name("name")}
    receiver = declared.node.child_by_field_name("receiver")
    names = list(parameter_names(receiver)) if receiver is not None else []
    for node in walk(declared.node):
        if node.type != "identifier" or node in names or definition(node) not in names:
            continue
        field_ = node.parent
        outer = field_.parent if field_ is not None else None
        if field_ is None or field_.type != "selector_expression" or outer is None:
            raise UnsafeError(ReasonCode.USED_AS_WHOLE, expression=text(node))
        call = outer.parent if outer.type == "argument_list" else None
        if call is not None and callee_text(call) not in {"append", "len", "copy"}:
            raise UnsafeError(ReasonCode.USED_AS_WHOLE, expression=text(field_))
        if call is not None and callee_text(call) == "append" and not grows_itself(call, field_):
            raise UnsafeError(ReasonCode.SLICES_SHARE_ELEMENTS, code=text(call))
        if text(field_).rpartition(".")[2] in held and _is_shared(field_, outer):
            raise UnsafeError(ReasonCode.USED_AS_WHOLE, expression=text(field_))


def _is_shared(field_: Node, outer: Node) -> bool:
    """Whether something else gets the slice: ``x := s.items``, ``x := s.items[1:]``."""
    part = outer if outer.type == "slice_expression" else field_
    listed = part.parent
    statement = listed.parent if listed is not None and listed.type == "expression_list" else None
    right = statement.child_by_field_name("right") if statement is not None else None
    if statement is None or right != listed:
        return False
    left = statement.child_by_field_name("left")
    return text(left) != text(field_) if left is not None else True


def _is_shorter(node: Node) -> bool:
    """Whether a slice expression ends where the slice did, or before."""
    end, capacity = node.child_by_field_name("end"), node.child_by_field_name("capacity")
    whole = re.escape(text(node).partition("[")[0])
    shorter = rf"len\({whole}\)\s*-\s*\w+"
    return capacity is None and (
        end is None or text(end) == "0" or re.fullmatch(shorter, text(end)) is not None
    )


def _check_variables(code: PackageCode, container: AnyContainer, calls: list[FunctionCall]) -> None:
    """Raise UnsafeError unless variables of the type are only there to call methods of."""
    receivers = {_receiver(call).start_byte: call.file for call in calls}
    packages = {text(v) for _, v in container.variables if _is_global(v)}
    for file, variable in container.variables:
        uses = [] if _is_global(variable) else uses_of(code, variable)
        _check_known(file, uses, receivers)
    for file in code.files.values():
        uses = [
            node
            for node in walk(file.root)
            if node.type == "identifier" and text(node) in packages and definition(node) is None
        ]
        declared = {v.start_byte for f, v in container.variables if f is file}
        _check_known(file, [n for n in uses if n.start_byte not in declared], receivers)
    if len(container.variables) == 0:
        raise UnsafeError(ReasonCode.NO_VARIABLE_OF_TYPE, type=container.name)


def _check_known(file: GoFile, uses: list[Node], receivers: dict[int, GoFile]) -> None:
    for use in uses:
        if receivers.get(use.start_byte) is not file:
            raise UnsafeError(ReasonCode.USED_AS_WHOLE, expression=text(use))


def _held(
    code: PackageCode,
    container: AnyContainer,
    calls: list[tuple[FunctionDeclaration, FunctionCall]],
) -> tuple[list[TypeClaim], list[Edit], str]:
    """That all elements are of one type, and the edits where they are taken out."""
    edits, arguments, types = [], [], []
    for declared, call in calls:
        result = declared.node.child_by_field_name("result")
        if result is not None and is_any(result) and not is_dropped(call):
            _, assertion = asserted(call)
            types.append(asserted_type(assertion))
            path = call.file.source.path
            edits.append(Edit(path, call.node.end_byte, assertion.end_byte, ""))
        arguments += [(call.file, node) for node in _boxed_arguments(declared, call)]
    if len({text(node) for node in types}) != 1:
        raise UnsafeError(ReasonCode.ASSERTIONS_DIFFER)
    check_type(code, container.file, types[0])
    claims = []
    for file, node in arguments:
        # What is taken out is of that type already, once its own assertion holds.
        claims.append(TypeClaim(file.source.path, node.start_byte, node.end_byte, text(types[0])))
    return claims, edits, text(types[0])


def _boxed_arguments(declared: FunctionDeclaration, call: FunctionCall) -> Iterator[Node]:
    passed = operands(call.node.child_by_field_name("arguments"))
    position = 0
    for part in operands(declared.node.child_by_field_name("parameters")):
        its_type = part.child_by_field_name("type")
        for _ in part.children_by_field_name("name"):
            if position >= len(passed) or part.type != "parameter_declaration":
                raise UnsafeError(ReasonCode.ARGUMENTS_NOT_PLAIN, call=text(call.node))
            if its_type is not None and is_any(its_type):
                yield passed[position]
            position += 1


def _receiver(call: FunctionCall) -> Node:
    """The variable whose method is called; what else stands there is nobody's variable."""
    function = call.node.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    if operand is None or operand.type != "identifier":
        raise UnsafeError(ReasonCode.NOT_CALLED_ON_VARIABLE, call=text(call.node))
    return operand


def _is_global(variable: Node) -> bool:
    return not any(a.type == "block" for a in ancestors(variable))


_METHOD = re.compile(r"\(\*(?P<type>\w+)\)\.(?P<name>\w+)$")
_TYPE_TESTS = frozenset({"type_assertion_expression", "type_switch_statement"})


REWRITE = Rewrite(
    code="type-parameter",
    title="Replace interface{} by a type parameter",
    brings="A container with a type parameter stores its elements without boxing them.",
    before="""
type stack struct {
	items []interface{}
}

func (s *stack) push(v interface{}) {
	s.items = append(s.items, v)
}

func (s *stack) pop() interface{} {
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v
}

var work stack

func double(values []int) (n int) {
	for _, v := range values {
		work.push(v)
	}
	for range values {
		n += 2 * work.pop().(int)
	}
	return n
}
""",
    after="""
type stack[T any] struct {
	items []T
}

func (s *stack[T]) push(v T) {
	s.items = append(s.items, v)
}

func (s *stack[T]) pop() T {
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v
}

var work stack[int]

func double(values []int) (n int) {
	for _, v := range values {
		work.push(v)
	}
	for range values {
		n += 2 * work.pop()
	}
	return n
}
""",
    checks=(
        "All variables of the type are known, and each holds elements of one type only.",
        "The methods do no more than to move elements.",
        "Every caller asserts the same type at once; the compiler confirms what is put in.",
    ),
    refused_when=(
        "the type is exported or already generic, or files of other builds use it",
        "an element that was never set would be zero instead of `nil`",
        "the container is copied, stored or passed on as a whole",
    ),
    find=_find,
)
