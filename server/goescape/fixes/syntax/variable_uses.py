"""Where a local variable is read and written, in the order of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import ancestors, text, token, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.context.package_code import FUNCTIONS, PREDECLARED, line_end
from goescape.fixes.syntax.local_variables import has_goto

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile


@frozen
class Variable:
    """A local variable with all its uses."""

    declared: Node
    """The identifier of its declaration."""
    function: Node
    """The declaration or literal that it belongs to."""
    uses: tuple[Node, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return text(self.declared)

    @property
    def is_result(self) -> bool:
        """Whether every ``return`` of its function assigns it."""
        results = self.function.child_by_field_name("result")
        return results is not None and contains(results, self.declared)

    def used_in(self, node: Node) -> tuple[Node, ...]:
        """Its uses inside a node."""
        return tuple(use for use in self.uses if contains(node, use))

    def writes(self) -> Iterator[tuple[Node, Node]]:
        """Its uses that write it, or may (``x.f = 1``), each with what does so."""
        for use in self.uses:
            if (writing := writing_node(use)) is not None:
                yield use, writing


def variable_at(declared: Node) -> Variable | None:
    """The local variable that an identifier declares."""
    function = next((a for a in ancestors(declared) if a.type in FUNCTIONS), None)
    if function is None or declared.type != "identifier":
        return None
    uses = (
        node
        for node in walk(function)
        if node.type == "identifier"
        and node.text == declared.text
        and node != declared
        and declaration_of(node) == declared
    )
    return Variable(declared, function, tuple(uses))


def declaration_of(identifier: Node) -> Node | None:
    """Like ``definition``; but ``x, err := f()`` assigns a parameter x of the same function."""
    declared = definition(identifier)
    statement = (
        declared.parent.parent if declared is not None and declared.parent is not None else None
    )
    if declared is None or statement is None or statement.type != "short_var_declaration":
        return declared
    around = statement.parent
    while around is not None and around.type in {"labeled_statement", "statement_list"}:
        around = around.parent
    function = around.parent if around is not None and around.type == "block" else None
    if function is None or function.type not in FUNCTIONS:
        return declared
    same = (name for name in parameters_of(function) if name.text == declared.text)
    return next(same, declared)


def parameters_of(function: Node) -> Iterator[Node]:
    """The names of receiver, parameters and results."""
    for part in ("receiver", "parameters", "result"):
        names = function.child_by_field_name(part)
        if names is not None and names.type == "parameter_list":
            yield from parameter_names(names)


def writing_node(use: Node) -> Node | None:
    """The statement or clause that writes this use, or a part of it; None for what only reads."""
    target = use
    while _is_part(target):
        target = target.parent or target
    parent = target.parent
    if parent is None:
        return None
    addressed = parent.type == "unary_expression" and text(parent).startswith("&")
    if addressed or parent.type in {"inc_statement", "dec_statement"}:
        return parent
    statement = parent.parent
    if parent.type != "expression_list" or statement is None:
        return None
    writes = statement.type in _ASSIGNING and statement.child_by_field_name("left") == parent
    return statement if writes else None


def _is_part(target: Node) -> bool:
    """Whether what stands around an operand denotes a part of it, or what it points to."""
    parent = target.parent
    if parent is None:
        return False
    if parent.type in {"selector_expression", "index_expression", "slice_expression"}:
        return parent.child_by_field_name("operand") == target
    if parent.type == "unary_expression":
        return text(parent).startswith("*")
    return parent.type in {"parenthesized_expression", "type_assertion_expression"}


def is_settled_before(variable: Variable, statement: Node) -> bool:
    """Whether nothing can write a variable any more once a statement has begun.

    Its address must not be taken anywhere: that is for the compiler to say.
    """
    if variable.is_result or has_goto(variable.function):
        return False
    return all(
        function_of(use) == variable.function
        and writing.end_byte <= statement.start_byte
        and not any(
            contains(loop, writing) and not contains(loop, variable.declared)
            for loop in ancestors(statement)
            if loop.type == "for_statement"
        )
        for use, writing in variable.writes()
    )


def function_of(node: Node) -> Node | None:
    """The innermost function that a node stands in."""
    return next((a for a in ancestors(node) if a.type in FUNCTIONS), None)


def contains(around: Node, node: Node) -> bool:
    """Whether a node lies in another one of the same file."""
    return around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def is_declared_in_clause(declared: Node) -> str:
    """The kind of a loop's clause that declares a variable; empty for other declarations."""
    for parent in list(ancestors(declared))[:3]:
        if parent.type in {"for_clause", "range_clause"}:
            return parent.type
    return ""


