"""A fresh object is returned by value: it never needs the heap, the caller has a place for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.after_return import check_ends
from goescape.fixes.checks.copyable import check_copyable
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.made_values import (
    asterisk,
    check_apart,
    check_gain,
    findings_of,
    object_edits,
)
from goescape.fixes.edits.pointees import check_no_unsafe, star_edits, uses_of, value_edits
from goescape.fixes.edits.temporaries import temporary_edits
from goescape.fixes.flow.calls import (
    FunctionCall,
    binding_of,
    calls_of,
    calls_of_others,
    check_guard,
    other_builds,
)
from goescape.fixes.flow.results import (
    PointerResult,
    operands,
    pointer_result,
    proves_failure,
    returns_of,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Functions whose every return gives an object that they made themselves."""
    for declared in file.functions:
        result = pointer_result(declared)
        findings = findings_of(code, file, result) if result is not None else ()
        if result is not None and findings:
            yield Match(findings, partial(_change, code, file, result, findings))


def _change(
    code: PackageCode, file: GoFile, result: PointerResult, findings: tuple[Finding, ...]
) -> Change | None:
    returns = returns_of(file, result)
    absent = [r for r in returns if r.form == "nil"]
    if absent and result.slots == 1:
        return None  # that is for value-ok
    check_no_unsafe(file)
    failure_kinds = {proves_failure(code, file, result, returned) for returned in absent}
    if len(failure_kinds) > 1 or "" in failure_kinds:
        raise UnsafeError(ReasonCode.NIL_IS_NOT_TOLD)
    check_copyable(code, file, result.type)
    check_ends(code, result, returns)
    calls = calls_of(code, file, result.declared, anywhere=True)
    own = [r.value for r in returns if r.form == "self"]
    calls = calls_of_others(calls, own)
    if not calls:
        raise UnsafeError(ReasonCode.NEVER_CALLED)
    check_gain(code, file, result.declared, findings)
    edits = {asterisk(file, result.pointer), *object_edits(code, file, result, returns)}
    edits |= {replace(file, returned.value, f"{result.type}{{}}") for returned in absent}
    names: set[tuple[str, int, str]] = set()
    for call in calls:
        if _needs_name(call, result):
            edits |= {*temporary_edits(code, call, names)}
        else:
            edits |= {*_call_edits(code, call, result, next(iter(failure_kinds), ""))}
    check_apart(edits)
    return Change(tuple(sorted(edits)), callers=len(calls), other_builds=other_builds(code, calls))


def _needs_name(call: FunctionCall, result: PointerResult) -> bool:
    """Whether the pointer is an argument, or a method is called on it."""
    parent = call.node.parent
    if parent is None or result.slots != 1:
        return False
    return parent.type == "argument_list" or (
        parent.type == "selector_expression" and _is_called(parent)
    )


def _call_edits(
    code: PackageCode, call: FunctionCall, result: PointerResult, failure_kind: str
) -> Iterator[Edit]:
    check_no_unsafe(call.file)
    parent = call.node.parent
    kind = parent.type if parent is not None else ""
    if kind in {"expression_statement", "go_statement", "defer_statement"} or _is_dropped(call):
        return
    binding = binding_of(call.node)
    if binding is not None and len(binding.names) == result.slots:
        variable = binding.names[result.slot]
        uses = uses_of(code, variable) if text(variable) != "_" else []
        if failure_kind and uses:
            flag = text(binding.names[1 - result.slot])
            check_guard(binding, uses, *_TESTS[failure_kind](flag))
        yield from value_edits(call.file, uses, [])
        return
    if result.slots == 1 and parent is not None:
        if kind == "unary_expression" and parent.children[0].type == "*":
            yield from star_edits(call.file, parent)
            return
        if kind == "selector_expression" and not _is_called(parent):
            return
    raise UnsafeError(ReasonCode.RESULT_NOT_KEPT_OR_READ, call=text(call.node))


def _is_dropped(call: FunctionCall) -> bool:
    """``_, err = f()`` takes nothing that changes."""
    values = call.node.parent
    statement = values.parent if values is not None else None
    left = statement.child_by_field_name("left") if statement is not None else None
    return (
        statement is not None
        and statement.type == "assignment_statement"
        and left is not None
        and all(text(name) == "_" for name in operands(left))
    )


def _is_called(selector: Node) -> bool:
    parent = selector.parent
    return parent is not None and parent.type == "call_expression"


def _error_tests(name: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset({f"{name} == nil"}), frozenset({f"{name} != nil"})


def _bool_tests(name: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset({name}), frozenset({f"!{name}"})


_TESTS = {"error": _error_tests, "bool": _bool_tests}


REWRITE = Rewrite(
    code="return-value",
    title="Return the value instead of a pointer",
    brings=(
        "The caller has a place for the value in its own stack frame, so the object needs no heap."
    ),
    before="""
type point struct {
	x, y int
}

func parsePoint(s string) *point {
	p := point{}
	negative, second := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-':
			negative = true
		case c == ',':
			second = true
		case second:
			p.y = p.y*10 + int(c-'0')
		default:
			p.x = p.x*10 + int(c-'0')
		}
	}
	if negative {
		p.x, p.y = -p.x, -p.y
	}
	return &p
}

func sum(lines []string) int {
	n := 0
	for _, line := range lines {
		p := parsePoint(line)
		n += p.x + p.y
	}
	return n
}
""",
    after="""
type point struct {
	x, y int
}

func parsePoint(s string) point {
	p := point{}
	negative, second := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-':
			negative = true
		case c == ',':
			second = true
		case second:
			p.y = p.y*10 + int(c-'0')
		default:
			p.x = p.x*10 + int(c-'0')
		}
	}
	if negative {
		p.x, p.y = -p.x, -p.y
	}
	return p
}

func sum(lines []string) int {
	n := 0
	for _, line := range lines {
		p := parsePoint(line)
		n += p.x + p.y
	}
	return n
}
""",
    checks=(
        (
            "Every return statement returns an object that the function itself made, or `nil` "
            "beside an error or `false`."
        ),
        (
            "All callers are known and adapted; none compares the pointer, keeps it or assigns "
            "another one."
        ),
        (
            "The type can be copied: it contains no lock, does not link to itself, and has at "
            "most 256 bytes."
        ),
    ),
    refused_when=(
        (
            "the function is small enough to be inlined, because then the object is on the "
            "caller's stack already"
        ),
        "a function literal or a deferred call may still use the object",
        (
            "the function is used as a value, an interface requires the method, or unknown "
            "packages might call it"
        ),
    ),
    find=_find,
)
