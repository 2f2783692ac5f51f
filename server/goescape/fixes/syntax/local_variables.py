"""Questions about variables that several rewrites ask: who uses them, which names are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition, local_declaration
from goescape.fixes.caches import cached
from goescape.fixes.context.package_code import FUNCTIONS, identifiers
from goescape.fixes.syntax.imports import imported_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def function_around(node: Node) -> Node | None:
    """The declaration or literal that a node stands in, innermost."""
    return next((a for a in ancestors(node) if a.type in FUNCTIONS), None)


def declaration_around(node: Node) -> Node | None:
    """The function declaration that a node stands in, through all literals."""
    return next((a for a in ancestors(node) if a.type in FUNCTIONS - {"func_literal"}), None)


def fresh_name(node: Node, names: Iterable[str]) -> str:
    """The first of some names that the declaration around a node does not use; or nothing."""
    function = declaration_around(node)
    if function is None:
        return ""
    used = {text(n) for n in identifiers(function)}
    return next((name for name in names if name not in used), "")


def is_clear(variable: Node) -> bool:
    """Whether each word of a variable's name is seen as a use: ``f[x](y)`` reads like a type."""
    function = declaration_around(variable)
    return function is not None and not any(
        n.type in {"type_identifier", "package_identifier"} and n.text == variable.text
        for n in walk(function)
    )


def may_call(node: Node) -> bool:
    """Whether a node is a call of something unknown; ``f[x](y)`` reads like a conversion."""
    if node.type == "type_conversion_expression":
        its_type = node.child_by_field_name("type")
        return its_type is not None and its_type.type == "generic_type"
    return node.type == "call_expression" and callee_text(node) not in {"len", "cap", *BASIC}


def keeps_order(code: PackageCode, operands: Sequence[Node]) -> bool:
    """Whether it is the same to read operands one by one, or after all calls among them.

    Go leaves that open for variables beside calls, and compilers read them late: a call may have
    changed what stands before it.
    """
    unsettled = False
    for operand in operands:
        runs = any(may_call(n) or text(n).startswith("<-") for n in walk(operand))
        if runs and unsettled:
            return False
        whole = may_call(operand) or text(operand).startswith("<-")
        unsettled = unsettled or not (whole or _is_settled(code, operand))
    return True


def is_settled_until_used(code: PackageCode, expression: Node, operands: Iterable[Node]) -> bool:
    """Whether operands may be read as late as the last call of the statement around them.

    That is what compilers do where an expression is no call itself: ``f(a.s+"!", a.set())``.
    """
    return not _runs_after(expression) or all(_is_settled(code, operand) for operand in operands)


def _runs_after(expression: Node) -> bool:
    """Whether the statement around an expression still calls, or waits, behind it."""
    top = expression
    while (around := top.parent) is not None and around.type not in _OUTSIDE:
        top = around
    if around is not None and around.type == "communication_case":
        top = around.parent or around
    return any(
        node.start_byte >= expression.end_byte and (may_call(node) or text(node).startswith("<-"))
        for node in walk(top)
    )


def _is_settled(code: PackageCode, operand: Node) -> bool:
    """Whether only the function around an operand can change it: literals, own variables."""
    for node in walk(operand):
        if node.type in {"selector_expression", "index_expression", "slice_expression"}:
            return False
        if node.type == "unary_expression" and text(node)[0] in "*&<":
            return False
        if node.type == "identifier" and not is_own(code, node):
            return False
    return True


def is_own(code: PackageCode, identifier: Node) -> bool:
    """Whether only the function around a variable can change it, or it is a constant."""
    declared, function = definition(identifier), function_around(identifier)
    if declared is None or function is None:
        constants = {"len", "cap", "true", "false", *BASIC, *code.syntax.constants}
        return text(identifier) in constants
    around = declaration_around(identifier)
    return (
        around is not None
        and is_clear(declared)
        and not any(
            function_around(use) != function or is_address(use)
            for use in code.uses(declared, around)
            if use != declared
        )
    )


def is_address(use: Node) -> bool:
    """Whether ``&x`` is taken."""
    parent = use.parent
    return parent is not None and parent.type == "unary_expression" and text(parent)[0] == "&"


def has_comment(node: Node) -> bool:
    """Whether a comment stands inside."""
    return any(n.type == "comment" for n in walk(node))


def has_goto(function: Node) -> bool:
    """Whether a function jumps, so that the order of its text says little."""
    return any(n.type == "goto_statement" for n in walk(function))


def redeclares(code: PackageCode, *names: str) -> bool:
    """Whether predeclared names mean something else anywhere in the package."""
    return bool(code.declared_names & set(names))


def package_name(file: GoFile, node: Node, path: str) -> str:
    """The name under which an imported package is visible at a node; or nothing."""
    name = imported_as(file, path)
    return name if name and is_visible(node, name) else ""


def is_visible(node: Node, name: str) -> bool:
    """Whether no local declaration hides a package's name at a node."""
    function = declaration_around(node)
    if function is None or name not in _plain_names(function):
        return True
    if name in _type_names(function):
        return False  # scopes say nothing of types
    return local_declaration(node, name.encode()) is None


@cached(256)
def _type_names(declaration: Node) -> frozenset[str]:
    """The names in a function that types have, of the package or its own."""
    return frozenset(
        text(n)
        for n in identifiers(declaration)
        if n.parent is not None
        and (
            n.parent.type == "type_parameter_declaration"
            or (n.type == "type_identifier" and n.parent.type != "qualified_type")
        )
    )


