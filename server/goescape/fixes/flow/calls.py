"""Every call of a function, in all files that may call it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.cross_package_calls import (
    calls_from_other_packages,
    check_method,
    check_other_builds,
    is_program,
    may_be_internal,
)
from goescape.fixes.context.outside_callers import place_of
from goescape.fixes.context.package_types import UseKind, short
from goescape.fixes.flow.results import operands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import DeclaredFunction


@frozen
class FunctionCall:
    """One call of the function that changes."""

    file: GoFile
    node: Node


@frozen
class ResultBinding:
    """A call whose results become new variables: ``x, err := f()``."""

    statement: Node
    """The declaration; the whole ``var`` statement."""
    names: tuple[Node, ...]
    branch: Node | None
    """The if statement whose initializer this is."""

    @property
    def next_statement(self) -> Node | None:
        """What follows in the same block, or in the case that this heads, comments left out."""
        following = self.statement.next_named_sibling
        while following is not None and following.type in {"comment", "statement_list"}:
            inside = following.type == "statement_list"
            following = following.named_children[0] if inside else following.next_named_sibling
        return following


def calls_of(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, *, anywhere: bool = False
) -> tuple[FunctionCall, ...]:
    """All calls. Raises UnsafeError when the function may be used otherwise, or by others.

    With ``anywhere`` also those in files that this build leaves out, and in other packages where
    all that may call the function are known.
    """
    name, known = declared.plain_name, _known(code, file, declared)
    if code.is_linked(name):
        raise UnsafeError(ReasonCode.LINKED_BY_NAME, name=name)
    _check_private(code, file, declared, known)
    if not anywhere and code.is_mentioned_elsewhere(name):
        raise UnsafeError(ReasonCode.MENTIONED_BY_OTHER_BUILDS, name=name)
    if declared.node.child_by_field_name("body") is None:
        raise UnsafeError(ReasonCode.NO_BODY)
    calls = _known_calls(code, known) if known else _calls_by_name(code, file, declared)
    is_method = declared.node.type == "method_declaration"
    others: tuple[tuple[GoFile, Node], ...] = ()
    if declared.is_exported and not is_method:
        others = tuple(calls_from_other_packages(code, file, name))
        if others and not anywhere:
            place = place_of(*others[0])
            raise UnsafeError(ReasonCode.CALLED_BY_ANOTHER_PACKAGE, name=name, place=place)
        check_other_builds(code, file, name)
    return (*calls, *(FunctionCall(where, call_of(node)) for where, node in others))


def _known(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration
) -> DeclaredFunction | None:
    """The function as types know it; None where files that they do not know may name it."""
    own = (f for f in code.files.values() if f.package_name == file.package_name)
    if not all(map(code.types.knows, own)) or code.is_in_other_builds(declared.plain_name):
        return None
    known = code.types.function(file, declared.name_node)
    if known is None or any(use.path not in code.files for use in code.types.uses(known)):
        return None
    return known


def _known_calls(code: PackageCode, function: DeclaredFunction) -> tuple[FunctionCall, ...]:
    """The calls in the package, where types know all uses."""
    calls = []
    for use in code.types.uses(function):
        file = code.files[use.path]
        node = file.node_at(use.start)
        assert node is not None
        if use.kind is not UseKind.CALL:
            place = place_of(file, node)
            raise UnsafeError(ReasonCode.USED_AS_VALUE_IN, name=text(node), place=place)
        calls.append(FunctionCall(file, call_of(node)))
    return tuple(calls)


def _calls_by_name(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration
) -> tuple[FunctionCall, ...]:
    """The calls in the folder, where spelling must tell what is meant."""
    name = declared.plain_name
    is_method = declared.node.type == "method_declaration"
    if is_method:
        _check_only_method(code, declared)
    calls = []
    for where, node in _mentions(code, name):
        if node == declared.name_node or definition(node) is not None:
            continue
        if where.package_name != file.package_name:
            continue
        if node.type == "type_identifier" or _is_declared(node):
            raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=name)
        if (node.type == "field_identifier") == is_method:
            calls.append(FunctionCall(where, call_of(node)))
    return tuple(calls)


def calls_of_others(calls: Iterable[FunctionCall], own: Sequence[Node]) -> tuple[FunctionCall, ...]:
    """The calls without those with which the function calls itself to return what comes back.

    Raises UnsafeError when one of these calls something else of the same name.
    """
    every = list(calls)
    for node in own:
        if not any(call.node == node for call in every):
            raise UnsafeError(ReasonCode.NOT_MADE_HERE, expression=text(node))
    return tuple(call for call in every if call.node not in own)


def other_builds(code: PackageCode, calls: Iterable[FunctionCall]) -> tuple[str, ...]:
    """The files with calls that this build leaves out."""
    paths = {call.file.source.path for call in calls}
    return tuple(sorted(paths & code.others.keys()))


def _mentions(code: PackageCode, name: str) -> Iterator[tuple[GoFile, Node]]:
    """Every identifier of this spelling in the folder, whatever it stands for."""
    for file in (*code.files.values(), *code.others.values()):
        for match in re.finditer(rb"\b%s\b" % name.encode(), file.source.content):
            node = file.node_at(match.start())
            if node is not None and node.type in _IDENTIFIERS:
                yield file, node


def _is_declared(name: Node) -> bool:
    return name.parent is not None and name.parent.type in {
        *("function_declaration", "method_declaration"),
    }


def _check_private(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, known: DeclaredFunction | None
) -> None:
    """Raise UnsafeError where others may call a function, or need it as it is."""
    name, is_method = declared.plain_name, declared.node.type == "method_declaration"
    if known is not None and known.interfaces:
        raise UnsafeError(
            ReasonCode.INTERFACE_HAS_METHOD, name=name, interface=short(known.interfaces[0])
        )
    if not declared.is_exported:
        if name in {"main", "init"}:
            raise UnsafeError(ReasonCode.NEVER_CALLED)
        return
    if is_method and known is None:
        raise UnsafeError(ReasonCode.INTERFACE_MAY_REQUIRE)
    if file.package_name == "main" and code.importers is not None:
        if not is_program(code):
            raise UnsafeError(ReasonCode.PLUGIN_MAY_CALL)
    elif not may_be_internal(code):
        if is_method:
            raise UnsafeError(ReasonCode.OTHER_PACKAGES_MAY_CALL_METHOD)
        raise UnsafeError(ReasonCode.OTHER_PACKAGES_MAY_CALL)
    if is_method and known is not None:
        check_method(code, file, known, name)


def _check_only_method(code: PackageCode, declared: FunctionDeclaration) -> None:
    name = declared.plain_name
    files = (*code.files.values(), *code.others.values())
    same = [
        f
        for file in files
        for f in file.functions
        if f.plain_name == name and f.node.type == "method_declaration"
    ]
    if len(same) > 1 or any(name in file.field_names for file in files):
        raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=name)
    if any(_is_required(node) for _, node in _mentions(code, name)):
        raise UnsafeError(ReasonCode.INTERFACE_REQUIRES, name=name)


def _is_required(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "method_elem"


def call_of(node: Node) -> Node:
    """The call of the function that a node names; raises UnsafeError where it is used otherwise."""
    function = node
    while function.parent is not None and function.parent.type == "selector_expression":
        if function.parent.child_by_field_name("field") != function:
            break
        function = function.parent
    call = function.parent
    if call is None or call.type != "call_expression":
        raise UnsafeError(ReasonCode.USED_AS_VALUE, name=text(node))
    if call.child_by_field_name("function") != function:
        raise UnsafeError(ReasonCode.USED_AS_VALUE, name=text(node))
    return call


def binding_of(call: Node) -> ResultBinding | None:
    """The declaration that takes a call's results; None for other uses of them."""
    values = call.parent
    if values is None or values.type != "expression_list" or len(operands(values)) != 1:
        return None
    statement = values.parent
    if statement is None:
        return None
    if statement.type == "var_spec":
        return _var_binding(statement)
    if statement.type != "short_var_declaration" or statement.parent is None:
        return None
    if statement.child_by_field_name("right") != values:
        return None
    names = tuple(operands(statement.child_by_field_name("left")))
    parent = statement.parent
    if parent.type == "statement_list":
        return ResultBinding(statement, names, None)
    if parent.type == "if_statement":
        return ResultBinding(statement, names, parent)
    return None


