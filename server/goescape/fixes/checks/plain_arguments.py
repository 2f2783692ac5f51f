"""Arguments of which nobody can tell if they were evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.syntax.local_variables import arguments_of, field_type, type_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def is_path(operand: Node) -> bool:
    """Whether evaluating it twice is the same as once: ``s.log``."""
    return all(n.type in _PATH for n in walk(operand))


@frozen
class PlainArguments:
    """Arguments of which nobody can tell if they were evaluated."""

    code: PackageCode
    file: GoFile
    read: frozenset[str]
    """What the call reads itself, as written: it panics, too, where such a pointer is nil."""

    def holds(self, argument: Node) -> bool:
        """Whether an argument is one of these."""
        parts = argument.named_children
        operator = argument.child_by_field_name("operator")
        match argument.type:
            case "call_expression":
                function = argument.child_by_field_name("function")
                own = function is None or definition(function) is not None
                called, arguments = callee_text(argument), arguments_of(argument)
                return called in {"len", "cap"} and not own and all(map(self.holds, arguments))
            case "binary_expression":
                harmless = operator is not None and operator.type in {"+", "-", "*"}
                return harmless and all(map(self.holds, parts))
            case "unary_expression":
                harmless = operator is not None and operator.type in {"-", "+", "!", "^"}
                return harmless and all(map(self.holds, parts))
            case "parenthesized_expression" | "variadic_argument":
                return all(map(self.holds, parts))
            case "selector_expression":
                return is_path(argument) and self._is_read_safely(argument)
        return argument.type in _CONSTANTS | {"comment", "identifier"}

    def _is_read_safely(self, selector: Node) -> bool:
        """Whether no pointer on the way to a field can be nil: a panic would be seen."""
        if selector.type != "selector_expression":
            return True
        operand, field = selector.named_children[0], selector.named_children[-1]
        if text(operand) in self.file.imported_names and definition(operand) is None:
            return True
        written = type_of(self.code, operand)
        if field_type(self.code, written, text(field)) is None:
            return False
        pointer = written is not None and written.type == "pointer_type"
        return (not pointer or text(operand) in self.read) and self._is_read_safely(operand)


_PATH = frozenset({"identifier", "field_identifier", "selector_expression"})
_CONSTANTS = frozenset(
    {
        *("interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal"),
        *("rune_literal", "imaginary_literal", "true", "false", "nil"),
    }
)
