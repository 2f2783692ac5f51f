"""Rows that a loop makes one by one are cut from one array that is made before it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, token, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Promise, TypeClaim, UnsafeError
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import kind_of
from goescape.fixes.syntax.hoisting import in_front_of
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    fresh_name,
    function_around,
    has_comment,
    has_goto,
    is_clear,
    is_own,
    redeclares,
)
from goescape.fixes.syntax.variable_uses import contains, line_before, parameters_of, variable_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Rows:
    """``for i := range m { m[i] = make([]T, n) }``."""

    loop: Node
    index: Node
    count: str
    """How many turns the loop has."""
    counted: Node | None
    """What the count depends on."""
    matrix: Node
    made: Node
    type: Node
    """``[]T``."""
    length: Node


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Rows that every turn of a loop makes and keeps."""
    if redeclares(code, "make", "len", "append", "int"):
        return
    for finding in code.allocations(file):
        place = code.node_of(finding) if finding.in_loop and finding.escapes else None
        rows = _rows(code, file, place[1]) if place is not None else None
        if rows is not None:
            yield Match((finding,), partial(_change, code, file, rows))


def _change(code: PackageCode, file: GoFile, rows: _Rows) -> Change | None:
    counted = [node for node in (rows.length, rows.counted) if node is not None]
    for used in (each for node in counted for each in walk(node)):
        if _is_variable(used) and not _stays(code, rows.loop, used):
            raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=text(used))
    front, name = in_front_of(rows.loop), fresh_name(rows.made, ("cells", "backing", "cellsOfAll"))
    if front is None or not name:
        return None
    at, after = line_before(file, front)
    index, length, path, setting = text(rows.index), text(rows.length), file.source.path, ""
    if rows.length.type not in _ATOMS:
        setting, length = f"{length}{after}", fresh_name(rows.made, ("width", "rowLength"))
        if not length:
            return None
        setting = f"{length} := {setting}"
    end = f"({index}+1)*{length}"
    ints = [node for node in counted if _needs_claim(rows, node)]
    cells = f"{name} := make({text(rows.type)}, {rows.count}*{length}){after}"
    return Change(
        (
            insert(file, at, setting + cells),
            replace(file, rows.made, f"{name}[{index}*{length} : {end} : {end}]"),
        ),
        may_add=(r"make\(.*\)",),
        claims=tuple(TypeClaim(path, n.start_byte, n.end_byte, "int") for n in ints),
        is_trade=not _dies_here(rows.matrix),
    )


def _dies_here(matrix: Node) -> bool:
    """Whether all rows end with the function: they are only looked into, cell by cell."""
    declared = definition(matrix)
    variable = variable_at(declared) if declared is not None else None
    if variable is None or declared is None or variable.is_result:
        return False
    if any(contains(each, declared) for each in parameters_of(variable.function)):
        return False
    return all(
        function_around(use) == variable.function and _looks_into(use) for use in variable.uses
    )


def _looks_into(use: Node) -> bool:
    """Whether it is ``m[i][j]``, ``len(m)``, ``range m``, or stores a row."""
    parent = use.parent
    if parent is None:
        return False
    if parent.type == "index_expression" and parent.child_by_field_name("operand") == use:
        around = parent.parent
        if around is None:
            return False
        if around.type == "index_expression":
            return around.child_by_field_name("operand") == parent
        if around.type == "argument_list":
            return around.parent is not None and callee_text(around.parent) == "len"
        stores = around.parent
        is_left = stores is not None and stores.child_by_field_name("left") == around
        return around.type == "expression_list" and is_left
    if parent.type == "range_clause":
        left = parent.child_by_field_name("left")
        return left is not None and left.named_child_count == 1
    call = parent.parent
    if parent.type == "argument_list" and call is not None:
        return callee_text(call) in {"len", "append"} and parent.named_children[0] == use
    is_left = call is not None and call.child_by_field_name("left") == parent
    return parent.type == "expression_list" and is_left


