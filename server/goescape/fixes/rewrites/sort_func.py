"""``sort.Slice`` becomes ``slices.SortFunc`` or ``slices.Sort``: nothing boxed, no swapper made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.candidate import Edit, TypeClaim
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.less_functions import (
    ORDERED,
    SortKey,
    comparison_lines,
    may_order,
    packages_for,
    sort_keys,
)
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    field_type,
    has_comment,
    is_called,
    is_visible,
    may_call,
    type_of,
    underlying,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_TITLE = "Use slices.{new} instead of sort.{old}"
_SUCCESSORS = {"Slice": "SortFunc", "SliceStable": "SortStableFunc"}


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Orders by keys that are integers, strings or times.

    ``cmp.Compare`` would order floating-point numbers that are no numbers in another way.
    """
    if code.language < (1, 21):
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
    callee, keys = call.child_by_field_name("function"), sort_keys(items, less)
    if callee is None or keys is None:
        return None
    element, claims = _element_and_claims(code, file, items, keys)
    natural = len(keys) == 1 and keys[0].is_whole
    packages = packages_for(keys)
    imports = import_edits(file, packages, [callee])
    if imports is None or not all(is_visible(call, package) for package in packages):
        return None
    if not element:
        return None
    if natural:  # equal elements cannot be told apart: nothing is less stable
        successor = "Sort"
        new = [Edit(file.source.path, items.end_byte, less.end_byte, "")]
    else:
        new = _compare_function(file, less, keys, element)
    return _Sorting(
        successor, (replace(file, callee, f"slices.{successor}"), *new, *imports), claims
    )


def _compare_function(
    file: GoFile, less: Node, keys: Sequence[SortKey], element: str
) -> list[Edit]:
    """The edits that make a function for package slices of one for package sort."""
    header, result = less.child_by_field_name("parameters"), less.child_by_field_name("result")
    body = less.child_by_field_name("body")
    assert header is not None
    assert result is not None
    assert body is not None
    signature = Edit(file.source.path, header.start_byte, result.end_byte, f"(a, b {element}) int")
    statements = body.named_children[0].named_children
    if len(keys) == 1 and len(statements) == 1:
        return [signature, replace(file, statements[0], f"return {keys[0].compared}")]
    end = line_end(file) + indentation(file, less)
    lines = comparison_lines(keys)
    whole = "".join(f"{end}\t{line}" for line in lines)
    return [signature, replace(file, body, f"{{{whole}{end}}}")]


def _element_and_claims(
    code: PackageCode, file: GoFile, items: Node, keys: Sequence[SortKey]
) -> tuple[str, tuple[TypeClaim, ...]]:
    """The type of the elements, as the file names it, and what has to be claimed for that.

    Empty where it is unknown, or where what is compared may not be ordered.
    """
    known = code.types.of(file, items)
    element_type = code.types.element(known) if known is not None else None
    name = code.types.written(file, element_type) if element_type is not None else None
    types = [code.types.of(file, key.node) for key in keys]
    compared = [its_type for its_type in types if its_type is not None]
    if known is not None and name is not None and len(compared) == len(keys):
        pairs = zip(keys, compared, strict=True)
        is_ordered = all(may_order(key, its_type) for key, its_type in pairs)
        return (name if known.kind == "slice" and is_ordered else "", ())
    written = type_of(code, items)
    slice_type = underlying(code, written)
    if written is None or slice_type is None or slice_type.type != "slice_type":
        return "", ()
    element = slice_type.child_by_field_name("element")
    if element is None or not all(_is_ordered(code, element, key) for key in keys):
        return "", ()
    claim = TypeClaim(file.source.path, items.start_byte, items.end_byte, text(written))
    return text(element), (claim,)


def _is_ordered(code: PackageCode, element: Node, key: SortKey) -> bool:
    """Whether a compared part is an integer, a string or a length, as the source shows."""
    its_type: Node | None = element
    for field in key.fields:
        its_type = field_type(code, its_type, field)
    if its_type is None:
        return False
    final = underlying(code, its_type)
    if key.is_time:
        return False  # only types tell that it is one
    return key.length or (final is not None and text(final) in ORDERED)


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
        (
            "The elements are ordered by keys that are integers, strings or times, one after the "
            "other."
        ),
        (
            "The comparison calls nothing and has no effects; the compiler confirms the type of "
            "the slice."
        ),
    ),
    refused_when=(
        "a key is a floating-point number, because NaN would be ordered in another way",
        "`slices` or `cmp` means something else at that place",
    ),
    predeclared=frozenset({"int", "string", "bool", "len"}),
    find=_find,
)
