"""The channels of pointers to one type in a package, and everything that is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, token, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.read_only import check_only_read, check_own
from goescape.fixes.flow.calls import ResultBinding, check_guard
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    function_around,
    has_goto,
    is_clear,
    single_declaration,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


class PointerChannels:
    """Collects the edits that turn every ``chan *T`` of a package into ``chan T``.

    Every method raises UnsafeError where that would mean something else, or cannot be decided.
    """

    def __init__(self, code: PackageCode, element: str) -> None:
        self._code = code
        self._element = element
        self._edits: set[Edit] = set()
        self._closes = any(_closes(file) for file in code.files.values())

    def all_edits(self) -> tuple[Edit, ...]:
        """The edits of all declarations and sends."""
        for file in self._code.files.values():
            for node in walk(file.root):
                if node.type == "channel_type" and _element_of(node) == self._element:
                    self._declared(file, node)
        return tuple(sorted(self._edits))

    def _declared(self, file: GoFile, node: Node) -> None:
        """One place that writes the type: a parameter, or the make of a variable."""
        value = node.child_by_field_name("value")
        assert value is not None
        self._edits.add(Edit(file.source.path, value.start_byte, value.start_byte + 1, ""))
        parent = node.parent
        if parent is not None and parent.type == "parameter_declaration":
            self._parameter(parent)
            names = parent.children_by_field_name("name")
        elif parent is not None and parent.type == "var_spec":
            names = parent.children_by_field_name("name")
        else:
            names = [_made(node)]
        for name in names:
            function = declaration_around(name)
            if function is None or not is_clear(name) or has_goto(function):
                raise UnsafeError(ReasonCode.USES_UNKNOWN, name=text(name))
            for use in self._code.uses(name, function):
                if use != name:
                    self._use(file, use)

    def _parameter(self, declaration: Node) -> None:
        listed = declaration.parent
        function = listed.parent if listed is not None else None
        name = function.child_by_field_name("name") if function is not None else None
        if function is None or function.type not in {"function_declaration", "func_literal"}:
            raise UnsafeError(ReasonCode.CHANNEL_IS_PARAMETER)
        if listed != function.child_by_field_name("parameters"):
            raise UnsafeError(ReasonCode.CHANNEL_IS_RETURNED)
        if name is None:
            return
        if text(name)[:1].isupper() or self._code.is_mentioned_elsewhere(text(name)):
            raise UnsafeError(ReasonCode.USABLE_FROM_ELSEWHERE, name=text(name))

    def _use(self, file: GoFile, use: Node) -> None:
        """Somewhere such a channel stands."""
        parent = use.parent
        match parent.type if parent is not None else "":
            case "send_statement" if parent is not None:
                self._send(file, parent, use)
            case "range_clause" if parent is not None:
                self._received(parent, commaless=True)
            case "unary_expression" if parent is not None and text(parent).startswith("<-"):
                self._receive(parent)
            case "argument_list" if parent is not None:
                self._argument(parent, use)
            case _:
                raise UnsafeError(ReasonCode.MAY_KEEP_CHANNEL, code=text(parent or use))

    def _argument(self, arguments: Node, use: Node) -> None:
        """An argument of close, len, cap, or of what takes such a channel as it is."""
        call = arguments.parent
        called = callee_text(call) if call is not None and call.type == "call_expression" else ""
        if called in {"close", "len", "cap"}:
            return
        declared = self._code.syntax.functions.get(called)
        parameters = declared.node.child_by_field_name("parameters") if declared else None
        types = [
            its_type
            for part in (parameters.named_children if parameters is not None else ())
            if (its_type := part.child_by_field_name("type")) is not None
            for _ in part.children_by_field_name("name") or [part]
        ]
        position = arguments.named_children.index(use)
        if position >= len(types) or _element_of(types[position]) != self._element:
            raise UnsafeError(ReasonCode.MAY_KEEP_CHANNEL, code=called or text(arguments))

    def _receive(self, receive: Node) -> None:
        """``s := <-ch``: a closed channel gives nil, which would have been seen."""
        listed = receive.parent
        statement = listed.parent if listed is not None else None
        if listed is not None and listed.type == "expression_statement":
            return
        if listed is not None and listed.type == "receive_statement":
            statement = listed
        left = statement.child_by_field_name("left") if statement is not None else None
        if statement is None or left is None or token(statement, ":=") is None:
            if statement is not None and statement.type == "receive_statement" and left is None:
                return
            raise UnsafeError(ReasonCode.KEEPS_RECEIVED, code=text(statement or receive))
        self._received(statement, commaless=self._closes is False)

    def _received(self, statement: Node, *, commaless: bool) -> None:
        left = statement.child_by_field_name("left")
        names = left.named_children if left is not None else []
        if not names:
            return
        if token(statement, ":=") is None:
            raise UnsafeError(ReasonCode.OUTLIVES_STATEMENT, name=text(names[0]))
        if len(names) == 1 and not commaless:
            raise UnsafeError(ReasonCode.CLOSED_CHANNEL_GIVES_NIL)
        if text(names[0]) != "_":
            check_only_read(self._code, names[0])
        if len(names) == 2 and not commaless:
            self._check_tested(statement, *names)

    def _check_tested(self, statement: Node, received: Node, present: Node) -> None:
        """Nobody may look at what a closed channel gives: it would have been nil."""
        function, flag = declaration_around(received), text(present)
        assert function is not None
        uses = [use for use in self._code.uses(received, function) if use != received]
        if uses:
            parent = statement.parent
            branch = parent if parent is not None and parent.type == "if_statement" else None
            binding = ResultBinding(statement, (received, present), branch)
            check_guard(binding, uses, frozenset({flag}), frozenset({f"!{flag}"}))

    def _send(self, file: GoFile, send: Node, use: Node) -> None:
        value = send.child_by_field_name("value")
        operand = value.child_by_field_name("operand") if value is not None else None
        if send.child_by_field_name("channel") != use or value is None or operand is None:
            raise UnsafeError(ReasonCode.SENDS_SOMETHING_ELSE, code=text(send))
        if value.type != "unary_expression" or not text(value).startswith("&"):
            raise UnsafeError(ReasonCode.POINTER_IS_SHARED, expression=text(value))
        if operand.type == "identifier":
            self._sent_variable(send, operand)
        elif operand.type != "composite_literal":
            raise UnsafeError(ReasonCode.IS_PART, expression=text(value))
        self._edits.add(Edit(file.source.path, value.start_byte, operand.start_byte, ""))

    def _sent_variable(self, send: Node, operand: Node) -> None:
        """A variable that is new for each send, and that nobody touches after it."""
        declared = definition(operand)
        if declared is None or not is_clear(declared):
            raise UnsafeError(ReasonCode.IS_PACKAGE_VARIABLE, name=text(operand))
        statement = _statement(declared)
        function = function_around(declared)
        if statement is None or function is None or statement.parent != send.parent:
            raise UnsafeError(ReasonCode.MAY_BE_SENT_AGAIN, name=text(operand))
        for use in self._code.uses(declared, function):
            if use in {declared, operand}:
                continue
            if use.start_byte > send.start_byte or function_around(use) != function:
                raise UnsafeError(ReasonCode.USED_AFTER_SEND, name=text(operand))
            check_own(self._code, use)


def pointed_to(channel: Node) -> str:
    """T, where a local name stands for a ``chan *T``; or nothing."""
    declared = definition(channel) if channel.type == "identifier" else None
    parent = declared.parent if declared is not None else None
    its_type = parent.child_by_field_name("type") if parent is not None else None
    statement = parent.parent if parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    value = single[2] if single is not None else None
    if its_type is None and value is not None and callee_text(value) == "make":
        its_type = next(iter(arguments_of(value)), None)
    return _element_of(its_type) if its_type is not None else ""


def _element_of(channel_type: Node) -> str:
    value = channel_type.child_by_field_name("value")
    if channel_type.type != "channel_type" or value is None or value.type != "pointer_type":
        return ""
    element = value.named_children[0]
    return text(element) if element.type == "type_identifier" else ""


def _made(channel_type: Node) -> Node:
    """The variable in ``ch := make(chan *T)``."""
    call = next((a for a in ancestors(channel_type) if a.type == "call_expression"), None)
    statement = call.parent.parent if call is not None and call.parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    if call is None or callee_text(call) != "make" or single is None or single[2] != call:
        raise UnsafeError(ReasonCode.CHANNEL_IS_PART)
    if arguments_of(call)[0] != channel_type:
        raise UnsafeError(ReasonCode.CHANNEL_IS_PART)
    return single[0]


def _closes(file: GoFile) -> bool:
    return any(n.type == "call_expression" and callee_text(n) == "close" for n in walk(file.root))


def _statement(declared: Node) -> Node | None:
    types = {"short_var_declaration", "var_declaration"}
    return next((a for a in ancestors(declared) if a.type in types), None)
