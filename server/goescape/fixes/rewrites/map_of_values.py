"""A map of pointers to counters holds the counters: each change is stored back.

Only one shape: ``t := m[k]``, made and stored where it is nil, changed in the same block; and
callers that do no more than to read what they range over.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, FixKind, UnsafeError
from goescape.fixes.checks.copyable import check_copyable
from goescape.fixes.checks.read_only import check_field_read
from goescape.fixes.context.package_code import indentation, insert, line_end
from goescape.fixes.edits.made_values import asterisk
from goescape.fixes.edits.pointees import check_no_unsafe, uses_of
from goescape.fixes.flow.calls import FunctionCall, binding_of, calls_of
from goescape.fixes.flow.results import is_fresh, nodes_outside_literals, operands
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    BASIC,
    field_type,
    has_comment,
    is_own,
    redeclares,
)
from goescape.fixes.syntax.map_updates import MapUpdate, map_update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode

_LIMIT = 128
"""Bytes; maps keep larger values on the heap themselves."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Entries that are made when they are missing."""
    if redeclares(code, "make", "len", "nil", "new"):
        return
    for finding in code.allocations(file):
        place = code.node_of(finding) if finding.escapes and not finding.inlined_from else None
        update = map_update(place[1]) if place is not None else None
        declared = file.function_at(place[1].start_byte) if place is not None else None
        if update is not None and declared is not None:
            yield Match((finding,), partial(_change, code, file, declared, update))


def _change(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, update: MapUpdate
) -> Change:
    its_type = update.type
    pointer = its_type.child_by_field_name("value") if its_type is not None else None
    if pointer is None or pointer.type != "pointer_type":
        raise UnsafeError(ReasonCode.MAP_NOT_MADE_HERE)
    element = text(pointer.named_children[-1])
    check_no_unsafe(file)
    check_copyable(code, file, element, _LIMIT)
    _check_made_empty(update, element)
    _check_update(code, update, element)
    result = _check_function(code, declared, update, text(its_type) if its_type else "")
    calls = calls_of(code, file, declared)
    if not calls:
        raise UnsafeError(ReasonCode.NEVER_CALLED)
    for call in calls:
        _check_caller(code, call)
    edits = [asterisk(file, pointer), asterisk(file, result), *_stored(file, update)]
    return Change(
        tuple(sorted(edits)),
        may_add=(r"make\(map.*\)", r"map\[.*\].*\{.*\}"),
        callers=len(calls),
    )


def _check_made_empty(update: MapUpdate, element: str) -> None:
    block = update.test.child_by_field_name("consequence")
    made = [n for n in walk(block) if is_fresh(n, element)] if block is not None else []
    if not made or text(made[0]) not in {f"&{element}{{}}", f"new({element})"}:
        raise UnsafeError(ReasonCode.ENTRY_NOT_EMPTY)


def _check_update(code: PackageCode, update: MapUpdate, element: str) -> None:
    """Raise UnsafeError unless the block always ends, and only changes fields of the entry."""
    if update.key.type not in {"identifier", "interpreted_string_literal", "int_literal"}:
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(update.key))
    if not is_own(code, update.map):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(update.map))
    if update.key.type == "identifier" and not is_own(code, update.key):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(update.key))
    for node in (n for statement in update.rest for n in walk(statement)):
        if node.type in _LEAVING:
            raise UnsafeError(ReasonCode.BLOCK_MAY_END_EARLY)
        if node.type == "identifier" and definition(node) == definition(update.map):
            raise UnsafeError(ReasonCode.USED_BEFORE_STORED, name=text(node))
        if node.type == "identifier" and text(node) == text(update.key) and _is_changed(node):
            raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(node))
    expected = (update.read, update.test)
    for use in uses_of(code, update.entry):
        if not any(n.start_byte <= use.start_byte < n.end_byte for n in expected):
            _check_field(code, use, element)


def _is_changed(identifier: Node) -> bool:
    parent = identifier.parent
    if parent is None:
        return True
    statement = parent.parent
    written = parent.type == "expression_list" and statement is not None
    return parent.type in _CHANGING or (
        written and statement is not None and statement.child_by_field_name("left") == parent
    )


def _check_field(code: PackageCode, use: Node, element: str) -> None:
    """Raise UnsafeError unless a use reads or writes a field of a basic type."""
    field = use.parent.child_by_field_name("field") if use.parent is not None else None
    struct = code.syntax.types.get(element)
    its_type = field_type(code, struct, text(field)) if field is not None else None
    outer = use.parent.parent if use.parent is not None else None
    address = outer is None or text(outer).startswith("&")
    if its_type is None or text(its_type) not in BASIC or address:
        raise UnsafeError(ReasonCode.NOT_ONLY_BASIC_FIELDS, expression=text(use))


