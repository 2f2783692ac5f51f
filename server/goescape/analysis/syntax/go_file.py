"""One parsed file of Go: which expression owns a column, which function stands where.

A thin reading of tree-sitter's tree. Offsets are bytes from 0; nothing here fails on a file that
does not parse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from attrs import field, frozen
from tree_sitter import Node, Query, QueryCursor

from goescape.analysis.syntax.nodes import ancestors, anchor, text, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.analysis.syntax.syntax_tree import GO, SyntaxTree, syntax_tree
from goescape.analysis.syntax.words import LARGE, places_of, places_of_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.source import SourceText


@frozen
class FunctionDeclaration:
    """A function or method declaration."""

    name: str
    """As the compiler names it: ``F``, ``(*T).M``, ``T.M``."""
    plain_name: str
    node: Node
    name_node: Node
    results: tuple[str, ...]
    """The names of the results; empty when they have none."""
    is_generic: bool
    """Whether it has type parameters itself."""
    is_exported: bool = field(init=False)
    """Whether other packages can call it by name."""

    @is_exported.default
    def _starts_with_capital(self) -> bool:
        return self.plain_name[:1].isupper()


class GoFile:
    """One file, parsed when its syntax is first asked for."""

    def __init__(self, source: SourceText) -> None:
        self.source = source

    @cached_property
    def _tree(self) -> SyntaxTree:
        return syntax_tree(self.source.content)

    @cached_property
    def root(self) -> Node:
        """The syntax tree."""
        return self._tree.root

    @property
    def method_type_parameters(self) -> frozenset[str]:
        """Names of type parameters that the tree does not show."""
        return self._tree.method_type_parameters

    def precompute(self) -> None:
        """Look up now what every report asks for."""
        self.functions, self.types, self.constants, self._words  # noqa: B018 - cached properties

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.source.span(node.start_byte, node.end_byte)

    def node_at(self, offset: int) -> Node | None:
        """The smallest node that covers the byte at ``offset``, punctuation included."""
        return self.root.descendant_for_byte_range(offset, offset + 1)

    def anchored_at(self, offset: int) -> tuple[Node, ...]:
        """The nodes that the compiler may mean by this position, innermost first."""
        anchored = []
        node = self.node_at(offset)
        while node is not None and node.type not in _TOO_WIDE:
            if anchor(node) == offset:
                anchored.append(node)
            node = node.parent
        return tuple(anchored)

    def nodes_between(self, start: int, end: int, top: Node | None = None) -> Iterator[Node]:
        """The nodes, at or below ``top``, that touch a range of bytes, in source order."""
        stack = [top or self.root]
        while stack:
            node = stack.pop()
            if node.start_byte < end and start < node.end_byte:
                yield node
                stack.extend(reversed(node.named_children))

    def nodes_on_line(self, line: int) -> list[Node]:
        """The nodes that begin on a line, in source order."""
        start = self.source.offset(line, 1)
        if start is None:
            return []
        end = start + len(self.source.line(line))
        top = self.root.descendant_for_byte_range(start, end)
        while top is not None and top.start_point[0] >= line - 1:
            top = top.parent
        nodes = self.nodes_between(start, end, top)
        return [node for node in nodes if node.start_point[0] == line - 1]

    @cached_property
    def functions(self) -> tuple[FunctionDeclaration, ...]:
        """Every function and method declared in the file, in source order."""
        nodes = self._declarations("function")
        generic = self._tree.generic_methods
        return tuple(declared for node in nodes if (declared := _declared(node, generic)))

    @cached_property
    def types(self) -> dict[str, Node]:
        """The type that each package-level name stands for."""
        types = {}
        for node in self._declarations("type"):
            name, type_node = node.child_by_field_name("name"), node.child_by_field_name("type")
            if name is not None and type_node is not None and _at_package_level(node):
                types[text(name)] = type_node
        return types

    @cached_property
    def constants(self) -> frozenset[str]:
        """The names of the file's package-level constants."""
        return frozenset(
            text(name)
            for node in self._declarations("constant")
            for name in node.children_by_field_name("name")
        )

    @cached_property
    def constant_values(self) -> dict[str, str]:
        """What is written behind each package-level constant that is declared alone."""
        values = {}
        for node in self._declarations("constant"):
            names, value = node.children_by_field_name("name"), node.child_by_field_name("value")
            if len(names) == 1 and value is not None and _at_package_level(node):
                values[text(names[0])] = text(value)
        return values

    @cached_property
    def local_types(self) -> frozenset[str]:
        """The names of types that are declared inside functions, and of type parameters."""
        declared = (*self._declarations("type"), *self._declarations("alias"))
        names = (
            node.child_by_field_name("name") for node in declared if not _at_package_level(node)
        )
        parameters = self._declarations("type_parameter")
        return frozenset(text(name) for name in (*names, *parameters) if name is not None)

    @property
    def make_calls(self) -> Sequence[Node]:
        """The calls of ``make``, whatever that is."""
        return self._declarations("make")

    @property
    def go_statements(self) -> Sequence[Node]:
        """The statements that start goroutines."""
        return self._declarations("go")

    @property
    def keyed_literals(self) -> Sequence[Node]:
        """Composite literals with keys, or names of fields."""
        return self._declarations("keyed")

    @property
    def assigned_elements(self) -> Sequence[Node]:
        """Elements of slices, arrays and maps that are assigned to."""
        return self._declarations("element")

    @property
    def additions(self) -> Sequence[Node]:
        """The statements with ``+=``."""
        return self._declarations("addition")

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
    def imports(self) -> tuple[tuple[str, str], ...]:
        """Each imported path, with the name that is written in front of it (or nothing)."""
        imports = []
        for node in self._declarations("import"):
            alias, path = node.child_by_field_name("name"), node.child_by_field_name("path")
            if path is not None:
                imports.append((text(path).strip('"`'), text(alias) if alias is not None else ""))
        return tuple(imports)

    def mentions(self, name: str) -> Sequence[int]:
        """Where a name stands as a word, in code or not, in the order of the text."""
        word, content = name.encode(), self.source.content
        is_known = len(content) > LARGE or "_words" in vars(self)
        return self._words.get(word, ()) if is_known else places_of(word, content)

    @cached_property
    def _words(self) -> Mapping[bytes, Sequence[int]]:
        return places_of_words(self.source.content)

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

    @cached_property
    def is_generated(self) -> bool:
        """Whether the file says ``Code generated ... DO NOT EDIT.``"""
        head = self.source.content[: max(self.root.start_byte, 0) + 20_000]
        return _GENERATED.search(head) is not None

    def function_at(self, offset: int) -> FunctionDeclaration | None:
        """The declaration around a position; None at package level."""
        index = bisect_right(self._function_starts, offset) - 1
        if index < 0 or offset >= self.functions[index].node.end_byte:
            return None
        return self.functions[index]

    @cached_property
    def _function_starts(self) -> list[int]:
        return [declared.node.start_byte for declared in self.functions]

    def _declarations(self, name: str) -> list[Node]:
        return sorted(self._nodes_by_capture.get(name, ()), key=lambda node: node.start_byte)

    @cached_property
    def _nodes_by_capture(self) -> dict[str, list[Node]]:
        return QueryCursor(_DECLARATIONS).captures(self.root)

    def captured_variables(self, literal: Node) -> frozenset[str]:
        """The local variables of surrounding functions that a function literal uses."""
        names = set()
        for node in walk(literal):
            if node.type == "identifier" and text(node) not in names:
                defined = definition(node)
                if defined is not None and not (
                    literal.start_byte <= defined.start_byte < literal.end_byte
                ):
                    names.add(text(node))
        return frozenset(names)


