"""A constructor too large to be inlined becomes a small one and an init method.

The small one is inlined, and then the caller's frame has room for the object. Nothing changes for
those who call it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, Promise, UnsafeError
from goescape.fixes.context.package_code import insert, line_end, replace
from goescape.fixes.edits.made_values import findings_of
from goescape.fixes.edits.pointees import uses_of
from goescape.fixes.flow.results import (
    PointerResult,
    Returned,
    nodes_outside_literals,
    operands,
    pointer_result,
    returns_of,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Parts:
    """A constructor: it makes an object, fills it, and returns it."""

    variable: Node
    made: Node
    """The statement that makes the object."""
    filling: tuple[Node, ...]
    last: Node
    """The return statement at its end."""
    early: tuple[Returned, ...]
    """The other returns; they all return the object."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Constructors that the compiler does not inline, because they are too complex."""
    here = [f for f in code.report.functions if f.span.file == file.source.path]
    complex_ones = {f.name for f in here if f.inlinable is False}
    for declared in file.functions:
        result = pointer_result(declared) if declared.name in complex_ones else None
        if result is None or declared.node.type != "function_declaration" or result.slots != 1:
            continue
        findings = findings_of(code, file, result)
        parts = _parts(file, result) if len(findings) == 1 else None
        if parts is not None:
            yield Match(findings, partial(_change, code, file, result, parts))


def _change(code: PackageCode, file: GoFile, result: PointerResult, parts: _Parts) -> Change:
    moved = {
        re.escape(finding.subject)
        for finding in code.findings
        if finding.span.file == file.source.path
        and parts.made.end_point[0] + 1 < finding.span.line <= parts.last.start_point[0] + 1
    }
    return Change(tuple(_edits(code, file, result, parts)), may_add=tuple(sorted(moved)))


def _parts(file: GoFile, result: PointerResult) -> _Parts | None:
    body = result.declared.node.child_by_field_name("body")
    block = next((n for n in operands(body) if n.type == "statement_list"), None)
    statements = operands(block)
    returns = returns_of(file, result)
    if len(statements) < 3 or {r.form for r in returns} != {"pointer"}:
        return None
    if len({r.variable.start_byte for r in returns if r.variable is not None}) != 1:
        return None
    variable = returns[0].variable
    first, *filling, last = statements
    if variable is None or last != returns[-1].statement:
        return None
    if not first.start_byte <= variable.start_byte < first.end_byte:
        return None
    return _Parts(variable, first, tuple(filling), last, returns[:-1])


def _edits(code: PackageCode, file: GoFile, result: PointerResult, parts: _Parts) -> Iterator[Edit]:
    _check(file, parts)
    _check_uses(code, parts)
    _check_shared(result.declared, parts)
    end, name = line_end(file), _method_name(code)
    variable = text(parts.variable)
    used = list(_used_parameters(result.declared, parts))
    arguments = ", ".join(f"{p}..." if t.startswith("...") else p for p, t in used)
    signature = ", ".join(f"{p} {t}" for p, t in used)
    yield insert(
        file,
        _line_stop(file, parts.made),
        f"{end}\t{variable}.{name}({arguments})"
        f"{end}\t{text(parts.last)}{end}}}{end}"
        f"{end}func ({variable} *{result.type}) {name}({signature}) {{",
    )
    for early in parts.early:
        yield replace(file, early.statement, "return")
    start, stop = _line_start(file, parts.last), _line_stop(file, parts.last)
    if file.source.content[start:stop].strip() != text(parts.last).encode():
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)
    yield Edit(file.source.path, start, min(stop + len(end), len(file.source.content)), "")


def _check(file: GoFile, parts: _Parts) -> None:
    for statement in parts.filling:
        for node in nodes_outside_literals(statement):
            if node.type == "defer_statement":
                raise UnsafeError(ReasonCode.DEFER_RUNS_EARLIER)
        if any(text(n) == "runtime.Caller" for n in walk(statement)):
            raise UnsafeError(ReasonCode.ASKS_FOR_CALLER)
    if parts.filling[0].start_point[0] == parts.made.end_point[0]:
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)
    if parts.filling[-1].end_point[0] == parts.last.start_point[0]:
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)
    rest = file.source.content[parts.made.end_byte : _line_stop(file, parts.made)].strip()
    if rest and not rest.startswith(b"//"):
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)


def _check_shared(declared: FunctionDeclaration, parts: _Parts) -> None:
    """Raise UnsafeError when the object may know a parameter itself: init would fill a copy."""
    names = {name for name, _ in _used_parameters(declared, parts)}
    for node in walk(parts.made):
        kind = node.type
        if kind == "func_literal":
            raise UnsafeError(ReasonCode.LITERAL_USES_OBJECT)
        operand = node.child_by_field_name("operand")
        if operand is None or text(operand).partition(".")[0].partition("[")[0] not in names:
            continue
        called = node.parent is not None and node.parent.type == "call_expression"
        if kind == "unary_expression" or (kind == "selector_expression" and not called):
            raise UnsafeError(ReasonCode.MAY_SHARE_PARAMETER, expression=text(node))


