"""Objects that a loop keeps are taken from blocks, instead of being allocated one by one."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import Severity
from goescape.analysis.syntax.nodes import ancestors, text
from goescape.fixes.candidate import FixKind, UnsafeError
from goescape.fixes.checks.copyable import check_type_copyable
from goescape.fixes.checks.never_copied import check_never_copied
from goescape.fixes.context.package_code import FUNCTIONS, insert, replace
from goescape.fixes.context.package_types import short
from goescape.fixes.edits.package_declarations import means_the_same_outside
from goescape.fixes.edits.pointees import check_no_unsafe
from goescape.fixes.edits.slabs import (
    DECLARATION,
    MAY_ADD,
    NAME,
    PREDECLARED,
    SHARED,
    slab_declaration,
    slab_name,
)
from goescape.fixes.flow.kept_objects import kept_object
from goescape.fixes.flow.pointer_receivers import pointer_receiver
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.hoisting import in_front_of
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    field_type,
    fresh_name,
    function_around,
    has_goto,
)
from goescape.fixes.syntax.variable_uses import line_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import UsableType
    from goescape.fixes.flow.kept_objects import KeptObject
    from goescape.fixes.flow.pointer_receivers import PointerReceiver

_LOCAL = "Allocate {type} values in blocks"
_FIELD = "Allocate {type} values in blocks that the {receiver} keeps"


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Objects that outlive the loop that makes them."""
    if code.language < _GENERICS or file.is_generated:
        return
    for finding in code.allocations(file):
        place = code.node_of(finding) if finding.escapes and _is_worth_it(finding) else None
        kept = kept_object(code, file, finding, place[1]) if place is not None else None
        if place is None or kept is None:
            continue
        loop = _loop_around(place[1])
        if not means_the_same_outside(code, kept.type) and not _is_declared_before(kept.type, loop):
            continue
        words: tuple[tuple[str, str], ...] = (("type", text(kept.type)),)
        if loop is not None:
            change = partial(_local_change, code, file, loop, kept)
            yield Match((finding,), change, variant=_LOCAL, words=words)
        elif (receiver := pointer_receiver(code, file, place[1])) is not None:
            if receiver.type == text(kept.type) or _is_made_in_loops(code, receiver.type):
                continue
            words = (*words, ("receiver", receiver.type))
            change = partial(_field_change, code, file, receiver, kept)
            yield Match((finding,), change, variant=_FIELD, words=words)


def _is_declared_before(its_type: Node, loop: Node | None) -> bool:
    """Whether it is a type of the function that the statements in front of the loop declare."""
    front = in_front_of(loop) if loop is not None else None
    before = front.prev_named_sibling if front is not None else None
    while before is not None:
        specs = before.named_children if before.type == "type_declaration" else []
        names = [spec.child_by_field_name("name") for spec in specs]
        if any(name is not None and name.text == its_type.text for name in names):
            return True
        before = before.prev_named_sibling
    return False


def _is_worth_it(finding: Finding) -> bool:
    return finding.severity is Severity.WARNING and finding.inlined_from is None


def _loop_around(node: Node) -> Node | None:
    """The outermost loop of the function that a node stands in."""
    loop = None
    for around in ancestors(node):
        if around.type in FUNCTIONS:
            break
        if around.type == "for_statement":
            loop = around
    return loop


def _local_change(code: PackageCode, file: GoFile, loop: Node, kept: KeptObject) -> Change | None:
    function = function_around(loop)
    if function is None or has_goto(function):
        return None
    declaration = slab_declaration(code, file)
    front, name = in_front_of(loop), slab_name(text(kept.type))
    if front is None or declaration is None or _value_type(code, file, kept) is None:
        return None
    variable = f"var {name} {NAME}[{text(kept.type)}]"
    if _stands_before(front, variable):
        return Change((*_taken(file, kept, name), *declaration), may_add=MAY_ADD)
    if name in code.package_level_names or fresh_name(loop, [name]) != name:
        raise UnsafeError(ReasonCode.NAME_TAKEN, name=name)
    at, after = line_before(file, front)
    declared = insert(file, at, variable + after)
    return Change((declared, *_taken(file, kept, name), *declaration), may_add=MAY_ADD)


def _stands_before(statement: Node, written: str) -> bool:
    """Whether another fix has put it there: all such objects of the loop come from one slab."""
    before = statement.prev_named_sibling
    while before is not None and text(before) != written:
        before = before.prev_named_sibling
    return before is not None


