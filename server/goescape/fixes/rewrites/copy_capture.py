"""A closure captures a copy of a variable that is only assigned before: the variable stays.

The compiler captures by reference what it sees assigned twice, even if nothing assigns it once
the closure exists.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.closure_captures import (
    ClosureCapture,
    captures,
    is_before,
    refusal_reason,
)
from goescape.fixes.syntax.local_variables import fresh_name
from goescape.fixes.syntax.variable_uses import declares_directly, line_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Variables that are assigned, but never after a closure that escapes captures them."""
    for capture in captures(code, file):
        if capture.how.assigned and capture.how.width <= _LARGEST_BY_VALUE:
            yield Match((capture.finding,), partial(_change, code, file, capture))


def _change(code: PackageCode, file: GoFile, capture: ClosureCapture) -> Change | None:
    if reason := refusal_reason(code, file, capture):
        raise UnsafeError(reason)
    edits = _edits(file, capture)
    return Change(tuple(edits), may_add=_renamed(edits)) if edits is not None else None


def _edits(file: GoFile, capture: ClosureCapture) -> list[Edit] | None:
    """One copy for each block with closures; None where a name is missing."""
    variable, edits = capture.variable, []
    for first, statement in capture.first_places:
        name = variable.name
        if statement.parent is None or declares_directly(statement.parent, name):
            name = fresh_name(first, (f"{name}Copy", f"{name}Now", f"captured{_upper(name)}"))
        if not name:
            return None
        at, after = line_before(file, statement)
        edits.append(insert(file, at, f"{name} := {variable.name}{after}"))
        if name == variable.name:
            continue
        for literal, other in capture.places:
            if is_before(statement, other):
                uses = variable.used_in(literal)
                if any(_is_key(use) for use in uses):
                    return None
                edits.extend(replace(file, use, name) for use in uses)
    return edits


def _renamed(edits: list[Edit]) -> tuple[str, ...]:
    """What the closures now say: a copy that is small and never assigned cannot move itself."""
    names = {edit.text for edit in edits if edit.start < edit.end}
    return tuple(rf".*\b{name}\b.*" for name in sorted(names))


def _is_key(use: Node) -> bool:
    """Whether it is the key of a composite literal: a field's name, or a variable's value."""
    element = use.parent
    return (
        element is not None
        and element.type == "literal_element"
        and element.parent is not None
        and element.parent.type == "keyed_element"
        and element.parent.child_by_field_name("key") == element
    )


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


_LARGEST_BY_VALUE = 128
"""Bytes; the compiler captures what is larger by reference in any case."""


REWRITE = Rewrite(
    code="copy-capture",
    title="Copy the variable before the closure captures it",
    brings=(
        "A variable that is never assigned again is captured by value: the variable itself "
        "stays on the stack."
    ),
    before="""
func handlers(paths []string) []func() int {
	var hs []func() int
	base := 0
	for _, p := range paths {
		base += len(p)
	}
	for _, p := range paths {
		n := len(p)
		hs = append(hs, func() int { return base + n })
	}
	return hs
}
""",
    after="""
func handlers(paths []string) []func() int {
	var hs []func() int
	base := 0
	for _, p := range paths {
		base += len(p)
	}
	for _, p := range paths {
		n := len(p)
		base := base
		hs = append(hs, func() int { return base + n })
	}
	return hs
}
""",
    checks=(
        (
            "Nothing assigns the variable once the function literal is made, and nothing takes "
            "its address."
        ),
        "The variable has at most 128 bytes; larger ones are always captured by reference.",
    ),
    refused_when=(
        (
            "the variable may be assigned after the function literal is made, also by a later "
            "iteration of a loop"
        ),
        "all iterations of the loop share the variable, as they do before Go 1.22",
        "the function literal itself assigns the variable",
    ),
    find=_find,
)
