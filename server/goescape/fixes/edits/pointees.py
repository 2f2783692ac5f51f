"""A local pointer becomes a local value: the edits at its uses, as long as they mean the same.

One variable is one object before and after. Only what would copy it, compare its address or let
the variable stand for another object is in the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import FUNCTIONS, insert, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def uses_of(code: PackageCode, variable: Node) -> list[Node]:
    """Where a local variable is used, its declaration left out."""
    functions = [a for a in ancestors(variable) if a.type in FUNCTIONS]
    if not functions:
        return []
    if any(n.type == "type_identifier" and n.text == variable.text for n in walk(functions[-1])):
        raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=text(variable))
    return [n for n in code.uses(variable, functions[-1]) if n != variable]


def value_edits(file: GoFile, uses: list[Node], spared: list[Node]) -> Iterator[Edit]:
    """Edits that make uses of a pointer uses of a value; ``spared`` nodes stay as they are.

    Raises UnsafeError for a use that would mean something else.
    """
    for use in uses:
        if not any(s.start_byte <= use.start_byte < s.end_byte for s in spared):
            yield from _use_edits(file, use)


def _use_edits(file: GoFile, use: Node) -> Iterator[Edit]:
    parent = use.parent
    match parent.type if parent is not None else "":
        case "selector_expression":
            return
        case "argument_list":
            yield insert(file, use.start_byte, "&")
        case "unary_expression" if parent is not None and parent.children[0].type == "*":
            yield from star_edits(file, parent)
        case "binary_expression":
            raise UnsafeError(ReasonCode.IS_COMPARED, expression=text(use))
        case _:
            raise UnsafeError(ReasonCode.KEEPS_POINTER, code=_shown(use))


def _shown(use: Node) -> str:
    """The line of a use, when it is short."""
    node = use
    for around in ancestors(use):
        if len(text(around)) > 60 or "\n" in text(around):
            break
        node = around
    return text(node)


def star_edits(file: GoFile, star: Node) -> Iterator[Edit]:
    """``*x`` and ``(*x)`` become ``x``."""
    operand = star.child_by_field_name("operand")
    assert operand is not None
    outer = star.parent
    if outer is not None and outer.type == "parenthesized_expression" and outer.child_count == 3:
        yield replace(file, outer, text(operand))
    else:
        yield Edit(file.source.path, star.start_byte, star.start_byte + 1, "")


def check_no_unsafe(file: GoFile) -> None:
    """Raise UnsafeError for files that may tell addresses by number."""
    if "unsafe" in file.imported_names or file.uses_cgo:
        raise UnsafeError(ReasonCode.USES_UNSAFE)
