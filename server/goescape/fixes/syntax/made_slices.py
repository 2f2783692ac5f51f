"""Slices that ``make`` makes for a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.nodes import ancestors, callee_text
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    has_goto,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.analysis.model import Finding
    from goescape.fixes.context.package_code import PackageCode


@frozen(eq=False)
class MadeSlice:
    """``x := make([]T, ...)`` in a block."""

    call: Node
    statement: Node
    variable: Node
    type: Node
    """``[]T``."""
    sizes: list[Node]
    """The length, and the capacity where there is one."""


def made_slices(
    code: PackageCode, findings: Iterable[Finding]
) -> Iterator[tuple[Finding, MadeSlice]]:
    """Those of the findings that are such slices."""
    for finding in findings:
        place = code.node_of(finding)
        made = _made_slice(place[1]) if place is not None else None
        if made is not None:
            yield finding, made


def _made_slice(call: Node) -> MadeSlice | None:
    if call.type != "call_expression" or callee_text(call) != "make":
        return None
    statement = next(
        (a for a in ancestors(call) if a.type in {"short_var_declaration", "var_declaration"}), None
    )
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[2] != call or has_comment(statement):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    arguments = arguments_of(call)
    if len(arguments) not in {2, 3} or arguments[0].type != "slice_type":
        return None
    function = declaration_around(call)
    if function is None or has_goto(function):
        return None
    if single[1] is not None and single[1].text != arguments[0].text:
        return None
    return MadeSlice(call, statement, single[0], arguments[0], arguments[1:])