def _check_uses(code: PackageCode, parts: _Parts) -> None:
    returned = [r.statement for r in parts.early] + [parts.last]
    for use in uses_of(code, parts.variable):
        parent = use.parent
        assert parent is not None
        if any(r.start_byte <= use.start_byte < r.end_byte for r in returned):
            continue
        if parent.type == "unary_expression" and parent.children[0].type == "*":
            continue
        if parent.type not in _READING:
            raise UnsafeError(ReasonCode.MAY_BE_ANOTHER_OBJECT, name=text(use))


def _used_parameters(declared: FunctionDeclaration, parts: _Parts) -> Iterator[tuple[str, str]]:
    """The parameters that the filling needs, with their types."""
    list_ = declared.node.child_by_field_name("parameters")
    used = {
        origin.start_byte
        for statement in parts.filling
        for node in walk(statement)
        if node.type == "identifier" and (origin := definition(node)) is not None
    }
    for part in operands(list_):
        its_type = part.child_by_field_name("type")
        assert its_type is not None
        dots = "..." if part.type == "variadic_parameter_declaration" else ""
        for name in part.children_by_field_name("name"):
            if name.start_byte in used:
                yield text(name), dots + text(its_type)


def _method_name(code: PackageCode) -> str:
    """A name that no method, field or interface of the package has."""
    files = [*code.files.values(), *code.others.values()]
    for name in ("init", "setUp", "fill"):
        word = re.compile(rb"\b%s\b" % name.encode())
        nodes = (f.node_at(m.start()) for f in files for m in word.finditer(f.source.content))
        if not any(n is not None and n.type == "field_identifier" for n in nodes):
            return name
    raise UnsafeError(ReasonCode.NAME_TAKEN, name="init")


def _line_start(file: GoFile, node: Node) -> int:
    return file.source.offset(node.start_point[0] + 1, 1) or 0


def _line_stop(file: GoFile, node: Node) -> int:
    line = node.end_point[0] + 1
    return (file.source.offset(line, 1) or 0) + len(file.source.line(line).rstrip(b"\r"))


_READING = frozenset({"selector_expression", "argument_list", "binary_expression"})


REWRITE = Rewrite(
    code="split-constructor",
    title="Split into an inlinable constructor and an init method",
    brings=(
        "The small constructor is inlined, and then the object can stay in the caller's stack "
        "frame. Callers do not change."
    ),
    before="""
type Matcher struct {
	set [4]uint64
}

func NewMatcher(bytes string) *Matcher {
	m := &Matcher{}
	for i := 0; i < len(bytes); i++ {
		first, last := bytes[i], bytes[i]
		if i+2 < len(bytes) && bytes[i+1] == '-' {
			last = bytes[i+2]
			i += 2
		}
		for c := first; c <= last; c++ {
			m.set[c>>6] |= 1 << (c & 63)
			if c >= 'a' && c <= 'z' {
				upper := c - 'a' + 'A'
				m.set[upper>>6] |= 1 << (upper & 63)
			}
		}
	}
	return m
}

func count(bytes, text string) int {
	m := NewMatcher(bytes)
	n := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; m.set[c>>6]&(1<<(c&63)) != 0 {
			n++
		}
	}
	return n
}
""",
    after="""
type Matcher struct {
	set [4]uint64
}

func NewMatcher(bytes string) *Matcher {
	m := &Matcher{}
	m.init(bytes)
	return m
}

func (m *Matcher) init(bytes string) {
	for i := 0; i < len(bytes); i++ {
		first, last := bytes[i], bytes[i]
		if i+2 < len(bytes) && bytes[i+1] == '-' {
			last = bytes[i+2]
			i += 2
		}
		for c := first; c <= last; c++ {
			m.set[c>>6] |= 1 << (c & 63)
			if c >= 'a' && c <= 'z' {
				upper := c - 'a' + 'A'
				m.set[upper>>6] |= 1 << (upper & 63)
			}
		}
	}
}

func count(bytes, text string) int {
	m := NewMatcher(bytes)
	n := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; m.set[c>>6]&(1<<(c&63)) != 0 {
			n++
		}
	}
	return n
}
""",
    checks=(
        "The compiler does not inline the constructor because it is too complex.",
        "The constructor makes the object first and returns that same variable at every end.",
        (
            "The compiler confirms that the object stays on the stack of the callers where it "
            "is inlined."
        ),
    ),
    refused_when=(
        "the constructor defers a call, or asks who called it",
        "the variable may stand for another object later",
        "the name `init…` of the new method is taken",
    ),
    promise=Promise.STAYS_AT_CALLS,
    find=_find,
)
