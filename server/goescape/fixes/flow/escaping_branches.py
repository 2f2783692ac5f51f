"""Branches that alone let a local variable escape, and that have it to themselves from there on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.context.package_code import FUNCTIONS
from goescape.fixes.flow.results import nodes_outside_literals
from goescape.fixes.syntax.variable_uses import contains, is_declared_in_clause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.fixes.syntax.variable_uses import Variable


@frozen
class Branch:
    """The end of a branch, beginning with the statement that takes the address."""

    statements: Node
    """The list of all statements of the branch."""
    first: Node

    def holds(self, node: Node) -> bool:
        """Whether a node lies in this end of the branch."""
        return self.first.start_byte <= node.start_byte < self.statements.end_byte

    def nodes(self) -> Iterator[Node]:
        """All nodes in it, without those of function literals."""
        for statement in self.statements.named_children:
            if self.holds(statement):
                yield from nodes_outside_literals(statement)


def branches_around(variable: Variable, node: Node) -> Iterator[Branch]:
    """The branches of the variable's scope that a node is in, innermost first.

    What follows ``if ... { continue }`` in a loop is such a branch, too. A branch that is taken
    when no error happened is none.
    """
    statement = node
    for around in ancestors(node):
        if around.type in FUNCTIONS:
            return
        if around.type == "statement_list":
            own = _is_scope(around, variable)
            if _skips(around, variable, statement) if own else _is_branch(around):
                yield Branch(around, statement)
            if own:
                return
        statement = around


def ends_scope(branch: Branch, variable: Variable) -> bool:
    """Whether nothing of the variable is left when the branch is over."""
    if _is_scope(branch.statements, variable):
        return True
    last = [n for n in branch.statements.named_children if n.type != "comment"][-1]
    if any(n.type in _JUMPS and n != last for n in branch.nodes()):
        return False
    if last.type == "continue_statement" and not last.named_child_count:
        loop = next((a for a in ancestors(last) if a.type == "for_statement"), None)
        return loop is not None and contains(loop, variable.declared)
    call = last.named_children[0] if last.type == "expression_statement" else None
    panics = call is not None and call.type == "call_expression" and callee_text(call) == "panic"
    return panics or last.type == "return_statement"


def is_last_use(branch: Branch, variable: Variable) -> bool:
    """Whether no path leads from the branch to another use of the variable."""
    for around in ancestors(branch.statements):
        if contains(around, variable.declared):
            break
        if around.type == "for_statement":
            return False
    if any(n.type == "fallthrough_statement" for n in walk(variable.function)):
        return False
    return all(
        branch.holds(use)
        or use.start_byte < branch.first.start_byte
        or _is_on_another_path(branch, use)
        for use in variable.uses
    )


def is_always_taken(variable: Variable, branches: tuple[Branch, ...]) -> bool:
    """Whether every way through the variable's scope goes through one of the branches."""
    scope = next((a for a in ancestors(variable.declared) if a.type in _SCOPES), None)
    body = scope.child_by_field_name("body") if scope is not None else None
    return scope is not None and _always(body or scope, variable, branches)


def _always(node: Node, variable: Variable, branches: tuple[Branch, ...]) -> bool:
    match node.type:
        case "statement_list":
            for statement in node.named_children:
                if _is_skip(statement) and variable.declared.start_byte < statement.start_byte:
                    return False
                if _always(statement, variable, branches):
                    return True
            return any(branch.statements == node for branch in branches)
        case "if_statement":
            parts = [node.child_by_field_name(p) for p in ("consequence", "alternative")]
            return all(part is not None and _always(part, variable, branches) for part in parts)
        case "expression_switch_statement" | "type_switch_statement" | "select_statement":
            cases = [n for n in node.named_children if n.type in _CASES]
            complete = node.type == "select_statement" or any(
                n.type == "default_case" for n in cases
            )
            return complete and all(_always(case, variable, branches) for case in cases)
    inner = node.named_children if node.type in _CASES | {"block", "labeled_statement"} else []
    return any(_always(part, variable, branches) for part in inner)


def _is_scope(statements: Node, variable: Variable) -> bool:
    """Whether the variable lives as long as these statements run."""
    if contains(statements, variable.declared):
        return True
    loop = statements.parent.parent if statements.parent is not None else None
    return (
        loop is not None
        and loop.type == "for_statement"
        and is_declared_in_clause(variable.declared) == "range_clause"
        and contains(loop, variable.declared)
    )


def _skips(statements: Node, variable: Variable, before: Node) -> bool:
    """Whether a turn of the loop may end between the declaration and a statement."""
    return any(
        variable.declared.start_byte < statement.start_byte < before.start_byte
        and _is_skip(statement)
        for statement in statements.named_children
    )


def _is_skip(statement: Node) -> bool:
    """Whether it is ``if ... { continue }``, and not for an error."""
    body = (
        statement.child_by_field_name("consequence") if statement.type == "if_statement" else None
    )
    lists = body.named_children if body is not None else []
    last = lists[0].named_children[-1] if lists and lists[0].named_children else None
    condition = statement.child_by_field_name("condition")
    return (
        last is not None
        and condition is not None
        and last.type == "continue_statement"
        and not last.named_child_count
        and _ERROR.search(text(condition)) is None
    )


def _is_branch(statements: Node) -> bool:
    block = statements.parent
    if block is None or block.type in _CASES:
        return block is not None
    around = block.parent
    if around is None or around.type != "if_statement":
        return False
    condition = around.child_by_field_name("condition")
    tested = _ERROR.search(text(condition)) if condition is not None else None
    succeeds = "==" if around.child_by_field_name("consequence") == block else "!="
    return tested is None or tested[1] != succeeds


def _is_on_another_path(branch: Branch, use: Node) -> bool:
    common = next((a for a in ancestors(branch.statements) if contains(a, use)), None)
    return common is not None and common.type in _CHOICES


_ERROR = re.compile(r"\b\w*[eE]rr\s*(==|!=)\s*nil\b")
_JUMPS = frozenset({"break_statement", "continue_statement", "goto_statement"})
_CASES = frozenset({"expression_case", "type_case", "default_case", "communication_case"})
_CHOICES = frozenset(
    {
        *("if_statement", "expression_switch_statement", "type_switch_statement"),
        "select_statement",
    }
)
_SCOPES = FUNCTIONS | {"statement_list", "for_statement"}
