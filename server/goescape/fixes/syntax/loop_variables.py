"""Variables of a loop's body that could be declared in front of it as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import ancestors, walk
from goescape.fixes.context.package_code import FUNCTIONS
from goescape.fixes.syntax.hoisting import unconditional_loops
from goescape.fixes.syntax.local_variables import has_comment, has_goto
from goescape.fixes.syntax.variable_uses import Variable, function_of, variable_at

if TYPE_CHECKING:
    from tree_sitter import Node


@frozen
class LoopVariable:
    """A variable that every turn of some loops declares anew."""

    variable: Variable
    statement: Node
    """Its declaration: a statement of the innermost loop's body."""
    loop: Node
    """The outermost of the loops."""


def loop_variable(declared: Node, statement: Node) -> LoopVariable | None:
    """The variable, if its name means nothing else in the function and no closure holds it."""
    variable = variable_at(declared)
    loops = list(unconditional_loops(statement))
    if variable is None or not loops or statement.parent is None or has_comment(statement):
        return None
    all_loops = [a for a in _up_to_function(statement) if a.type == "for_statement"]
    if statement.parent.parent != loops[0].child_by_field_name("body") or len(all_loops) != len(
        loops
    ):
        return None
    if has_goto(variable.function) or not _is_only_one(variable):
        return None
    if any(_is_out_of_hand(use, variable) for use in variable.uses):
        return None
    return LoopVariable(variable, statement, loops[-1])


def _is_only_one(variable: Variable) -> bool:
    functions = [a for a in ancestors(variable.declared) if a.type in FUNCTIONS]
    same = [
        n
        for n in walk(functions[-1])
        if n.type in {"identifier", "type_identifier", "package_identifier"}
        and n.text == variable.declared.text
    ]
    return len(same) == len(variable.uses) + 1


def _is_out_of_hand(use: Node, variable: Variable) -> bool:
    """Whether a closure or a later call holds it, or a declaration would become a new variable."""
    if function_of(use) != variable.function:
        return True
    kinds = {a.type for a in _up_to_function(use)}
    if kinds & {"go_statement", "defer_statement"}:
        return True
    parent = use.parent
    statement = parent.parent if parent is not None else None
    return (
        statement is not None
        and statement.type in {"short_var_declaration", "range_clause", "receive_statement"}
        and statement.child_by_field_name("left") == parent
    )


def _up_to_function(node: Node) -> list[Node]:
    loops = []
    for around in ancestors(node):
        if around.type in FUNCTIONS:
            break
        loops.append(around)
    return loops
