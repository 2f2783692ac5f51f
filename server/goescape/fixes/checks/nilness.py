"""Whether anybody can tell a nil slice from an empty one: who uses a slice, through the package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.checks.spare_capacity import grows_itself, is_unaliased
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    function_around,
    is_clear,
    package_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_DEPTH = 6


def is_nil_unseen(code: PackageCode, file: GoFile, variable: Node, depth: int = 0) -> bool:
    """Whether no use of a local variable could tell nil from empty, nor see the capacity."""
    function = function_around(variable)
    if function is None or depth > _DEPTH or not is_clear(variable):
        return False
    uses = (use for use in code.uses(variable, function) if use != variable)
    return all(_is_blind(code, file, use, depth) for use in uses)


def _is_blind(code: PackageCode, file: GoFile, use: Node, depth: int) -> bool:
    """Whether the place where a slice stands treats nil and empty alike."""
    parent = use.parent
    if parent is None or depth > _DEPTH:
        return False
    match parent.type:
        case "range_clause" | "index_expression":
            return use != parent.child_by_field_name("left")
        case "parenthesized_expression":
            return _is_blind(code, file, parent, depth)
        case "argument_list":
            return _is_blind_call(code, file, parent, use, depth)
        case "variadic_argument":
            spread = parent.parent.parent if parent.parent is not None else None
            return spread is not None and callee_text(spread) == "append"
        case "expression_list":
            return _is_blind_list(code, file, parent, use, depth)
    return False


def _is_blind_list(code: PackageCode, file: GoFile, listed: Node, use: Node, depth: int) -> bool:
    """A use in ``return a, b`` or on either side of an assignment."""
    statement = listed.parent
    if statement is None:
        return False
    position = listed.named_children.index(use)
    if statement.type == "return_statement":
        return _are_calls_blind(code, use, position, depth)
    if listed == statement.child_by_field_name("left"):
        return True
    left = statement.child_by_field_name("left")
    if statement.type == "var_spec":
        names = statement.children_by_field_name("name")
    else:
        names = left.named_children if left is not None else []
    if len(names) != listed.named_child_count:
        return False
    return _is_blind_target(code, file, names[position], depth)


def _is_blind_target(code: PackageCode, file: GoFile, name: Node, depth: int) -> bool:
    """Whether the variable that takes the slice is blind, too."""
    if name.type != "identifier":
        return False
    if text(name) == "_":
        return True
    declared = definition(name)
    if declared is not None:
        is_parameter = declared.parent is not None and "parameter" in declared.parent.type
        return not is_parameter and is_nil_unseen(code, file, declared, depth + 1)
    if text(name)[:1].isupper() or code.is_mentioned_elsewhere(text(name)):
        return False
    return all(
        _is_blind(code, its_file, use, depth + 1)
        for its_file in code.files.values()
        for use in _global_uses(its_file, text(name))
    )


def _global_uses(file: GoFile, name: str) -> Iterator[Node]:
    for node in walk(file.root):
        if not node.type.endswith("identifier") or text(node) != name:
            continue
        if node.type == "field_identifier" or definition(node) is not None:
            continue
        if node.parent is not None and node.parent.type != "var_spec":
            yield node


def _are_calls_blind(code: PackageCode, use: Node, position: int, depth: int) -> bool:
    """Whether every call of the function that returns the slice is blind for it."""
    function = function_around(use)
    name = function.child_by_field_name("name") if function is not None else None
    if function is None or name is None or function.type != "function_declaration":
        return False
    plain = text(name)
    if plain[:1].isupper() or plain in {"init", "main"} or code.is_mentioned_elsewhere(plain):
        return False
    return all(
        _is_blind_result(code, file, reference, position, depth + 1)
        for file, reference in code.syntax.references(plain)
    )


def _is_blind_result(
    code: PackageCode, file: GoFile, reference: Node, position: int, depth: int
) -> bool:
    call = reference.parent
    if call is not None and call.type == "type_instantiation_expression":
        return False
    if call is None or call.type != "call_expression":
        return False
    if call.child_by_field_name("function") != reference or reference.type != "identifier":
        return False
    listed = call.parent
    statement = listed.parent if listed is not None else None
    if listed is not None and listed.type == "expression_statement":
        return True
    left = statement.child_by_field_name("left") if statement is not None else None
    alone = (
        listed is not None and listed.type == "expression_list" and listed.named_child_count == 1
    )
    if alone and left is not None and left != listed:
        names = left.named_children
        return position < len(names) and _is_blind_target(code, file, names[position], depth)
    return position == 0 and _is_blind(code, file, call, depth)


def _is_blind_call(code: PackageCode, file: GoFile, arguments: Node, use: Node, depth: int) -> bool:
    call = arguments.parent
    if call is None or call.type != "call_expression":
        return False
    called = callee_text(call)
    if called in {"len", "copy"}:
        return True
    if called == "append":
        first = arguments.named_children[0]
        return first == use and grows_itself(call, use) and is_unaliased(code, use)
    if _is_blind_function(file, call):
        return True
    declared = code.syntax.functions.get(called)
    function = call.child_by_field_name("function")
    if declared is None or function is None or definition(function) is not None:
        return False
    names = declared.node.child_by_field_name("parameters")
    parameters = list(parameter_names(names)) if names is not None else []
    position = arguments.named_children.index(use)
    if position >= len(parameters):
        return False
    owner = parameters[position].parent
    if owner is None or owner.type != "parameter_declaration":
        return False
    its_file = next(f for f in code.files.values() if f.root == _root(declared.node))
    return is_nil_unseen(code, its_file, parameters[position], depth + 1)


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _is_blind_function(file: GoFile, call: Node) -> bool:
    """Functions of the standard library for which nil and empty are the same."""
    package, _, name = callee_text(call).partition(".")
    patterns = {
        "strings": r"Join",
        "sort": r"Strings|Ints|Float64s|Slice|SliceStable",
        "slices": r"Sort\w*|Contains\w*|Index\w*|BinarySearch\w*|Reverse",
        "fmt": r"Print|Println|Sprint|Sprintln|Printf|Sprintf|Fprintf|Fprint|Fprintln",
    }
    if package not in patterns or package_name(file, call, package) != package:
        return False
    arguments = arguments_of(call)
    formats = [text(a) for a in arguments if a.type.endswith("string_literal")]
    template = arguments[name.startswith("F") : name.startswith("F") + 1]
    if name.endswith("f") and not any(a.type.endswith("string_literal") for a in template):
        return False
    return bool(re.fullmatch(patterns[package], name)) and not any(
        "#" in f or "%p" in f for f in formats
    )
