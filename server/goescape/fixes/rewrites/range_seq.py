"""A text that is split only to be ranged over is split while the loop runs: no slice is made."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.cold_code import is_test_file
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, Promise, UnsafeError
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    has_goto,
    is_called,
    is_clear,
    is_own,
    single_declaration,
)
from goescape.fixes.syntax.variable_uses import file_sets_version, variable_at, writing_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_SINCE = (1, 24)
_TITLE = "Range over {new} instead of {old}"


@frozen
class _SplitLoop:
    """A loop over all pieces of a text, and over nothing else of them."""

    loop: Node
    clause: Node
    body: Node
    ranged: Node
    """The call, or the variable that was set to its result just before."""
    call: Node
    package: str
    declaration: Node | None
    """The statement that sets the variable."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``for _, x := range strings.Split(s, sep)``."""
    if code.language < _SINCE or file_sets_version(file) or is_test_file(file.source.path):
        return
    if not any(path in _PACKAGES for path, _ in file.imports):
        return
    for loop in walk(file.root):
        split = _split_loop(file, loop) if loop.type == "for_statement" else None
        if split is not None:
            old = callee_text(split.call)
            change = partial(_change, code, file, split)
            words = (("new", f"{old}Seq"), ("old", old))
            yield Match((), change, file.span(split.call), variant=_TITLE, words=words)


def _split_loop(file: GoFile, loop: Node) -> _SplitLoop | None:
    clause = next((c for c in loop.named_children if c.type == "range_clause"), None)
    ranged = clause.child_by_field_name("right") if clause is not None else None
    body = loop.child_by_field_name("body")
    if clause is None or ranged is None or body is None or not _ignores_index(clause):
        return None
    declaration = _set_before(loop, ranged) if ranged.type == "identifier" else None
    single = single_declaration(declaration) if declaration is not None else None
    call = single[2] if single is not None else ranged
    package = _package(file, call) if call is not None and call.type == "call_expression" else ""
    if call is None or not package:
        return None
    return _SplitLoop(loop, clause, body, ranged, call, package, declaration)


def _change(code: PackageCode, file: GoFile, split: _SplitLoop) -> Change | None:
    function = declaration_around(split.loop)
    if function is None or has_goto(function) or has_comment(split.clause):
        return None
    if any(n.type == "defer_statement" or _is_recover(n) for n in walk(split.body)):
        raise UnsafeError(ReasonCode.BODY_BECOMES_FUNCTION)
    if split.package == "bytes" and (name := _changed_bytes(code, split)):
        raise UnsafeError(ReasonCode.MAY_CHANGE_MEANWHILE, name=name)
    called = split.call.child_by_field_name("function")
    left = split.clause.child_by_field_name("left")
    arguments = split.call.child_by_field_name("arguments")
    if called is None or arguments is None:
        return None
    edits = [replace(file, split.ranged, f"{text(called)}Seq{text(arguments)}")]
    if left is not None:
        edits.append(replace(file, left, text(left.named_children[1])))
    if split.declaration is not None:
        start = split.declaration.start_byte
        edits.append(Edit(file.source.path, start, _top(split.loop).start_byte, ""))
    return Change(tuple(edits))


def _ignores_index(clause: Node) -> bool:
    """Whether it is ``for _, x := range`` or ``for range``."""
    left = clause.child_by_field_name("left")
    return left is None or (
        left.named_child_count == 2
        and text(left.named_children[0]) == "_"
        and text(left.named_children[1]) != "_"
    )


def _set_before(loop: Node, ranged: Node) -> Node | None:
    """The statement just before a loop that declares what it ranges over, for that alone."""
    declared = definition(ranged)
    statement = _top(loop).prev_named_sibling
    single = single_declaration(statement) if statement is not None else None
    variable = variable_at(declared) if declared is not None else None
    if statement is None or single is None or single[0] != declared or single[1] is not None:
        return None
    if variable is None or len(variable.uses) != 1 or has_comment(statement):
        return None
    return statement if is_clear(variable.declared) else None