@cached(256)
def _plain_names(declaration: Node) -> frozenset[str]:
    """The names in a function that stand alone, not before a dot."""
    return frozenset(
        text(n)
        for n in identifiers(declaration)
        if n.type in {"identifier", "type_identifier"}
        and (n.parent is None or n.parent.type not in {"selector_expression", "qualified_type"})
    )


def is_called(call: Node, file: GoFile, path: str, function: str) -> bool:
    """Whether a call expression calls this function of an imported package."""
    package, _, name = callee_text(call).rpartition(".")
    return name == function and bool(package) and package == package_name(file, call, path)


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call (comments among them, too)."""
    arguments = call.child_by_field_name("arguments")
    return list(arguments.named_children) if arguments is not None else []


def single_declaration(statement: Node) -> tuple[Node, Node | None, Node | None] | None:
    """Name, type and value of ``x := v`` or ``var x T = v`` that declares just one name."""
    if statement.type == "short_var_declaration":
        left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
        if left is None or right is None or left.named_child_count != 1:
            return None
        if right.named_child_count != 1 or left.named_children[0].type != "identifier":
            return None
        return left.named_children[0], None, right.named_children[0]
    if statement.type != "var_declaration" or statement.named_child_count != 1:
        return None
    spec = statement.named_children[0]
    names = spec.children_by_field_name("name") if spec.type == "var_spec" else []
    value = spec.child_by_field_name("value")
    if len(names) != 1 or (value is not None and value.named_child_count != 1):
        return None
    return (
        names[0],
        spec.child_by_field_name("type"),
        value.named_children[0] if value is not None else None,
    )


def siblings_after(statement: Node) -> Iterator[Node]:
    """The statements (and comments) that follow in the same block."""
    following = statement.next_named_sibling
    while following is not None:
        yield following
        following = following.next_named_sibling


def is_assigned(identifier: Node) -> bool:
    """Whether this use writes the variable itself, or takes its address."""
    parent = identifier.parent
    if parent is None:
        return False
    if parent.type == "unary_expression":
        return text(parent).startswith("&")
    if parent.type in {"inc_statement", "dec_statement"}:
        return True
    grandparent = parent.parent
    return (
        parent.type == "expression_list"
        and grandparent is not None
        and grandparent.type
        in {"assignment_statement", "short_var_declaration", "range_clause", "receive_statement"}
        and grandparent.child_by_field_name("left") == parent
    )


def type_of(code: PackageCode, expression: Node) -> Node | None:
    """The type that the source writes down for a variable or field; None where it does not."""
    operand = expression.child_by_field_name("operand")
    match expression.type:
        case "identifier":
            return _declared_type(code, expression)
        case "selector_expression" if operand is not None:
            field = expression.child_by_field_name("field")
            return field_type(code, type_of(code, operand), text(field)) if field else None
        case "index_expression" if operand is not None:
            return _element_type(underlying(code, type_of(code, operand)))
    return None


def _declared_type(code: PackageCode, expression: Node) -> Node | None:
    declared = definition(expression)
    if declared is None or declared.parent is None:
        return None
    parent = declared.parent
    if parent.type in {"parameter_declaration", "var_spec"}:
        written = parent.child_by_field_name("type")
        if written is not None:
            return written
    statement = parent if parent.type == "short_var_declaration" else parent.parent
    single = single_declaration(statement) if statement is not None else None
    value = single[2] if single is not None and single[0] == declared else None
    if value is None:
        return None
    if value.type == "composite_literal":
        return value.child_by_field_name("type")
    if value.type == "call_expression" and callee_text(value) == "make":
        return next(iter(arguments_of(value)), None)
    return _result_of(code, value)


def _element_type(container: Node | None) -> Node | None:
    if container is None or container.type not in {"slice_type", "array_type", "map_type"}:
        return None
    part = "value" if container.type == "map_type" else "element"
    return container.child_by_field_name(part)


def _result_of(code: PackageCode, call: Node) -> Node | None:
    """The only result of a function of this package."""
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is None or function.type != "identifier" or definition(function) is not None:
        return None
    declared = code.syntax.functions.get(text(function))
    if declared is None or declared.is_generic:
        return None
    result = declared.node.child_by_field_name("result")
    return result if result is not None and result.type != "parameter_list" else None


def field_type(code: PackageCode, struct: Node | None, name: str) -> Node | None:
    """The type of a field that a struct of this package (or a pointer to it) declares itself."""
    if struct is not None and struct.type == "pointer_type":
        struct = struct.named_children[0]
    literal = underlying(code, struct)
    if literal is None or literal.type != "struct_type":
        return None
    for node in walk(literal):
        if node.type == "field_declaration" and node.parent is not None:
            if node.parent.parent != literal:
                continue
            if any(text(n) == name for n in node.children_by_field_name("name")):
                return node.child_by_field_name("type")
    return None


def underlying(code: PackageCode, type_node: Node | None) -> Node | None:
    """The type literal behind the names of this package; the node itself where there is none."""
    for _ in range(8):
        if type_node is None or type_node.type != "type_identifier":
            return type_node
        if text(type_node) in code.declared_locally:
            return None
        name = text(type_node)
        type_node = code.syntax.types.get(name, type_node if name in BASIC else None)
        if type_node is not None and text(type_node) == name:
            return type_node
    return None


_OUTSIDE = FUNCTIONS | {
    *("statement_list", "if_statement", "for_statement", "for_clause", "labeled_statement"),
    *("expression_switch_statement", "type_switch_statement", "expression_case"),
    *("communication_case", "source_file"),
}
"""What an expression's statement stands in; for a header, what it is the header of."""
BASIC = frozenset(
    {
        *("bool", "string", "byte", "rune", "uintptr", "float32", "float64"),
        *("int", "int8", "int16", "int32", "int64", "complex64", "complex128"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "error", "any"),
    }
)