def _check_function(
    code: PackageCode, declared: FunctionDeclaration, update: MapUpdate, map_type: str
) -> Node:
    """The pointer in the type of the only result; raises UnsafeError where the map goes on."""
    result = declared.node.child_by_field_name("result")
    pointer = result.child_by_field_name("value") if result is not None else None
    body = declared.node.child_by_field_name("body")
    variable = definition(update.map)
    if result is None or text(result) != map_type or pointer is None or variable is None:
        raise UnsafeError(ReasonCode.RETURNS_SOMETHING_ELSE, name=declared.plain_name)
    if declared.node.type != "function_declaration" or body is None:
        raise UnsafeError(ReasonCode.USABLE_FROM_ELSEWHERE, name=declared.plain_name)
    returns = [n for n in nodes_outside_literals(body) if n.type == "return_statement"]
    returned = {text(next(iter(operands(statement)), statement)) for statement in returns}
    if returned != {text(variable)}:
        raise UnsafeError(ReasonCode.RETURNS_SOMETHING_ELSE, name=declared.plain_name)
    expected = (update.read, update.test, *returns)
    for use in uses_of(code, variable):
        if not any(n.start_byte <= use.start_byte < n.end_byte for n in expected):
            raise UnsafeError(ReasonCode.USED_OTHERWISE, expression=text(use))
    return pointer


def _check_caller(code: PackageCode, call: FunctionCall) -> None:
    """Raise UnsafeError unless a caller only ranges over the map, and reads fields."""
    check_no_unsafe(call.file)
    binding = binding_of(call.node)
    if binding is None:
        _check_range(code, call.node)
        return
    if len(binding.names) != 1:
        raise UnsafeError(ReasonCode.RESULT_NOT_KEPT, call=text(call.node))
    for use in uses_of(code, binding.names[0]):
        parent = use.parent
        measured = parent is not None and parent.type == "argument_list" and parent.parent
        if not measured or callee_text(measured) != "len":
            _check_range(code, use)


def _check_range(code: PackageCode, ranged: Node) -> None:
    clause = ranged.parent
    if clause is None or clause.type != "range_clause":
        raise UnsafeError(ReasonCode.USED_OTHERWISE, expression=text(ranged))
    left = operands(clause.child_by_field_name("left"))
    if not any(child.type == ":=" for child in clause.children):
        raise UnsafeError(ReasonCode.LOOP_KEEPS_ENTRY)
    for use in uses_of(code, left[1]) if len(left) == 2 and text(left[1]) != "_" else ():
        check_field_read(code, use)


def _stored(file: GoFile, update: MapUpdate) -> Iterator[Edit]:
    """Without the test, and stored back at the end of the block."""
    between = file.source.content[update.read.end_byte : update.test.start_byte]
    if between.strip() or has_comment(update.test):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    line = update.last.end_point[0] + 1
    end = (file.source.offset(line, 1) or 0) + len(file.source.line(line).rstrip(b"\r"))
    rest = file.source.content[update.last.end_byte : end].strip()
    if rest and not rest.startswith(b"//"):
        raise UnsafeError(ReasonCode.LINE_IS_SHARED)
    path = file.source.path
    yield Edit(path, update.read.end_byte, update.test.end_byte, "")
    gap = line_end(file) + indentation(file, update.read)
    place = f"{text(update.map)}[{text(update.key)}]"
    yield insert(file, end, f"{gap}{place} = {text(update.entry)}")


_CHANGING = frozenset(
    {
        *("inc_statement", "dec_statement", "unary_expression"),
        *("selector_expression", "index_expression"),
    }
)
_LEAVING = frozenset(
    {
        *("return_statement", "break_statement", "continue_statement", "goto_statement"),
        *("labeled_statement", "defer_statement", "go_statement", "func_literal"),
        *("fallthrough_statement", "select_statement"),
    }
)


REWRITE = Rewrite(
    code="map-of-values",
    title="Store values instead of pointers in the map",
    brings="The map holds the structs themselves, so no entry needs an allocation of its own.",
    before="""
type tally struct{ n int }

func count(keys []string) map[string]*tally {
	m := make(map[string]*tally, len(keys))
	for _, k := range keys {
		t := m[k]
		if t == nil {
			t = &tally{}
			m[k] = t
		}
		t.n++
	}
	return m
}

func most(keys []string) (n int) {
	for _, t := range count(keys) {
		n = max(n, t.n)
	}
	return n
}
""",
    after="""
type tally struct{ n int }

func count(keys []string) map[string]tally {
	m := make(map[string]tally, len(keys))
	for _, k := range keys {
		t := m[k]
		t.n++
		m[k] = t
	}
	return m
}

func most(keys []string) (n int) {
	for _, t := range count(keys) {
		n = max(n, t.n)
	}
	return n
}
""",
    checks=(
        (
            "An entry is read, made where it is missing, and changed in one block; nothing else "
            "uses the map meanwhile."
        ),
        "All callers only range over the map and read fields of its entries.",
        (
            "The type can be copied: it contains no lock, does not link to itself, and has at "
            "most 128 bytes."
        ),
    ),
    refused_when=(
        "a pointer to an entry is kept, compared or passed on",
        "the block may end before the changed entry is stored back",
        "other packages might call the function",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "An entry is a copy until it is stored back: "
        "a panic that is recovered in between loses what was changed."
    ),
    find=_find,
)
