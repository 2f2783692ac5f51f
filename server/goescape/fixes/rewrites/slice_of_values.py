"""A slice of pointers whose elements are only read holds the values themselves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.checks.copyable import check_copyable
from goescape.fixes.edits.pointees import check_no_unsafe
from goescape.fixes.flow.pointer_slices import PointerSlices
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import redeclares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``list = append(list, &T{...})`` where all that can see the elements only reads fields."""
    if redeclares(code, "append", "make", "len", "nil"):
        return
    seen: set[frozenset[Edit]] = set()
    for finding in code.allocations(file):
        place = code.node_of(finding)
        start = _start(place[1]) if place is not None else None
        if start is not None:
            literal, variable, its_type = start
            change = partial(_change, code, file, variable, its_type, seen)
            yield Match((finding,), change, file.span(literal))


def _change(
    code: PackageCode, file: GoFile, variable: Node, its_type: str, seen: set[frozenset[Edit]]
) -> Change | None:
    """None for what an earlier match changes, too."""
    check_no_unsafe(file)
    check_copyable(code, file, its_type)
    flow = PointerSlices(code, its_type)
    flow.follow_variable(file, variable)
    edits = frozenset(flow.edits.values())
    if edits in seen:
        return None
    seen.add(edits)
    return Change(
        tuple(sorted(edits)),
        may_add=(r"append", r"append\(.*\)", r"make\(.*\)", r"\[\].*\{.*\}"),
        callers=flow.callers,
    )


def _start(node: Node) -> tuple[Node, Node, str] | None:
    """``&T{...}``, the slice that it is appended to, and T."""
    literal = next((n for n in (node, node.parent) if n and n.type == "unary_expression"), None)
    operand = literal.child_by_field_name("operand") if literal is not None else None
    if literal is None or operand is None or operand.type != "composite_literal":
        return None
    its_type = operand.child_by_field_name("type")
    call = next(iter(a for a in ancestors(literal) if a.type != "argument_list"), None)
    if its_type is None or its_type.type != "type_identifier" or call is None:
        return None
    if call.type != "call_expression" or callee_text(call) != "append":
        return None
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None else None
    variable = definition(first) if first is not None else None
    return (literal, variable, text(its_type)) if variable is not None else None


REWRITE = Rewrite(
    code="slice-of-values",
    title="Store values instead of pointers in the slice",
    brings=(
        "The elements lie in the slice itself: "
        "one array instead of one allocation for each element."
    ),
    before="""
import "strings"

type pair struct {
	key, value string
}

func parse(s string) []*pair {
	var list []*pair
	for _, field := range strings.Fields(s) {
		k, v, _ := strings.Cut(field, "=")
		list = append(list, &pair{k, v})
	}
	return list
}

func size(s string) int {
	n := 0
	for _, p := range parse(s) {
		n += len(p.key) + len(p.value)
	}
	return n
}
""",
    after="""
import "strings"

type pair struct {
	key, value string
}

func parse(s string) []pair {
	var list []pair
	for _, field := range strings.Fields(s) {
		k, v, _ := strings.Cut(field, "=")
		list = append(list, pair{k, v})
	}
	return list
}

func size(s string) int {
	n := 0
	for _, p := range parse(s) {
		n += len(p.key) + len(p.value)
	}
	return n
}
""",
    checks=(
        (
            "Every variable, parameter and result that the slice goes through is followed; all "
            "callers are known."
        ),
        "Elements are only read. No element is compared, kept or changed through its pointer.",
        (
            "The type can be copied: it contains no lock, does not link to itself, and has at "
            "most 256 bytes."
        ),
    ),
    refused_when=(
        "the slice, or an element, is stored or passed to an unknown function",
        "two slices may share their elements",
        "other packages might call one of the functions",
    ),
    find=_find,
)
