"""What may still happen to an object between a return and the caller: deferred calls, loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.package_code import identifiers
from goescape.fixes.flow.results import nodes_outside_literals, variable_names

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.flow.results import PointerResult, Returned


def check_ends(code: PackageCode, result: PointerResult, returns: tuple[Returned, ...]) -> None:
    """Raise UnsafeError when something could still happen to an object after it was returned.

    Whatever keeps a pointer for longer than the call keeps the object on the heap, and then the
    proof fails; here it is about what runs between the return and the caller.
    """
    body = result.declared.node.child_by_field_name("body")
    assert body is not None
    names = {text(r.variable) for r in returns if r.variable is not None}
    if names and (differing := {text(n) for n in identifiers(body)} & code.differing):
        # It might keep the pointer there, and nobody would see.
        raise UnsafeError(ReasonCode.DEPENDS_ON_BUILD, name=min(differing))
    related = _related(body, names)
    if any(returned.form == "nil" for returned in returns):
        _check_results(body, result)
    for node in nodes_outside_literals(body):
        if node.type == "defer_statement":
            if recovers_by_name(code, node):
                raise UnsafeError(ReasonCode.DEFER_MAY_RECOVER)
            _check_defer(node, names, related)
        elif node.type == "for_statement" and code.language >= (1, 23):
            _check_range(node, related)
    for literal in walk(body):
        if literal.type == "func_literal" and variable_names(literal) & names:
            raise UnsafeError(ReasonCode.LITERAL_USES_OBJECT)


def _check_results(body: Node, result: PointerResult) -> None:
    """A deferred call may take back the error that stands beside a nil."""
    for node in nodes_outside_literals(body):
        if node.type == "defer_statement" and variable_names(node) & set(result.declared.results):
            raise UnsafeError(ReasonCode.DEFER_CHANGES_RESULT)


def _check_defer(node: Node, names: set[str], related: set[str]) -> None:
    call = node.named_children[0]
    function = call.child_by_field_name("function")
    name = text(function).rpartition(".")[2] if function is not None else ""
    if function is not None and function.type == "func_literal":
        harmless = not variable_names(node) & (related | {"recover"})
    elif name in {"Unlock", "RUnlock"}:
        harmless = not variable_names(node) & names
    else:
        harmless = name in {"Close", "Done", "Stop"} and not variable_names(node) & related
    if not harmless:
        raise UnsafeError(ReasonCode.DEFER_CHANGES_RESULT)


def recovers_by_name(code: PackageCode, node: Node) -> bool:
    """Whether a deferred call is of something here that recovers, whatever has that name."""
    name = callee_text(node.named_children[0]).rpartition(".")[2]
    if any(name in file.field_names for file in code.all_files):
        return True  # a field that holds a function
    return any(
        function.plain_name == name and "recover" in variable_names(function.node)
        for file in code.all_files
        for function in file.functions
    )


def may_recover(code: PackageCode, node: Node) -> bool:
    """Whether a deferred call could make the function return after a panic."""
    if recovers_by_name(code, node):
        return True
    call = node.named_children[0]
    function = call.child_by_field_name("function")
    if function is not None and function.type == "func_literal":
        return "recover" in variable_names(function)
    name = text(function).rpartition(".")[2] if function is not None else ""
    return name not in {"Unlock", "RUnlock", "Close", "Done", "Stop"}


def _check_range(node: Node, related: set[str]) -> None:
    clause = next((c for c in node.named_children if c.type == "range_clause"), None)
    over = clause.child_by_field_name("right") if clause is not None else None
    returns = any(n.type == "return_statement" for n in nodes_outside_literals(node))
    if over is not None and returns and variable_names(over) & related:
        raise UnsafeError(ReasonCode.RETURNS_FROM_LOOP)


def _related(body: Node, names: set[str]) -> set[str]:
    """Names of variables that may lead to the objects: they stand together in some statement."""
    related, size = set(names), -1
    pairs = [_mentioned(node) for node in walk(body) if node.type in _SIMPLE]
    while size != len(related):
        size = len(related)
        for mentioned, told in pairs:
            if mentioned & related:
                related |= told
    return related


def _mentioned(statement: Node) -> tuple[set[str], set[str]]:
    """The variables that a statement reads, and those that it may lead to the same objects."""
    if statement.type == "range_clause":
        left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
        return variable_names(right) if right else set(), variable_names(left) if left else set()
    local = {
        text(n) for n in walk(statement) if n.type == "identifier" and definition(n) is not None
    }
    return local, local


_SIMPLE = frozenset(
    {
        *("short_var_declaration", "assignment_statement", "var_spec", "expression_statement"),
        *("send_statement", "range_clause", "inc_statement", "dec_statement", "call_expression"),
    }
)
