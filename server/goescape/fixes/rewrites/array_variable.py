"""A slice too large for ``make`` on the stack gets an array variable, which may be larger."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.model import Cause
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import FUNCTIONS, indentation, insert, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    fresh_name,
    has_comment,
    has_goto,
    redeclares,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_LIMIT = 128 * 1024
_SIZES = {
    **dict.fromkeys(("bool", "byte", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "rune", "float32"), 4),
    **dict.fromkeys(("int", "uint", "int64", "uint64", "float64", "uintptr"), 8),
    **dict.fromkeys(("string", "any", "error", "complex128"), 16),
}


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``x := make([]T, N)`` whose size alone sends it to the heap.

    A stack that grows by so much must not be one of many: no recursion, no goroutine of its own.
    """
    if redeclares(code, "make"):
        return
    for finding in code.allocations(file):
        if finding.cause is not Cause.TOO_LARGE:
            continue
        found = code.node_of(finding)
        parts = made_slice(found[1]) if found is not None else None
        if parts is None:
            continue
        call, statement, its_type, sizes = parts
        store = fresh_name(call, ("store", "backing", "space", "memory"))
        element = its_type.child_by_field_name("element")
        if len(sizes) == 2 and text(sizes[0]) != "0":
            continue
        if not store or element is None or not _fits(code, finding.subject, text(element)):
            continue
        array = f"[{text(sizes[-1])}]{text(element)}"
        empty = "" if len(sizes) == 1 else "0"
        edits = (
            insert(
                file,
                statement.start_byte,
                f"var {store} {array}{line_end(file)}{indentation(file, call)}",
            ),
            replace(file, call, f"{store}[:{empty}]"),
        )
        yield Match((finding,), partial(_change, code, call, edits), file.span(call))


def _change(code: PackageCode, call: Node, edits: tuple[Edit, ...]) -> Change:
    if reason := grows_many_stacks(code, call):
        raise UnsafeError(reason)
    return Change(edits)


def _fits(code: PackageCode, subject: str, element: str) -> bool:
    """Whether the array has at most 128 KiB: before Go 1.24 the compiler would allow 10 MiB."""
    length = re.search(r", (\d+)\)$", subject)
    if code.go >= (1, 24):
        return True
    return length is not None and int(length[1]) * _SIZES.get(element, _LIMIT) <= _LIMIT


def made_slice(call: Node) -> tuple[Node, Node, Node, list[Node]] | None:
    """Call, statement, slice type and sizes of ``x := make([]T, ...)`` in a block."""
    if call.type != "call_expression" or callee_text(call) != "make":
        return None
    statement = next(
        (a for a in ancestors(call) if a.type in {"short_var_declaration", "var_declaration"}), None
    )
    single = single_declaration(statement) if statement is not None else None
    if statement is None or single is None or single[2] != call or has_comment(statement):
        return None
    if statement.parent is None or statement.parent.type != "statement_list":
        return None
    arguments = arguments_of(call)
    if len(arguments) not in {2, 3} or arguments[0].type != "slice_type":
        return None
    function = declaration_around(call)
    if function is None or has_goto(function):
        return None
    if single[1] is not None and single[1].text != arguments[0].text:
        return None
    return call, statement, arguments[0], arguments[1:]


def grows_many_stacks(code: PackageCode, node: Node) -> str:
    """Why a large stack may be there many times; or nothing."""
    around = [a for a in ancestors(node) if a.type in FUNCTIONS]
    names = {text(n) for f in around if (n := f.child_by_field_name("name")) is not None}
    if any(_is_started(f) for f in around):
        return "It runs in a goroutine of its own, and each would have a larger stack."
    for name in names:
        for _, reference in code.syntax.references(name):
            if _is_started(reference):
                return "It runs in a goroutine of its own, and each would have a larger stack."
    if names & _reachable(code, names):
        return "It may call itself, and each call would need the space."
    return ""


def _is_started(node: Node) -> bool:
    """Whether a go statement starts this function."""
    for around in ancestors(node):
        if around.type == "go_statement":
            return True
        if around.type in {"statement_list", "argument_list"}:
            return False
    return False


def _reachable(code: PackageCode, names: set[str]) -> set[str]:
    """The names of functions and methods that these may call, within the package."""
    bodies: dict[str, list[Node]] = {}
    for declared in code.syntax.functions.values():
        bodies.setdefault(declared.plain_name, []).append(declared.node)
    reached: set[str] = set()
    pending = list(names)
    while pending:
        for node in bodies.get(pending.pop(), ()):
            body = node.child_by_field_name("body")
            called = {
                text(n)
                for n in (walk(body) if body is not None else ())
                if n.type in {"identifier", "field_identifier"} and text(n) in bodies
            }
            pending.extend(called - reached)
            reached |= called
    return reached


REWRITE = Rewrite(
    code="array-variable",
    title="Use an array variable (up to 128 KiB)",
    find=_find,
)
