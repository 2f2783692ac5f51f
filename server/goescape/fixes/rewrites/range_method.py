"""A function ranges over the method of a value that it is given, not over an unknown iterator.

Then the compiler sees the iterator, and the body of the loop is no closure that escapes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import FixKind, TypeClaim, UnsafeError
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import arguments_of, has_comment
from goescape.fixes.syntax.variable_uses import (
    Variable,
    function_of,
    local_name,
    named_type,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Call:
    """``f(x.all())``: what is passed, and the x in it."""

    file: GoFile
    passed: Node
    operand: Node
    method: str


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Unexported functions that range over a parameter, if all callers pass the same method."""
    for finding in code.findings:
        if finding.span.file != file.source.path or finding.subject != "loop body":
            continue
        place, function = code.node_of(finding), code.function_of(finding)
        loop = place[1] if place is not None and finding.escapes else None
        if loop is not None and loop.type == "for" and loop.parent is not None:
            loop = loop.parent
        sequence = _sequence(loop) if loop is not None else None
        if sequence is not None and function is not None:
            change = partial(_change, code, file, function, sequence)
            yield Match((finding,), change, file.span(sequence.declared))


def _change(
    code: PackageCode, file: GoFile, function: FunctionDeclaration, sequence: Variable
) -> Change | None:
    if reason := _refusal_reason(code, function):
        raise UnsafeError(reason)
    calls = _calls(code, function, sequence)
    method = calls[0].method if calls else ""
    iterator = _iterator(code, method) if calls else None
    if iterator is None or any(call.method != method for call in calls):
        return None
    receiver, kind = iterator
    declaration = sequence.declared.parent
    name = local_name(sequence.declared, (receiver,)) or sequence.name
    old = declaration.child_by_field_name("type") if declaration is not None else None
    imports = import_edits(file, (), [old]) if old is not None else None
    if declaration is None or imports is None or has_comment(declaration):
        return None
    return Change(
        (
            replace(file, declaration, f"{name} {kind}"),
            replace(file, sequence.uses[0], f"{name}.{method}()"),
            *(replace(call.file, call.passed, text(call.operand)) for call in calls),
            *imports,
        ),
        callers=len(calls),
        claims=tuple(
            TypeClaim(c.file.source.path, c.operand.start_byte, c.operand.end_byte, kind)
            for c in calls
        ),
    )


def _sequence(loop: Node) -> Variable | None:
    """The parameter that a loop ranges over, if that is its only use."""
    clause = next((n for n in loop.named_children if n.type == "range_clause"), None)
    ranged = clause.child_by_field_name("right") if clause is not None else None
    function = function_of(loop)
    if ranged is None or ranged.type != "identifier" or function is None:
        return None
    parameters = function.child_by_field_name("parameters")
    for declaration in parameters.named_children if parameters is not None else ():
        names = declaration.children_by_field_name("name")
        if declaration.type == "parameter_declaration" and [text(n) for n in names] == [
            text(ranged)
        ]:
            variable = variable_at(names[0])
            return variable if variable is not None and variable.uses == (ranged,) else None
    return None


def _refusal_reason(code: PackageCode, function: FunctionDeclaration) -> Reason | None:
    name = function.plain_name
    if function.node.type != "function_declaration" or function.is_exported:
        return Reason.of(ReasonCode.USABLE_FROM_ELSEWHERE, name=name)
    if function.is_generic:
        return Reason.of(ReasonCode.IS_GENERIC, name=name)
    if code.is_mentioned_elsewhere(name):
        return Reason.of(ReasonCode.MENTIONED_BY_OTHER_BUILDS, name=name)
    return None


def _calls(code: PackageCode, function: FunctionDeclaration, sequence: Variable) -> list[_Call]:
    """Every reference to the function, if each is a call with the method of a plain value."""
    parameters = function.node.child_by_field_name("parameters")
    declared = parameters.named_children if parameters is not None else []
    declarations = [node for node in declared if node.type != "comment"]
    before = declarations[: declarations.index(sequence.declared.parent or function.node)]
    position = sum(max(len(d.children_by_field_name("name")), 1) for d in before)
    calls = []
    for file, name in code.syntax.references(function.plain_name):
        call = name.parent
        is_call = call is not None and call.type == "call_expression"
        if call is None or not is_call or call.child_by_field_name("function") != name:
            return []
        arguments = arguments_of(call)
        passed = arguments[position] if position < len(arguments) else None
        operand = _operand(passed) if passed is not None else None
        if passed is None or operand is None or has_comment(call):
            return []
        method = text(passed).rpartition(".")[2].partition("(")[0]
        calls.append(_Call(file, passed, operand, method))
    return calls


