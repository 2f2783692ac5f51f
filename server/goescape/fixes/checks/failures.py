"""Code that only runs when something went wrong: a fix is not worth it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.cold_code import is_error_path
from goescape.analysis.syntax.nodes import ancestors, callee_text
from goescape.fixes.context.package_code import statement_of

if TYPE_CHECKING:
    from tree_sitter import Node


def is_for_failure(expression: Node) -> bool:
    """Whether an expression is part of an error, or of a branch that handles one.

    What a function with an error returns is none yet: ``return page.Execute(w, data)``.
    """
    statement = statement_of(expression)
    if statement is None or is_error_path(statement, None):
        return True
    for around in ancestors(expression):
        if around == statement:
            return False
        if around.type == "call_expression" and callee_text(around) in _ERRORS:
            return True
    return False


_ERRORS = {"errors.New", "fmt.Errorf", "panic", "errors.Join", "errors.Wrap", "errors.Wrapf"}
