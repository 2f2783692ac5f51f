"""Only one branch lets a variable's address escape: it copies the variable, which then stays.

The compiler moves a variable to the heap where it is declared, whatever path is taken later.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.analysis.syntax.words import capitalized
from goescape.fixes.candidate import Edit, Promise, UnsafeError
from goescape.fixes.checks.after_return import recovers_by_name
from goescape.fixes.checks.copyable import check_copyable, check_type_copyable
from goescape.fixes.context.package_code import insert, replace
from goescape.fixes.edits.pointees import check_no_unsafe
from goescape.fixes.flow.escaping_branches import (
    Branch,
    branches_around,
    ends_scope,
    is_always_taken,
    is_last_use,
)
from goescape.fixes.flow.results import variable_names
from goescape.fixes.flow.taken_addresses import (
    TakenAddress,
    decisive_addresses,
    is_lent,
    is_plain,
    taken_addresses,
)
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    BASIC,
    fresh_name,
    has_goto,
    is_clear,
    redeclares,
    type_of,
    underlying,
)
from goescape.fixes.syntax.variable_uses import (
    Variable,
    contains,
    file_sets_version,
    function_of,
    is_declared_in_clause,
    line_before,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

LIMIT = 4096
"""Bytes: above this the copy costs about as much as what it saves."""


@frozen
class _Escaping:
    """A variable that only some branches let escape."""

    variable: Variable
    branches: tuple[Branch, ...]
    elsewhere: tuple[TakenAddress, ...]
    """Addresses that are taken outside of these."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Variables on the heap whose address leads away in branches only."""
    for finding in code.allocations(file):
        place = code.node_of(finding) if finding.kind is SiteKind.VARIABLE else None
        variable = variable_at(place[1]) if place is not None else None
        if variable is None or not _has_own_life(code, file, variable):
            continue
        if _branches_at_all(code, file, finding, variable):
            yield Match((finding,), partial(_change, code, file, finding, variable))


def _has_own_life(code: PackageCode, file: GoFile, variable: Variable) -> bool:
    """Whether the variable begins with its declaration, and text order means something."""
    clause = is_declared_in_clause(variable.declared)
    shared = code.language < (1, 22) or file_sets_version(file)
    around = {a.type for a in list(ancestors(variable.declared))[:2]}
    return (
        clause != "for_clause"
        and not (clause and shared)
        and (bool(clause) or bool(around & _DECLARING))
        and not variable.is_result
        and not has_goto(variable.function)
        and not redeclares(code, "panic")
        and is_clear(variable.declared)
    )


def _leading_away(
    code: PackageCode, file: GoFile, finding: Finding, taken: tuple[TakenAddress, ...]
) -> tuple[TakenAddress, ...]:
    decisive = decisive_addresses(file, finding, taken)
    return tuple(a for a in taken if a in decisive or not is_lent(code, file, a))


def _branches_at_all(code: PackageCode, file: GoFile, finding: Finding, variable: Variable) -> bool:
    taken = taken_addresses(code, file, variable)
    leading = _leading_away(code, file, finding, taken)
    branches = [next(branches_around(variable, a.expression), None) for a in leading]
    inner = tuple(branch for branch in branches if branch is not None)
    return 0 < len(inner) == len(branches) and not is_always_taken(variable, inner)


def _escaping(code: PackageCode, file: GoFile, finding: Finding, variable: Variable) -> _Escaping:
    """Raises UnsafeError where a copy would be another object for somebody."""
    if any(function_of(use) != variable.function for use in variable.uses):
        raise UnsafeError(ReasonCode.LITERAL_USES_OBJECT)
    taken = taken_addresses(code, file, variable)
    branches: list[Branch] = []
    for address in _leading_away(code, file, finding, taken):
        if not any(branch.holds(address.use) for branch in branches):
            branches.append(_branch_for(variable, address))
    elsewhere = tuple(a for a in taken if not any(b.holds(a.use) for b in branches))
    return _Escaping(variable, tuple(branches), elsewhere)


