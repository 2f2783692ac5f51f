"""A map that every turn of a loop adds an entry to is made with room for all of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.cold_code import is_test_file
from goescape.analysis.syntax.nodes import callee_text, text, token, walk
from goescape.fixes.candidate import Promise
from goescape.fixes.context.package_code import identifiers, replace
from goescape.fixes.flow.append_loops import may_end_early
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import is_plain_name, kind_of
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    has_goto,
    is_clear,
    may_call,
    redeclares,
    single_declaration,
)
from goescape.fixes.syntax.variable_uses import declared_by, variable_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_GROWS_IN_STEPS = (1, 24)
"""Before, a small map could have its entries on the stack only if it was made without a size."""


@frozen
class _Filled:
    """``m := make(map[K]V)`` and the first loop that fills it."""

    declared: Node
    made: Node
    type: Node
    ranged: Node
    key: Node
    left: tuple[Node, ...]
    """The variables of the loop."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Maps that begin empty, and range loops over what has a length."""
    if code.go < _GROWS_IN_STEPS or redeclares(code, "make", "len"):
        return
    if is_test_file(file.source.path):
        return
    for statement in walk(file.root):
        if statement.type in _DECLARATIONS:
            filled = _filled(code, file, statement)
            if filled is not None:
                yield Match((), partial(_change, code, file, filled), file.span(filled.made))


def _change(code: PackageCode, file: GoFile, filled: _Filled) -> Change:
    made = f"make({text(filled.type)}, len({text(filled.ranged)}))"
    return Change(
        (replace(file, filled.made, made),),
        may_add=(r"make\(map\[.*",),
        is_trade=not _are_distinct(code, file, filled),
    )


def _filled(code: PackageCode, file: GoFile, statement: Node) -> _Filled | None:
    single = single_declaration(statement)
    if single is None or single[1] is not None or single[2] is None or has_comment(statement):
        return None
    made = _empty_map(single[2])
    loop = _next_loop(statement) if made is not None else None
    clause = (
        next((c for c in loop.named_children if c.type == "range_clause"), None) if loop else None
    )
    ranged = clause.child_by_field_name("right") if clause is not None else None
    left = clause.child_by_field_name("left") if clause is not None else None
    if loop is None or clause is None or ranged is None or left is None or made is None:
        return None
    function, variable = declaration_around(statement), variable_at(single[0])
    if function is None or variable is None or has_goto(function) or not is_clear(single[0]):
        return None
    if not is_plain_name(ranged) or kind_of(code, file, ranged) not in {"slice", "array", "map"}:
        return None
    key = _inserted(loop, text(single[0]))
    if key is None or may_end_early(loop) or text(single[0]) in _names(ranged):
        return None
    inside = tuple(left.named_children) if token(clause, ":=") is not None else ()
    return _Filled(single[0], single[2], made, ranged, key, inside)


def _empty_map(value: Node) -> Node | None:
    """The type in ``make(map[K]V)`` or ``map[K]V{}``."""
    if value.type == "composite_literal":
        body, its_type = (value.child_by_field_name(part) for part in ("body", "type"))
        empty = body is not None and not body.named_children
        return its_type if empty and its_type is not None and its_type.type == "map_type" else None
    arguments = arguments_of(value) if value.type == "call_expression" else []
    if len(arguments) != 1 or callee_text(value) != "make" or arguments[0].type != "map_type":
        return None
    return arguments[0]


def _next_loop(statement: Node) -> Node | None:
    """The loop that follows, behind declarations that call nothing and do not concern it."""
    passed: set[str] = set()
    following = statement.next_named_sibling
    while following is not None and following.type in _DECLARATIONS | {"comment"}:
        if any(may_call(n) or text(n).startswith("<-") for n in walk(following)):
            return None
        passed |= {text(name) for name in declared_by(following)}
        following = following.next_named_sibling
    if following is not None and following.type == "labeled_statement":
        following = following.named_children[-1]
    if following is None or following.type != "for_statement":
        return None
    clause = next((c for c in following.named_children if c.type == "range_clause"), None)
    ranged = clause.child_by_field_name("right") if clause is not None else None
    return following if ranged is not None and not passed & _names(ranged) else None


def _inserted(loop: Node, name: str) -> Node | None:
    """The key of ``m[key] = value``, which each turn runs, where nothing else uses the map."""
    body = loop.child_by_field_name("body")
    statements = body.named_children[0].named_children if body and body.named_children else []
    keys = [key for s in statements if (key := _key(s, name)) is not None]
    used = sum(text(n) == name for n in identifiers(loop) if n.type == "identifier")
    return keys[0] if len(keys) == 1 and used == 1 else None


def _key(statement: Node, name: str) -> Node | None:
    if statement.type != "assignment_statement":
        return None
    left, operator = (statement.child_by_field_name(part) for part in ("left", "operator"))
    if left is None or operator is None or text(operator) != "=" or left.named_child_count != 1:
        return None
    target = left.named_children[0]
    operand, key = (target.child_by_field_name(part) for part in ("operand", "index"))
    is_map = target.type == "index_expression" and operand is not None and text(operand) == name
    return key if is_map else None


def _are_distinct(code: PackageCode, file: GoFile, filled: _Filled) -> bool:
    """Whether no two turns have the same key: that of another map, or the index."""
    first = filled.left[0] if filled.left else None
    if first is None or filled.key.type != "identifier" or text(first) != text(filled.key):
        return False
    variable = variable_at(first)
    return variable is not None and is_clear(first) and not any(True for _ in variable.writes())


def _names(node: Node) -> set[str]:
    return {text(n) for n in identifiers(node)}


_DECLARATIONS = frozenset({"short_var_declaration", "var_declaration"})


REWRITE = Rewrite(
    code="map-size",
    title="Make the map with room for all entries",
    brings=(
        "A map with more than eight entries grows in steps, and moves them each time. With room "
        "for all it is made once."
    ),
    before="""
func lengths(counts map[string][]int) map[string]int {
	sums := make(map[string]int)
	for name, values := range counts {
		sums[name] = len(values)
	}
	return sums
}
""",
    after="""
func lengths(counts map[string][]int) map[string]int {
	sums := make(map[string]int, len(counts))
	for name, values := range counts {
		sums[name] = len(values)
	}
	return sums
}
""",
    checks=(
        "The map is empty before the loop, and each turn of the loop sets one entry.",
        "Nothing but that uses the map in the loop.",
    ),
    refused_when=(
        "a turn may end before it has set an entry",
        "entries are counted or appended to, because their keys repeat",
        "the toolchain is older than Go 1.24, where a small map could lose its place on the stack",
    ),
    promise=Promise.UNSEEN,
    look_at_trade="Whether most keys differ: room for keys that repeat is never used.",
    find=_find,
)