def declares_directly(statements: Node, name: str) -> bool:
    """Whether a list of statements declares a name in its own scope."""
    block = statements.parent
    function = block.parent if block is not None else None
    names = list(declared_names(statements))
    if function is not None and function.type in FUNCTIONS:
        names.extend(parameters_of(function))
    return any(text(n) == name for n in names)


def declared_names(statements: Node) -> Iterator[Node]:
    """The names that statements declare directly, those of types included."""
    for child in statements.named_children:
        statement = child
        while statement.type == "labeled_statement" and statement.named_child_count > 1:
            statement = statement.named_children[-1]
        yield from declared_by(statement)


def declared_by(statement: Node) -> Iterator[Node]:
    """The names that one statement or clause declares."""
    if statement.type in {"short_var_declaration", "range_clause", "receive_statement"}:
        left = statement.child_by_field_name("left")
        if left is not None and token(statement, ":=") is not None:
            yield from left.named_children
    elif statement.type in {"var_declaration", "const_declaration", "type_declaration"}:
        for spec in walk(statement):
            if spec.type in {"var_spec", "const_spec", "type_spec", "type_alias"}:
                yield from spec.children_by_field_name("name")


def local_name(node: Node, names: Iterable[str]) -> str:
    """The first of some names that nothing in the declaration around a node uses; or nothing.

    Fields and methods of that name are no obstacle.
    """
    functions = [a for a in ancestors(node) if a.type in FUNCTIONS]
    used = {text(n) for n in walk(functions[-1]) if n.type in _NAMES} if functions else set()
    return next((n for n in names if functions and n not in used | PREDECLARED), "")


def named_type(written: Node) -> str:
    """``T`` for ``T``, ``*T`` and ``T[int]``; empty for other types and those of other packages."""
    pointed = written.named_children[0] if written.type == "pointer_type" else written
    if pointed.type == "generic_type":
        pointed = pointed.child_by_field_name("type") or pointed
    return text(pointed) if pointed.type == "type_identifier" else ""


def file_sets_version(file: GoFile) -> bool:
    """Whether a build constraint gives the file a version of the language of its own."""
    return _VERSION.search(file.source.content[:20_000]) is not None


def line_before(file: GoFile, statement: Node) -> tuple[int, str]:
    """Where a new statement goes before another one, and what to put behind it there.

    Above the comments that stand directly above the other one.
    """
    content = file.source.content
    line = statement.start_point[0] + 1
    start = file.source.offset(line, 1) or 0
    white = content[start : statement.start_byte]
    if white.strip():
        return statement.start_byte, "; "
    indent = white.decode()
    while line > 1:
        above = file.source.line(line - 1)
        offset = (file.source.offset(line - 1, 1) or 0) + len(above) - len(above.lstrip())
        node = file.node_at(offset)
        if node is None or node.type != "comment" or not above.lstrip().startswith(b"//"):
            break
        line -= 1
    at = (file.source.offset(line, 1) or 0) + _indent(file.source.line(line))
    return at, line_end(file) + indent


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))


_ASSIGNING = frozenset(
    {"assignment_statement", "short_var_declaration", "range_clause", "receive_statement"}
)
_NAMES = frozenset({"identifier", "type_identifier", "package_identifier", "label_name"})
_VERSION = re.compile(rb"^//go:build [^\n]*\bgo1\.", re.MULTILINE)
