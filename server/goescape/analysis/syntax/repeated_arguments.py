"""Function literals that a function of the package calls again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.go_file import parameters
from goescape.analysis.syntax.loops import runs_repeatedly
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration


def is_called_in_loop(node: Node, functions: Mapping[str, FunctionDeclaration]) -> bool:
    """Whether a literal around a node is an argument that its receiver calls in loops only.

    ``functions`` are those of the package, by the compiler's names: ``each(func() { ... })``.
    """
    literals = (around for around in ancestors(node) if around.type == "func_literal")
    return any(_is_repeated_argument(literal, functions) for literal in literals)


def _is_repeated_argument(literal: Node, functions: Mapping[str, FunctionDeclaration]) -> bool:
    arguments = literal.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or call is None or arguments.type != "argument_list":
        return False
    function = call.child_by_field_name("function")
    declared = functions.get(callee_text(call))
    if declared is None or function is None or definition(function) is not None:
        return False
    given = [argument for argument in arguments.named_children if argument.type != "comment"]
    names = list(parameters(declared))
    index = given.index(literal)
    return index < len(names) and _is_called_only_in_loops(names[index])


def _is_called_only_in_loops(parameter: Node) -> bool:
    function = next(a for a in ancestors(parameter) if a.type == "function_declaration")
    body = function.child_by_field_name("body")
    uses = [
        node
        for node in (walk(body) if body is not None else ())
        if node.type == "identifier" and text(node) == text(parameter)
    ]
    calls = [use for use in uses if use.parent is not None and _is_callee(use, use.parent)]
    return bool(calls) and len(calls) == len(uses) and all(map(runs_repeatedly, calls))


def _is_callee(use: Node, parent: Node) -> bool:
    return parent.type == "call_expression" and parent.child_by_field_name("function") == use
