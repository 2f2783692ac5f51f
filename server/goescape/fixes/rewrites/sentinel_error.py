"""``errors.New`` of a constant text, made anew in each call, becomes a package-level variable."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.checks.error_identity import compares_errors
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.package_declarations import (
    declared_after_imports,
    may_be_needed_earlier,
)
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    is_called,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Errors that are returned where they are made.

    All errors of such a place become one value. Where a package compares errors with each other,
    or uses them as keys, that would show.
    """
    for finding in code.allocations(file):
        place = code.node_of(finding)
        call = place[1] if place is not None else None
        if (
            call is None
            or finding.inlined_from not in {None, "errors.New"}
            or not _fits(file, call)
        ):
            continue
        yield Match((finding,), partial(_change, code, file, call), file.span(call))


def _change(code: PackageCode, file: GoFile, call: Node) -> Change | None:
    name = _name(text(arguments_of(call)[0]))
    if not name or not code.is_free_in_package(name):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name=name or "err")
    if compares_errors(code):
        raise UnsafeError(ReasonCode.ERRORS_ARE_COMPARED)
    if may_be_needed_earlier(code, file):
        raise UnsafeError(ReasonCode.NEEDED_EARLIER)
    declared = declared_after_imports(file, f"var {name} = {text(call)}")
    if declared is None:
        return None
    return Change(
        (replace(file, call, name), declared), may_add=(r"&errors\.errorString\{\.\.\.\}",)
    )


def _fits(file: GoFile, call: Node) -> bool:
    """Whether it is ``return ..., errors.New("text")`` of a function that runs more than once."""
    if call.type != "call_expression" or not is_called(call, file, "errors", "New"):
        return False
    arguments = arguments_of(call)
    if len(arguments) != 1 or arguments[0].type not in _LITERALS:
        return False
    results = call.parent
    returned = results is not None and results.parent is not None
    if not returned or results is None or results.parent is None:
        return False
    if results.type != "expression_list" or results.parent.type != "return_statement":
        return False
    function = declaration_around(call)
    name = function.child_by_field_name("name") if function is not None else None
    return name is not None and text(name) not in {"init", "main"}


def _name(literal: str) -> str:
    """``errBadDigit`` for ``"bad digit"``."""
    words = re.findall(r"[^\W_]+", re.sub(r"\\.", " ", literal))
    return "err" + "".join(w[:1].upper() + w[1:] for w in words[:6]) if words else ""


_LITERALS = frozenset({"interpreted_string_literal", "raw_string_literal"})


REWRITE = Rewrite(
    code="sentinel-error",
    title="Move errors.New to a package-level variable",
    brings="An error with a constant text is made once, when the package is initialised.",
    before="""
import "errors"

func check(name string) error {
	if name == "" {
		return errors.New("empty name")
	}
	return nil
}
""",
    after="""
import "errors"

var errEmptyName = errors.New("empty name")

func check(name string) error {
	if name == "" {
		return errEmptyName
	}
	return nil
}
""",
    checks=(
        "The text is constant, and the error is returned where it is made.",
        "Nothing in the package tells errors apart by comparing them with each other.",
    ),
    refused_when=(
        "the name for the variable is taken",
        "the package compares errors with each other, or uses them as map keys",
        "a package-level variable of an earlier file may need the error before it is set",
    ),
    find=_find,
)
