"""``key := string(b)`` that only looks things up is converted where it is used: no copy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, Promise, TypeClaim
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import kind_of
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    function_around,
    has_comment,
    has_goto,
    is_clear,
    may_call,
    redeclares,
    siblings_after,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_SINGLE_IS_FREE = (1, 25)


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Where nothing can change the bytes between the conversion and its last use.

    Since Go 1.25 a variable that is used in one map index only costs nothing.
    """
    if redeclares(code, "string", "byte", "len", "cap"):
        return
    for node in walk(file.root):
        parts = _conversion(node)
        if parts is None:
            continue
        name, conversion, operand = parts
        uses = _uses(code, node, name)
        if len(uses) < (2 if code.go >= _SINGLE_IS_FREE else 1):
            continue
        if all(_is_free(use) for use in uses) and _is_steady(code, file, node, uses[-1], operand):
            change = partial(_change, file, node, conversion, operand, uses)
            yield Match((), change, file.span(conversion))


def _change(
    file: GoFile, statement: Node, conversion: Node, operand: Node, uses: list[Node]
) -> Change:
    path = file.source.path
    return Change(
        (
            _removal(file, statement),
            *(replace(file, use, text(conversion)) for use in uses),
        ),
        claims=(
            TypeClaim(path, operand.start_byte, operand.end_byte, "[]byte"),
            *(TypeClaim(path, use.start_byte, use.end_byte, "string") for use in uses[:1]),
        ),
    )


def _conversion(statement: Node) -> tuple[Node, Node, Node] | None:
    """Name, conversion and operand of ``key := string(b)`` in a block."""
    if statement.type != "short_var_declaration" or has_comment(statement):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    single = single_declaration(statement)
    value = single[2] if single is not None else None
    if single is None or value is None or value.type != "call_expression":
        return None
    arguments = arguments_of(value)
    if callee_text(value) != "string" or len(arguments) != 1 or arguments[0].type != "identifier":
        return None
    function = declaration_around(statement)
    if function is None or has_goto(function):
        return None
    return single[0], value, arguments[0]


def _uses(code: PackageCode, statement: Node, name: Node) -> list[Node]:
    function = function_around(statement)
    if function is None or not is_clear(name):
        return []
    return sorted(
        (use for use in code.uses(name, function) if use != name), key=lambda use: use.start_byte
    )


def _is_free(use: Node) -> bool:
    """Whether the conversion in this place makes no copy: a map read, a comparison, a length."""
    parent = use.parent
    if parent is None:
        return False
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type in {"==", "!=", "<", "<=", ">", ">="}
    if parent.type != "index_expression" or parent.child_by_field_name("index") != use:
        return False
    grandparent = parent.parent
    if grandparent is None or grandparent.type in {
        "inc_statement",
        "dec_statement",
        "unary_expression",
    }:
        return False
    statement = grandparent.parent
    is_list = grandparent.type == "expression_list" and statement is not None
    return not (
        is_list and statement is not None and statement.child_by_field_name("left") == grandparent
    )


def _is_steady(
    code: PackageCode, file: GoFile, declaration: Node, last: Node, operand: Node
) -> bool:
    """Whether nothing until the last use calls, waits, or writes elements or these bytes."""
    meant = definition(operand)
    for statement in siblings_after(declaration):
        if statement.start_byte > last.start_byte:
            break
        for node in walk(statement):
            hides = node.type == "identifier" and node.text == operand.text
            if hides and definition(node) != meant:
                return False
            if node.type in _MOVING or may_call(node) or _writes(node, text(operand)):
                return False
            if node.type == "range_clause" and not _is_plain_range(code, file, node):
                return False
            if node.type == "unary_expression" and text(node)[:1] in {"<", "&"}:
                return False
    return True


def _is_plain_range(code: PackageCode, file: GoFile, clause: Node) -> bool:
    """Whether a loop surely runs no function and waits for no channel."""
    right = clause.child_by_field_name("right")
    return right is not None and kind_of(code, file, right) in {"slice", "array", "map"}


def _writes(node: Node, operand: str) -> bool:
    """Whether a statement assigns an element, through a pointer, or the bytes themselves."""
    if node.type not in {"assignment_statement", "short_var_declaration", "range_clause"} | _STEPS:
        return False
    left = node.child_by_field_name("left")
    if node.type in _STEPS:
        targets = node.named_children
    else:
        targets = left.named_children if left is not None else []
    return any(
        target.type not in {"identifier", "blank_identifier"} or text(target) == operand
        for target in targets
    )


def _removal(file: GoFile, statement: Node) -> Edit:
    """The statement with its line, where it stands alone on it."""
    path, content = file.source.path, file.source.content
    start, end = statement.start_byte, statement.end_byte
    following = statement.next_sibling
    line = content.rfind(b"\n", 0, start) + 1
    rest = content[end:].partition(b"\n")[0]
    if not content[line:start].strip() and not rest.strip():
        return Edit(path, line, end + len(rest) + 1, "")
    if following is not None and not following.is_named and following.type == ";":
        return Edit(path, start, following.end_byte, "")
    return Edit(path, start, end, "")


_STEPS = frozenset({"inc_statement", "dec_statement"})
_MOVING = frozenset(
    {
        *("func_literal", "go_statement", "defer_statement", "select_statement"),
        *("send_statement", "receive_statement"),
    }
)


REWRITE = Rewrite(
    code="map-index",
    title="Convert inside the map index expression",
    brings=(
        "The compiler needs no copy of the bytes for `m[string(b)]`, but makes one for a "
        "variable of type string."
    ),
    before="""
func resolve(ids, weights map[string]int, fields [][]byte) int {
	n := 0
	for _, f := range fields {
		key := string(f)
		if id, ok := ids[key]; ok {
			n += id * weights[key]
		}
	}
	return n
}
""",
    after="""
func resolve(ids, weights map[string]int, fields [][]byte) int {
	n := 0
	for _, f := range fields {
		if id, ok := ids[string(f)]; ok {
			n += id * weights[string(f)]
		}
	}
	return n
}
""",
    checks=(
        "The string is only used to look things up in maps and in comparisons.",
        "Nothing can change the bytes between the conversion and its last use.",
        "The compiler confirms that the operand is a `[]byte`.",
    ),
    refused_when=(
        "the string is stored, returned or passed on",
        "a call or an assignment in between might change the bytes",
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
