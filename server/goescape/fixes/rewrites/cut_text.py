"""A text that is split for two parts, or for the first alone, is cut: no slice is made."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.syntax.cold_code import is_test_file
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, token, walk
from goescape.fixes.candidate import Edit, Promise
from goescape.fixes.checks.implied_conditions import is_known_at
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    fresh_name,
    has_comment,
    has_goto,
    is_called,
    is_clear,
    single_declaration,
)
from goescape.fixes.syntax.variable_uses import file_sets_version, variable_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_SINCE = (1, 18)
_TITLE = "Use {new} instead of {old}: no slice is made"


@frozen
class _SplitText:
    """``parts := strings.SplitN(s, "=", 2)`` and what is done with the parts."""

    statement: Node
    call: Node
    checks: tuple[tuple[Node, bool], ...]
    """Comparisons of ``len(parts)``, and whether they ask for both parts or for one alone."""
    first: tuple[Node, ...]
    """``parts[0]``."""
    second: tuple[Node, ...]


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    if code.language < _SINCE or file_sets_version(file) or is_test_file(file.source.path):
        return
    if not any(path == "strings" for path, _ in file.imports):
        return
    for call in walk(file.root):
        if call.type != "call_expression" or not _splits(file, call):
            continue
        change = _first_alone(file, call) or _both(file, call)
        if change is not None:
            old = callee_text(call)
            words = (("new", f"{old.rpartition('.')[0]}.Cut"), ("old", old))
            yield Match((), change, file.span(call), variant=_TITLE, words=words)


def _splits(file: GoFile, call: Node) -> bool:
    """Whether it splits a text at some separator, which gives one part at least."""
    arguments = arguments_of(call)
    if len(arguments) < _FEWEST_ARGUMENTS or not _SEPARATOR.fullmatch(text(arguments[1])):
        return False
    function = declaration_around(call)
    if function is None or has_goto(function) or has_comment(call):
        return False
    if is_called(call, file, "strings", "SplitN"):
        return len(arguments) > _FEWEST_ARGUMENTS and text(arguments[2]) == "2"
    return is_called(call, file, "strings", "Split")


# ``x := strings.Split(s, sep)[0]``


def _first_alone(file: GoFile, call: Node) -> partial[Change | None] | None:
    indexed = call.parent
    if indexed is None or _index(indexed, call) != "0":
        return None
    values = indexed.parent
    statement = values.parent if values is not None else None
    if values is None or statement is None or values.type != "expression_list":
        return None
    left = statement.child_by_field_name("left")
    operator = token(statement, ":=") or token(statement, "=")
    is_setting = statement.type in {"short_var_declaration", "assignment_statement"}
    if not is_setting or left is None or operator is None or left.named_child_count != 1:
        return None
    return partial(_cut_first, file, call, left, indexed)


def _cut_first(file: GoFile, call: Node, left: Node, indexed: Node) -> Change | None:
    end = left.end_byte
    return Change(
        (
            Edit(file.source.path, end, end, ", _, _"),
            replace(file, indexed, _cut(call)),
        )
    )


# ``parts := strings.SplitN(s, sep, 2)``


def _both(file: GoFile, call: Node) -> partial[Change | None] | None:
    values = call.parent
    statement = values.parent if values is not None else None
    if statement is None or statement.type != "short_var_declaration":
        return None
    single = single_declaration(statement)
    parts = _parts(single[0], statement, call) if single is not None else None
    return None if parts is None else partial(_cut_both, file, parts)


def _parts(declared: Node, statement: Node, call: Node) -> _SplitText | None:
    """What is done with a variable; None where anything else is than to look at the two parts."""
    variable = variable_at(declared)
    if variable is None or not is_clear(declared):
        return None
    checks: list[tuple[Node, bool]] = []
    places: dict[str, list[Node]] = {"0": [], "1": []}
    for use in variable.uses:
        indexed = use.parent
        if indexed is not None and (place := places.get(_index(indexed, use))) is not None:
            place.append(indexed)
        elif (check := _check(use)) is not None:
            checks.append(check)
        else:
            return None
    if any(map(_is_written, (*places["0"], *places["1"]))):
        return None
    may_be_more = callee_text(call).endswith(".Split") and (checks or places["1"])
    known = dict(checks)
    if may_be_more or not all(is_known_at(part, known) for part in places["1"]):
        return None
    return _SplitText(statement, call, tuple(checks), tuple(places["0"]), tuple(places["1"]))


def _cut_both(file: GoFile, parts: _SplitText) -> Change | None:
    checks = tuple(check for check, _ in parts.checks)
    before = _name(parts.call, parts.first, ("before", "first", "head"))
    after = _name(parts.call, parts.second, ("after", "second", "tail"))
    found = _name(parts.call, checks, ("found", "isFound", "hasBoth"))
    if not before or not after or not found or {before, after, found} == {"_"}:
        return None
    edits = [replace(file, parts.statement, f"{before}, {after}, {found} := {_cut(parts.call)}")]
    edits += (replace(file, part, before) for part in parts.first)
    edits += (replace(file, part, after) for part in parts.second)
    edits += (replace(file, check, found if both else f"!{found}") for check, both in parts.checks)
    return Change(tuple(edits))


def _name(node: Node, uses: tuple[Node, ...], names: tuple[str, ...]) -> str:
    return fresh_name(node, names) if uses else "_"


def _cut(call: Node) -> str:
    arguments = arguments_of(call)
    package = callee_text(call).rpartition(".")[0]
    return f"{package}.Cut({text(arguments[0])}, {text(arguments[1])})"


def _index(indexed: Node, operand: Node) -> str:
    """``0`` of ``operand[0]``; empty for everything else."""
    index = indexed.child_by_field_name("index")
    is_of = indexed.child_by_field_name("operand") == operand
    return text(index) if indexed.type == "index_expression" and is_of and index else ""


def _check(use: Node) -> tuple[Node, bool] | None:
    """The comparison of a variable's length, and whether it holds where there are two parts."""
    call = next((a for a in ancestors(use) if a.type != "argument_list"), None)
    comparison = call.parent if call is not None else None
    if call is None or call.type != "call_expression" or callee_text(call) != "len":
        return None
    if comparison is None or comparison.type != "binary_expression":
        return None
    operator, right = (comparison.child_by_field_name(part) for part in ("operator", "right"))
    if operator is None or right is None or comparison.child_by_field_name("left") != call:
        return None
    both = _BOTH.get(f"{text(operator)} {text(right)}")
    return None if both is None else (comparison, both)


