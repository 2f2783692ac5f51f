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


def is_test_helper(node: Node) -> bool:
    """Whether this is in a function that is handed a test or a benchmark."""
    return any(
        around.type in _FUNCTIONS
        and (parameters := around.child_by_field_name("parameters")) is not None
        and _TESTING.search(text(parameters)) is not None
        for around in ancestors(node)
    )


def is_error_path(node: Node, inlined_from: str | None) -> bool:
    """Whether this only runs when something went wrong."""
    if inlined_from in _MAKES_ERRORS:
        return True
    if node.type == "call_expression" and _makes_an_error(node):
        return True
    if _is_error_literal(node):
        return True
    child = node
    for parent in ancestors(node):
        if parent.type in _FUNCTIONS:
            return False
        if _is_failure_branch(parent, child, node):
            return True
        child = parent
    return False


def runs_with_function(node: Node) -> bool:
    """Whether this runs just when the code around does: any literal that it is in is called there.

    At package level, that is when the package is initialised.
    """
    literals = (around for around in ancestors(node) if around.type == "func_literal")
    return all(_is_called_at_once(literal) for literal in literals)


def is_once(node: Node) -> bool:
    """Whether package sync sees to it that this runs once: ``once.Do(func() { ... })``."""
    for literal in ancestors(node):
        if literal.type == "func_literal":
            call = _call_with(literal)
            if call is not None and _is_call_of_once(call):
                return True
            if not _is_called_at_once(literal):
                return False
    return False


def has_something_to_format(call: Node) -> bool:
    """Whether a call like ``fmt.Errorf`` has operands, or a verb in its format."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    given = [argument for argument in given if argument.type != "comment"]
    if not given:
        return False
    if "%" in text(given[0]) and given[0].type.endswith("string_literal"):
        return True
    return len(given) > 1 and given[1].type != "variadic_argument"


def _is_called_at_once(literal: Node) -> bool:
    """``func() { ... }()``, perhaps deferred; what ``go`` starts goes on by itself."""
    callee = literal
    while callee.parent is not None and callee.parent.type == "parenthesized_expression":
        callee = callee.parent
    call = callee.parent
    if call is None or call.type != "call_expression":
        return False
    started = call.parent is not None and call.parent.type == "go_statement"
    return call.child_by_field_name("function") == callee and not started


def _call_with(literal: Node) -> Node | None:
    """The call that the literal is the only argument of."""
    arguments = literal.parent
    if arguments is None or arguments.type != "argument_list" or arguments.named_child_count != 1:
        return None
    return arguments.parent


def _is_call_of_once(call: Node) -> bool:
    receiver, _, name = callee_text(call).rpartition(".")
    if name == "Do":
        return _ONCE.search(receiver) is not None
    return receiver == "sync" and name in {"OnceFunc", "OnceValue", "OnceValues"}


def _is_failure_branch(parent: Node, child: Node, node: Node) -> bool:
    match parent.type:
        case "call_expression":
            return _makes_an_error(parent)
        case "composite_literal":
            return _is_error_literal(parent)
        case "return_statement":
            return _is_returned_error(parent, node)
        case "if_statement":
            return child == parent.child_by_field_name("consequence") and _tests_an_error(parent)
        case "statement_list":
            return _is_branch(parent) and _gives_up(parent.named_children[-1])
    return False


def _is_branch(statements: Node) -> bool:
    """Whether these are the statements of a branch, and not of a whole function or loop."""
    around = statements.parent
    if around is not None and around.type == "block":
        around = around.parent
    return around is not None and around.type in _BRANCHES


def _gives_up(statement: Node) -> bool:
    """Whether a statement ends the program, or this call by a panic."""
    if statement.type != "expression_statement" or not statement.named_children:
        return False
    call = statement.named_children[0]
    if call.type != "call_expression":
        return False
    called = callee_text(call)
    return called in {"panic", "os.Exit"} or _FATAL.match(called) is not None


def _makes_an_error(call: Node) -> bool:
    called = callee_text(call)
    name = called.rpartition(".")[2]
    if called in _MAKES_ERRORS or _GIVES_UP.match(name) is not None:
        return True
    arguments = call.child_by_field_name("arguments")
    is_told = arguments is not None and arguments.named_child_count > 0
    return is_told and _REPORTS.match(name) is not None and _ASKS.match(name) is None


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
        return _is_error_type(result)
    return _is_error_type(result.named_children[-1].child_by_field_name("type"))


def _is_error_literal(node: Node) -> bool:
    """Whether this is ``PathError{...}`` or ``&PathError{...}``."""
    while node.type in {"unary_expression", "parenthesized_expression"} and node.named_children:
        node = node.named_children[0]
    if node.type != "composite_literal":
        return False
    return _is_error_type(node.child_by_field_name("type"))


def _is_error_type(node: Node | None) -> bool:
    """Whether a type is ``error``, or by its name one that tells of a failure."""
    return node is not None and _ERROR_TYPE.match(text(node)) is not None


_MAKES_ERRORS = {"errors.New", "fmt.Errorf", "panic", "errors.Join", "errors.Wrap", "errors.Wrapf"}


_GIVES_UP = re.compile(r"(?:[pP]anic|[fF]atal)\w*$|[eE]rrorf$")


_ERROR_TYPE = re.compile(r"error$|\*?(?:\w+\.)?\w*Err(?:or)?$")
"""``error``, ``*fs.PathError``: not ``[]error``, which may be a result that is always there."""
_REPORTS = re.compile(
    r"(?:\w*[a-z])?[eE]rror(?:s|ln|At|Context|[A-Z]\w*f)?$|(?:\w*[a-z])?Err$|[fF]ail(?:f|With)?$"
)
"""By their names: ``p.error(...)``, ``addError(...)``, ``http.Error(...)``, ``log.Error(...)``."""
_ASKS = re.compile(
    r"(?:[iI]s|[hH]as|[aA]s|[nN]o|[cC]heck|[hH]andle|[oO]n|[wW]ith(?:out)?)[eE](?i:rr)"
)
_FATAL = re.compile(r"\w+\.(?:[pP]anic|[fF]atal)\w*$")
_TESTING = re.compile(r"\btesting\.(?:TB|[TBF])\b")
_ONCE = re.compile(r"[oO]nce\w*$")
_BRANCHES = {
    "if_statement",
    "expression_case",
    "type_case",
    "default_case",
    "communication_case",
}


_ERROR_TEST = re.compile(
    r"\b(?:\w*[eE]rr)\s*!=\s*nil\b|\bnil\s*!=\s*\w*[eE]rr\b|\berrors\.(?:Is|As)\("
)


_FUNCTIONS = {"func_literal", "function_declaration", "method_declaration"}
