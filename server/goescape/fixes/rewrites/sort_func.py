"""``sort.Slice`` becomes ``slices.SortFunc`` or ``slices.Sort``: nothing boxed, no swapper made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import parameter_names
from goescape.fixes.candidate import Edit, TypeClaim
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    field_type,
    has_comment,
    is_called,
    is_visible,
    may_call,
    redeclares,
    type_of,
    underlying,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_TITLE = "Use slices.{new} instead of sort.{old}"
_SUCCESSORS = {"Slice": "SortFunc", "SliceStable": "SortStableFunc"}


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Orders by one key that is an integer or a string.

    ``cmp.Compare`` would order floating-point numbers that are no numbers in another way.
    """
    if code.language < (1, 21) or redeclares(code, "int", "string", "bool", "len"):
        return
    seen: set[int] = set()
    for finding in code.allocations(file):
        place = code.node_of(finding)
        call = _call_around(place[1]) if place is not None else None
        if call is None or call.start_byte in seen:
            continue
        seen.add(call.start_byte)
        for function, successor in _SUCCESSORS.items():
            sorting = (
                _sorting(code, file, call, successor)
                if is_called(call, file, "sort", function)
                else None
            )
            if sorting is not None:
                change = partial(Change, sorting.edits, claims=sorting.claims)
                words = (("new", sorting.function), ("old", function))
                yield Match((finding,), change, file.span(call), variant=_TITLE, words=words)


def _call_around(node: Node) -> Node | None:
    for around in (node, *ancestors(node)):
        if around.type == "call_expression":
            return around
        if around.type in {"statement_list", "func_literal"}:
            return None
    return None


@frozen
class _Sorting:
    """A call of package slices that does the same."""

    function: str
    edits: tuple[Edit, ...]
    claims: tuple[TypeClaim, ...]


def _sorting(code: PackageCode, file: GoFile, call: Node, successor: str) -> _Sorting | None:
    arguments = arguments_of(call)
    if len(arguments) != 2 or arguments[1].type != "func_literal" or has_comment(call):
        return None
    items, less = arguments
    if any(may_call(n) or text(n).startswith("<-") for n in walk(items)):
        return None  # every comparison evaluates it again
    callee, header = call.child_by_field_name("function"), less.child_by_field_name("parameters")
    result = less.child_by_field_name("result")
    keys = _keys(items, less)
    if callee is None or header is None or result is None or keys is None:
        return None
    element, claims = _element_and_claims(code, file, items, keys)
    if not element:
        return None
    path = file.source.path
    packages = ["slices"] if keys.natural else ["cmp", "slices"]
    imports = import_edits(file, packages, [callee])
    if imports is None or not all(is_visible(call, package) for package in packages):
        return None
    if keys.natural:  # equal elements cannot be told apart: nothing is less stable
        successor = "Sort"
        new = [Edit(path, items.end_byte, less.end_byte, "")]
    else:
        new = [
            Edit(path, header.start_byte, result.end_byte, f"(a, b {element}) int"),
            replace(file, keys.comparison, f"cmp.Compare({keys.sides})"),
        ]
    edits = (replace(file, callee, f"slices.{successor}"), *new, *imports)
    return _Sorting(successor, edits, claims)


@frozen
class _Keys:
    """What a less function compares: the same part of two elements."""

    comparison: Node
    fields: tuple[str, ...]
    length: bool
    sides: str
    """The arguments for ``cmp.Compare``."""
    natural: bool
    """Whether whole elements are compared, the smaller ones first."""


def _keys(items: Node, less: Node) -> _Keys | None:
    header, body = less.child_by_field_name("parameters"), less.child_by_field_name("body")
    names = [text(n) for n in parameter_names(header)] if header is not None else []
    statements = body.named_children[0].named_children if body and body.named_children else []
    if len(names) != 2 or len(statements) != 1 or statements[0].type != "return_statement":
        return None
    results = statements[0].named_children[0].named_children if statements[0].named_children else []
    comparison = results[0] if len(results) == 1 else None
    if comparison is None or comparison.type != "binary_expression":
        return None
    operator = comparison.child_by_field_name("operator")
    sides = [comparison.child_by_field_name(side) for side in ("left", "right")]
    parts = [_part(side, text(items), names) for side in sides if side is not None]
    if operator is None or operator.type not in {"<", ">"} or len(parts) != 2:
        return None
    left, right = parts
    if left is None or right is None or left[1:] != right[1:] or {left[0], right[0]} != set(names):
        return None
    forward = (left[0] == names[0]) == (operator.type == "<")
    rendered = [".".join([element, *left[1]]) for element in ("a", "b")]
    if left[2]:
        rendered = [f"len({operand})" for operand in rendered]
    arguments = ", ".join(rendered if forward else reversed(rendered))
    natural = forward and not left[1] and not left[2]
    return _Keys(comparison, left[1], left[2], arguments, natural)