def _var_binding(spec: Node) -> ResultBinding | None:
    declaration = spec.parent
    names = tuple(spec.children_by_field_name("name"))
    if spec.child_by_field_name("type") is not None or declaration is None:
        return None
    if declaration.type != "var_declaration" or declaration.parent is None:
        return None
    if declaration.parent.type != "statement_list":
        return None
    return ResultBinding(declaration, names, None)


def leaves(block: Node) -> bool:
    """Whether the end of a block is never reached."""
    statements = next((n for n in block.named_children if n.type == "statement_list"), None)
    last = operands(statements)[-1] if operands(statements) else None
    if last is None:
        return False
    if last.type in {"return_statement", "continue_statement", "break_statement"}:
        return True
    return last.type == "expression_statement" and _never_returns(last.named_children[0])


def _never_returns(call: Node) -> bool:
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is None:
        return False
    test = function.child_by_field_name("operand")
    if text(function) in {"panic", "os.Exit", "log.Fatal", "log.Fatalf"}:
        return definition(test or function) is None
    declared = definition(test) if test is not None else None
    its_type = declared.parent if declared is not None else None
    node = its_type.child_by_field_name("type") if its_type is not None else None
    tests = {"*testing.T", "*testing.B", "*testing.F", "testing.TB"}
    fatal = text(function).rpartition(".")[2] in {"Fatal", "Fatalf", "FailNow", "Skip", "Skipf"}
    return fatal and node is not None and text(node) in tests


