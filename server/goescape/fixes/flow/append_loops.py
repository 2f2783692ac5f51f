"""A slice that starts empty and grows in one range loop: found once, for two rewrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.cold_code import is_error_path
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.nilness import is_nil_unseen
from goescape.fixes.checks.spare_capacity import grows_itself, shares_capacity
from goescape.fixes.context.package_code import (
    FUNCTIONS,
    identifiers,
    indentation,
    insert,
    line_end,
    replace,
)
from goescape.fixes.syntax.expression_types import is_plain_name, kind_of
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    function_around,
    has_comment,
    has_goto,
    is_address,
    is_clear,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class AppendLoop:
    """``var out []T`` and the one loop that appends to it."""

    declaration: Node
    """The statement."""
    variable: Node
    type: Node
    """``[]T``."""
    nil: bool
    """Whether it starts as nil."""
    loop: Node
    ranged: Node
    """What the loop ranges over: a plain name, or fields of one."""
    append: Node
    """The statement ``out = append(out, element)``."""
    element: Node
    adjacent: bool
    """Whether the loop follows at once."""

    @property
    def unconditional(self) -> bool:
        """Whether the append is itself a statement of the loop's body."""
        body = self.loop.child_by_field_name("body")
        listed = self.append.parent
        return listed is not None and listed.parent == body

    @property
    def call(self) -> Node:
        """The call of append."""
        right = self.append.child_by_field_name("right")
        assert right is not None
        return right.named_children[0]


def growths(code: PackageCode, file: GoFile) -> Iterator[AppendLoop]:
    """Every such slice of a file that is on the heap."""
    for node in walk(file.root):
        if node.type == "assignment_statement":
            growth = _growth(code, file, node)
            if growth is not None and _is_on_the_heap(code, file, growth):
                yield growth


def _growth(code: PackageCode, file: GoFile, statement: Node) -> AppendLoop | None:
    parts = _append(statement)
    loop = next((a for a in ancestors(statement) if a.type in {"for_statement", *FUNCTIONS}), None)
    if parts is None or loop is None or loop.type != "for_statement":
        return None
    variable = definition(parts[0])
    clause = next((c for c in loop.named_children if c.type == "range_clause"), None)
    ranged = clause.child_by_field_name("right") if clause is not None else None
    if variable is None or ranged is None or not is_plain_name(ranged):
        return None
    empty = _empty_declaration(variable)
    top = loop.parent if loop.parent and loop.parent.type == "labeled_statement" else loop
    if empty is None or empty[0].parent != top.parent or not _is_sized(code, file, clause, ranged):
        return None
    declaration, its_type, nil = empty
    function = declaration_around(statement)
    if function is None or has_goto(function) or has_comment(statement):
        return None
    if not is_clear(variable):
        return None
    if not _only_grows(code, variable, declaration, loop, statement):
        return None
    adjacent = declaration.next_named_sibling == top
    return AppendLoop(
        declaration, variable, its_type, nil, loop, ranged, statement, parts[1], adjacent
    )


def _append(statement: Node) -> tuple[Node, Node] | None:
    """Variable and element of ``out = append(out, element)``."""
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None or left.named_child_count != 1:
        return None
    if right.named_child_count != 1 or left.named_children[0].type != "identifier":
        return None
    call = right.named_children[0]
    arguments = arguments_of(call) if call.type == "call_expression" else []
    if len(arguments) != 2 or callee_text(call) != "append":
        return None
    if arguments[0].text != left.text or arguments[1].type in {"variadic_argument", "comment"}:
        return None
    operator = statement.child_by_field_name("operator")
    if operator is not None and text(operator) != "=":
        return None
    return left.named_children[0], arguments[1]


def _empty_declaration(variable: Node) -> tuple[Node, Node, bool] | None:
    """The statement that declares an empty slice, its type, and whether it is nil."""
    types = {"var_declaration", "short_var_declaration"}
    statement = next((a for a in ancestors(variable) if a.type in types), None)
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[0] != variable or has_comment(statement):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    _, written, value = single
    if value is None:
        is_slice = written is not None and written.type == "slice_type"
        return (statement, written, True) if written is not None and is_slice else None
    if written is not None:
        return None
    its_type = _empty_value(value)
    return (statement, its_type, False) if its_type is not None else None


def _empty_value(value: Node) -> Node | None:
    """The type in ``[]T{}`` or ``make([]T, 0)``."""
    if value.type == "composite_literal":
        body, its_type = (value.child_by_field_name(p) for p in ("body", "type"))
        empty = body is not None and not body.named_children
    elif value.type == "call_expression" and callee_text(value) == "make":
        arguments = arguments_of(value)
        its_type = arguments[0] if arguments else None
        empty = len(arguments) == 2 and text(arguments[1]) == "0"
    else:
        return None
    return its_type if empty and its_type is not None and its_type.type == "slice_type" else None


