"""A result of type ``any`` that every caller asserts to be one type is returned as that type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Edit, TypeClaim, UnsafeError
from goescape.fixes.checks.after_return import may_recover
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.made_values import check_gain
from goescape.fixes.flow.calls import calls_of
from goescape.fixes.flow.results import nodes_outside_literals, operands
from goescape.fixes.flow.type_assertions import (
    asserted,
    asserted_type,
    check_type,
    is_boxed_here,
    is_dropped,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Functions that box what they return, although all callers take it out at once."""
    boxed = [f for f in code.findings if f.span.file == file.source.path and is_boxed_here(f)]
    for declared in file.functions if boxed else ():
        result = declared.node.child_by_field_name("result")
        if result is None or text(result).replace(" ", "") not in {"any", "interface{}"}:
            continue
        values = list(_returned(declared))
        findings = tuple(f for f in boxed if any(_is_at(code, f, value) for value in values))
        if findings:
            yield Match(findings, partial(_change, code, file, declared, findings))


def _is_at(code: PackageCode, finding: Finding, value: Node) -> bool:
    place = code.node_of(finding)
    return place is not None and (place[1].start_byte, place[1].end_byte) == (
        value.start_byte,
        value.end_byte,
    )


def _returned(declared: FunctionDeclaration) -> Iterator[Node]:
    body = declared.node.child_by_field_name("body")
    for node in nodes_outside_literals(body) if body is not None else ():
        if node.type == "return_statement":
            yield from operands(next(iter(operands(node)), None))


def _change(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, targets: tuple[Finding, ...]
) -> Change:
    check_gain(code, file, declared, targets)
    values = list(_returned(declared))
    _check_body(code, declared)
    everywhere = calls_of(code, file, declared)
    again = [value for value in values if any(call.node == value for call in everywhere)]
    calls = [call for call in everywhere if call.node not in again]
    taken = [asserted(call) for call in calls if not is_dropped(call)]
    types = {text(asserted_type(node)) for _, node in taken}
    if len(types) != 1:
        raise UnsafeError(ReasonCode.ASSERTIONS_DIFFER)
    concrete = types.pop()
    check_type(code, file, asserted_type(taken[0][1]))
    result = declared.node.child_by_field_name("result")
    assert result is not None
    edits = [replace(file, result, concrete)]
    for call, assertion in taken:
        path = call.file.source.path
        edits.append(Edit(path, call.node.end_byte, assertion.end_byte, ""))
    claims = tuple(
        TypeClaim(file.source.path, v.start_byte, v.end_byte, concrete)
        for v in values
        if v not in again
    )
    return Change(tuple(edits), callers=len(taken), claims=claims)


def _check_body(code: PackageCode, declared: FunctionDeclaration) -> None:
    if declared.is_generic:
        raise UnsafeError(ReasonCode.IS_GENERIC, name=declared.plain_name)
    if "any" in code.syntax.types:
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="any")
    body = declared.node.child_by_field_name("body")
    for node in nodes_outside_literals(body) if body is not None else ():
        if node.type == "defer_statement" and may_recover(code, node):
            raise UnsafeError(ReasonCode.DEFER_MAY_RECOVER)


REWRITE = Rewrite(
    code="concrete-result",
    title="Return the concrete type instead of interface{}",
    brings="A concrete result needs no boxing, and the callers need no type assertion.",
    before="""
func parse(s string) interface{} {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			continue
		case c >= '0' && c <= '9':
			n = n*16 + int(c-'0')
		case c >= 'a' && c <= 'f':
			n = n*16 + int(c-'a') + 10
		case c >= 'A' && c <= 'F':
			n = n*16 + int(c-'A') + 10
		default:
			return -1
		}
	}
	return n
}

func total(words []string) int {
	sum := 0
	for _, w := range words {
		sum += parse(w).(int)
	}
	return sum
}
""",
    after="""
func parse(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			continue
		case c >= '0' && c <= '9':
			n = n*16 + int(c-'0')
		case c >= 'a' && c <= 'f':
			n = n*16 + int(c-'a') + 10
		case c >= 'A' && c <= 'F':
			n = n*16 + int(c-'A') + 10
		default:
			return -1
		}
	}
	return n
}

func total(words []string) int {
	sum := 0
	for _, w := range words {
		sum += parse(w)
	}
	return sum
}
""",
    checks=(
        "Every caller asserts the same concrete type at once, in the form that panics.",
        "The compiler confirms that every returned value has this type.",
    ),
    refused_when=(
        "a caller uses the result as an interface, or with the `v, ok` form of the assertion",
        "the function is generic, is used as a value, or other packages might call it",
        "a deferred call might recover, because the result would then be `nil`",
    ),
    find=_find,
)