def _branch_for(variable: Variable, address: TakenAddress) -> Branch:
    for branch in branches_around(variable, address.expression):
        if ends_scope(branch, variable) or is_last_use(branch, variable):
            return branch
    raise UnsafeError(ReasonCode.USED_AFTER_BRANCH, name=variable.name)


def _change(code: PackageCode, file: GoFile, finding: Finding, variable: Variable) -> Change | None:
    check_no_unsafe(file)
    escaping = _escaping(code, file, finding, variable)
    if is_always_taken(variable, escaping.branches):
        return None
    for address in escaping.elsewhere:
        if _may_be_reached(code, file, escaping, address):
            raise UnsafeError(ReasonCode.POINTER_IS_SHARED, expression=text(address.expression))
    edits: list[Edit] = []
    names = set()
    for branch in escaping.branches:
        copied = _only_part(code, file, variable, branch)
        _check_copyable(code, file, escaping, branch, copied)
        name = _name(variable, branch, text(copied) if copied is not None else "")
        names.add(name)
        edits.extend(_edits(file, variable, branch, copied, name))
    return Change(tuple(edits), may_add=tuple(rf".*\b{name}\b.*" for name in sorted(names)))


def _may_be_reached(
    code: PackageCode, file: GoFile, escaping: _Escaping, address: TakenAddress
) -> bool:
    """Whether an object that a call put the address into may be used once the copy is made."""
    variable, call = escaping.variable, address.call
    names = variable_names(call) if call is not None else set()
    deferred = [n for n in walk(variable.function) if n.type == "defer_statement"]
    return (
        not all(ends_scope(branch, variable) for branch in escaping.branches)
        or not all(_is_apart(code, file, variable, branch) for branch in escaping.branches)
        or any(not _only_unlocks(code, n) or variable_names(n) & names for n in deferred)
    )


def _only_unlocks(code: PackageCode, deferred: Node) -> bool:
    called = callee_text(deferred.named_children[0]).rpartition(".")[2]
    return called in {"Unlock", "RUnlock"} and not recovers_by_name(code, deferred)


def _is_apart(code: PackageCode, file: GoFile, variable: Variable, branch: Branch) -> bool:
    """Whether a branch uses no other local variable that could lead to the one it copies."""
    return all(
        declared is None
        or declared == variable.declared
        or branch.holds(declared)
        or is_plain(code, file, node)
        for node in branch.nodes()
        if node.type == "identifier"
        for declared in (definition(node),)
    )


def _only_part(code: PackageCode, file: GoFile, variable: Variable, branch: Branch) -> Node | None:
    """``v.f`` when that alone has its address taken there, and nothing needs the whole."""
    taken = [a for a in taken_addresses(code, file, variable) if branch.holds(a.use)]
    if not taken or any(not text(a.expression).startswith("&") for a in taken):
        return None
    parts = [a.expression.child_by_field_name("operand") for a in taken]
    first = parts[0]
    if first is None or len({text(p) for p in parts if p is not None}) != 1:
        return None
    uses = variable.used_in(branch.statements)
    apart = all(_selects_apart(use, text(first)) for use in uses if branch.holds(use))
    return first if apart and _is_direct(code, first) else None


def _selects_apart(use: Node, part: str) -> bool:
    """Whether a use is the part, or begins with another field."""
    selected, parent = text(use), use.parent
    while parent is not None and parent.type == "selector_expression":
        selected = text(parent)
        if selected == part:
            return True
        if not part.startswith(f"{selected}."):
            return selected != text(use)
        parent = parent.parent
    return False


def _is_direct(code: PackageCode, part: Node) -> bool:
    """Whether it is a field that the variable's own struct declares, and no pointer leads there."""
    if part.type != "selector_expression" or type_of(code, part) is None:
        return False
    operand = part.child_by_field_name("operand")
    written = underlying(code, type_of(code, operand)) if operand is not None else None
    if operand is None or written is None or written.type != "struct_type":
        return False
    return operand.type == "identifier" or _is_direct(code, operand)


