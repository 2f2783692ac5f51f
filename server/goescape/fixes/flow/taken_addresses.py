"""Where a local variable's address is taken, also without ``&``, and who may have it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import ancestors, anchor, callee_text, text
from goescape.fixes.syntax.local_variables import BASIC
from goescape.fixes.syntax.variable_uses import function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.syntax.variable_uses import Variable


@frozen
class TakenAddress:
    """One place where the address of a variable, or of a part of it, is taken."""

    use: Node
    expression: Node
    """What takes it: ``&v``, ``&v.f``, ``v.f[:]``, the call of a method, or a method value."""

    @property
    def call(self) -> Node | None:
        """The call that it is an argument or the receiver of."""
        if self.expression.type == "call_expression":
            return self.expression
        arguments = self.expression.parent
        is_argument = arguments is not None and arguments.type == "argument_list"
        return arguments.parent if is_argument and arguments is not None else None

    def is_at(self, offset: int | None) -> bool:
        """Whether the compiler's place of the address is this one."""
        called = self.expression.child_by_field_name("function")
        places = {self.expression.start_byte, anchor(self.expression)}
        return offset in (places | {anchor(called)} if called is not None else places)


def taken_addresses(
    code: PackageCode, file: GoFile, variable: Variable
) -> tuple[TakenAddress, ...]:
    """In the order of the text. Function literals that use the variable are left out."""
    own = (use for use in variable.uses if function_of(use) == variable.function)
    taken = ((use, _taking(code, file, use)) for use in own)
    return tuple(TakenAddress(use, expression) for use, expression in taken if expression)


def decisive_addresses(
    file: GoFile, finding: Finding, taken: tuple[TakenAddress, ...]
) -> tuple[TakenAddress, ...]:
    """Those that the compiler names as the reason."""
    offsets = {
        file.source.offset(step.place.line, step.place.column)
        for step in finding.flow
        if step.reason == "address-of"
        and step.place is not None
        and step.place.file == file.source.path
    }
    return tuple(address for address in taken if any(map(address.is_at, offsets)))


def is_lent(code: PackageCode, file: GoFile, address: TakenAddress) -> bool:
    """Whether nobody here has it once a call is over, if the call does not let it escape.

    What the call does with it otherwise is for the compiler to say.
    """
    call = address.call
    if call is None or callee_text(call) == "panic":
        return False
    if any(around.type in _LATER for around in _up_to_statement(call)):
        return False
    parent = call.parent
    if parent is None or parent.type == "expression_statement" or is_plain(code, file, call):
        return True
    return parent.type == "expression_list" and all(
        text(name) == "_" or is_plain(code, file, name) for name in _targets(parent)
    )


def is_plain(code: PackageCode, file: GoFile, expression: Node) -> bool:
    """Whether a value leads to no variable: numbers, strings; errors are taken for such."""
    known = code.types.of(file, expression)
    return known is not None and (known.kind in BASIC - {"any", "error"} or known.text == "error")


def _taking(code: PackageCode, file: GoFile, use: Node) -> Node | None:
    part, parent = use, use.parent
    while parent is not None and parent.type in _PARTS and _is_operand(part, parent):
        if parent.type != "parenthesized_expression" and _is_reference(code, file, part):
            return None
        part, parent = parent, parent.parent
    if parent is None:
        return None
    match parent.type:
        case "unary_expression":
            return parent if text(parent).startswith("&") else None
        case "slice_expression":
            is_operand = parent.child_by_field_name("operand") == part
            return parent if is_operand and not _is_reference(code, file, part) else None
        case "call_expression" if parent.child_by_field_name("function") == part != use:
            return parent if _may_be_method(code, file, part) else None
    return part if _may_be_method(code, file, part) else None


def _is_operand(part: Node, around: Node) -> bool:
    operand = around.child_by_field_name("operand")
    return operand == part or around.type == "parenthesized_expression"


def _is_reference(code: PackageCode, file: GoFile, expression: Node) -> bool:
    """Whether what follows belongs to another object than the variable."""
    known = code.types.of(file, expression)
    return known is not None and known.kind in _REFERENCES


def _may_be_method(code: PackageCode, file: GoFile, part: Node) -> bool:
    """Whether this selects a method rather than a field, as far as is known."""
    if part.type != "selector_expression":
        return False
    if code.types.knows(file):
        return code.types.of(file, part) is None  # functions are no usable types
    called = part.parent is not None and part.parent.type == "call_expression"
    name = part.child_by_field_name("field")
    files = code.files.values()
    return (
        called
        or name is None
        or any(text(name) in file.method_names for file in files)
        or not any(text(name) in file.field_names for file in files)
    )


def _targets(values: Node) -> Iterator[Node]:
    """What the only value on the right side is assigned to."""
    statement = values.parent
    left = statement.child_by_field_name("left") if statement is not None else None
    if left is None or values.named_child_count != 1:
        yield values
    else:
        yield from left.named_children


def _up_to_statement(node: Node) -> Iterator[Node]:
    for around in ancestors(node):
        if around.type == "statement_list":
            return
        yield around


_PARTS = frozenset({"selector_expression", "index_expression", "parenthesized_expression"})
_REFERENCES = frozenset({"pointer", "slice", "string", "map", "interface"})
_LATER = frozenset({"go_statement", "defer_statement"})
