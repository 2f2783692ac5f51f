"""Code that seldom runs, as far as the syntax tells: tests, and what is done about errors."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text, text

if TYPE_CHECKING:
    from tree_sitter import Node


def is_test_file(path: str) -> bool:
    """Whether Go compiles this file for tests only."""
    return posixpath.basename(path.replace("\\", "/")).endswith("_test.go")


def is_error_path(node: Node, inlined_from: str | None) -> bool:
    """Whether this only runs when something went wrong."""
    if inlined_from in _MAKES_ERRORS:
        return True
    if node.type == "call_expression" and _makes_an_error(node):
        return True
    child = node
    for parent in ancestors(node):
        if parent.type in _FUNCTIONS:
            return False
        if _is_failure_branch(parent, child, node):
            return True
        child = parent
    return False


def _is_failure_branch(parent: Node, child: Node, node: Node) -> bool:
    match parent.type:
        case "call_expression":
            return _makes_an_error(parent)
        case "return_statement":
            return _is_returned_error(parent, node)
        case "if_statement":
            return child == parent.child_by_field_name("consequence") and _tests_an_error(parent)
    return False


def _makes_an_error(call: Node) -> bool:
    called = callee_text(call)
    return called in _MAKES_ERRORS or _GIVES_UP.match(called.rpartition(".")[2]) is not None


def _tests_an_error(statement: Node) -> bool:
    condition = statement.child_by_field_name("condition")
    return condition is not None and _ERROR_TEST.search(text(condition)) is not None


def _is_returned_error(statement: Node, node: Node) -> bool:
    """Whether ``node`` is the error that a function with an error as last result returns."""
    values = statement.named_children[0] if statement.named_children else None
    last = values.named_children[-1] if values is not None and values.named_children else None
    if last is None or not last.start_byte <= node.start_byte < last.end_byte:
        return False
    function = next((a for a in ancestors(statement) if a.type in _FUNCTIONS), None)
    result = function.child_by_field_name("result") if function is not None else None
    if result is None:
        return False
    if result.type != "parameter_list":
        return text(result) == "error"
    last_type = result.named_children[-1].child_by_field_name("type")
    return last_type is not None and text(last_type) == "error"


_MAKES_ERRORS = {"errors.New", "fmt.Errorf", "panic", "errors.Join", "errors.Wrap", "errors.Wrapf"}


_GIVES_UP = re.compile(r"(?:[pP]anic|[fF]atal)\w*$|[eE]rrorf$")


_ERROR_TEST = re.compile(
    r"\b(?:\w*[eE]rr)\s*!=\s*nil\b|\bnil\s*!=\s*\w*[eE]rr\b|\berrors\.(?:Is|As)\("
)


_FUNCTIONS = {"func_literal", "function_declaration", "method_declaration"}
