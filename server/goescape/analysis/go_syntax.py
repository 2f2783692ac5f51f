"""What only the source can tell: which expression owns a column, what declares a name, what loops.

A thin reading of tree-sitter's tree for Go. Offsets are bytes from 0; nothing here fails on a file
that does not parse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import tree_sitter_go
from attrs import frozen
from tree_sitter import Language, Node, Parser, Query, QueryCursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.model import Span
    from goescape.analysis.source import SourceText

_GO = Language(tree_sitter_go.language())


@frozen
class Declared:
    """A function or method declaration."""

    name: str
    """As the compiler names it: ``F``, ``(*T).M``, ``T.M``."""
    plain_name: str
    node: Node
    name_node: Node
    results: tuple[str, ...]
    """The names of the results; empty when they have none."""

    @property
    def exported(self) -> bool:
        """Whether other packages can call it by name."""
        return self.plain_name[:1].isupper()


class GoSyntax:
    """One parsed file."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.root = Parser(_GO).parse(source.content).root_node

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.source.span(node.start_byte, node.end_byte)

    def node_at(self, offset: int) -> Node | None:
        """The smallest node that covers the byte at ``offset``, punctuation included."""
        return self.root.descendant_for_byte_range(offset, offset + 1)

    def anchored_at(self, offset: int) -> tuple[Node, ...]:
        """The nodes that the compiler may mean by this position, innermost first."""
        found = []
        node = self.node_at(offset)
        while node is not None and node.type not in _TOO_WIDE:
            if anchor(node) == offset:
                found.append(node)
            node = node.parent
        return tuple(found)

    def nodes_between(self, start: int, end: int) -> Iterator[Node]:
        """The nodes that touch a range of bytes, in source order."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node.start_byte < end and start < node.end_byte:
                yield node
                stack.extend(reversed(node.named_children))

    @cached_property
    def functions(self) -> tuple[Declared, ...]:
        """Every function and method declared in the file, in source order."""
        nodes = self._declarations("function")
        return tuple(declared for node in nodes if (declared := _declared(node)))

    @cached_property
    def types(self) -> dict[str, Node]:
        """The type that each package-level name stands for."""
        found = {}
        for node in self._declarations("type"):
            name, type_node = node.child_by_field_name("name"), node.child_by_field_name("type")
            if name is not None and type_node is not None and _at_package_level(node):
                found[text(name)] = type_node
        return found

    @cached_property
    def constants(self) -> frozenset[str]:
        """The names of the file's package-level constants."""
        return frozenset(
            text(name)
            for node in self._declarations("constant")
            for name in node.children_by_field_name("name")
        )

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of all struct fields."""
        return frozenset(text(node) for node in self._declarations("field"))

    @cached_property
    def method_names(self) -> frozenset[str]:
        """The names of all methods, those of interfaces included."""
        return frozenset(text(node) for node in self._declarations("method"))

    @cached_property
    def imported_names(self) -> frozenset[str]:
        """The names under which the file knows other packages (also the likely real ones)."""
        names = set()
        for node in self._declarations("import"):
            alias, path = node.child_by_field_name("name"), node.child_by_field_name("path")
            if alias is not None:
                names.add(text(alias))
            if path is not None:
                names.update(_package_names(text(path).strip('"`')))
        return frozenset(names)

    @cached_property
    def package_name(self) -> str:
        """The name in the package clause."""
        clause = next((n for n in self.root.named_children if n.type == "package_clause"), None)
        return text(clause.named_children[0]) if clause and clause.named_children else ""

    @cached_property
    def uses_cgo(self) -> bool:
        """Whether the compiler saw a rewritten copy of this file, with other columns."""
        imports = self._declarations("import")
        return any(text(node).strip('"') == "C" for node in imports)

    @property
    def generated(self) -> bool:
        """Whether the file says ``Code generated ... DO NOT EDIT.``"""
        head = self.source.content[: max(self.root.start_byte, 0) + 20_000]
        return _GENERATED.search(head) is not None

    def function_at(self, offset: int) -> Declared | None:
        """The declaration around a position; None at package level."""
        index = bisect_right(self._function_starts, offset) - 1
        if index < 0 or offset >= self.functions[index].node.end_byte:
            return None
        return self.functions[index]

    @cached_property
    def _function_starts(self) -> list[int]:
        return [declared.node.start_byte for declared in self.functions]

    def _declarations(self, name: str) -> list[Node]:
        return sorted(self._captured.get(name, ()), key=lambda node: node.start_byte)

    @cached_property
    def _captured(self) -> dict[str, list[Node]]:
        return QueryCursor(_DECLARATIONS).captures(self.root)

    def definition(self, identifier: Node) -> Node | None:
        """The identifier that declares this local name; None for package-level and unknown ones.

        A field, method or key of the same spelling is not a use of the variable.
        """
        if identifier.type != "identifier":
            return None
        name = identifier.text
        node: Node | None = identifier
        while node is not None and node.type != "source_file":
            if node.type in _SCOPES:
                for declaring in _declarations_in(node, identifier):
                    if declaring.text == name:
                        return declaring
            node = node.parent
        return None

    def captured(self, literal: Node) -> frozenset[str]:
        """The local variables of surrounding functions that a function literal uses."""
        names = set()
        for node in walk(literal):
            if node.type == "identifier" and text(node) not in names:
                defined = self.definition(node)
                if defined is not None and not (
                    literal.start_byte <= defined.start_byte < literal.end_byte
                ):
                    names.add(text(node))
        return frozenset(names)


class PackageSyntax:
    """The files of one package together."""

    def __init__(self, files: dict[str, GoSyntax], own: frozenset[str]) -> None:
        """``own`` are the paths of the package's files; the others belong to other packages."""
        self.files = files
        self._own = own

    @cached_property
    def functions(self) -> dict[str, Declared]:
        """Every declared function by the compiler's name for it."""
        return {f.name: f for file in self._own_files for f in file.functions}

    @cached_property
    def types(self) -> dict[str, Node]:
        """Every package-level type of the package."""
        return {name: node for file in self._own_files for name, node in file.types.items()}

    @cached_property
    def constants(self) -> frozenset[str]:
        """Every package-level constant."""
        return frozenset().union(*(file.constants for file in self._own_files))

    @property
    def _own_files(self) -> Iterator[GoSyntax]:
        return (file for path, file in self.files.items() if path in self._own)

    def names_of(self, file: GoSyntax, declared: Declared) -> tuple[str, ...]:
        """How the compiler names a function: here, and from other packages (``lib.F``)."""
        qualified = f"{file.package_name}.{declared.name}"
        own = self.functions.get(declared.name)
        if own is not None and own.node == declared.node:
            return declared.name, qualified
        return (qualified,)

    def declares_method(self, name: str) -> bool:
        """Whether a method has this name and no field has."""
        return any(name in file.method_names for file in self.files.values()) and not any(
            name in file.field_names for file in self.files.values()
        )

    def references(self, plain_name: str) -> tuple[tuple[GoSyntax, Node], ...]:
        """Every place that names a function or method, its declaration left out."""
        found = []
        for path, offsets in self._words.get(plain_name.encode(), {}).items():
            file = self.files[path]
            for offset in offsets:
                node = file.node_at(offset)
                if node is not None and node.type in {"identifier", "field_identifier"}:
                    parent = node.parent
                    if parent is None or parent.type not in _DECLARES_FUNCTION:
                        found.append((file, node))
        return tuple(found)

    @cached_property
    def _words(self) -> dict[bytes, dict[str, list[int]]]:
        wanted = {f.plain_name.encode() for f in self.functions.values()}
        words: dict[bytes, dict[str, list[int]]] = {}
        for path, file in self.files.items():
            for match in _WORD.finditer(file.source.content):
                if match[0] in wanted:
                    words.setdefault(match[0], {}).setdefault(path, []).append(match.start())
        return words

    def is_constant(self, file: GoSyntax, node: Node) -> bool:
        """Whether an expression consists of literals and of constants of this package."""
        match node.type:
            case "identifier":
                declared = file.definition(node)
                if declared is not None:
                    return declared.parent is not None and declared.parent.type == "const_spec"
                return text(node) in self.constants
            case "binary_expression" | "unary_expression" | "parenthesized_expression":
                return all(self.is_constant(file, operand) for operand in node.named_children)
        return node.type in _LITERALS

    def is_empty_type(self, node: Node | None) -> bool:
        """Whether values of a type have no size, as far as this package's source tells."""
        match node:
            case Node(type="struct_type"):
                fields = [n for n in walk(node) if n.type == "field_declaration"]
                return all(self.is_empty_type(n.child_by_field_name("type")) for n in fields)
            case Node(type="array_type"):
                length = node.child_by_field_name("length")
                element = node.child_by_field_name("element")
                return (length is not None and text(length) == "0") or self.is_empty_type(element)
            case Node(type="type_identifier" | "identifier"):
                underlying = self.types.get(text(node))
                return underlying is not None and self.is_empty_type(underlying)
        return False

    def basic_type(self, file: GoSyntax, node: Node) -> str:
        """The basic type of an expression where the source shows it; otherwise empty."""
        match node.type:
            case "interpreted_string_literal" | "raw_string_literal":
                return "string"
            case "int_literal" | "float_literal" | "rune_literal" | "imaginary_literal":
                return "number"
            case "true" | "false":
                return "bool"
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
                defined = file.definition(node)
                return self._declared_type(file, defined) if defined is not None else ""
        return ""

    def _unary_type(self, file: GoSyntax, node: Node) -> str:
        operator, operand = node.children[0], node.child_by_field_name("operand")
        if operator.type == "!":
            return "bool"
        if operator.type in {"-", "+", "^"} and operand is not None:
            return self.basic_type(file, operand)
        return ""

    def _binary_type(self, file: GoSyntax, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        if operator is None:
            return ""
        if operator.type in {"==", "!=", "<", "<=", ">", ">=", "&&", "||"}:
            return "bool"
        if operator.type != "+":
            return "number"
        operands = [node.child_by_field_name(side) for side in ("left", "right")]
        types = {self.basic_type(file, operand) for operand in operands if operand is not None}
        types -= {"", "number"} if len(types) > 1 else {""}
        return types.pop() if len(types) == 1 else ""

    def _declared_type(self, file: GoSyntax, identifier: Node) -> str:
        declaration = identifier.parent
        if declaration is not None and declaration.type == "expression_list":
            return self._assigned_type(file, identifier, declaration)
        if declaration is None:
            return ""
        type_node = declaration.child_by_field_name("type")
        if type_node is not None and declaration.type != "variadic_parameter_declaration":
            named = self.types.get(text(type_node), type_node)
            return text(named) if text(named) in _BASIC else ""
        values = declaration.child_by_field_name("value")
        if declaration.type == "var_spec" and values is not None and values.named_child_count == 1:
            return self.basic_type(file, values.named_children[0])
        return ""

    def _assigned_type(self, file: GoSyntax, identifier: Node, left: Node) -> str:
        statement = left.parent
        if statement is None or statement.type != "short_var_declaration":
            return ""
        right = statement.child_by_field_name("right")
        if right is None or right.named_child_count != left.named_child_count:
            return ""
        assigned = self.basic_type(
            file, right.named_children[left.named_children.index(identifier)]
        )
        return "int" if assigned == "number" else assigned


def parameters(declared: Declared) -> Iterator[Node]:
    """The names of the receiver and the parameters of a function."""
    for part in ("receiver", "parameters"):
        if (names := declared.node.child_by_field_name(part)) is not None:
            yield from _parameter_names(names)


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in source order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.named_children))


