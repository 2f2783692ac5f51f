"""When a function returns at once: the condition that its callers may check before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.syntax.local_variables import is_visible

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class EarlyReturn:
    """``if !l.debug { return }``, as the first thing that a function does."""

    condition: Node
    receiver: Node | None
    """The name that stands for what the method is called on."""

    def opposite(self, operand: str) -> str:
        """What a caller checks, where ``operand`` is what it calls the method on."""
        return opposite(self.condition, self._substitute(operand))

    def _substitute(self, operand: str) -> dict[str, str]:
        return {text(self.receiver): operand} if self.receiver is not None else {}


def early_return_of(code: PackageCode, declared: FunctionDeclaration) -> EarlyReturn | None:
    """The check that a function without results begins with; None if it does something else."""
    body = declared.node.child_by_field_name("body")
    if declared.node.child_by_field_name("result") is not None or body is None:
        return None
    statements = next((n for n in body.named_children if n.type == "statement_list"), None)
    first = next((n for n in statements.named_children), None) if statements is not None else None
    if first is None or first.type != "if_statement" or not only_returns(first):
        return None
    condition = first.child_by_field_name("condition")
    receiver = receiver_of(declared)
    if condition is None or not _is_plain(code, condition, receiver):
        return None
    return EarlyReturn(condition, receiver)


def is_same_at(level: EarlyReturn, code: PackageCode, call: Node) -> bool:
    """Whether the other names of the condition mean the same where the call stands."""
    imported = {name for file in code.files.values() for name in file.imported_names}
    names = {text(n) for n in walk(level.condition) if n.type == "identifier"}
    names -= {text(level.receiver)} if level.receiver is not None else set()
    return all(name not in imported and is_visible(call, name) for name in names)


def takes_anything(declared: FunctionDeclaration, file: GoFile) -> bool:
    """Whether the last parameter is ``...any``, as for what prints."""
    parameters = declared.node.child_by_field_name("parameters")
    last = parameters.named_children[-1:] if parameters is not None else []
    if not last or last[0].type != "variadic_parameter_declaration":
        return False
    kind = last[0].child_by_field_name("type")
    written = "".join(text(kind).split()) if kind is not None else ""
    return written == "interface{}" or (written == "any" and "any" not in file.types)


def only_returns(check: Node) -> bool:
    """Whether an ``if`` does nothing but return."""
    block = check.child_by_field_name("consequence")
    others = ("initializer", "alternative")
    if block is None or any(check.child_by_field_name(part) is not None for part in others):
        return False
    statements = [n for n in walk(block) if n.type not in {"comment", "block", "statement_list"}]
    return [n.type for n in statements] == ["return_statement"]


def receiver_of(declared: FunctionDeclaration) -> Node | None:
    """The name that stands for what the method is called on."""
    receiver = declared.node.child_by_field_name("receiver")
    names = [n for n in walk(receiver) if n.type == "identifier"] if receiver is not None else []
    return names[0] if names else None


def _is_plain(code: PackageCode, condition: Node, receiver: Node | None) -> bool:
    """Whether it only reads fields of the receiver, and package-level variables and constants."""
    for node in walk(condition):
        if node.type not in _PLAIN:
            return False
        if node.type == "unary_expression" and text(node)[0] != "!":
            return False
        if node.type == "binary_expression" and _operator(node) not in _OPERATORS:
            return False
        if node.type == "identifier" and definition(node) not in {receiver, None}:
            return False
    return bool(code.files)


def opposite(node: Node, names: dict[str, str]) -> str:
    """The opposite of a condition, with names replaced."""
    if node.type == "parenthesized_expression":
        return opposite(node.named_children[0], names)
    if node.type == "unary_expression":
        return _written(node.named_children[0], names)
    if node.type == "binary_expression":
        operator = _operator(node)
        left, right = node.named_children[0], node.named_children[-1]
        if operator in _JOINED:
            sides = (opposite(left, names), opposite(right, names))
            if operator == "&&":
                return f"{sides[0]} || {sides[1]}"
            return " && ".join(f"({s})" if " || " in s else s for s in sides)
        if operator in _OPPOSITE:
            other = _OPPOSITE[operator]
            return f"{_written(left, names)} {other} {_written(right, names)}"
        return f"!({_written(node, names)})"
    return f"!{_written(node, names)}"


def _written(node: Node, names: dict[str, str]) -> str:
    """The source of an expression with names replaced."""
    source, pieces, position = node.text or b"", [], 0
    for part in walk(node):
        if part.type == "identifier" and text(part) in names:
            start = part.start_byte - node.start_byte
            pieces += [source[position:start], names[text(part)].encode()]
            position = part.end_byte - node.start_byte
    return b"".join([*pieces, source[position:]]).decode()


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


_JOINED = {"&&", "||"}
_OPPOSITE = {"==": "!=", "!=": "=="}
_OPERATORS = _JOINED | set(_OPPOSITE) | {"<", "<=", ">", ">="}
_PLAIN = frozenset(
    {
        *("identifier", "field_identifier", "selector_expression", "unary_expression"),
        *("binary_expression", "parenthesized_expression", "int_literal", "nil", "true", "false"),
    }
)
