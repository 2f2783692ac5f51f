"""What a function of another package asks before it does anything, as its callers can ask it.

``log.Debugf`` may begin with a check of an unexported field, or hand everything on to a function
that has one. Callers have the exported ways to ask: fields, functions and methods that only look.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.checks.early_return_guard import only_returns, opposite, receiver_of
from goescape.fixes.checks.guard_operands import Value
from goescape.fixes.checks.only_looks import only_looks
from goescape.fixes.syntax.function_shapes import (
    all_of,
    condition_of,
    declared_type_of,
    is_about_receiver,
    is_plain_if,
    only_result_of,
    operator_of,
    parameters_of,
    statements_of,
    with_names,
    without_spaces,
)
from goescape.fixes.syntax.local_variables import arguments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.fixes.context.imported_types import DeclaredTypes


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


@frozen
class ImportedGuard:
    """What has to hold for a call to do anything."""

    condition: str
    names: frozenset[str]
    """What the other package declares and this depends on."""


def guard_of(
    package: ImportedPackage, called: FunctionDeclaration, operand: Value
) -> ImportedGuard | None:
    """What a function asks first; None where its callers cannot.

    ``operand`` is what a method is called on.
    """
    asked = _Asked(package, _receiver_values(called, operand))
    conditions = asked.of_body(called)
    if conditions is None:
        return None
    return ImportedGuard(all_of([*dict.fromkeys(conditions)]), frozenset(asked.names))


@frozen
class _Asked:
    """One function of the other package, and what its names stand for."""

    package: ImportedPackage
    values: Mapping[str, Value] = field(factory=dict)
    names: set[str] = field(factory=set)
    """What was met in the other package."""
    depth: int = 0

    def of_body(self, called: FunctionDeclaration) -> list[str] | None:
        """The conditions, all of which have to hold; None where they are unknown or none."""
        body = called.node.child_by_field_name("body")
        self.names.add(called.plain_name)
        if called.node.child_by_field_name("result") is not None or body is None:
            return None
        checks: list[tuple[Node, bool]] = []
        statements = [n for n in statements_of(body) if n.type != "const_declaration"]
        while statements and statements[0].type == "if_statement" and only_returns(statements[0]):
            checks.append((condition_of(statements.pop(0)), False))
        last = statements[0] if len(statements) == 1 else None
        if last is not None and is_plain_if(last):
            checks.append((condition_of(last), True))
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
        if not all(is_about_receiver(node, receiver) for node, _ in checks):
            return ""
        names = {text(receiver): "$"}
        wanted = all_of(
            [with_names(node, names) if holds else opposite(node, names) for node, holds in checks]
        )
        for method in self._exported_methods(value.type_name):
            result, its_own = only_result_of(method), receiver_of(method)
            if result is None or its_own is None or not is_about_receiver(result, its_own):
                continue
            if parameters_of(method) or not only_looks(self.package.declared, method):
                continue
            if without_spaces(with_names(result, {text(its_own): "$"})) == without_spaces(wanted):
                self.names.add(method.plain_name)
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
        plain = all(argument.type in _HANDED_ON for argument in arguments_of(call))
        if found is None or not plain or self.depth >= _DEPTH:
            return None
        declared, operand = found
        conditions = self._inside(declared, operand, call).of_body(declared)
        function = call.named_children[0]
        if conditions is None or function.named_children[:1] == [] or operand is None:
            return conditions
        is_path = function.named_children[0].type != "identifier"
        asked = conditions[0].lstrip("!(").startswith(f"{operand.written}.")
        return conditions if asked or not is_path else None  # a nil pointer must be met first

    def _inside(self, declared: FunctionDeclaration, operand: Value | None, call: Node) -> _Asked:
        """The names of a called function."""
        values = _receiver_values(declared, operand) if operand is not None else {}
        for name, argument in zip(parameters_of(declared), arguments_of(call), strict=False):
            kind, value = declared_type_of(name), self._value(argument)
            passed_on = value is not None and value.parameter_type in {"", kind}
            if value is not None and passed_on and self.package.declared.is_value_type(kind):
                values[text(name)] = Value(value.written, "", "", kind)
        return _Asked(self.package, values, self.names, self.depth + 1)

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
            return Value(written, fields.get(text(node.named_children[-1]), ""))
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
            case "binary_expression" if operator_of(node) in _OPERATORS:
                left, right = self.written(parts[0]), self.written(parts[-1])
                return f"{left} {operator_of(node)} {right}" if left and right else ""
            case "call_expression":
                return self._call(node)
        return ""

    def _negated(self, node: Node) -> str:
        parts = node.named_children
        if node.type == "parenthesized_expression":
            return self._negated(parts[0])
        if node.type == "unary_expression" and text(node)[0] == "!":
            return self.written(parts[0])
        if node.type == "binary_expression" and operator_of(node) in {"||", *_OPPOSITE}:
            if operator_of(node) == "||":
                sides = self._negated(parts[0]), self._negated(parts[-1])
                return all_of(sides) if all(sides) else ""
            left, right = self.written(parts[0]), self.written(parts[-1])
            return f"{left} {_OPPOSITE[operator_of(node)]} {right}" if left and right else ""
        written = self.written(node)
        if not written:
            return ""
        return f"!({written})" if node.type == "binary_expression" else f"!{written}"

    def _name(self, node: Node) -> str:
        name = text(node)
        self.names.add(name)
        if definition(node) is not None:
            value = self.values.get(name)
            # What a parameter was converted to shows only where it is handed on.
            return value.written if value is not None and not value.parameter_type else ""
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
            result, receiver = only_result_of(method), receiver_of(method)
            if result is None or receiver is None or parameters_of(method):
                continue
            if text(result) == f"{text(receiver)}.{name}":
                self.names.add(method.plain_name)
                return f"{operand.written}.{method.plain_name}()"
        return ""

    def _call(self, node: Node) -> str:
        found = self._callee(node)
        if found is None:
            return ""
        declared, operand = found
        self.names.add(declared.plain_name)
        if not only_looks(self.package.declared, declared):
            return ""
        arguments = [self._argument(declared, *pair) for pair in enumerate(arguments_of(node))]
        if not all(arguments):
            return ""
        if declared.is_exported:
            given = ", ".join(arguments)
            if operand is not None and operand.written:
                return f"{operand.written}.{declared.plain_name}({given})"
            if (name := self._function_for(declared, operand)) and self.package.qualifier:
                return f"{self.package.qualifier}.{name}({given})"
        result = only_result_of(declared)
        if result is None or arguments or self.depth >= _DEPTH:
            return ""
        inner = self._inside(declared, operand, node).written(result)
        return f"({inner})" if inner and result.type == "binary_expression" else inner

    def _argument(self, declared: FunctionDeclaration, number: int, argument: Node) -> str:
        """What a function is handed; a parameter only where its type is the same again."""
        value = self._value(argument)
        names = parameters_of(declared)
        if value is None or not value.parameter_type:
            return self.written(argument) if argument.type != "binary_expression" else ""
        same = number < len(names) and declared_type_of(names[number]) == value.parameter_type
        return value.written if same else ""

    def _function_for(self, declared: FunctionDeclaration, operand: Value | None) -> str:
        """``Enabled`` of the package for ``std.Enabled``, which it hands on to; or itself."""
        if operand is None:
            return declared.plain_name
        function = self.package.declared.functions_by_name.get(declared.plain_name)
        result = only_result_of(function) if function is not None else None
        if function is None or result is None or result.type != "call_expression":
            return ""
        names = [text(name) for name in parameters_of(function)]
        hands_on = callee_text(result) == f"{operand.own}.{declared.plain_name}"
        own = next(n for n in walk(result) if n.type == "identifier")
        hands_on = hands_on and definition(own) is None
        same = [text(argument) for argument in arguments_of(result)] == names
        return function.plain_name if hands_on and same and operand.own else ""


def _receiver_values(declared: FunctionDeclaration, operand: Value) -> dict[str, Value]:
    receiver = receiver_of(declared)
    if receiver is None:
        return {}
    type_name = declared.name.rpartition(".")[0].strip("(*)")
    return {text(receiver): evolve(operand, type_name=type_name)}


_DEPTH = 4
_HANDED_ON = frozenset(
    {
        *("identifier", "variadic_argument", "int_literal", "interpreted_string_literal"),
        *("nil", "true", "false"),
    }
)
_OPPOSITE = {"==": "!=", "!=": "=="}
_OPERATORS = frozenset({"&&", "||", "==", "!=", "<", "<=", ">", ">="})
