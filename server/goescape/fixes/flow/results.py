"""What a function returns: fresh objects by pointer, and what else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.checks.error_variables import is_never_nil, makes_error
from goescape.fixes.context.package_code import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class Returned:
    """One return statement, and what stands in the place of the pointer."""

    statement: Node
    value: Node
    """The expression in the pointer's place; the whole call for ``return again(x)``."""
    others: tuple[Node, ...]
    form: str
    """How: ``literal``, ``new``, ``address`` (``&p``), ``pointer`` (``p``), ``nil`` or ``self``."""
    variable: Node | None = None
    """Where the variable is declared, for ``address`` and ``pointer``."""


@frozen
class PointerResult:
    """A function with one result that is a pointer to a type of its package."""

    declared: FunctionDeclaration
    slot: int
    slots: int
    pointer: Node
    """The type of that result, with its asterisk."""
    type: str
    others: tuple[str, ...]
    """The types of the other results."""
    returns: tuple[Returned, ...] = field(default=())


def pointer_result(declared: FunctionDeclaration) -> PointerResult | None:
    """The one result that is a pointer to a named type; None when there is none, or several."""
    result = declared.node.child_by_field_name("result")
    if result is None or declared.is_generic:
        return None
    types: list[Node] = []
    if result.type == "parameter_list":
        for part in result.named_children:
            its_type = part.child_by_field_name("type")
            if its_type is None:
                return None
            types += [its_type] * max(len(part.children_by_field_name("name")), 1)
    else:
        types = [result]
    pointers = [i for i, node in enumerate(types) if node.type == "pointer_type"]
    if len(pointers) != 1:
        return None
    pointer = types[pointers[0]]
    target = pointer.named_children[-1]
    if target.type != "type_identifier":
        return None
    others = tuple(text(n) for i, n in enumerate(types) if i != pointers[0])
    return PointerResult(declared, pointers[0], len(types), pointer, text(target), others)


def returns_of(file: GoFile, result: PointerResult) -> tuple[Returned, ...]:
    """Every return of a function. Raises UnsafeError when one of them gives no fresh object."""
    body = result.declared.node.child_by_field_name("body")
    if body is None:
        raise UnsafeError(ReasonCode.NO_BODY)
    named = result.declared.results
    if len(named) == result.slots and named[result.slot] in variable_names(body):
        raise UnsafeError(ReasonCode.RESULT_IS_NAMED)
    statements = [n for n in nodes_outside_literals(body) if n.type == "return_statement"]
    return tuple(_returned(file, result, statement) for statement in statements)


