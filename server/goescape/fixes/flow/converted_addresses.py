"""Objects whose address becomes an interface: of which type they are, and where it is passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import callee_text, text
from goescape.fixes.edits.pointees import uses_of
from goescape.fixes.flow.results import made_by, operands
from goescape.fixes.syntax.imports import import_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class ConcreteType:
    """The type whose address is passed, and where a package of its comes from."""

    name: str
    path: str


def is_converted(finding: Finding) -> bool:
    """Whether an object is on the heap because its address becomes an interface."""
    return (
        finding.kind in {SiteKind.VARIABLE, SiteKind.EXPRESSION}
        and finding.escapes
        and finding.is_diagnostic
        and not finding.inlined_from
        and any(step.reason == "interface-converted" for step in finding.flow)
    )


def concrete_type_of(file: GoFile, node: Node) -> ConcreteType | None:
    """The type of a variable, or of what ``&T{}`` and ``new(T)`` make."""
    its_type: Node | None = None
    if node.type == "identifier" and node.parent is not None:
        parent = node.parent
        its_type = parent.child_by_field_name("type") if parent.type in _TYPED else None
        made = made_by(node)
        if made is not None and made.type == "composite_literal":
            its_type = made.child_by_field_name("type")
    elif node.type == "unary_expression":
        literal = node.child_by_field_name("operand")
        its_type = literal.child_by_field_name("type") if literal is not None else None
    elif node.type == "call_expression" and callee_text(node) == "new":
        its_type = next(iter(operands(node.child_by_field_name("arguments"))), None)
    if its_type is None or its_type.type not in {"type_identifier", "qualified_type"}:
        return None
    package, _, name = text(its_type).rpartition(".")
    path = import_paths(file).get(package, "") if package else ""
    if package and (not path or path.rpartition("/")[2] != package):
        return None
    return ConcreteType(f"{package}.{name}" if package else name, path)


def passed_addresses(code: PackageCode, finding: Finding, node: Node) -> Iterator[Node]:
    """The expressions that give the address away as an argument."""
    if finding.kind is SiteKind.VARIABLE:
        for use in uses_of(code, node):
            parent = use.parent
            if parent is not None and parent.type == "unary_expression":
                yield parent
        return
    yield node
    holder = node.parent.parent if node.parent is not None else None
    left = holder.child_by_field_name("left") if holder is not None else None
    names = operands(left) if left is not None else []
    if len(names) == 1 and names[0].type == "identifier" and made_by(names[0]) == node:
        yield from uses_of(code, names[0])


_TYPED = frozenset({"var_spec", "parameter_declaration"})