def _is_written(part: Node) -> bool:
    """Whether a part is set, or its address is taken."""
    parent = part.parent
    if parent is None or parent.type in {"inc_statement", "dec_statement"}:
        return True
    if parent.type == "unary_expression":
        return text(parent).startswith("&")
    statement = parent.parent
    is_listed = parent.type == "expression_list" and statement is not None
    return is_listed and statement is not None and statement.child_by_field_name("left") == parent


_FEWEST_ARGUMENTS = 2
"""The text and the separator."""
_SEPARATOR = re.compile(r'"(?:[^"\\]|\\.)+"|`[^`]+`')
"""A constant that is not empty: an empty one would split between all characters."""
_BOTH = {"== 2": True, "> 1": True, ">= 2": True, "!= 1": True}
_BOTH |= {"== 1": False, "< 2": False, "<= 1": False, "!= 2": False}


REWRITE = Rewrite(
    code="cut-text",
    title="Cut the text instead of splitting it",
    variants=(_TITLE,),
    predeclared=frozenset({"len", "panic"}),
    brings="Cut gives both parts as results: no slice that holds them is made.",
    before="""
import "strings"

func setting(line string) (key, value string) {
	parts := strings.SplitN(line, "=", 2)
	if len(parts) != 2 {
		return line, ""
	}
	return parts[0], parts[1]
}
""",
    after="""
import "strings"

func setting(line string) (key, value string) {
	before, after, found := strings.Cut(line, "=")
	if !found {
		return line, ""
	}
	return before, after
}
""",
    checks=(
        "The separator is a constant and not empty, so that there is always a first part.",
        "The second part is only read where the length of the slice was checked before.",
        "The slice is used for nothing else.",
    ),
    refused_when=(
        "the second part is read where it may be missing: that panics, and would not any more",
        "the slice is passed on, ranged over or written",
    ),
    promise=Promise.UNSEEN,
    since=_SINCE,
    find=_find,
)
