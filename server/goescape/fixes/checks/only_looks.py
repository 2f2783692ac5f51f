"""Whether a function of another package only looks: asking it twice is asking it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.fixes.context.imported_types import DeclaredTypes


def only_looks(
    package: DeclaredTypes, declared: FunctionDeclaration, around: frozenset[str] = frozenset()
) -> bool:
    """Whether a function changes nothing that anybody sees: asking it twice is asking it once."""
    body = declared.node.child_by_field_name("body")
    if body is None or declared.name in around or len(around) > _DEPTH:
        return False
    around |= {declared.name}
    return all(_is_look(package, node, around) for node in walk(body))


def _is_look(package: DeclaredTypes, node: Node, around: frozenset[str]) -> bool:
    if node.type.endswith("_statement"):
        if node.type == "expression_statement":
            return callee_text(node.named_children[0]).rpartition(".")[2] in _LOCKS
        return node.type in _LOOKING
    if node.type in {"func_literal", "unary_expression"}:
        return node.type == "unary_expression" and text(node)[:2] != "<-"
    if node.type != "call_expression":
        return True
    called = callee_text(node)
    name = called.rpartition(".")[2]
    converted = called.strip("(*)")
    if name in _LOCKS or converted in package.types or converted in _PREDECLARED:
        return True
    functions = package.functions_by_name
    named = [functions[called]] if called in functions else []
    if name != called:
        named = [f for f in functions.values() if f.plain_name == name and f.name != name]
    if named:
        return all(only_looks(package, function, around) for function in named)
    return name in _ASKING or called.startswith("atomic.Load")


_LOCKS = frozenset({"Lock", "Unlock", "RLock", "RUnlock"})
_ASKING = frozenset({"Load", "Enabled", "len"})
_LOOKING = frozenset({"return_statement", "if_statement", "defer_statement"})
_PREDECLARED = frozenset({"int", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64"})
_DEPTH = 4
