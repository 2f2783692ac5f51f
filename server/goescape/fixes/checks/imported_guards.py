"""What a function of another package asks before it does anything, as its callers can ask it.

``log.Debugf`` may begin with a check of an unexported field, or hand everything on to a function
that has one. Callers have the exported ways to ask: fields, functions and methods that only look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.syntax.nodes import callee_text, text
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.checks.early_return_guard import only_returns, opposite, receiver_of
from goescape.fixes.checks.only_looks import only_looks
from goescape.fixes.syntax.local_variables import arguments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.fixes.context.imported_types import DeclaredTypes


@frozen
class Value:
    """What a name in the other package stands for."""

    written: str
    """As the caller writes it; empty where it has no way to."""
    type_name: str = ""
    """The type of the other package that it has or points to, if it is one."""
    own: str = ""
    """As the other package writes it."""


@frozen
class ImportedPackage:
    """The other package, as a caller knows it."""

    declared: DeclaredTypes
    qualifier: str
    """The name that the caller has for it; empty where it has none."""

    def method(self, type_name: str, name: str) -> FunctionDeclaration | None:
        """The method of a type or of pointers to it."""
        functions = self.declared.functions_by_name
        return functions.get(f"(*{type_name}).{name}") or functions.get(f"{type_name}.{name}")


def guard_of(package: ImportedPackage, called: FunctionDeclaration, operand: Value) -> str:
    """What has to hold for a call of a function to do anything; empty where it cannot be asked.

    ``operand`` is what a method is called on.
    """
    asked = _Asked(package, _receiver_values(called, operand))
    conditions = asked.of_body(called)
    return "" if conditions is None else " && ".join(conditions)


@frozen
class _Asked:
    """One function of the other package, and what its names stand for."""

    package: ImportedPackage
    values: Mapping[str, Value] = field(factory=dict)
    depth: int = 0

    def of_body(self, called: FunctionDeclaration) -> list[str] | None:
        """The conditions, all of which have to hold; None where they are unknown or none."""
        body = called.node.child_by_field_name("body")
        if called.node.child_by_field_name("result") is not None or body is None:
            return None
        checks: list[tuple[Node, bool]] = []
        statements = [n for n in _statements(body) if n.type != "const_declaration"]
        while statements and statements[0].type == "if_statement" and only_returns(statements[0]):
            checks.append((_condition(statements.pop(0)), False))
        last = statements[0] if len(statements) == 1 else None
        if last is not None and _is_plain_if(last):
            checks.append((_condition(last), True))
            last = None
        conditions = self._all(called, checks)
        if conditions is None or last is None or last.type != "expression_statement":
            return conditions or None
        handed_on = self._handed_on(last.named_children[0]) or []
        return [*conditions, *handed_on] or None

    def _all(
        self, called: FunctionDeclaration, checks: list[tuple[Node, bool]]
    ) -> list[str] | None:
        """All checks, each with whether it has to hold or not to."""
        if checks and (whole := self._whole(called, checks)):
            return [whole]
        written = [self.written(node) if holds else self._negated(node) for node, holds in checks]
        return written if all(written) else None

    def _whole(self, called: FunctionDeclaration, checks: list[tuple[Node, bool]]) -> str:
        """``l.Enabled()``, where that gives just what is checked."""
        receiver = receiver_of(called)
        value = self.values.get(text(receiver)) if receiver is not None else None
        if receiver is None or value is None or not value.written:
            return ""
        names = {text(receiver): "$"}
        wanted = " && ".join(
            _compact(node, names) if holds else opposite(node, names) for node, holds in checks
        )
        for method in self._exported_methods(value.type_name):
            result, its_own = _only_result(method), receiver_of(method)
            if result is None or its_own is None or parameters_of(method):
                continue
            if _squeezed(_compact(result, {text(its_own): "$"})) == _squeezed(wanted):
                return f"{value.written}.{method.plain_name}()"
        return ""

    def _exported_methods(self, type_name: str) -> Iterator[FunctionDeclaration]:
        for declared in self.package.declared.functions_by_name.values():
            is_its_own = declared.name in {
                f"(*{type_name}).{declared.plain_name}",
                f"{type_name}.{declared.plain_name}",
            }
            if is_its_own and declared.is_exported:
                yield declared

    def _handed_on(self, call: Node) -> list[str] | None:
        """The conditions of the function that gets everything."""
        found = self._callee(call)
        if found is None or self.depth >= _DEPTH:
            return None
        declared, operand = found
        return self._inside(declared, operand, call).of_body(declared)

    def _inside(self, declared: FunctionDeclaration, operand: Value | None, call: Node) -> _Asked:
        """The names of a called function."""
        values = _receiver_values(declared, operand) if operand is not None else {}
        names, arguments = parameters_of(declared), arguments_of(call)
        given = [self._value(argument) for argument in arguments]
        values.update({text(n): v for n, v in zip(names, given, strict=False) if v is not None})
        return _Asked(self.package, values, self.depth + 1)

    def _callee(self, call: Node) -> tuple[FunctionDeclaration, Value | None] | None:
        """The function of the other package that a call in it names, and what a method is of."""
        function = call.child_by_field_name("function")
        if call.type != "call_expression" or function is None:
            return None
        if function.type == "identifier" and definition(function) is None:
            declared = self.package.declared.functions_by_name.get(text(function))
            return None if declared is None else (declared, None)
        if function.type != "selector_expression":
            return None
        operand = self._value(function.named_children[0])
        if operand is None:
            return None
        method = self.package.method(operand.type_name, text(function.named_children[-1]))
        return None if method is None else (method, operand)

    def _value(self, node: Node) -> Value | None:
        """What an expression of the other package stands for; None where that is unknown."""
        written = self.written(node)
        declared = self.package.declared
        if node.type == "identifier":
            name = text(node)
            if definition(node) is not None:
                return self.values.get(name)
            return Value(written, declared.variable_types.get(name, ""), name)
        if node.type == "selector_expression":
            operand = self._value(node.named_children[0])
            fields = declared.fields(operand.type_name) if operand is not None else {}
            return Value(written, fields.get(text(node.named_children[-1]), ""), text(node))
        return Value(written) if written else None

    def written(self, node: Node) -> str:
        """An expression as the caller writes it; empty where it cannot."""
        parts = node.named_children
        match node.type:
            case "int_literal" | "interpreted_string_literal" | "nil" | "true" | "false":
                return text(node)
            case "identifier":
                return self._name(node)
            case "selector_expression":
                return self._field(node)
            case "parenthesized_expression":
                inner = self.written(parts[0])
                return f"({inner})" if inner else ""
            case "unary_expression" if text(node)[0] == "!":
                operand = self.written(parts[0])
                return f"!{operand}" if operand else ""
            case "binary_expression" if _operator(node) in _OPERATORS:
                left, right = self.written(parts[0]), self.written(parts[-1])
                return f"{left} {_operator(node)} {right}" if left and right else ""
            case "call_expression":
                return self._call(node)
        return ""

    def _negated(self, node: Node) -> str:
        parts = node.named_children
        if node.type == "parenthesized_expression":
            return self._negated(parts[0])
        if node.type == "unary_expression" and text(node)[0] == "!":
            return self.written(parts[0])
        if node.type == "binary_expression" and _operator(node) in {"||", *_OPPOSITE}:
            if _operator(node) == "||":
                sides = self._negated(parts[0]), self._negated(parts[-1])
                return " && ".join(sides) if all(sides) else ""
            left, right = self.written(parts[0]), self.written(parts[-1])
            return f"{left} {_OPPOSITE[_operator(node)]} {right}" if left and right else ""
        written = self.written(node)
        if not written:
            return ""
        return f"!({written})" if node.type == "binary_expression" else f"!{written}"

    def _name(self, node: Node) -> str:
        name = text(node)
        if definition(node) is not None:
            value = self.values.get(name)
            return value.written if value is not None else ""
        qualifier = self.package.qualifier
        if name in self.package.declared.names:
            return f"{qualifier}.{name}" if qualifier and name[:1].isupper() else ""
        return name if name in {"nil", "true", "false"} else ""

    def _field(self, node: Node) -> str:
        operand, name = self._value(node.named_children[0]), text(node.named_children[-1])
        if operand is None or not operand.written:
            return ""
        if not operand.type_name:
            return ""
        if name[:1].isupper():
            return f"{operand.written}.{name}"
        return self._accessor(operand, name)

    def _accessor(self, operand: Value, name: str) -> str:
        """``l.Level()`` for ``l.level``."""
        for method in self._exported_methods(operand.type_name):
            result, receiver = _only_result(method), receiver_of(method)
            if result is None or receiver is None or parameters_of(method):
                continue
            if text(result) == f"{text(receiver)}.{name}":
                return f"{operand.written}.{method.plain_name}()"
        return ""

    def _call(self, node: Node) -> str:
        found = self._callee(node)
        if found is None:
            return ""
        declared, operand = found
        if not only_looks(self.package.declared, declared):
            return ""
        arguments = [self.written(argument) for argument in arguments_of(node)]
        if declared.is_exported and all(arguments):
            given = ", ".join(arguments)
            if operand is not None and operand.written:
                return f"{operand.written}.{declared.plain_name}({given})"
            if (name := self._function_for(declared, operand)) and self.package.qualifier:
                return f"{self.package.qualifier}.{name}({given})"
        result = _only_result(declared)
        if result is None or self.depth >= _DEPTH:
            return ""
        inner = self._inside(declared, operand, node).written(result)
        return f"({inner})" if inner and result.type == "binary_expression" else inner

    def _function_for(self, declared: FunctionDeclaration, operand: Value | None) -> str:
        """``Enabled`` of the package for ``std.Enabled``, which it hands on to; or itself."""
        if operand is None:
            return declared.plain_name
        function = self.package.declared.functions_by_name.get(declared.plain_name)
        result = _only_result(function) if function is not None else None
        if function is None or result is None or result.type != "call_expression":
            return ""
        names = [text(name) for name in parameters_of(function)]
        hands_on = callee_text(result) == f"{operand.own}.{declared.plain_name}"
        same = [text(argument) for argument in arguments_of(result)] == names
        return function.plain_name if hands_on and same and operand.own else ""


def parameters_of(declared: FunctionDeclaration) -> list[Node]:
    """The names of its parameters."""
    parameters = declared.node.child_by_field_name("parameters")
    return [*parameter_names(parameters)] if parameters is not None else []


def _receiver_values(declared: FunctionDeclaration, operand: Value) -> dict[str, Value]:
    receiver = receiver_of(declared)
    if receiver is None:
        return {}
    type_name = declared.name.rpartition(".")[0].strip("(*)")
    return {text(receiver): evolve(operand, type_name=type_name)}


def _statements(block: Node) -> list[Node]:
    lists = [n for n in block.named_children if n.type == "statement_list"]
    return [n for n in lists[0].named_children if n.type != "comment"] if lists else []


def _condition(check: Node) -> Node:
    condition = check.child_by_field_name("condition")
    return condition if condition is not None else check


def _is_plain_if(statement: Node) -> bool:
    others = ("initializer", "alternative")
    return statement.type == "if_statement" and not any(
        statement.child_by_field_name(part) is not None for part in others
    )


def _only_result(declared: FunctionDeclaration) -> Node | None:
    """``x`` of a function that does nothing but ``return x``."""
    body = declared.node.child_by_field_name("body")
    statements = _statements(body) if body is not None else []
    if len(statements) != 1 or statements[0].type != "return_statement":
        return None
    results = statements[0].named_children[0].named_children if statements[0].named_children else []
    return results[0] if len(results) == 1 else None


def _compact(node: Node, names: Mapping[str, str]) -> str:
    return re.sub(r"(?<![\w.])\w+", lambda word: names.get(word[0], word[0]), text(node))


def _squeezed(condition: str) -> str:
    return "".join(condition.split())


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def is_about_debugging(call: Node) -> bool:
    """Whether a call prints, as far as names tell, what is mostly off."""
    return _LEVEL.search(callee_text(call)) is not None


_LEVEL = re.compile(r"(?i:debug|trace|verbose|vlog)|\bV\(")
_DEPTH = 4
_OPPOSITE = {"==": "!=", "!=": "=="}
_OPERATORS = frozenset({"&&", "||", "==", "!=", "<", "<=", ">", ">="})
