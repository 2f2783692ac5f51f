"""A result of type ``any`` that every caller asserts to be one type is returned as that type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.candidate import Edit, TypeClaim, UnsafeError
from goescape.fixes.checks.copyable import BASIC
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.made_values import check_gain
from goescape.fixes.flow.calls import FunctionCall, calls_of
from goescape.fixes.flow.results import may_recover, nodes_outside_literals, operands
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Functions that box what they return, although all callers take it out at once."""
    boxed = [f for f in code.findings if f.span.file == file.source.path and is_boxed(f)]
    for declared in file.functions if boxed else ():
        result = declared.node.child_by_field_name("result")
        if result is None or text(result).replace(" ", "") not in {"any", "interface{}"}:
            continue
        values = list(_returned(declared))
        found = tuple(f for f in boxed if any(_is_at(code, f, value) for value in values))
        if found:
            yield Match(found, partial(_change, code, file, declared, found))


def is_boxed(finding: Finding) -> bool:
    boxed = finding.kind is SiteKind.BOXED and not finding.inlined_from
    return boxed and finding.escapes and finding.is_diagnostic


def _is_at(code: PackageCode, finding: Finding, value: Node) -> bool:
    found = code.node_of(finding)
    return found is not None and (found[1].start_byte, found[1].end_byte) == (
        value.start_byte,
        value.end_byte,
    )


def _returned(declared: FunctionDeclaration) -> Iterator[Node]:
    body = declared.node.child_by_field_name("body")
    for node in nodes_outside_literals(body) if body is not None else ():
        if node.type == "return_statement":
            yield from operands(next(iter(operands(node)), None))


def _change(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, targets: tuple[Finding, ...]
) -> Change:
    check_gain(code, file, declared, targets)
    values = list(_returned(declared))
    _check_body(code, declared)
    again = [v for v in values if v.type == "call_expression" and _is_self(declared, v)]
    calls = [c for c in calls_of(code, file, declared) if c.node not in again]
    taken = [asserted(call) for call in calls if not is_dropped(call)]
    types = {text(type_of(node)) for _, node in taken}
    if len(types) != 1:
        raise UnsafeError("Not every caller asserts the same type at once.")
    concrete = types.pop()
    check_type(code, file, type_of(taken[0][1]))
    result = declared.node.child_by_field_name("result")
    assert result is not None
    edits = [replace(file, result, concrete)]
    for call, assertion in taken:
        path = call.file.source.path
        edits.append(Edit(path, call.node.end_byte, assertion.end_byte, ""))
    claims = tuple(
        TypeClaim(file.source.path, v.start_byte, v.end_byte, concrete)
        for v in values
        if v not in again
    )
    return Change(tuple(edits), callers=len(taken), claims=claims)


def _check_body(code: PackageCode, declared: FunctionDeclaration) -> None:
    if declared.node.child_by_field_name("type_parameters") is not None:
        raise UnsafeError("The function is generic.")
    if "any" in code.syntax.types:
        raise UnsafeError("`any` is a type of this package.")
    body = declared.node.child_by_field_name("body")
    for node in nodes_outside_literals(body) if body is not None else ():
        if node.type == "defer_statement" and may_recover(code, node):
            raise UnsafeError("A deferred call may recover, and then the result is nil.")


def asserted(call: FunctionCall) -> tuple[FunctionCall, Node]:
    """A call and the type assertion around it, which must not ask whether it holds."""
    node = call.node.parent
    if node is None or node.type != "type_assertion_expression":
        raise UnsafeError(f"`{text(call.node)}` is used as an interface.")
    if any(n.type == "comment" for n in node.children):
        raise UnsafeError("A comment stands inside a type assertion.")
    around = next((a for a in ancestors(node) if a.type != "parenthesized_expression"), None)
    statement = around.parent if around is not None else None
    if statement is not None and around is not None and around.type == "expression_list":
        left = statement.child_by_field_name("left")
        names = statement.children_by_field_name("name")
        wanted = len(operands(left)) if left is not None else len(names)
        if wanted > len(operands(around)):
            raise UnsafeError(f"`{text(node)}` asks whether it is one.")
    return call, node


def type_of(assertion: Node) -> Node:
    its_type = assertion.child_by_field_name("type")
    assert its_type is not None
    return its_type


def check_type(code: PackageCode, file: GoFile, node: Node) -> None:
    """Raise UnsafeError unless it is a concrete type that means the same everywhere."""
    for part in walk(node):
        name = text(part)
        if part.type not in {"type_identifier", "slice_type", "pointer_type"}:
            raise UnsafeError(f"`{text(node)}` may mean something else where it is returned.")
        if part.type != "type_identifier":
            continue
        declared = next((f.types[name] for f in code.files.values() if name in f.types), None)
        same = [f for f in code.files.values() if name in f.types]
        if name in code.declared_locally or name in {"any", "error"}:
            raise UnsafeError(f"`{name}` may mean something else where it is returned.")
        if declared is not None and same[0].package_name != file.package_name:
            raise UnsafeError(f"`{name}` is a type of another package.")
        if declared is None and name not in BASIC:
            raise UnsafeError(f"What `{name}` stands for is not known here.")
        if declared is not None and declared.type in _UNCLEAR:
            raise UnsafeError(f"`{name}` may be an interface.")


def is_dropped(call: FunctionCall) -> bool:
    around = call.node.parent
    return around is not None and around.type in {
        *("expression_statement", "go_statement", "defer_statement"),
    }


def _is_self(declared: FunctionDeclaration, value: Node) -> bool:
    return callee_text(value).rpartition(".")[2] == declared.plain_name


_UNCLEAR = frozenset({"interface_type", "type_identifier", "qualified_type", "generic_type"})


REWRITE = Rewrite(
    code="concrete-result",
    title="Return the concrete type instead of interface{}",
    find=_find,
)
