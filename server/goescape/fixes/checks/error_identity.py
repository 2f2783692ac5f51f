"""Whether a program tells errors apart by their identity, other than from known variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.caches import cached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@cached(4)
def compares_errors(code: PackageCode) -> bool:
    """Whether errors that calls have made may be compared, or be keys, anywhere here."""
    files = code.all_files
    if any(_SHOWN.search(file.source.content) for file in files):
        return True
    variables = {name for file in files for name in _package_variables(file)}
    program = _Program(variables, *_holders(files))
    return any(program.compares(node) for file in files for node in walk(file.root))


@frozen
class _Program:
    variables: set[str]
    """The package-level variables."""
    types: frozenset[str]
    """The types that may hold an error, compared with it."""
    giving: frozenset[str]
    """The functions, methods and fields that give such a value, whatever has that name."""

    def compares(self, node: Node) -> bool:
        """Whether two errors are compared, neither of them nil or a package-level variable."""
        match node.type:
            case "binary_expression":
                operator = node.child_by_field_name("operator")
                if operator is None or operator.type not in {"==", "!="}:
                    return False
                sides = [node.child_by_field_name(side) for side in ("left", "right")]
                values = [side for side in sides if side is not None]
                settled = any(self._is_settled(side) for side in values)
                return not settled and any(self._may_be_error(side) for side in values)
            case "call_expression":
                return self._is_comparing_call(node)
            case "expression_switch_statement":
                return self._is_comparing_switch(node)
        return False

    def _is_comparing_call(self, call: Node) -> bool:
        arguments = call.child_by_field_name("arguments")
        given = [n for n in arguments.named_children if n.type != "comment"] if arguments else []
        package, _, name = callee_text(call).rpartition(".")
        if name == "Is" and package and len(given) == 2:
            return not self._is_settled(given[1]) and self._may_be_error(given[1], unknown=True)
        searches = package == "slices" or name in _KEYED_CALLS
        return searches and any(self._may_be_error(n) for n in given)

    def _is_comparing_switch(self, switch: Node) -> bool:
        value = switch.child_by_field_name("value")
        if value is None or not self._may_be_error(value):
            return False
        cases = [c for c in switch.named_children if c.type == "expression_case"]
        listed = [v for c in cases if (v := c.child_by_field_name("value")) is not None]
        return any(not self._is_settled(case) for v in listed for case in v.named_children)

    def _is_settled(self, node: Node) -> bool:
        """Whether an operand is nothing that a call has just made."""
        if node.type in _LITERALS:
            return True
        if node.type == "identifier":
            return text(node) in self.variables and definition(node) is None
        return node.type == "selector_expression" and bool(_EXPORTED.fullmatch(text(node)))

    def _may_be_error(self, node: Node, *, unknown: bool = False) -> bool:
        """Whether an operand may hold an error; ``unknown`` where nothing is known of it."""
        match node.type:
            case "identifier":
                declared = definition(node)
                written = self._declared(declared) if declared is not None else None
                return written if written is not None else unknown or _is_named_so(text(node))
            case "call_expression":
                name = callee_text(node).rpartition(".")[2]
                return name in self.giving or _is_named_so(text(node))
            case "selector_expression":
                field = node.child_by_field_name("field")
                given = field is not None and text(field) in self.giving
                return given or unknown or _is_named_so(text(node))
            case "composite_literal":
                its_type = node.child_by_field_name("type")
                return its_type is None or self._holds(its_type)
        return unknown or _is_named_so(text(node))

    def _declared(self, declared: Node) -> bool | None:
        """Whether a local variable may hold an error; None where its declaration does not tell."""
        parent = declared.parent
        written = parent.child_by_field_name("type") if parent is not None else None
        if written is not None:
            return self._holds(written) or _is_named_so(text(declared))
        statement = parent.parent if parent is not None else None
        right = statement.child_by_field_name("right") if statement is not None else None
        if parent is None or right is None or statement is None:
            return None
        if statement.type != "short_var_declaration":
            return None
        values, position = right.named_children, parent.named_children.index(declared)
        if len(values) == parent.named_child_count:
            return self._may_be_error(values[position]) or _is_named_so(text(declared))
        last = position == parent.named_child_count - 1
        return (last and self._may_be_error(values[0])) or _is_named_so(text(declared))

    def _holds(self, its_type: Node) -> bool:
        return _mentions(its_type, self.types)


def _holders(files: tuple[GoFile, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of types that may hold an error, and of what gives one."""
    types = {"error", "any"}
    specs = [n for f in files for n in walk(f.root) if n.type in _TYPE_SPECS]
    for _ in range(4):
        for spec in specs:
            names = spec.children_by_field_name("name")
            if any(_mentions(n, types) for n in spec.named_children if n not in names):
                types.update(text(name) for name in names)
    giving = {
        text(name)
        for file in files
        for node in walk(file.root)
        if node.type in _GIVING
        and (its_type := node.child_by_field_name(_GIVING[node.type])) is not None
        and _mentions(its_type, types)
        for name in node.children_by_field_name("name")
    }
    return frozenset(types), frozenset(giving)


def _mentions(node: Node, types: set[str] | frozenset[str]) -> bool:
    """Whether a value of a type may hold an error, and can be compared."""
    if node.type in {"function_type", "map_type", "channel_type", "pointer_type"}:
        return False
    if node.type == "interface_type":
        methods = [n for n in node.named_children if n.type == "method_elem"]
        return all(text(m).startswith("Error()") for m in methods)
    if node.type in {"type_identifier", "identifier"}:
        return text(node) in types or text(node) == "comparable"
    return any(_mentions(child, types) for child in node.named_children)


def _is_named_so(name: str) -> bool:
    return "err" in name.lower() or re.fullmatch(r"e\d*", name) is not None


def _package_variables(file: GoFile) -> Iterator[str]:
    for declaration in file.root.named_children:
        if declaration.type == "var_declaration":
            for spec in walk(declaration):
                if spec.type == "var_spec":
                    yield from (text(n) for n in spec.children_by_field_name("name"))


_SHOWN = re.compile(
    rb"\[\s*(error|any|interface\s*\{\s*\})\s*[\],]|%p|\.(Unsafe)?(Pointer|Addr)\(\)|weak\.Make"
)
_KEYED_CALLS = frozenset({"Store", "Load", "LoadOrStore", "LoadAndDelete", "CompareAndSwap"})
_EXPORTED = re.compile(r"[a-z]\w*\.(Err[A-Z]\w*|EOF|E[A-Z0-9]+|\w*Err\w*|Canceled)")
_TYPE_SPECS = frozenset({"type_spec", "type_alias", "type_parameter_declaration"})
_GIVING = {
    "function_declaration": "result",
    "method_declaration": "result",
    "method_elem": "result",
    "field_declaration": "type",
}
_LITERALS = frozenset(
    {
        *("nil", "interpreted_string_literal", "raw_string_literal", "int_literal"),
        *("true", "false", "rune_literal", "float_literal"),
    }
)
