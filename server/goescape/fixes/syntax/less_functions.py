"""What a less function for package sort compares: one key after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.nodes import callee_text, text
from goescape.analysis.syntax.scopes import parameter_names
from goescape.fixes.syntax.local_variables import arguments_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.fixes.context.package_types import UsableType


@frozen
class SortKey:
    """The same part of two elements."""

    node: Node
    """Where it is written, for its type."""
    fields: tuple[str, ...]
    length: bool
    forward: bool
    """Whether the smaller ones come first."""
    is_time: bool = False
    """Whether they are compared by the methods of time.Time."""

    @property
    def compared(self) -> str:
        """``cmp.Compare(a.name, b.name)``."""
        sides = [".".join([element, *self.fields]) for element in ("a", "b")]
        if self.length:
            sides = [f"len({side})" for side in sides]
        if self.is_time:
            first, second = sides if self.forward else reversed(sides)
            return f"{first}.Compare({second})"
        return f"cmp.Compare({', '.join(sides if self.forward else reversed(sides))})"

    def is_same_part(self, other: SortKey) -> bool:
        """Whether both are of the same part, in whatever direction."""
        parts = [(key.fields, key.length, key.is_time) for key in (self, other)]
        return parts[0] == parts[1]

    @property
    def is_whole(self) -> bool:
        """Whether elements are compared as they are."""
        return self.forward and not (self.fields or self.length or self.is_time)


def comparison_lines(keys: Sequence[SortKey]) -> list[str]:
    """The statements of a function for package slices, whose parameters are a and b."""
    earlier = [
        line
        for key in keys[:-1]
        for line in (f"if c := {key.compared}; c != 0 {{", "\treturn c", "}")
    ]
    return [*earlier, f"return {keys[-1].compared}"]


def packages_for(keys: Sequence[SortKey]) -> list[str]:
    """What is imported for package slices to compare these."""
    compares = not all(key.is_time for key in keys) and not (len(keys) == 1 and keys[0].is_whole)
    return ["cmp", "slices"] if compares else ["slices"]


def may_order(key: SortKey, its_type: UsableType) -> bool:
    """Whether package slices orders a key of this type as the less function does.

    Not floating-point numbers: ``cmp.Compare`` puts those that are no numbers first.
    """
    if key.is_time:
        return its_type.text == "time.Time"
    return key.length or its_type.kind in ORDERED


def sort_keys(items: Node, less: Node) -> list[SortKey] | None:
    """The keys of ``func(i, j int) bool`` for a slice; None where it does anything else."""
    header, body = less.child_by_field_name("parameters"), less.child_by_field_name("body")
    names = [text(n) for n in parameter_names(header)] if header is not None else []
    statements = body.named_children[0].named_children if body and body.named_children else []
    if len(names) != 2 or not statements or len(set(names)) != 2:
        return None
    elements = {f"{text(items)}[{name}]": index for index, name in enumerate(names)}
    position = 0
    while position < len(statements) and statements[position].type == "short_var_declaration":
        aliases = _aliases(statements[position], elements)
        if aliases is None or aliases.keys() & {*names, text(items).partition(".")[0]}:
            return None
        elements.update(aliases)
        position += 1
    return _of_statements(statements[position:], elements)


def _aliases(statement: Node, elements: Mapping[str, int]) -> dict[str, int] | None:
    """``a, b := items[i], items[j]``, and the same with pointers to them."""
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None or left.named_child_count != right.named_child_count:
        return None
    aliases = {}
    for name, value in zip(left.named_children, right.named_children, strict=True):
        element = text(value).removeprefix("&")
        if element not in elements or name.type != "identifier" or text(name) == "_":
            return None
        aliases[text(name)] = elements[element]
    return aliases


def _of_statements(statements: Sequence[Node], elements: Mapping[str, int]) -> list[SortKey] | None:
    if not statements:
        return None
    first, rest = statements[0], statements[1:]
    if first.type == "return_statement" and not rest:
        result = _result(first)
        return _of_expression(result, elements) if result is not None else None
    condition = _condition(first)
    result = _result_of_branch(first)
    if condition is None or result is None:
        return None
    sides = _sides(condition, elements)
    if sides is None:
        return None
    operator, key, _ = sides
    if operator == "!=":  # if a.x != b.x { return a.x < b.x }
        compared = _of_expression(result, elements)
        if compared is None or len(compared) != 1 or not compared[0].is_same_part(key):
            return None
        return _followed(compared[0], _of_statements(rest, elements))
    if operator == "==":  # if a.x == b.x { return a.y < b.y }; return a.x < b.x
        then, compared = _of_expression(result, elements), _of_statements(rest, elements)
        if compared is None or len(compared) != 1 or not compared[0].is_same_part(key):
            return None
        return _followed(compared[0], then)
    return _of_two_tests(key, text(result), rest, elements)


def _of_two_tests(
    key: SortKey, result: str, rest: Sequence[Node], elements: Mapping[str, int]
) -> list[SortKey] | None:
    """``if a.x < b.x { return true }; if a.x > b.x { return false }``."""
    condition = _condition(rest[0]) if rest else None
    sides = _sides(condition, elements) if condition is not None else None
    opposite = _result_of_branch(rest[0]) if rest else None
    if sides is None or opposite is None or sides[0] not in {"<", ">"}:
        return None
    other = sides[1]
    if not other.is_same_part(key) or other.forward == key.forward:
        return None
    if {result, text(opposite)} != {"true", "false"}:
        return None
    first = key if result == "true" else other
    return _followed(first, _of_statements(rest[1:], elements))


def _followed(key: SortKey, rest: list[SortKey] | None) -> list[SortKey] | None:
    return [key, *rest] if rest is not None else None


def _condition(statement: Node) -> Node | None:
    """Of an if without init statement and else branch."""
    if statement.type != "if_statement" or statement.child_by_field_name("initializer"):
        return None
    if statement.child_by_field_name("alternative") is not None:
        return None
    return statement.child_by_field_name("condition")


def _result_of_branch(statement: Node) -> Node | None:
    """What the only statement of a branch returns."""
    block = statement.child_by_field_name("consequence")
    listed = block.named_children[0] if block is not None and block.named_children else None
    inside = listed.named_children if listed is not None else []
    return _result(inside[0]) if len(inside) == 1 else None


def _result(statement: Node) -> Node | None:
    if statement.type != "return_statement" or not statement.named_children:
        return None
    results = statement.named_children[0].named_children
    return results[0] if len(results) == 1 else None


def _of_expression(node: Node, elements: Mapping[str, int]) -> list[SortKey] | None:
    """``a.x < b.x``, or ``a.x < b.x || a.x == b.x && ...``."""
    node = _unwrapped(node)
    sides = _sides(node, elements)
    if sides is not None:
        return [sides[1]] if sides[0] in {"<", ">"} else None
    parts = _operands(node, "||")
    first = _sides(_unwrapped(parts[0]), elements) if parts is not None else None
    both = _operands(_unwrapped(parts[1]), "&&") if parts is not None else None
    if first is None or both is None or first[0] not in {"<", ">"}:
        return None
    equal = _sides(_unwrapped(both[0]), elements)
    if equal is None or equal[0] != "==" or not equal[1].is_same_part(first[1]):
        return None
    return _followed(first[1], _of_expression(both[1], elements))


def _operands(node: Node, wanted: str) -> tuple[Node, Node] | None:
    operator = node.child_by_field_name("operator")
    left, right = (node.child_by_field_name(side) for side in ("left", "right"))
    if node.type != "binary_expression" or operator is None or operator.type != wanted:
        return None
    return (left, right) if left is not None and right is not None else None


def _unwrapped(node: Node) -> Node:
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _sides(node: Node, elements: Mapping[str, int]) -> tuple[str, SortKey, int] | None:
    """The operator between the same part of both elements, and the key that it would be."""
    if node.type == "call_expression":
        return _times(node, elements)
    operator = node.child_by_field_name("operator")
    left, right = (node.child_by_field_name(side) for side in ("left", "right"))
    if node.type != "binary_expression" or operator is None or left is None or right is None:
        return None
    parts = [_part(side, elements) for side in (left, right)]
    if parts[0] is None or parts[1] is None or parts[0][1:] != parts[1][1:]:
        return None
    if {parts[0][0], parts[1][0]} != {0, 1}:
        return None
    forward = (parts[0][0] == 0) == (operator.type == "<")
    return operator.type, SortKey(left, parts[0][1], parts[0][2], forward), parts[0][0]


def _times(call: Node, elements: Mapping[str, int]) -> tuple[str, SortKey, int] | None:
    """``items[i].at.Before(items[j].at)``, as if it were ``<``."""
    function, arguments = call.child_by_field_name("function"), arguments_of(call)
    if function is None or function.type != "selector_expression" or len(arguments) != 1:
        return None
    method, left = (function.child_by_field_name(name) for name in ("field", "operand"))
    operator = _OF_TIMES.get(text(method)) if method is not None else None
    parts = [_part(side, elements) if side is not None else None for side in (left, arguments[0])]
    if operator is None or left is None or parts[0] is None or parts[1] is None:
        return None
    if parts[0][1:] != parts[1][1:] or parts[0][2] or {parts[0][0], parts[1][0]} != {0, 1}:
        return None
    forward = (parts[0][0] == 0) == (operator == "<")
    return (
        operator,
        SortKey(left, parts[0][1], length=False, forward=forward, is_time=True),
        parts[0][0],
    )


_OF_TIMES = {"Before": "<", "After": ">", "Equal": "=="}


def _part(node: Node, elements: Mapping[str, int]) -> tuple[int, tuple[str, ...], bool] | None:
    """Which element, its fields and whether it is a length: of ``len(items[i].name)``."""
    length = node.type == "call_expression" and callee_text(node) == "len"
    arguments = arguments_of(node) if length else [node]
    inner: Node | None = arguments[0] if len(arguments) == 1 else None
    fields: list[str] = []
    while inner is not None and inner.type == "selector_expression":
        field = inner.child_by_field_name("field")
        fields.insert(0, text(field) if field is not None else "")
        inner = inner.child_by_field_name("operand")
    if inner is None or text(inner) not in elements:
        return None
    return elements[text(inner)], tuple(fields), length


ORDERED = frozenset(
    {
        *("string", "byte", "rune", "uintptr", "int", "int8", "int16", "int32", "int64"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "time.Duration", "time.Month"),
    }
)
"""Types whose values are all ordered."""
