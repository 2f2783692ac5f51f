"""``errors.As`` with a variable becomes ``errors.AsType`` (Go 1.26): the variable stays put."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import ancestors, text
from goescape.fixes.candidate import Edit
from goescape.fixes.context.package_code import identifiers, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    has_goto,
    is_called,
    is_clear,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_SINCE = (1, 26)


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``var x T`` directly before ``if errors.As(err, &x)``, used only in the body of that if."""
    if code.language < _SINCE:
        return
    for finding in code.allocations(file):
        if finding.kind is not SiteKind.VARIABLE:
            continue
        place = code.node_of(finding)
        statement = _declaration(place[1]) if place is not None else None
        if statement is not None:
            yield Match((finding,), partial(_change, code, file, statement), file.span(statement))


def _change(code: PackageCode, file: GoFile, statement: Node) -> Change | None:
    edits = _edits(code, file, statement)
    return Change(edits) if edits is not None else None


def _declaration(name: Node) -> Node | None:
    return next((a for a in ancestors(name) if a.type == "var_declaration"), None)


def _edits(code: PackageCode, file: GoFile, statement: Node) -> tuple[Edit, ...] | None:
    single, branch = single_declaration(statement), statement.next_named_sibling
    if single is None or branch is None or branch.type != "if_statement":
        return None
    name, its_type, value = single
    call = _first_condition(branch)
    function = declaration_around(statement)
    if its_type is None or value is not None or call is None or not is_clear(name):
        return None
    if function is None:
        return None
    if not is_called(call, file, "errors", "As") or has_comment(call) or has_goto(function):
        return None
    arguments = arguments_of(call)
    if len(arguments) != 2 or text(arguments[1]) != f"&{text(name)}":
        return None
    ok = _condition_name(branch)
    if not ok or not _used_only_in(code, function, name, branch, arguments[1]):
        return None
    package = text(call).partition(".")[0]
    new = f"{text(name)}, {ok} := {package}.AsType[{text(its_type)}]({text(arguments[0])}); {ok}"
    path = file.source.path
    return Edit(path, statement.start_byte, branch.start_byte, ""), replace(file, call, new)


def _first_condition(branch: Node) -> Node | None:
    """The call that an if without an init statement asks first: alone, or before ``&&``."""
    if branch.child_by_field_name("initializer") is not None:
        return None
    condition = branch.child_by_field_name("condition")
    while condition is not None and condition.type == "binary_expression":
        operator = condition.child_by_field_name("operator")
        if operator is None or operator.type != "&&":
            return None
        condition = condition.child_by_field_name("left")
    return condition if condition is not None and condition.type == "call_expression" else None


def _condition_name(branch: Node) -> str:
    """A name that nothing in the whole if uses: it exists only there."""
    used = {text(n) for n in identifiers(branch)}
    return next((name for name in ("ok", "found", "matches") if name not in used), "")


def _used_only_in(
    code: PackageCode, function: Node, name: Node, branch: Node, target: Node
) -> bool:
    """Whether the variable means nothing outside the condition and the body of the if."""
    condition, body = (branch.child_by_field_name(p) for p in ("condition", "consequence"))
    if condition is None or body is None:
        return False
    uses = [use for use in code.uses(name, function) if use != name]
    return (
        all(
            target.start_byte <= use.start_byte < body.end_byte
            and not (condition.end_byte <= use.start_byte < body.start_byte)
            for use in uses
        )
        and len(uses) > 1
    )


REWRITE = Rewrite(
    code="errors-as-type",
    title="Use errors.AsType instead of errors.As",
    brings=(
        "`errors.AsType` returns the error instead of storing it through a pointer, so the "
        "variable stays on the stack."
    ),
    before="""
import "errors"

type statusError struct{ code int }

func (e *statusError) Error() string { return "status" }

func status(err error) int {
	var se *statusError
	if errors.As(err, &se) {
		return se.code
	}
	return 0
}
""",
    after="""
import "errors"

type statusError struct{ code int }

func (e *statusError) Error() string { return "status" }

func status(err error) int {
	if se, ok := errors.AsType[*statusError](err); ok {
		return se.code
	}
	return 0
}
""",
    checks=(
        (
            "The variable is declared directly before the `if`, and is used only in its "
            "condition and its body."
        ),
        "`errors.As` is the first thing that the condition evaluates.",
    ),
    refused_when=(
        "the `if` has an init statement of its own",
        "the variable is used after the `if` or in its `else` branch",
    ),
    since=_SINCE,
    find=_find,
)