def _needs_claim(rows: _Rows, node: Node) -> bool:
    """Whether only its type tells that it is an ``int``: a length is one."""
    if node.type == "identifier":
        return rows.count not in {f"len({text(node)})", f"(len({text(node)})+1)"}
    return node.type == "binary_expression"


def _is_variable(node: Node) -> bool:
    called = node.parent is not None and node.parent.type == "call_expression"
    return node.type == "identifier" and not called


def _rows(code: PackageCode, file: GoFile, made: Node) -> _Rows | None:
    if made.type != "call_expression" or callee_text(made) != "make" or has_comment(made):
        return None
    arguments = arguments_of(made)
    statement, loop = _statement_and_loop(made)
    function = declaration_around(made)
    if statement is None or loop is None or function is None or has_goto(function):
        return None
    if len(arguments) != 2 or arguments[0].type != "slice_type" or not _is_size(arguments[1]):
        return None
    header = _header(code, file, loop)
    if header is None or not _is_kept(statement, made, text(header[0])):
        return None
    if any(node.type in _LEAVING for node in walk(loop)):
        return None
    index, count, counted = header
    variable = variable_at(index)
    if variable is None or not is_clear(index):
        return None
    in_body = [w for u, w in variable.writes() if w.type != "inc_statement" or not _is_update(w)]
    if in_body:
        return None
    matrix = next(n for n in walk(statement) if n.type == "identifier")
    return _Rows(loop, index, count, counted, matrix, made, arguments[0], arguments[1])


def _statement_and_loop(made: Node) -> tuple[Node | None, Node | None]:
    """The assignment around, and the loop that it is itself a statement of."""
    statement = next((a for a in ancestors(made) if a.type == "assignment_statement"), None)
    listed = statement.parent if statement is not None else None
    loop = listed.parent.parent if listed is not None and listed.parent is not None else None
    if statement is None or listed is None or listed.type != "statement_list" or loop is None:
        return None, None
    is_body = loop.type == "for_statement" and loop.child_by_field_name("body") == listed.parent
    return (statement, loop) if is_body else (None, None)


def _is_kept(statement: Node, made: Node, index: str) -> bool:
    """Whether it is ``m[i] = made`` or ``m = append(m, made)``."""
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    operator = statement.child_by_field_name("operator")
    if left is None or right is None or operator is None or text(operator) != "=":
        return False
    if left.named_child_count != 1 or right.named_child_count != 1:
        return False
    target, value = left.named_children[0], right.named_children[0]
    if value == made:
        place = target.child_by_field_name("index")
        return target.type == "index_expression" and place is not None and text(place) == index
    arguments = arguments_of(value) if value.type == "call_expression" else []
    appends = callee_text(value) == "append" if arguments else False
    return appends and arguments[1:] == [made] and text(arguments[0]) == text(target)


def _header(code: PackageCode, file: GoFile, loop: Node) -> tuple[Node, str, Node | None] | None:
    """The index of a loop that counts from 0, how many turns it has, and what that depends on."""
    clause = next((c for c in loop.named_children if c.type in _CLAUSES), None)
    if clause is None or has_comment(clause):
        return None
    if clause.type == "for_clause":
        return _counting(code, file, clause)
    left, ranged = (clause.child_by_field_name(side) for side in ("left", "right"))
    if left is None or ranged is None or token(clause, ":=") is None:
        return None
    index = left.named_children[0]
    if index.type != "identifier" or text(index) == "_":
        return None
    if ranged.type == "identifier" and kind_of(code, file, ranged) in {"slice", "array"}:
        return index, f"len({text(ranged)})", ranged
    is_number = left.named_child_count == 1 and code.language >= _RANGE_OVER_INT
    return (index, *_count(code, file, ranged, "")) if is_number and _is_size(ranged) else None