def parameters(declared: FunctionDeclaration) -> Iterator[Node]:
    """The names of the receiver and the parameters of a function."""
    for part in ("receiver", "parameters"):
        if (names := declared.node.child_by_field_name(part)) is not None:
            yield from parameter_names(names)


def _declared(node: Node, generic_methods: frozenset[int]) -> FunctionDeclaration | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    result = node.child_by_field_name("result")
    results: tuple[str, ...] = ()
    if result is not None and result.type == "parameter_list":
        results = tuple(text(n) for n in parameter_names(result))
    compiled = text(name)
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        base = _receiver_type(receiver)
        compiled = f"{base}.{compiled}"
    generic = node.child_by_field_name("type_parameters") is not None
    generic = generic or node.start_byte in generic_methods
    return FunctionDeclaration(compiled, text(name), node, name, results, generic)


def _receiver_type(receiver: Node) -> str:
    pointer = any(n.type == "pointer_type" for n in walk(receiver))
    name = next((text(n) for n in walk(receiver) if n.type == "type_identifier"), "")
    return f"(*{name})" if pointer else name


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
    GO,
    """
    (function_declaration) @function
    (method_declaration) @function
    (method_declaration name: (field_identifier) @method)
    (method_elem name: (field_identifier) @method)
    (type_spec) @type
    (const_spec) @constant
    (field_declaration name: (field_identifier) @field)
    (import_spec) @import
    (type_alias) @alias
    (type_parameter_declaration name: (identifier) @type_parameter)
    (go_statement) @go
    ((call_expression function: (identifier) @called) @make (#eq? @called "make"))
    (composite_literal body: (literal_value (keyed_element))) @keyed
    (assignment_statement left: (expression_list (index_expression) @element))
    (assignment_statement operator: "+=") @addition
    (inc_statement (index_expression) @element)
    (dec_statement (index_expression) @element)
    (range_clause left: (expression_list (index_expression) @element))
    """,
)


_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)


_TOO_WIDE = frozenset({"statement_list", "block", "source_file"})
