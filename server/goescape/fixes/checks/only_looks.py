"""Whether a function of another package only looks: asking it twice is asking it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.fixes.context.imported_types import DeclaredTypes


def only_looks(
    package: DeclaredTypes, declared: FunctionDeclaration, around: frozenset[str] = frozenset()
) -> bool:
    """Whether a function changes nothing that anybody sees: asking it twice is asking it once."""
    body = declared.node.child_by_field_name("body")
    if declared.name in around:
        return True
    if body is None or len(around) > _DEPTH:
        return False
    around |= {declared.name}
    return all(_is_look(package, node, around) for node in walk(body))


def _is_look(package: DeclaredTypes, node: Node, around: frozenset[str]) -> bool:
    if node.type.endswith("_statement"):
        if node.type == "expression_statement":
            return callee_text(node.named_children[0]).rpartition(".")[2] in _LOCKS
        return node.type in _LOOKING or _sets_local(node)
    if node.type in {"func_literal", "unary_expression"}:
        return node.type == "unary_expression" and text(node)[:2] != "<-"
    return node.type != "call_expression" or _is_looking_call(package, node, around)


def _sets_local(statement: Node) -> bool:
    """Whether it assigns to local variables alone."""
    left = statement.named_children[0]
    names = left.named_children if left.type == "expression_list" else [left]
    return statement.type in _ASSIGNING and all(definition(name) is not None for name in names)


def _is_looking_call(package: DeclaredTypes, node: Node, around: frozenset[str]) -> bool:
    function = node.child_by_field_name("function")
    if function is None or (function.type == "identifier" and definition(function) is not None):
        return False
    called = callee_text(node)
    operand, _, name = called.rpartition(".")
    converted = called.strip("(*)")
    functions = package.functions_by_name
    named = [functions[called]] if called in functions else []
    if operand:
        if name in package.field_names or (name in package.interface_methods - {"Enabled"}):
            return False
        if name == "Enabled" and operand.rpartition(".")[2] in package.interface_fields:
            return True  # as slog does, and says
        named = [f for f in functions.values() if f.plain_name == name and f.name != name]
    if named:
        return all(only_looks(package, each, around) for each in named)
    if converted in package.types or converted in _PREDECLARED or called.startswith("atomic.Load"):
        return True
    if not operand or operand in package.imported_names:
        return False
    return name in _LOCKS or (name == "Load" and package.uses_atomics)


_LOCKS = frozenset({"Lock", "Unlock", "RLock", "RUnlock"})
_LOOKING = frozenset({"return_statement", "if_statement", "defer_statement"})
_ASSIGNING = frozenset({"assignment_statement", "inc_statement", "dec_statement"})
_PREDECLARED = frozenset(
    {"len", "int", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64"}
)
_DEPTH = 4
