"""Whether a larger stack frame would be there many times at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.context.package_code import FUNCTIONS

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.fixes.context.package_code import PackageCode


def grows_many_stacks(code: PackageCode, node: Node) -> Reason | None:
    """Why a large stack may be there many times; None where it may not."""
    functions = [a for a in ancestors(node) if a.type in FUNCTIONS]
    names = {text(n) for f in functions if (n := f.child_by_field_name("name")) is not None}
    if any(_is_started(f) for f in functions):
        return Reason.of(ReasonCode.MANY_STACKS)
    for name in names:
        for _, reference in code.syntax.references(name):
            if _is_started(reference):
                return Reason.of(ReasonCode.MANY_STACKS)
    if names & _reachable(code, names):
        return Reason.of(ReasonCode.MAY_CALL_ITSELF)
    return None


def _is_started(node: Node) -> bool:
    """Whether a go statement starts this function."""
    for around in ancestors(node):
        if around.type == "go_statement":
            return True
        if around.type in {"statement_list", "argument_list"}:
            return False
    return False


def _reachable(code: PackageCode, names: set[str]) -> set[str]:
    """The names of functions and methods that these may call, within the package."""
    bodies: dict[str, list[Node]] = {}
    for declared in code.syntax.functions.values():
        bodies.setdefault(declared.plain_name, []).append(declared.node)
    reached: set[str] = set()
    pending = list(names)
    while pending:
        for node in bodies.get(pending.pop(), ()):
            body = node.child_by_field_name("body")
            called = {
                text(n)
                for n in (walk(body) if body is not None else ())
                if n.type in {"identifier", "field_identifier"} and text(n) in bodies
            }
            pending.extend(called - reached)
            reached |= called
    return reached