def _operand(passed: Node) -> Node | None:
    """The x of ``x.all()``, where x is a plain name."""
    called = passed.child_by_field_name("function") if passed.type == "call_expression" else None
    if called is None or called.type != "selector_expression" or arguments_of(passed):
        return None
    operand = called.child_by_field_name("operand")
    return operand if operand is not None and operand.type == "identifier" else None


def _iterator(code: PackageCode, method: str) -> tuple[str, str] | None:
    """Name and type of the receiver of the only method of a name, if it just gives a literal."""
    methods = [
        f
        for f in code.syntax.functions.values()
        if f.plain_name == method and f.node.type == "method_declaration"
    ]
    if len(methods) != 1 or code.is_mentioned_elsewhere(method):
        return None
    receiver = methods[0].node.child_by_field_name("receiver")
    body = methods[0].node.child_by_field_name("body")
    declared = receiver.named_children[0] if receiver is not None else None
    kind = declared.child_by_field_name("type") if declared is not None else None
    name = declared.child_by_field_name("name") if declared is not None else None
    if body is None or kind is None or name is None or not _gives_literal(body):
        return None
    plain = named_type(kind)
    own = plain in code.syntax.types and plain not in code.declared_locally
    return (text(name), text(kind)) if own and "[" not in text(kind) else None


def _gives_literal(body: Node) -> bool:
    """Whether calling it does nothing but make a closure: then the time of the call is free."""
    statements = body.named_children[0].named_children if body.named_children else []
    if [s.type for s in statements] != ["return_statement"]:
        return False
    values = statements[0].named_children
    results = values[0].named_children if values else []
    return [r.type for r in results] == ["func_literal"]


REWRITE = Rewrite(
    code="range-method",
    title="Range over the iterator method directly",
    brings=(
        "The compiler sees the iterator and can inline it: the body of the loop is no closure "
        "on the heap any more."
    ),
    before="""
type table struct {
	keys   []string
	values []int
}

func (t *table) all() func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		for i, k := range t.keys {
			if !yield(k, t.values[i]) {
				return
			}
		}
	}
}

func summary(seq func(yield func(string, int) bool)) (longest string, sum int) {
	seen := map[int]bool{}
	for k, v := range seq {
		if seen[v] {
			continue
		}
		seen[v] = true
		if len(k) > len(longest) {
			longest = k
		}
		sum += v
	}
	for i := 0; i < len(longest); i++ {
		if longest[i] == ' ' {
			sum++
		}
	}
	return longest, sum
}

func report(t *table) int {
	name, n := summary(t.all())
	return len(name) + n
}
""",
    after="""
type table struct {
	keys   []string
	values []int
}

func (t *table) all() func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		for i, k := range t.keys {
			if !yield(k, t.values[i]) {
				return
			}
		}
	}
}

func summary(t *table) (longest string, sum int) {
	seen := map[int]bool{}
	for k, v := range t.all() {
		if seen[v] {
			continue
		}
		seen[v] = true
		if len(k) > len(longest) {
			longest = k
		}
		sum += v
	}
	for i := 0; i < len(longest); i++ {
		if longest[i] == ' ' {
			sum++
		}
	}
	return longest, sum
}

func report(t *table) int {
	name, n := summary(t)
	return len(name) + n
}
""",
    checks=(
        (
            "The function is not exported and ranges over the parameter once; that is all it "
            "does with it."
        ),
        "Every caller passes the same method of a plain variable; the compiler confirms its type.",
        "The method does nothing but return a function literal.",
    ),
    refused_when=(
        "other packages, or files of other builds, might call the function",
        "the function is generic",
    ),
    kind=FixKind.REWRITE,
    look_at="The function takes the value itself, and no other iterator any more.",
    since=(1, 23),
    find=_find,
)