def _check_copyable(
    code: PackageCode, file: GoFile, escaping: _Escaping, branch: Branch, part: Node | None
) -> None:
    """Raise UnsafeError unless the value may be copied.

    Where no other address was taken, nothing can know the variable by its address yet.
    """
    use = next(use for use in escaping.variable.uses if branch.holds(use))
    copied = part or use
    known = code.types.of(file, copied)
    if known is not None:
        check_type_copyable(code, known, LIMIT, addressed=bool(escaping.elsewhere))
    else:
        written = type_of(code, copied)
        name = text(written) if written is not None else "?"
        if name in BASIC:
            return
        if written is None or written.type != "type_identifier":
            raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=name)
        check_copyable(code, file, name, LIMIT)
    struct = underlying(code, type_of(code, copied)) if escaping.elsewhere else None
    if struct is not None and any(n.type == "array_type" for n in walk(struct)):
        # A slice of its own array may be in it: that does not let it escape.
        raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=text(type_of(code, copied) or struct))


def _name(variable: Variable, branch: Branch, part: str) -> str:
    words = part.split(".")[1:]
    base = variable.name + "".join(map(capitalized, words))
    names = (base, f"{base}Copy", f"{base}Escaping") if part else (f"{base}Copy", f"{base}Escaping")
    name = fresh_name(branch.first, names)
    if not name:
        raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)
    return name


def _edits(
    file: GoFile, variable: Variable, branch: Branch, part: Node | None, name: str
) -> Iterator[Edit]:
    at, after = line_before(file, branch.first)
    whole = text(part) if part is not None else variable.name
    yield insert(file, at, f"{name} := {whole}{after}")
    for use in variable.uses:
        if not branch.holds(use):
            continue
        if _is_key(use):
            raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=variable.name)
        target = next((n for n in [use, *ancestors(use)] if text(n) == whole), None)
        if target is not None and contains(target, use):
            yield replace(file, target, name)


def _is_key(use: Node) -> bool:
    """Whether it may be a field's name in a composite literal."""
    element = use.parent
    keyed = element.parent if element is not None else None
    return (
        keyed is not None
        and keyed.type == "keyed_element"
        and (keyed.child_by_field_name("key") == element)
    )


_DECLARING = frozenset({"short_var_declaration", "var_spec", "parameter_declaration"})


REWRITE = Rewrite(
    code="branch-copy",
    title="Copy the variable in the branch where it escapes",
    brings=(
        "A variable is on the heap from its declaration on if any path lets its address escape. "
        "With a copy in the branch that does so, only that branch allocates: all other paths "
        "leave the variable on the stack."
    ),
    before="""
type point struct{ x, y int }

func farthest(xs []int) *point {
	for i, x := range xs {
		p := point{x, i}
		if p.x > 1000 {
			return &p
		}
	}
	return nil
}
""",
    after="""
type point struct{ x, y int }

func farthest(xs []int) *point {
	for i, x := range xs {
		p := point{x, i}
		if p.x > 1000 {
			pCopy := p
			return &pCopy
		}
	}
	return nil
}
""",
    checks=(
        "The branch ends the function or the iteration, or nothing uses the variable after it.",
        "Elsewhere the address only goes to calls, none of which can keep or return it.",
        f"The value may be copied, and has at most {LIMIT} bytes.",
        "Where the branch only needs the address of one field, only that field is copied.",
    ),
    refused_when=(
        "the variable is used after the branch: that may be meant to be the same object",
        "a function literal or a deferred call uses the variable",
        "another pointer to the variable may be used in the branch",
        "the type has a lock",
    ),
    promise=Promise.ON_BRANCH,
    find=_find,
)