def check_guard(
    binding: ResultBinding, uses: list[Node], success: frozenset[str], failure: frozenset[str]
) -> Node:
    """The comparison that keeps every use of a result from the case that there is none.

    Raises UnsafeError when the result is not tested at once, or used without the test.
    """
    test = binding.branch or binding.next_statement
    if test is None or test.type != "if_statement":
        raise UnsafeError(ReasonCode.RESULT_NOT_TESTED)
    if binding.branch is None and test.child_by_field_name("initializer") is not None:
        raise UnsafeError(ReasonCode.RESULT_NOT_TESTED)
    condition, consequence, alternative = (
        test.child_by_field_name(part) for part in ("condition", "consequence", "alternative")
    )
    assert condition is not None
    assert consequence is not None
    if (compared := first_operand(condition, "&&", success)) is not None:
        allowed = [condition, consequence]
        later = False
    elif (compared := first_operand(condition, "||", failure)) is not None:
        allowed = [condition, *([alternative] if alternative is not None else [])]
        later = leaves(consequence)
    else:
        raise UnsafeError(ReasonCode.RESULT_NOT_TESTED)
    for use in uses:
        after = later and use.start_byte > test.end_byte
        if not after and not any(n.start_byte <= use.start_byte < n.end_byte for n in allowed):
            raise UnsafeError(ReasonCode.USED_UNTESTED, name=text(use))
    return compared


def first_operand(condition: Node, operator: str, wanted: frozenset[str]) -> Node | None:
    """The operand that is evaluated first, when it is one of the wanted comparisons."""
    while condition.type == "binary_expression" and text(condition) not in wanted:
        written = condition.child_by_field_name("operator")
        left = condition.child_by_field_name("left")
        if written is None or left is None or written.type != operator:
            return None
        condition = left
    return condition if text(condition) in wanted else None


_IDENTIFIERS = frozenset({"identifier", "field_identifier", "type_identifier"})