def callee_text(call: Node) -> str:
    """What a call expression calls, as written."""
    function = call.child_by_field_name("function")
    return text(function) if function is not None else ""


def ancestors(node: Node) -> Iterator[Node]:
    """The nodes around a node, innermost first."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def anchor(node: Node) -> int | None:
    """The offset of the byte that the compiler prints for an expression; None for other nodes."""
    match node.type:
        case "call_expression":
            part = node.child_by_field_name("arguments")
        case "composite_literal":
            part = node.child_by_field_name("body")
        case "binary_expression":
            part = node.child_by_field_name("operator")
        case "selector_expression" | "qualified_type" | "type_assertion_expression":
            part = _token(node, ".")
        case "index_expression" | "slice_expression" | "type_instantiation_expression":
            part = _token(node, "[")
        case "type_conversion_expression":
            part = _token(node, "(")
        case kind if kind in _STARTS_AT_ITSELF:
            return node.start_byte
        case _:
            return None
    return part.start_byte if part is not None else None


def runs_repeatedly(node: Node) -> bool:
    """Whether a loop runs this again and again.

    What leaves the loop at once (``return &x`` in its body) runs once, however often it turns.
    A function literal inside a loop counts for the loop.
    """
    child, leaves_function, once = node, False, False
    for parent in ancestors(node):
        match parent.type:
            case "statement_list":
                leaving = _leaves(parent)
                leaves_function |= leaving == "function"
                once |= leaving == "loop"
            case "return_statement" | "goto_statement":
                leaves_function = True
            case "func_literal":
                leaves_function = once = False
            case "for_clause":
                once |= child == parent.child_by_field_name("initializer")
            case "for_statement":
                if not leaves_function and not once and child.type != "range_clause":
                    return True
                once = False
        child = parent
    return False


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


def _leaves(statements: Node) -> str:
    """What the last of some statements leaves: ``function``, ``loop`` or nothing."""
    last = statements.named_children[-1] if statements.named_children else None
    match last:
        case Node(type="return_statement" | "goto_statement"):
            return "function"
        case Node(type="break_statement"):
            around = next((a.type for a in ancestors(last) if a.type in _BREAKABLE), "")
            return "loop" if around == "for_statement" or last.named_child_count else ""
        case Node(type="expression_statement") if text(last).startswith("panic("):
            return "function"
    return ""


def _declarations_in(scope: Node, use: Node) -> Iterator[Node]:
    """The identifiers that ``scope`` itself declares for a use inside it, first to last."""
    for part in _DECLARING_PARTS.get(scope.type, ()):
        if (child := scope.child_by_field_name(part)) is not None:
            match child.type:
                case "parameter_list":
                    yield from _parameter_names(child)
                case "expression_list":  # the alias of a type switch
                    yield from (n for n in child.named_children if n.type == "identifier")
                case _:
                    yield from _declared_by(child, use)
    if scope.type == "statement_list":
        for statement in scope.named_children:
            if statement.start_byte > use.start_byte:
                return
            yield from _declared_by(_unlabelled(statement), use)
    elif scope.type == "for_statement":
        for child in scope.named_children:
            yield from _declared_by(child.child_by_field_name("initializer") or child, use)


def _declared_by(statement: Node, use: Node) -> Iterator[Node]:
    match statement.type:
        case "short_var_declaration" | "range_clause" | "receive_statement":
            left = statement.child_by_field_name("left")
            if left is None or _token(statement, ":=") is None:
                return
            names = [n for n in left.named_children if n.type == "identifier"]
            # The right side still sees the outer name.
            if statement.end_byte <= use.start_byte or use in names:
                yield from names
        case "var_declaration" | "const_declaration":
            for spec in walk(statement):
                if spec.type in {"var_spec", "const_spec"}:
                    names = spec.children_by_field_name("name")
                    if spec.end_byte <= use.start_byte or use in names:
                        yield from names


def _unlabelled(statement: Node) -> Node:
    while statement.type == "labeled_statement" and statement.named_child_count > 1:
        statement = statement.named_children[-1]
    return statement


def _parameter_names(parameters: Node) -> Iterator[Node]:
    for declaration in parameters.named_children:
        if declaration.type in {"parameter_declaration", "variadic_parameter_declaration"}:
            yield from declaration.children_by_field_name("name")


def _declared(node: Node) -> Declared | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    result = node.child_by_field_name("result")
    results: tuple[str, ...] = ()
    if result is not None and result.type == "parameter_list":
        results = tuple(text(n) for n in _parameter_names(result))
    compiled = text(name)
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        base = _receiver_type(receiver)
        compiled = f"{base}.{compiled}"
    return Declared(compiled, text(name), node, name, results)


def _receiver_type(receiver: Node) -> str:
    pointer = any(n.type == "pointer_type" for n in walk(receiver))
    name = next((text(n) for n in walk(receiver) if n.type == "type_identifier"), "")
    return f"(*{name})" if pointer else name


def _token(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


def _at_package_level(node: Node) -> bool:
    return not any(a.type == "block" for a in ancestors(node))


@lru_cache(maxsize=256)
def _package_names(path: str) -> frozenset[str]:
    """The names a package of this path may have: ``v2``, ``go-`` and ``.v1`` are rarely part."""
    parts = [p for p in path.split("/") if not re.fullmatch(r"v\d+", p)] or [path]
    last = re.sub(r"\.v\d+$", "", parts[-1])
    plain = re.sub(r"^go-|-go$|\.go$", "", last)
    return frozenset({last, plain, plain.replace("-", ""), plain.replace("-", "_")})


_DECLARATIONS = Query(
    _GO,
    """
    (function_declaration) @function
    (method_declaration) @function
    (method_declaration name: (field_identifier) @method)
    (method_elem name: (field_identifier) @method)
    (type_spec) @type
    (const_spec) @constant
    (field_declaration name: (field_identifier) @field)
    (import_spec) @import
    """,
)
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_TOO_WIDE = frozenset({"statement_list", "block", "source_file"})
# The parts of a node that declare names for the rest of it.
_DECLARING_PARTS = {
    "function_declaration": ("parameters", "result"),
    "method_declaration": ("receiver", "parameters", "result"),
    "func_literal": ("parameters", "result"),
    "if_statement": ("initializer",),
    "expression_switch_statement": ("initializer",),
    "type_switch_statement": ("initializer", "alias"),
    "communication_case": ("communication",),
}
_SCOPES = frozenset(_DECLARING_PARTS) | {"statement_list", "for_statement"}
_DECLARES_FUNCTION = frozenset({"function_declaration", "method_declaration", "method_elem"})
_BREAKABLE = frozenset(
    {
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "func_literal",
    }
)
_STARTS_AT_ITSELF = frozenset(
    {
        "identifier",
        "field_identifier",
        "blank_identifier",
        "interpreted_string_literal",
        "raw_string_literal",
        "int_literal",
        "float_literal",
        "imaginary_literal",
        "rune_literal",
        "true",
        "false",
        "nil",
        "iota",
        "func_literal",
        "parenthesized_expression",
        "literal_value",
        "unary_expression",
        "go_statement",
        "defer_statement",
        "for_statement",
        "range_clause",
        "return_statement",
    }
)
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
_BASIC = frozenset(
    {
        *("bool", "string", "byte", "rune", "uintptr", "float32", "float64"),
        *("int", "int8", "int16", "int32", "int64", "complex64", "complex128"),
        *("uint", "uint8", "uint16", "uint32", "uint64"),
    }
)