def _is_sized(code: PackageCode, file: GoFile, clause: Node | None, ranged: Node) -> bool:
    """Whether ``len`` of it counts the iterations, or bounds them: no channel, no integer."""
    left = clause.child_by_field_name("left") if clause is not None else None
    if left is not None and left.named_child_count == 2:
        return True
    return kind_of(code, file, ranged) in {"slice", "map", "array"}


def _only_grows(
    code: PackageCode, variable: Node, declaration: Node, loop: Node, statement: Node
) -> bool:
    """Whether nothing else touches the slice until the loop is over, nor any closure."""
    function = function_around(variable)
    if function is None:
        return False
    for use in code.uses(variable, function):
        if function_around(use) != function:
            return False
        if use == variable or statement.start_byte <= use.start_byte < statement.end_byte:
            continue
        if use.start_byte < loop.end_byte or is_address(use):
            return False
        if declaration.start_byte > use.start_byte:
            return False
    return True


def check_start_unseen(code: PackageCode, file: GoFile, growth: AppendLoop) -> None:
    """Raises UnsafeError where somebody could see that the slice starts in another way."""
    if growth.nil and not is_nil_unseen(code, file, growth.variable):
        raise UnsafeError(ReasonCode.EMPTY_SLICE_IS_NOT_NIL)
    function = function_around(growth.variable)
    uses = code.uses(growth.variable, function) if function is not None else ()
    if any(use.start_byte > growth.loop.end_byte and _sees_capacity(use) for use in uses):
        raise UnsafeError(ReasonCode.CAPACITY_IS_SEEN)
    handed_on = not growth.nil and not is_nil_unseen(code, file, growth.variable)
    if handed_on and shares_capacity(code, text(growth.type)):
        raise UnsafeError(ReasonCode.CAPACITY_MAY_BE_SEEN)


def _sees_capacity(use: Node) -> bool:
    parent = use.parent
    if parent is not None and parent.type == "slice_expression":
        return True
    call = parent.parent if parent is not None and parent.type == "argument_list" else None
    if call is None or callee_text(call) not in {"append", "cap"}:
        return False
    return callee_text(call) == "cap" or (
        arguments_of(call)[0] == use and not grows_itself(call, use)
    )


def _is_on_the_heap(code: PackageCode, file: GoFile, growth: AppendLoop) -> bool:
    """Whether the compiler says so; before Go 1.25 it says nothing of append."""
    at = file.span(growth.call)
    return code.go < (1, 25) or any(f.escapes and f.span == at for f in code.findings)


def made_beforehand(file: GoFile, growth: AppendLoop, sizes: str) -> tuple[Edit, ...]:
    """``make`` in place of the declaration, or before the loop when that does not follow."""
    made = f"make({text(growth.type)}, {sizes})"
    name = text(growth.variable)
    if growth.adjacent:
        return (replace(file, growth.declaration, f"{name} := {made}"),)
    indent = indentation(file, growth.loop)
    start = growth.loop.start_byte
    parent = growth.loop.parent
    if parent is not None and parent.type == "labeled_statement":
        start = parent.start_byte
    return (insert(file, start, f"{name} = {made}{line_end(file)}{indent}"),)


def is_exact(code: PackageCode, file: GoFile, growth: AppendLoop) -> bool:
    """Whether each element of a slice or an array gives just one element."""
    if kind_of(code, file, growth.ranged) not in {"slice", "array"}:
        return False
    if not growth.unconditional or text(growth.variable) in {
        text(n) for n in identifiers(growth.element)
    }:
        return False
    return not any(node.type in _LEAVING for node in walk(growth.loop))


def always_appends(growth: AppendLoop) -> bool:
    """Whether each iteration appends, unless something goes wrong."""
    return growth.unconditional and not may_end_early(growth.loop)


def may_end_early(loop: Node) -> bool:
    """Whether an iteration may end before its time, and not because something went wrong."""
    return any(node.type in _JUMPS and _ends_iteration(node, loop) for node in walk(loop))


def _ends_iteration(jump: Node, loop: Node) -> bool:
    """Whether a jump ends an iteration of a loop before its time, and not for an error."""
    if is_error_path(jump, None):
        return False
    targets = _TARGETS.get(jump.type, frozenset()) if not jump.named_children else frozenset()
    for around in ancestors(jump):
        if around == loop:
            return True
        if around.type == "func_literal" or around.type in targets:
            return False
    return True


_JUMPS = frozenset({"continue_statement", "break_statement", "return_statement", "goto_statement"})
_TARGETS = {
    "continue_statement": frozenset({"for_statement"}),
    "break_statement": frozenset(
        {
            *("for_statement", "select_statement"),
            *("expression_switch_statement", "type_switch_statement"),
        }
    ),
}
"""What jumps without a label are for."""
_LEAVING = frozenset(
    {
        *("continue_statement", "break_statement", "return_statement", "goto_statement"),
        *("func_literal", "labeled_statement", "select_statement"),
    }
)