def _top(loop: Node) -> Node:
    parent = loop.parent
    return parent if parent is not None and parent.type == "labeled_statement" else loop


def _package(file: GoFile, call: Node) -> str:
    """The package of a function that has a sequence beside it; empty for all others."""
    name, arguments = callee_text(call).rpartition(".")[2], arguments_of(call)
    if name not in _FUNCTIONS or has_comment(call):
        return ""
    if name == "FieldsFunc" and not (
        len(arguments) == 2 and re.fullmatch(r"unicode\.Is\w+", text(arguments[1]))
    ):
        return ""  # the function would run later
    return next((p for p in _PACKAGES if is_called(call, file, p, name)), "")


def _is_recover(node: Node) -> bool:
    return node.type == "call_expression" and callee_text(node) == "recover"


def _changed_bytes(code: PackageCode, split: _SplitLoop) -> str:
    """The bytes that the loop may write, or give away, before all of them were read; or nothing."""
    whole = arguments_of(split.call)[0]
    separators = arguments_of(split.call)[1:]
    if whole.type != "identifier" or not is_own(code, whole):
        return text(whole)
    if not all(_is_constant_bytes(separator) for separator in separators):
        return text(separators[0])
    left = split.clause.child_by_field_name("left")
    piece = text(left.named_children[1]) if left is not None else ""
    for node in walk(split.body):
        if node.type in {"send_statement", "go_statement", "func_literal"}:
            return text(whole)
        if node.type in _PARTS and writing_node(node) is not None:
            return text(whole)
        if node.type != "call_expression":
            continue
        called, arguments = callee_text(node), arguments_of(node)
        appends = (
            called == "append"
            and arguments[-1].type == "variadic_argument"
            and text(arguments[0]) not in {piece, text(whole)}
        )
        if not appends and called not in _BUILTIN and not _READING.fullmatch(called):
            return text(whole)
    return ""


def _is_constant_bytes(separator: Node) -> bool:
    """``[]byte(",")``, or a function of package unicode."""
    return re.fullmatch(r'\[\]byte\(("[^"]*"|`[^`]*`)\)|unicode\.\w+', text(separator)) is not None


_PACKAGES = ("strings", "bytes")
_FUNCTIONS = frozenset({"Split", "SplitAfter", "Fields", "FieldsFunc"})
_PARTS = frozenset({"index_expression", "unary_expression"})
_BUILTIN = frozenset({"len", "string", "int", "min", "max", "panic", "print", "println"})
_READING = re.compile(
    r"(?:strings|strconv|unicode|utf8)\.\w+"
    r"|bytes\.(?:Contains|Count|Cut|Equal|Has|Index|LastIndex|Trim)\w*"
    r"|fmt\.(?:Sprint|Print|Errorf)\w*"
)
"""What reads its arguments and neither changes nor keeps them."""


REWRITE = Rewrite(
    code="range-seq",
    title="Range over the pieces without a slice of them",
    variants=(_TITLE,),
    brings="The pieces are found while the loop runs: no slice of all of them is made.",
    before="""
import "strings"

func longest(line string) int {
	n := 0
	for _, field := range strings.Split(line, ",") {
		n = max(n, len(field))
	}
	return n
}
""",
    after="""
import "strings"

func longest(line string) int {
	n := 0
	for field := range strings.SplitSeq(line, ",") {
		n = max(n, len(field))
	}
	return n
}
""",
    checks=(
        "The index is not used, and nothing but the loop uses the slice.",
        (
            "Strings never change. Bytes must belong to a variable of the function, and the loop "
            "must not write or hand on any."
        ),
    ),
    refused_when=(
        "the loop defers a call or recovers: its body becomes a function",
        "a function that decides where to split would run later than now",
        "the loop might write the bytes that are still to be split",
    ),
    promise=Promise.UNSEEN,
    since=_SINCE,
    find=_find,
)
