"""A pointer that may be nil becomes a value and whether there is one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.after_return import check_ends
from goescape.fixes.checks.copyable import check_copyable
from goescape.fixes.context.package_code import FUNCTIONS, insert, replace
from goescape.fixes.edits.made_values import asterisk, check_gain, findings_of, object_edits
from goescape.fixes.edits.pointees import check_no_unsafe, uses_of, value_edits
from goescape.fixes.flow.calls import (
    FunctionCall,
    binding_of,
    calls_of,
    calls_of_others,
    check_guard,
    first_operand,
    other_builds,
)
from goescape.fixes.flow.results import PointerResult, pointer_result, returns_of
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Functions that return an object of their own or nil, and whose callers ask which at once."""
    for declared in file.functions:
        result = pointer_result(declared)
        if result is None or result.slots != 1:
            continue
        findings = findings_of(code, file, result)
        if findings and any(r.form == "nil" for r in returns_of(file, result)):
            yield Match(findings, partial(_change, code, file, result, findings))


def _change(
    code: PackageCode, file: GoFile, result: PointerResult, findings: tuple[Finding, ...]
) -> Change:
    if result.pointer.parent != result.declared.node:
        raise UnsafeError(ReasonCode.RESULT_IN_PARENTHESES)
    returns = returns_of(file, result)
    check_no_unsafe(file)
    check_copyable(code, file, result.type)
    check_ends(code, result, returns)
    calls = calls_of(code, file, result.declared, anywhere=True)
    own = [r.value for r in returns if r.form == "self"]
    calls = calls_of_others(calls, own)
    if not calls:
        raise UnsafeError(ReasonCode.NEVER_CALLED)
    check_gain(code, file, result.declared, findings)
    edits = {
        insert(file, result.pointer.start_byte, "("),
        asterisk(file, result.pointer),
        insert(file, result.pointer.end_byte, ", bool)"),
        *object_edits(code, file, result, returns),
    }
    for returned in returns:
        if returned.form == "nil":
            edits.add(replace(file, returned.value, f"{result.type}{{}}, false"))
        elif returned.form != "self":
            edits |= {*_with_true(file, returned.value, edits)}
    for call in calls:
        edits |= {*_call_edits(code, call)}
    return Change(tuple(sorted(edits)), callers=len(calls), other_builds=other_builds(code, calls))


def _with_true(file: GoFile, value: Node, edits: set[Edit]) -> Iterator[Edit]:
    """``, true`` behind a returned value, which may be replaced as a whole."""
    for edit in list(edits):
        if edit.end == value.end_byte and edit.start == value.start_byte:
            edits.remove(edit)
            yield Edit(edit.file, edit.start, edit.end, f"{edit.text}, true")
            return
    yield insert(file, value.end_byte, ", true")


def _call_edits(code: PackageCode, call: FunctionCall) -> Iterator[Edit]:
    check_no_unsafe(call.file)
    parent = call.node.parent
    if parent is not None and parent.type in {"expression_statement", "go_statement"}:
        return
    name = _free_name(call.node)
    binding = binding_of(call.node)
    if binding is None:
        yield from _test_edits(call, name)
        return
    variable = binding.names[0]
    shown = text(variable)
    if len(binding.names) != 1 or shown == "_":
        raise UnsafeError(ReasonCode.RESULT_NOT_KEPT, call=text(call.node))
    success = frozenset({f"{shown} != nil", f"nil != {shown}"})
    failure = frozenset({f"{shown} == nil", f"nil == {shown}"})
    uses = uses_of(code, variable)
    compared = check_guard(binding, uses, success, failure)
    yield insert(call.file, variable.end_byte, f", {name}")
    yield replace(call.file, compared, name if text(compared) in success else f"!{name}")
    yield from value_edits(call.file, uses, [compared])


def _test_edits(call: FunctionCall, name: str) -> Iterator[Edit]:
    """``if f(x) != nil`` becomes ``if _, ok := f(x); ok``."""
    called = text(call.node)
    success = frozenset({f"{called} != nil"})
    failure = frozenset({f"{called} == nil"})
    test = next((a for a in ancestors(call.node) if a.type == "if_statement"), None)
    condition = test.child_by_field_name("condition") if test is not None else None
    if test is not None and condition is not None:
        compared = first_operand(condition, "&&", success) or first_operand(
            condition, "||", failure
        )
        plain = test.child_by_field_name("initializer") is None
        if compared is not None and compared == call.node.parent and plain:
            yield insert(call.file, condition.start_byte, f"_, {name} := {called}; ")
            yield replace(call.file, compared, name if text(compared) in success else f"!{name}")
            return
    raise UnsafeError(ReasonCode.RESULT_NOT_KEPT_OR_COMPARED, call=called)


def _free_name(node: Node) -> str:
    function = [a for a in ancestors(node) if a.type in FUNCTIONS]
    taken = {text(n) for n in walk(function[-1]) if n.type == "identifier"} if function else set()
    for name in ("ok", "found", "known"):
        if name not in taken:
            return name
    raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)


REWRITE = Rewrite(
    code="value-ok",
    title="Return (value, ok) instead of a nil-able pointer",
    brings=(
        "The caller has a place for the value in its own stack frame; a `bool` says whether "
        "there is one."
    ),
    before="""
type setting struct {
	name  string
	value int
}

var table = [][2]string{{"depth", "7"}, {"width", "21"}}

func lookup(name string) *setting {
	for _, row := range table {
		if row[0] == name {
			n := 0
			for _, c := range row[1] {
				n = n*10 + int(c-'0')
			}
			return &setting{name: name, value: n}
		}
	}
	return nil
}

func total(names []string) int {
	n := 0
	for _, name := range names {
		if s := lookup(name); s != nil {
			n += s.value
		}
	}
	return n
}
""",
    after="""
type setting struct {
	name  string
	value int
}

var table = [][2]string{{"depth", "7"}, {"width", "21"}}

func lookup(name string) (setting, bool) {
	for _, row := range table {
		if row[0] == name {
			n := 0
			for _, c := range row[1] {
				n = n*10 + int(c-'0')
			}
			return setting{name: name, value: n}, true
		}
	}
	return setting{}, false
}

func total(names []string) int {
	n := 0
	for _, name := range names {
		if s, ok := lookup(name); ok {
			n += s.value
		}
	}
	return n
}
""",
    checks=(
        "Every return statement returns an object that the function itself made, or `nil`.",
        (
            "All callers are known, compare the result with `nil` at once, and use it only "
            "where there is one."
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
        "a caller keeps the pointer, or passes it on without a test",
        (
            "the function is used as a value, an interface requires the method, or unknown "
            "packages might call it"
        ),
    ),
    find=_find,
)
