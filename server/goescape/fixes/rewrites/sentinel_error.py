"""``errors.New`` of a constant text, made anew in each call, becomes a package-level variable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.fixes.candidate import Candidate, Promise, Refusal
from goescape.fixes.checks.error_identity import compares_errors
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.package_declarations import declared_after_imports
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    is_called,
    may_call,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

CODE = "sentinel-error"
TITLE = "Move errors.New to a package-level variable"


def candidates(code: PackageCode, file: GoFile) -> Iterator[Candidate | Refusal]:
    """Errors that are returned where they are made.

    All errors of such a place become one value. Where a package compares errors with each other,
    or uses them as keys, that would show.
    """
    for finding in code.allocations(file):
        found = code.node_of(finding)
        call = found[1] if found is not None else None
        if call is None or finding.inlined_from not in {"", "errors.New"} or not _fits(file, call):
            continue
        name = _name(text(arguments_of(call)[0]))
        if not name or not code.is_free_in_package(name):
            yield Refusal(CODE, TITLE, file.span(call), f"`{name or 'err'}` is not a free name.")
            continue
        if compares_errors(code):
            reason = "The package tells errors apart by comparing them with each other."
            yield Refusal(CODE, TITLE, file.span(call), reason)
            continue
        if _runs_earlier(code, file):
            reason = "A variable of an earlier file is set by code that may need it already."
            yield Refusal(CODE, TITLE, file.span(call), reason)
            continue
        declared = declared_after_imports(file, f"var {name} = {text(call)}")
        if declared is not None:
            yield Candidate(
                CODE,
                TITLE,
                file.span(call),
                (replace(file, call, name), declared),
                Promise.GONE,
                finding,
                may_add=(r"&errors\.errorString\{\.\.\.\}",),
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


def _runs_earlier(code: PackageCode, file: GoFile) -> bool:
    """Whether code of the package may run before a new variable of a file has its value.

    Go orders variables by the functions that their values mention; calls through interfaces and
    function values it does not see. Within the file the new variable comes first.
    """
    own = {f.plain_name for f in code.syntax.functions.values()} | set(code.syntax.types)
    earlier = (f for path, f in code.files.items() if path < file.source.path)
    for variable in (v for f in earlier for v in f.root.named_children):
        if variable.type != "var_declaration":
            continue
        names = {text(n) for n in walk(variable) if n.type.endswith("identifier")}
        calls = (n for n in walk(variable) if may_call(n))
        if names & own and any(callee_text(c) not in code.syntax.types for c in calls):
            return True
    return False


def _name(literal: str) -> str:
    """``errBadDigit`` for ``"bad digit"``."""
    words = re.findall(r"[^\W_]+", re.sub(r"\\.", " ", literal))
    return "err" + "".join(w[:1].upper() + w[1:] for w in words[:6]) if words else ""


_LITERALS = frozenset({"interpreted_string_literal", "raw_string_literal"})