def _counting(
    code: PackageCode, file: GoFile, clause: Node
) -> tuple[Node, str, Node | None] | None:
    """``i := 0; i < n; i++``, or ``i <= n``."""
    start, test, step = (
        clause.child_by_field_name(part) for part in ("initializer", "condition", "update")
    )
    if start is None or test is None or step is None or start.type != "short_var_declaration":
        return None
    names, values = (start.child_by_field_name(side) for side in ("left", "right"))
    index = names.named_children[0] if names is not None else None
    operator = test.child_by_field_name("operator")
    tested, bound = (test.child_by_field_name(side) for side in ("left", "right"))
    if index is None or values is None or tested is None or bound is None or operator is None:
        return None
    if text(values) != "0" or operator.type not in _MORE or text(tested) != text(index):
        return None
    if text(step) != f"{text(index)}++" or names is None or names.named_child_count != 1:
        return None
    more = _MORE[operator.type]
    arguments = arguments_of(bound) if callee_text(bound) == "len" else []
    if len(arguments) == 1 and arguments[0].type == "identifier":
        is_sized = kind_of(code, file, arguments[0]) in {"slice", "array", "string"}
        return (
            (index, f"({text(bound)}{more})" if more else text(bound), arguments[0])
            if is_sized
            else None
        )
    return (index, *_count(code, file, bound, more)) if _is_size(bound) else None


def _count(code: PackageCode, file: GoFile, bound: Node, more: str) -> tuple[str, Node | None]:
    """``more`` is what one turn more adds."""
    count = f"{text(bound)}{more}"
    count = count if bound.type in _ATOMS and not more else f"({count})"
    return count, None if code.syntax.is_constant(file, bound) else bound


def _is_size(node: Node) -> bool:
    """Whether it is a number that only names and lengths decide: ``len(a)+1``."""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        is_plain = operator is not None and operator.type in {"+", "-", "*"}
        return is_plain and all(map(_is_size, node.named_children))
    if node.type == "parenthesized_expression":
        return all(map(_is_size, node.named_children))
    if node.type == "call_expression" and callee_text(node) == "len":
        return [argument.type for argument in arguments_of(node)] == ["identifier"]
    return node.type in _ATOMS


def _is_update(writing: Node) -> bool:
    return writing.parent is not None and writing.parent.type == "for_clause"


def _stays(code: PackageCode, loop: Node, used: Node) -> bool:
    """Whether a variable has the same value in the whole loop: nothing in it writes it."""
    declared = definition(used)
    if declared is None or not is_own(code, used):
        return declared is None and is_own(code, used)
    variable = variable_at(declared)
    if variable is None or contains(loop, declared):
        return False
    return not any(contains(loop, use) and _replaces(use) for use, _ in variable.writes())


def _replaces(use: Node) -> bool:
    """Whether a write gives the variable itself another value, not only one of its elements."""
    return use.parent is None or use.parent.type != "index_expression"


_RANGE_OVER_INT = (1, 22)
_ATOMS = frozenset({"identifier", "int_literal"})
_MORE = {"<": "", "<=": "+1"}
"""What a loop with this condition turns more often than its bound says."""
_CLAUSES = frozenset({"range_clause", "for_clause"})
_LEAVING = frozenset(
    {
        *("continue_statement", "break_statement", "return_statement", "goto_statement"),
        *("labeled_statement", "select_statement", "func_literal"),
    }
)
"""What may skip a row, or give its index to something that changes it."""


REWRITE = Rewrite(
    code="cut-rows",
    title="Cut the rows from one array",
    brings="One array serves all rows of a matrix, instead of an object for each of them.",
    before="""
func grid(width, height int) [][]int {
	rows := make([][]int, height)
	for y := range rows {
		rows[y] = make([]int, width)
	}
	return rows
}
""",
    after="""
func grid(width, height int) [][]int {
	rows := make([][]int, height)
	cells := make([]int, len(rows)*width)
	for y := range rows {
		rows[y] = cells[y*width : (y+1)*width : (y+1)*width]
	}
	return rows
}
""",
    checks=(
        "Every turn of the loop makes one row, and all rows have the same length.",
        "The number of turns is known before the loop, and its variables do not change.",
        "A row has no more capacity than before: to append to it does not reach the next one.",
    ),
    refused_when=(
        "the loop might end early or skip a row",
        "the length of the rows or the number of turns might change in the loop",
    ),
    promise=Promise.OUT_OF_LOOP,
    look_at_trade="One row that is kept keeps the memory of all rows.",
    find=_find,
)
