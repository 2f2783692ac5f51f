"""What runs again and again."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.syntax.nodes import ancestors, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


def runs_repeatedly(node: Node) -> bool:
    """Whether a loop runs this again and again, be it one of ``for`` or of ``goto``.

    What leaves the loop at once (``return &x`` in its body) runs once, however often it turns.
    A function literal inside a loop counts for the loop.
    """
    way = _WayOut(node)
    return any(map(way.is_repeated_by, ancestors(node)))


def only_grows(node: Node) -> bool:
    """Whether this runs only where something is full: ``if len(s) == cap(s) { s = make(...) }``."""
    child = node
    for parent in ancestors(node):
        if parent.type in _FUNCTIONS:
            return False
        if parent.type == "if_statement" and child == parent.child_by_field_name("consequence"):
            condition = parent.child_by_field_name("condition")
            if condition is not None and _CAPACITY.search(text(condition)) is not None:
                return True
        child = parent
    return False


@define
class _WayOut:
    """From a node outwards: which of the loops around it turn after it has run."""

    node: Node
    _child: Node = field(init=False)
    _left: Node | None = None
    """The outermost loop known to be left: it turns no more."""
    _skipped: list[tuple[int, float]] = field(factory=list)
    """Where a jump that surely follows is, and where it leads."""

    def __attrs_post_init__(self) -> None:
        self._child = self.node

    def is_repeated_by(self, parent: Node) -> bool:
        """Whether the next node outwards runs it again and again."""
        repeated = False
        match parent.type:
            case "statement_list" if parent.named_children:
                self._follow(parent.named_children[-1])
            case "return_statement":
                self._skipped.append((parent.start_byte, inf))
            case "for_clause" if self._child == parent.child_by_field_name("initializer"):
                self._left = _outer(self._left, parent.parent)
            case "for_statement":
                repeated = self._turns(parent)
            case kind if kind in _FUNCTIONS:
                repeated = _goes_back(parent, self.node, self._skipped)
                self._left = None
                self._skipped.clear()
        self._child = parent
        return repeated

    def _turns(self, loop: Node) -> bool:
        leaves_function = any(end == inf for _, end in self._skipped)
        if not leaves_function and self._left is None and self._child.type != "range_clause":
            return True
        self._left = None if self._left == loop else self._left
        return False

    def _follow(self, last: Node) -> None:
        """What the last statement of a block does, which the node is in."""
        if _leaves_function(last):
            self._skipped.append((last.start_byte, inf))
        elif last.type == "break_statement":
            self._left = _outer(self._left, _broken(last))
        elif (label := _target(last)) is not None:
            self._left = _outer(self._left, _outermost_without(label, last))
            self._skipped.append((last.start_byte, label.start_byte))


def declaring_loop(identifier: Node) -> Node | None:
    """The loop whose clause declares this variable; None for other variables."""
    child = identifier
    for parent in ancestors(identifier):
        if parent.type == "range_clause":
            return parent.parent if child == parent.child_by_field_name("left") else None
        if parent.type == "for_clause":
            return parent.parent if child == parent.child_by_field_name("initializer") else None
        if parent.type not in {"expression_list", "short_var_declaration"}:
            return None
        child = parent
    return None


def _leaves_function(statement: Node) -> bool:
    if statement.type == "expression_statement":
        return text(statement).startswith("panic(")
    return statement.type == "return_statement"


def _goes_back(function: Node, node: Node, skipped: Sequence[tuple[int, float]]) -> bool:
    """Whether a ``goto`` behind the node leads before it: ``again: ... goto again``.

    ``skipped`` is what does not run after the node.
    """
    for jump in _around_words(function, b"goto"):
        label = _target(jump) if jump.start_byte > node.start_byte else None
        if (
            label is not None
            and label.start_byte <= node.start_byte
            and not any(start < jump.start_byte < end for start, end in skipped)
            and _function_around(jump) == function
        ):
            return True
    return False


def _target(statement: Node) -> Node | None:
    """The statement whose label a ``goto`` names."""
    function = _function_around(statement) if statement.type == "goto_statement" else None
    if function is None or not statement.named_children:
        return None
    label = text(statement.named_children[0])
    labeled = _around_words(function, label.encode())
    return next((node for node in labeled if _has_label(node, label)), None)


def _around_words(function: Node, word: bytes) -> Iterator[Node]:
    """The nodes around each place where this is written: a walk takes far longer."""
    source = function.text or b""
    place = source.find(word)
    while place >= 0:
        start = function.start_byte + place
        written = function.descendant_for_byte_range(start, start + len(word))
        if written is not None and written.parent is not None:
            yield written.parent
        place = source.find(word, place + len(word))


def _has_label(statement: Node, label: str) -> bool:
    return statement.type == "labeled_statement" and text(statement.named_children[0]) == label


def _function_around(node: Node) -> Node | None:
    return next((around for around in ancestors(node) if around.type in _FUNCTIONS), None)


def _outermost_without(label: Node, jump: Node) -> Node | None:
    """The outermost loop around a ``goto`` that does not have its label inside: it is left."""
    outermost = None
    for around in ancestors(jump):
        if around.type in _FUNCTIONS or around.start_byte <= label.start_byte < around.end_byte:
            return outermost
        if around.type == "for_statement":
            outermost = around
    return outermost


def _broken(statement: Node) -> Node | None:
    """The loop that a ``break`` leaves; None where it leaves a switch or select."""
    child = statement
    label = text(statement.named_children[0]) if statement.named_child_count else ""
    for parent in ancestors(statement):
        if label and _has_label(parent, label):
            return child if child.type == "for_statement" else None
        if parent.type in _BREAKABLE and not label:
            return parent if parent.type == "for_statement" else None
        child = parent
    return None


def _outer(left: Node | None, right: Node | None) -> Node | None:
    """The outer one of two loops that may be known."""
    if left is None or right is None:
        return left or right
    return min(left, right, key=lambda loop: loop.start_byte)


_CAPACITY = re.compile(r"\bcap\(")
_FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
_BREAKABLE = frozenset(
    {
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "func_literal",
    }
)