def _field_change(
    code: PackageCode, file: GoFile, receiver: PointerReceiver, kept: KeptObject
) -> Change | None:
    check_never_copied(code, receiver.type)
    declaration = slab_declaration(code, file, is_shared=True)
    value = _value_type(code, file, kept)
    written = _written(code, receiver.file, value) if value is not None else None
    if declaration is None or written is None:
        return None
    name, its_type = slab_name(text(kept.type)), f"{SHARED}[{written[0]}]"
    taken = (*_taken(file, kept, f"{receiver.name}.{name}"), *declaration)
    if (same := field_type(code, receiver.struct, name)) is not None and text(same) == its_type:
        return Change(taken, may_add=MAY_ADD)
    if receiver.has_member(code, name):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name=name)
    field = receiver.with_field(f"{name} {its_type}")
    return Change((*written[1], field, *taken), may_add=MAY_ADD)


def _value_type(code: PackageCode, file: GoFile, kept: KeptObject) -> UsableType | None:
    """What is kept; None where it is not known, or nothing for a block."""
    for each in code.files.values():
        check_no_unsafe(each)
    if any(_FINALIZERS.search(each.source.content) for each in code.all_files):
        raise UnsafeError(ReasonCode.SETS_FINALIZERS)
    if any(_ATOMIC_NUMBERS.search(each.source.content) for each in code.all_files):
        return None  # of an array on 32-bit machines, only the first element must be aligned
    known = code.types.of(file, kept.places[0][0])
    value = code.types.element(known) if known is not None else None
    if value is None or not 0 < value.size <= _LARGEST:
        return None
    if kept.places[0][0].named_children[0].type == "identifier":
        check_type_copyable(code, value, _LARGEST, addressed=False)
    return value


def _taken(file: GoFile, kept: KeptObject, slab: str) -> Iterator[Edit]:
    return (replace(file, node, f"{slab}.add({value})") for node, value in kept.places)


def _written(
    code: PackageCode, file: GoFile, its_type: UsableType
) -> tuple[str, tuple[Edit, ...]] | None:
    """A type as a file writes it, and what it has to import for that."""
    if (written := code.types.written(file, its_type)) is not None:
        return written, ()
    path = its_type.text.rpartition(".")[0]
    if not its_type.is_plain or not path or "[" in its_type.text:
        return None
    imports = import_edits(file, [path])
    return None if imports is None else (short(its_type.text), imports)


def _is_made_in_loops(code: PackageCode, name: str) -> bool:
    """Whether there are many of a type: each would have blocks of its own."""
    made = (f"&{name}{{", f"new({name})")
    return any(
        finding.severity is Severity.WARNING and finding.subject.startswith(made)
        for finding in code.findings
    )


_FINALIZERS = re.compile(rb"\b(?:SetFinalizer|AddCleanup|weak\.Make)\b")
_ATOMIC_NUMBERS = re.compile(rb"\b(?:Add|Load|Store|Swap|CompareAndSwap)(?:Int|Uint)64\b")
_GENERICS = (1, 18)
_LARGEST = 512
"""Bytes of a value: it is copied into its block."""


REWRITE = Rewrite(
    code="slab",
    title="Allocate the values in blocks",
    variants=(_LOCAL, _FIELD),
    brings=(
        "One block serves up to 64 objects that are made one by one and kept: nodes of a tree, "
        "records of a file."
    ),
    predeclared=PREDECLARED,
    since=_GENERICS,
    before="""
type point struct{ x, y int }

func points(xs []int) []*point {
	var all []*point
	for _, x := range xs {
		all = append(all, &point{x: x})
	}
	return all
}
""",
    after="""
type point struct{ x, y int }

func points(xs []int) []*point {
	var all []*point
	var pointSlab slab[point]
	for _, x := range xs {
		all = append(all, pointSlab.add(point{x: x}))
	}
	return all
}
"""
    + DECLARATION,
    checks=(
        "The object is a literal behind `&`, or a variable that is not used after its address.",
        "A receiver that keeps blocks is never nil, has no locks, and is not copied anywhere.",
        "If another package copies it all the same, the copies share the blocks.",
        "Nothing in the package sets finalizers, makes weak pointers, or uses `unsafe`.",
    ),
    refused_when=(
        "the receiver is copied somewhere: both copies would hand out the same memory",
        "a value is larger than 512 bytes, or holds a lock",
        "a call behind the literal in its statement may change what it holds",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "One object that is kept keeps its whole block in memory. Goroutines must not add to the "
        "same blocks at once. What prints or compares the receiver by reflection sees a new field."
    ),
    find=_find,
)
