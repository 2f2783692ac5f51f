"""Which function literals keep a local variable on the heap: shared by the rewrites of captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.causes import Cause
from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import Finding, SiteKind
from goescape.analysis.syntax.nodes import ancestors
from goescape.fixes.context.package_code import statement_of
from goescape.fixes.syntax.variable_uses import (
    Variable,
    contains,
    file_sets_version,
    function_of,
    is_declared_in_clause,
    is_settled_before,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import CapturedVariable
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class ClosureCapture:
    """A variable on the heap that function literals hold by reference."""

    finding: Finding
    variable: Variable
    how: CapturedVariable
    places: tuple[tuple[Node, Node], ...]
    """Each literal that escapes, with the statement it stands in."""

    @property
    def first_places(self) -> tuple[tuple[Node, Node], ...]:
        """Of the literals that could share a copy, the first."""
        literals: list[tuple[Node, Node]] = []
        for literal, statement in self.places:
            if not any(is_before(earlier, statement) for _, earlier in literals):
                literals.append((literal, statement))
        return tuple(literals)


def captures(code: PackageCode, file: GoFile) -> Iterator[ClosureCapture]:
    """The variables that no literal assigns and whose address nobody takes.

    What a literal assigns is meant to be shared: nobody expects a fix there.
    """
    captures = {captured.place: captured for captured in code.report.captures}
    for finding in code.findings:
        if (
            finding.span.file != file.source.path
            or finding.kind is not SiteKind.VARIABLE
            or finding.cause is not Cause.CAPTURED
        ):
            continue
        how, place = captures.get(finding.span.start), code.node_of(finding)
        variable = variable_at(place[1]) if place is not None else None
        if how is None or how.addressed or not how.by_reference or variable is None:
            continue
        places = tuple(_places(code, file, variable))
        shared = any(function_of(use) != variable.function for use, _ in variable.writes())
        if places and not shared:
            yield ClosureCapture(finding, variable, how, places)


def refusal_reason(code: PackageCode, file: GoFile, capture: ClosureCapture) -> Reason | None:
    """Why a copy made before the literals would not do; None when it does."""
    variable = capture.variable
    clause = is_declared_in_clause(variable.declared)
    shared = code.language < (1, 22) or file_sets_version(file)
    if clause == "for_clause" or (clause and shared):
        return Reason.of(ReasonCode.ASSIGNED_AFTER_LITERAL, name=variable.name)
    if not clause and _is_declared_elsewhere(variable):
        return Reason.of(ReasonCode.DECLARED_BY_TYPE_SWITCH, name=variable.name)
    for _, statement in capture.places:
        if not is_settled_before(variable, statement):
            return Reason.of(ReasonCode.ASSIGNED_AFTER_LITERAL, name=variable.name)
    return None


def is_before(earlier: Node, statement: Node) -> bool:
    """Whether what is declared in front of one statement is visible in another one."""
    parent = earlier.parent
    return (
        parent is not None
        and contains(parent, statement)
        and earlier.start_byte <= statement.start_byte
    )


def _places(code: PackageCode, file: GoFile, variable: Variable) -> Iterator[tuple[Node, Node]]:
    escaping = {
        file.source.offset(f.span.line, f.span.column)
        for f in code.findings
        if f.kind is SiteKind.CLOSURE and f.escapes and f.span.file == file.source.path
    }
    literals: dict[int, Node] = {}
    for use in variable.uses:
        for around in ancestors(use):
            if around.type == "func_literal" and function_of(around) == variable.function:
                literals[around.start_byte] = around
    for start, literal in sorted(literals.items()):
        if start in escaping and (statement := statement_of(literal)) is not None:
            yield literal, statement


def _is_declared_elsewhere(variable: Variable) -> bool:
    around = [a.type for a in list(ancestors(variable.declared))[:2]]
    return not {
        "short_var_declaration",
        "var_spec",
        "parameter_declaration",
        "receive_statement",
    } & set(around)
