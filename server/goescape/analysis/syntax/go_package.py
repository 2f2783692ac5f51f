"""What only all files of a package together can tell: names, types, references."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Node

from goescape.analysis.syntax.nodes import text, token
from goescape.analysis.syntax.references import references_in
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile


class NameQuestion(NamedTuple):
    """What only the whole package can tell of a name."""

    about: str
    name: str
    path: str = ""
    line: int = 0


class GoPackage:
    """The files of one package together."""

    def __init__(
        self,
        files: dict[str, GoFile],
        own: frozenset[str],
        asked: dict[NameQuestion, object] | None = None,
    ) -> None:
        """``own`` are the paths of the package's files; the others belong to other packages.

        ``asked`` takes down what is asked about names that any file may declare, with the answers.
        """
        self.files = files
        self._own = own
        self._asked = asked

    def noting(self, asked: dict[NameQuestion, object]) -> GoPackage:
        """The same package, which notes what it is asked about names."""
        noting = GoPackage(self.files, self._own, asked)
        for name in _OF_ALL_FILES:
            noting.__dict__[name] = getattr(self, name)
        return noting

    def answers_alike(self, asked: Mapping[NameQuestion, object]) -> bool:
        """Whether another state of the package, which noted this, would still say the same."""
        return all(self._answer(question) == answer for question, answer in asked.items())

    @cached_property
    def functions(self) -> dict[str, FunctionDeclaration]:
        """Every declared function by the compiler's name for it."""
        return {f.name: f for file in self._own_files for f in file.functions}

    @cached_property
    def _function_places(self) -> dict[str, tuple[str, int]]:
        return {
            f.name: (file.source.path, f.node.start_point[0])
            for file in self._own_files
            for f in file.functions
        }

    def file_of(self, function: str) -> GoFile | None:
        """Where a function is declared, by the compiler's name for it."""
        place = self._function_places.get(function)
        return self.files[place[0]] if place is not None else None

    @cached_property
    def types(self) -> dict[str, Node]:
        """Every package-level type of the package."""
        return {name: node for file in self._own_files for name, node in file.types.items()}

    @cached_property
    def _twice(self) -> frozenset[str]:
        """Types that the package and its external tests declare by the same name."""
        counted = Counter(name for file in self._own_files for name in file.types)
        return frozenset(name for name, number in counted.items() if number > 1)

    @cached_property
    def constants(self) -> frozenset[str]:
        """Every package-level constant."""
        return frozenset().union(*(file.constants for file in self._own_files))

    @cached_property
    def _methods(self) -> frozenset[str]:
        """Names that methods have and no field."""
        methods = frozenset().union(*(file.method_names for file in self.files.values()))
        return methods.difference(*(file.field_names for file in self.files.values()))

    @cached_property
    def _constant_values(self) -> dict[str, str]:
        """What is written behind each package-level constant that is declared alone."""
        return {
            name: value for file in self._own_files for name, value in file.constant_values.items()
        }

    @cached_property
    def _local_types(self) -> frozenset[str]:
        """Names of types inside functions, and of type parameters."""
        return frozenset().union(*(file.local_types for file in self._own_files))

    @property
    def _own_files(self) -> Iterator[GoFile]:
        return (file for path, file in self.files.items() if path in self._own)

    def owns(self, file: GoFile) -> bool:
        """Whether a file belongs to the package itself."""
        return file.source.path in self._own

    def names_of(self, file: GoFile, declared: FunctionDeclaration) -> tuple[str, ...]:
        """How the compiler names a function: here, and from other packages (``lib.F``)."""
        qualified = f"{file.package_name}.{declared.name}"
        line = declared.node.start_point[0]
        if self._ask(NameQuestion("function at", declared.name, file.source.path, line)):
            return declared.name, qualified
        return (qualified,)

    def declares_function(self, name: str) -> bool:
        """Whether the package has a function of this name, as the compiler names it."""
        return bool(self._ask(NameQuestion("function", name)))

    def declares_type(self, name: str) -> bool:
        """Whether the package has a type of this name."""
        return self._type(name) is not None

    def declares_method(self, name: str) -> bool:
        """Whether a method has this name and no field has."""
        return bool(self._ask(NameQuestion("method", name)))

    def references(self, plain_name: str) -> tuple[tuple[GoFile, Node], ...]:
        """Every place that names a function or method, its declaration left out."""
        return tuple(
            (file, node) for file in self.files.values() for node in references_in(file, plain_name)
        )

    def single_type(self, name: str) -> Node | None:
        """What a package-level type is declared as; None where it may mean another one."""
        declared = self._type(name)
        return None if name in self._twice else declared

    def is_local_type(self, name: str) -> bool:
        """Whether a function declares a type of this name, or a type parameter has it."""
        return bool(self._ask(NameQuestion("local type", name)))

    def constant_value(self, name: str) -> str | None:
        """What is written behind a package-level constant that is declared alone."""
        value = self._ask(NameQuestion("constant value", name))
        return None if value is None else str(value)

    def _type(self, name: str) -> Node | None:
        self._ask(NameQuestion("type", name))
        return self.types.get(name)

    def _ask(self, question: NameQuestion) -> object:
        answer = self._answer(question)
        if self._asked is not None:
            self._asked[question] = answer
        return answer

    def _answer(self, question: NameQuestion) -> object:
        about, name, path, line = question
        match about:
            case "function":
                return name in self.functions
            case "function at":
                return self._function_places.get(name) == (path, line)
            case "type":
                declared = self.types.get(name)
                return None if declared is None else (text(declared), name in self._twice)
            case "constant":
                return name in self.constants
            case "constant value":
                return self._constant_values.get(name)
            case "local type":
                return name in self._local_types
        return name in self._methods

    def is_constant(self, file: GoFile, node: Node) -> bool:
        """Whether an expression consists of literals and of constants of this package."""
        match node.type:
            case "identifier":
                declared = definition(node)
                if declared is not None:
                    return declared.parent is not None and declared.parent.type == "const_spec"
                return bool(self._ask(NameQuestion("constant", text(node))))
            case "binary_expression" | "unary_expression" | "parenthesized_expression":
                return all(self.is_constant(file, operand) for operand in node.named_children)
        return node.type in _LITERALS

    def is_empty_type(self, node: Node | None, around: frozenset[str] = frozenset()) -> bool:
        """Whether values of a type have no size, as far as this package's source tells.

        ``around`` are the named types that it is part of: names that a package and its external
        tests both use can seem to contain each other.
        """
        match node:
            case Node(type="struct_type"):
                fields = [n for child in node.named_children for n in child.named_children]
                return all(
                    n.type != "field_declaration"
                    or (
                        token(n, "*") is None
                        and self.is_empty_type(n.child_by_field_name("type"), around)
                    )
                    for n in fields
                )
            case Node(type="array_type"):
                length = node.child_by_field_name("length")
                element = node.child_by_field_name("element")
                empty = length is not None and text(length) == "0"
                return empty or self.is_empty_type(element, around)
            case Node(type="type_identifier" | "identifier"):
                name = text(node)
                underlying = self._type(name) if name not in around else None
                if underlying is None or name in self._twice:
                    return False
                return self.is_empty_type(underlying, around | {name})
        return False

    def basic_type(self, file: GoFile, node: Node) -> str:
        """The basic type of an expression where the source shows it; otherwise empty."""
        match node.type:
            case literal if literal in _LITERAL_TYPES:
                return _LITERAL_TYPES[literal]
            case "parenthesized_expression" if node.named_child_count:
                return self.basic_type(file, node.named_children[0])
            case "unary_expression":
                return self._unary_type(file, node)
            case "binary_expression":
                return self._binary_type(file, node)
            case "call_expression":
                function = node.child_by_field_name("function")
                called = text(function) if function is not None else ""
                if called in {"len", "cap", "copy"}:
                    return "int"
                return called if called in _BASIC else ""
            case "identifier":
                defined = definition(node)
                return self._declared_type(file, defined) if defined is not None else ""
        return ""

    def _unary_type(self, file: GoFile, node: Node) -> str:
        operator, operand = node.children[0], node.child_by_field_name("operand")
        if operator.type == "!":
            return "bool"
        if operator.type in {"-", "+", "^"} and operand is not None:
            return self.basic_type(file, operand)
        return ""

    def _binary_type(self, file: GoFile, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        if operator is None:
            return ""
        if operator.type in {"==", "!=", "<", "<=", ">", ">=", "&&", "||"}:
            return "bool"
        sides = ("left",) if operator.type in {"<<", ">>"} else ("left", "right")
        operands = [node.child_by_field_name(side) for side in sides]
        types = {self.basic_type(file, operand) for operand in operands if operand is not None}
        types -= {"", "number"} if len(types) > 1 else {""}
        return types.pop() if len(types) == 1 else ""

    def _declared_type(self, file: GoFile, identifier: Node) -> str:
        declaration = identifier.parent
        if declaration is not None and declaration.type == "expression_list":
            return self._assigned_type(file, identifier, declaration)
        if declaration is None:
            return ""
        type_node = declaration.child_by_field_name("type")
        if type_node is not None and declaration.type != "variadic_parameter_declaration":
            named = self._type(text(type_node)) or type_node
            return text(named) if text(named) in _BASIC else ""
        values = declaration.child_by_field_name("value")
        if declaration.type == "var_spec" and values is not None and values.named_child_count == 1:
            return self.basic_type(file, values.named_children[0])
        return ""

    def _assigned_type(self, file: GoFile, identifier: Node, left: Node) -> str:
        statement = left.parent
        if statement is None or statement.type != "short_var_declaration":
            return ""
        right = statement.child_by_field_name("right")
        if right is None:
            return ""
        if (left.named_child_count, right.named_child_count) == (2, 1):
            # `v, ok := m[k]`: only a call has two results of types of their own.
            calls = right.named_children[0].type == "call_expression"
            return "bool" if identifier == left.named_children[1] and not calls else ""
        if right.named_child_count != left.named_child_count:
            return ""
        assigned = self.basic_type(
            file, right.named_children[left.named_children.index(identifier)]
        )
        return "int" if assigned == "number" else assigned


_LITERALS = frozenset(
    {
        "int_literal",
        "float_literal",
        "imaginary_literal",
        "rune_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "true",
        "false",
        "iota",
    }
)


_LITERAL_TYPES = {
    "interpreted_string_literal": "string",
    "raw_string_literal": "string",
    "int_literal": "number",
    "rune_literal": "number",
    "float_literal": "float64",
    "true": "bool",
    "false": "bool",
}


_BASIC = frozenset(
    {
        *("bool", "string", "byte", "rune", "uintptr", "float32", "float64"),
        *("int", "int8", "int16", "int32", "int64", "complex64", "complex128"),
        *("uint", "uint8", "uint16", "uint32", "uint64"),
    }
)
_OF_ALL_FILES = (
    *("functions", "_function_places", "types", "_twice", "constants", "_methods"),
    *("_constant_values", "_local_types"),
)
"""What a package that notes questions shares with the one that it is."""
