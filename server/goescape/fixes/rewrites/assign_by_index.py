"""A slice that takes one element from each iteration is made at once and assigned by index."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text, token, walk
from goescape.fixes.candidate import Edit, TypeClaim
from goescape.fixes.context.package_code import identifiers, insert, replace
from goescape.fixes.flow.append_loops import (
    check_start_unseen,
    growths,
    is_exact,
    made_beforehand,
)
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import is_assigned, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.flow.append_loops import AppendLoop


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """A range over what the source shows to be a slice or an array, that nothing leaves early."""
    for growth in growths(code, file):
        if not is_exact(code, file, growth):
            continue
        at = file.span(growth.call)
        targets = [finding for finding in code.findings if finding.escapes and finding.span == at]
        yield Match(tuple(targets[:1]), partial(_change, code, file, growth), at)


def _change(code: PackageCode, file: GoFile, growth: AppendLoop) -> Change | None:
    check_start_unseen(code, file, growth)
    index = _index(code, file, growth)
    if index is None:
        return None
    name, header = index
    path, ranged = file.source.path, growth.ranged
    assigned = f"{text(growth.variable)}[{name}] = {text(growth.element)}"
    return Change(
        (
            *made_beforehand(file, growth, f"len({text(ranged)})"),
            *header,
            replace(file, growth.append, assigned),
        ),
        may_add=(r"make\(.*\)",),
        claims=_claims(code, path, ranged),
    )


def _claims(code: PackageCode, path: str, ranged: Node) -> tuple[TypeClaim, ...]:
    """That the source means the type that it shows; none where types are known."""
    written = type_of(code, ranged)
    if written is None or code.types.at(path, ranged.start_byte, ranged.end_byte) is not None:
        return ()
    return (TypeClaim(path, ranged.start_byte, ranged.end_byte, text(written)),)


def _names(node: Node) -> set[str]:
    return {text(n) for n in identifiers(node)}


def _index(
    code: PackageCode, file: GoFile, growth: AppendLoop
) -> tuple[str, tuple[Edit, ...]] | None:
    """The name of the index, and the edits of the loop's header that declare it."""
    clause = next(c for c in growth.loop.named_children if c.type == "range_clause")
    left = clause.child_by_field_name("left")
    new = next((n for n in ("i", "j", "k", "index") if n not in _names(growth.loop)), None)
    if left is None:
        return (new, (insert(file, clause.start_byte, f"{new} := "),)) if new else None
    if token(clause, ":=") is None:
        return None
    first = left.named_children[0]
    if text(first) == "_":
        return (new, (replace(file, first, new),)) if new else None
    uses = [use for use in code.uses(first, growth.loop) if use != first]
    if first.type != "identifier" or any(is_assigned(use) for use in uses):
        return None
    if text(first) in {text(n) for n in _declared_inside(growth)}:
        return None
    return text(first), ()


def _declared_inside(growth: AppendLoop) -> Iterator[Node]:
    """What the body declares again: the index might be hidden where it is needed."""
    body = growth.loop.child_by_field_name("body")
    for node in walk(body) if body is not None else ():
        if node.type in {"short_var_declaration", "range_clause", "receive_statement"}:
            left = node.child_by_field_name("left")
            yield from left.named_children if left is not None else ()
        else:
            yield from (n for n in node.children_by_field_name("name") if n.type == "identifier")


REWRITE = Rewrite(
    code="assign-by-index",
    title="Allocate the exact length and assign by index",
    brings=(
        "The slice is allocated once with its exact length. `append` would have grown and "
        "copied it several times."
    ),
    before="""
type User struct {
	ID   int
	Name string
}

func names(users []User) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.Name)
	}
	return out
}
""",
    after="""
type User struct {
	ID   int
	Name string
}

func names(users []User) []string {
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.Name
	}
	return out
}
""",
    checks=(
        "Each iteration appends exactly one element, and no iteration ends early.",
        "What is ranged over is a slice or an array, so its length is the number of iterations.",
        "Nothing else uses the slice before the loop ends.",
    ),
    refused_when=(
        "someone could tell an empty slice from the `nil` that it was without a single append",
        "the code that follows might see the different capacity",
        "the loop contains `break`, `continue`, `return` or `goto`",
    ),
    find=_find,
    predeclared=frozenset({"append", "make", "len"}),
)