def nodes_outside_literals(node: Node) -> Iterator[Node]:
    """The nodes below a node, without those of function literals in it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current.type not in FUNCTIONS:
            stack.extend(reversed(current.named_children))


def operands(node: Node | None) -> list[Node]:
    """The expressions of a list, comments left out."""
    return [n for n in node.named_children if n.type != "comment"] if node is not None else []


def variable_names(node: Node) -> set[str]:
    """The names of variables, functions and packages in a node."""
    return {text(n) for n in walk(node) if n.type == "identifier"}


def _returned(file: GoFile, result: PointerResult, statement: Node) -> Returned:
    values = operands(next(iter(operands(statement)), None))
    if not values or len(values) < result.slots:
        if values and _is_self(result, values[0]):
            return Returned(statement, values[0], (), "self")
        raise UnsafeError(ReasonCode.RETURN_IS_BARE)
    value = values[result.slot]
    others = tuple(v for i, v in enumerate(values) if i != result.slot)
    form, variable = _form(result, value)
    if form not in {"nil", "self"} and any(_may_change(file, other) for other in others):
        raise UnsafeError(ReasonCode.CALL_BESIDE_RESULT)
    return Returned(statement, value, others, form, variable)


def _form(result: PointerResult, value: Node) -> tuple[str, Node | None]:
    if value.type == "nil":
        return "nil", None
    if is_fresh(value, result.type):
        return ("new" if value.type == "call_expression" else "literal"), None
    if value.type == "unary_expression" and value.children[0].type == "&":
        operand = value.child_by_field_name("operand")
        variable = definition(operand) if operand is not None else None
        if variable is not None and _is_within(variable, result.declared.node):
            return "address", variable
    if value.type == "identifier":
        variable = definition(value)
        made = made_by(variable) if variable is not None else None
        if made is not None and is_fresh(made, result.type):
            return "pointer", variable
    if _is_self(result, value) and result.slots == 1:
        return "self", None
    raise UnsafeError(ReasonCode.NOT_MADE_HERE, expression=text(value))


def is_fresh(node: Node, type_name: str) -> bool:
    """Whether an expression is ``&T{...}`` or ``new(T)``."""
    if node.type == "unary_expression" and node.children[0].type == "&":
        literal = node.child_by_field_name("operand")
        its_type = literal.child_by_field_name("type") if literal is not None else None
        return (
            literal is not None
            and literal.type == "composite_literal"
            and its_type is not None
            and text(its_type) == type_name
        )
    if node.type == "call_expression" and callee_text(node) == "new":
        arguments = node.child_by_field_name("arguments")
        return arguments is not None and text(arguments) == f"({type_name})"
    return False


def made_by(variable: Node) -> Node | None:
    """The expression that a variable alone is declared with; None for other declarations."""
    left = variable.parent
    if left is None:
        return None
    if left.type == "var_spec":
        values = operands(left.child_by_field_name("value"))
        typed = left.child_by_field_name("type") is not None
        alone = len(left.children_by_field_name("name")) == 1
        return values[0] if len(values) == 1 and alone and not typed else None
    statement = left.parent
    if left.type != "expression_list" or statement is None or len(operands(left)) != 1:
        return None
    if statement.type != "short_var_declaration" or statement.parent is None:
        return None
    if statement.parent.type != "statement_list":
        return None
    values = operands(statement.child_by_field_name("right"))
    return values[0] if len(values) == 1 else None


def proves_failure(
    code: PackageCode, file: GoFile, result: PointerResult, returned: Returned
) -> str:
    """What tells the caller of a nil: ``error`` or ``bool``; empty when nothing surely does."""
    if len(returned.others) != 1:
        return ""
    other = returned.others[0]
    if result.others == ("bool",) and other.type == "false":
        return "bool"
    if result.others == ("error",) and _is_error(code, file, other):
        return "error"
    return ""


def _is_error(code: PackageCode, file: GoFile, node: Node) -> bool:
    """Whether an expression is surely no nil error."""
    if node.type == "call_expression":
        return makes_error(file, node)
    if node.type == "unary_expression":
        return text(node).startswith("&")
    if node.type == "composite_literal":
        return True
    if node.type == "selector_expression":
        return is_never_nil(code, file, node)
    return node.type == "identifier" and _is_checked(node)


def _is_checked(error: Node) -> bool:
    """Whether a variable was compared with nil right before: nothing assigns it in between."""
    defined, child = definition(error), error
    if defined is None:
        return False
    for parent in ancestors(error):
        if parent.type in FUNCTIONS:
            return False
        if parent.type == "if_statement" and child == parent.child_by_field_name("consequence"):
            condition = parent.child_by_field_name("condition")
            between = [n for n in walk(child) if n.type == "identifier" and n.text == error.text]
            if condition is not None and text(condition) == f"{text(error)} != nil":
                return all(n == error or _only_read(n) for n in between)
        child = parent
    return False


def _only_read(node: Node) -> bool:
    parent = node.parent
    if parent is not None and parent.type == "expression_list" and parent.parent is not None:
        return parent.parent.type == "return_statement"
    return parent is not None and parent.type in {
        *("argument_list", "selector_expression", "binary_expression"),
    }


def _may_change(file: GoFile, other: Node) -> bool:
    for node in walk(other):
        if node.type == "call_expression":
            if not makes_error(file, node):
                return True
        elif node.type == "func_literal" or text(node).startswith("<-"):
            return True
    return False


def _is_self(result: PointerResult, value: Node) -> bool:
    return (
        value.type == "call_expression"
        and callee_text(value).rpartition(".")[2] == result.declared.plain_name
    )


def _is_within(node: Node, function: Node) -> bool:
    inner = next((a for a in ancestors(node) if a.type in FUNCTIONS), None)
    return inner == function
