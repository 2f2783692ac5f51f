"""Function literals that a function of the package calls again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from goescape.analysis.syntax.go_file import parameters
from goescape.analysis.syntax.loops import runs_repeatedly
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration


class LiteralArgument(NamedTuple):
    """A function literal as an argument of a call."""

    function: str
    """What is called, as written."""
    number: int
    """Which argument it is, from 0."""


def literal_arguments(literal: Node) -> tuple[LiteralArgument, ...]:
    """A literal and those around it, as far as they are arguments: ``each(func() { ... })``."""
    around = (each for each in ancestors(literal) if each.type == "func_literal")
    return tuple(filter(None, map(_as_argument, (literal, *around))))


def _as_argument(literal: Node) -> LiteralArgument | None:
    arguments = literal.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or call is None or arguments.type != "argument_list":
        return None
    function = call.child_by_field_name("function")
    if function is None or definition(function) is not None:
        return None
    given = [argument for argument in arguments.named_children if argument.type != "comment"]
    return LiteralArgument(callee_text(call), given.index(literal))


class RepeatedArguments:
    """Answers for one state of a package."""

    def __init__(self, functions: Mapping[str, FunctionDeclaration]) -> None:
        """``functions`` are those of the package, by the compiler's names."""
        self._functions = functions
        self._repeated: dict[str, frozenset[int]] = {}
        """The numbers of a function's parameters that it calls, in loops only."""

    def is_called_in_loop(self, arguments: Iterable[LiteralArgument]) -> bool:
        """Whether a function of the package calls one of these in loops only."""
        for argument in arguments:
            declared = self._functions.get(argument.function)
            if declared is not None and argument.number in self._repeated_parameters(declared):
                return True
        return False

    def _repeated_parameters(self, declared: FunctionDeclaration) -> frozenset[int]:
        known = self._repeated.get(declared.name)
        if known is None:
            names = enumerate(parameters(declared))
            known = frozenset(number for number, name in names if _is_called_only_in_loops(name))
            self._repeated[declared.name] = known
        return known


def _is_called_only_in_loops(parameter: Node) -> bool:
    function = next(a for a in ancestors(parameter) if a.type in _DECLARATIONS)
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


_DECLARATIONS = frozenset({"function_declaration", "method_declaration"})