def _part(node: Node, items: str, names: list[str]) -> tuple[str, tuple[str, ...], bool] | None:
    """Index, fields and whether it is a length: of ``len(items[i].name)``."""
    length = node.type == "call_expression" and callee_text(node) == "len"
    arguments = arguments_of(node) if length else [node]
    inner: Node | None = arguments[0] if len(arguments) == 1 else None
    fields: list[str] = []
    while inner is not None and inner.type == "selector_expression":
        field = inner.child_by_field_name("field")
        fields.insert(0, text(field) if field is not None else "")
        inner = inner.child_by_field_name("operand")
    if inner is None or inner.type != "index_expression":
        return None
    operand, index = inner.child_by_field_name("operand"), inner.child_by_field_name("index")
    if operand is None or index is None or text(operand) != items or text(index) not in names:
        return None
    return text(index), tuple(fields), length


def _element_and_claims(
    code: PackageCode, file: GoFile, items: Node, keys: _Keys
) -> tuple[str, tuple[TypeClaim, ...]]:
    """The type of the elements, as the file names it, and what has to be claimed for that.

    Empty where it is unknown, or where what is compared may not be ordered.
    """
    known = code.types.of(file, items)
    element_type = code.types.element(known) if known is not None else None
    name = code.types.written(file, element_type) if element_type is not None else None
    side = keys.comparison.child_by_field_name("left")
    compared = code.types.of(file, side) if side is not None else None
    if known is not None and name is not None and compared is not None:
        is_ordered = keys.length or compared.kind in _ORDERED
        return (name if known.kind == "slice" and is_ordered else "", ())
    written = type_of(code, items)
    slice_type = underlying(code, written)
    if written is None or slice_type is None or slice_type.type != "slice_type":
        return "", ()
    element = slice_type.child_by_field_name("element")
    if element is None or not _is_ordered(code, element, keys):
        return "", ()
    claim = TypeClaim(file.source.path, items.start_byte, items.end_byte, text(written))
    return text(element), (claim,)


def _is_ordered(code: PackageCode, element: Node, keys: _Keys) -> bool:
    """Whether the compared part is an integer, a string or a length, as the source shows."""
    its_type: Node | None = element
    for field in keys.fields:
        its_type = field_type(code, its_type, field)
    if its_type is None:
        return False
    final = underlying(code, its_type)
    return keys.length or (final is not None and text(final) in _ORDERED)


_ORDERED = frozenset(
    {
        *("string", "byte", "rune", "uintptr", "int", "int8", "int16", "int32", "int64"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "time.Duration", "time.Month"),
    }
)


REWRITE = Rewrite(
    code="sort-func",
    title="Use the package slices instead of sort",
    variants=(_TITLE,),
    brings=(
        "Package `slices` works on the concrete type: the slice is not boxed, and no function "
        "that swaps elements is made."
    ),
    before="""
import "sort"

type job struct {
	id, priority int
}

func order(jobs []job) {
	sort.Slice(jobs, func(i, j int) bool {
		return jobs[i].priority < jobs[j].priority
	})
}
""",
    after="""
import "cmp"
import "slices"

type job struct {
	id, priority int
}

func order(jobs []job) {
	slices.SortFunc(jobs, func(a, b job) int {
		return cmp.Compare(a.priority, b.priority)
	})
}
""",
    checks=(
        "The elements are ordered by one key that is an integer or a string.",
        (
            "The comparison calls nothing and has no effects; the compiler confirms the type of "
            "the slice."
        ),
    ),
    refused_when=(
        "the key is a floating-point number, because NaN would be ordered in another way",
        "`slices` or `cmp` means something else at that place",
    ),
    find=_find,
)
