"""Interfaces that are taken apart at once: what is boxed, and the type that callers assert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.checks.copyable import BASIC
from goescape.fixes.flow.results import operands

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.flow.calls import FunctionCall


def is_boxed_here(finding: Finding) -> bool:
    """Whether a value is boxed on the heap where it is written, not in a copy inlined there."""
    boxed = finding.kind is SiteKind.BOXED and not finding.inlined_from
    return boxed and finding.escapes and finding.is_diagnostic


def asserted(call: FunctionCall) -> tuple[FunctionCall, Node]:
    """A call and the type assertion around it, which must not ask whether it holds."""
    node = call.node.parent
    if node is None or node.type != "type_assertion_expression":
        raise UnsafeError(ReasonCode.USED_AS_INTERFACE, call=text(call.node))
    if any(n.type == "comment" for n in node.children):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    outer = next((a for a in ancestors(node) if a.type != "parenthesized_expression"), None)
    statement = outer.parent if outer is not None else None
    if statement is not None and outer is not None and outer.type == "expression_list":
        left = statement.child_by_field_name("left")
        names = statement.children_by_field_name("name")
        wanted = len(operands(left)) if left is not None else len(names)
        if wanted > len(operands(outer)):
            raise UnsafeError(ReasonCode.ASSERTION_IS_TESTED, expression=text(node))
    return call, node


def asserted_type(assertion: Node) -> Node:
    """The type that an assertion asks for."""
    its_type = assertion.child_by_field_name("type")
    assert its_type is not None
    return its_type


def check_type(code: PackageCode, file: GoFile, node: Node) -> None:
    """Raise UnsafeError unless it is a concrete type that means the same everywhere."""
    for part in walk(node):
        name = text(part)
        if part.type not in {"type_identifier", "slice_type", "pointer_type"}:
            raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=text(node))
        if part.type != "type_identifier":
            continue
        declared = next((f.types[name] for f in code.files.values() if name in f.types), None)
        same = [f for f in code.files.values() if name in f.types]
        if name in code.declared_locally or name in {"any", "error"}:
            raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=name)
        if declared is not None and same[0].package_name != file.package_name:
            raise UnsafeError(ReasonCode.TYPE_OF_ANOTHER_PACKAGE, type=name)
        if declared is None and name not in BASIC:
            raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=name)
        if declared is not None and declared.type in _UNCLEAR:
            raise UnsafeError(ReasonCode.MAY_BE_INTERFACE, type=name)


def is_dropped(call: FunctionCall) -> bool:
    """Whether nothing takes the result of a call."""
    parent = call.node.parent
    return parent is not None and parent.type in {
        *("expression_statement", "go_statement", "defer_statement"),
    }


_UNCLEAR = frozenset({"interface_type", "type_identifier", "qualified_type", "generic_type"})
