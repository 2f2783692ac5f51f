"""``errors.New`` of a constant text, made anew in each call, becomes a package-level variable."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from goescape.analysis.fixes.candidate import Candidate, Promise, Refusal
from goescape.analysis.fixes.code import replace
from goescape.analysis.fixes.declarations import declared_after_imports
from goescape.analysis.fixes.locals import arguments_of, declaration_around, is_called
from goescape.analysis.nodes import text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.fixes.code import Code
    from goescape.analysis.go_syntax import GoSyntax

CODE = "sentinel-error"
TITLE = "Move errors.New to a package-level variable"


def candidates(code: Code, file: GoSyntax) -> Iterator[Candidate | Refusal]:
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
        if _compares_errors(code):
            reason = "The package tells errors apart by comparing them with each other."
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


def _fits(file: GoSyntax, call: Node) -> bool:
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


@lru_cache(maxsize=4)
def _compares_errors(code: Code) -> bool:
    files = code.all_files
    if any(re.search(rb"map\[(error|any|interface\s*\{\s*\})\]", f.source.content) for f in files):
        return True
    known = {name for f in files for name in _package_variables(f)}
    return any(_is_comparison(node, known) for f in files for node in walk(f.root))


def _is_comparison(node: Node, known: set[str]) -> bool:
    """Whether two errors are compared, neither of them nil or a package-level variable."""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type not in {"==", "!="}:
            return False
        sides = [n for s in ("left", "right") if (n := node.child_by_field_name(s)) is not None]
    elif node.type == "call_expression" and text(node).startswith("errors.Is("):
        return any(
            s.type != "comment" and not _is_settled(s, known) for s in arguments_of(node)[1:]
        )
    elif node.type == "expression_switch_statement":
        value = node.child_by_field_name("value")
        if value is None or "err" not in text(value).lower():
            return False
        cases = [c for c in node.named_children if c.type == "expression_case"]
        values = [c.child_by_field_name("value") for c in cases]
        return any(
            not _is_settled(each, known)
            for listed in values
            if listed is not None
            for each in listed.named_children
        )
    else:
        return False
    if not any("err" in text(side).lower() for side in sides):
        return False
    return not any(_is_settled(side, known) for side in sides)


def _is_settled(node: Node, known: set[str]) -> bool:
    """Whether an operand is nothing that a call has just made."""
    if node.type in {"nil", *_LITERALS, "int_literal", "true", "false", "rune_literal"}:
        return True
    if node.type == "identifier":
        return text(node) in known
    return node.type == "selector_expression" and bool(
        re.fullmatch(r"[a-z]\w*\.(Err[A-Z]\w*|EOF|E[A-Z0-9]+|\w*Err\w*|Canceled)", text(node))
    )


def _package_variables(file: GoSyntax) -> Iterator[str]:
    for declaration in file.root.named_children:
        if declaration.type == "var_declaration":
            for spec in walk(declaration):
                if spec.type == "var_spec":
                    yield from (text(n) for n in spec.children_by_field_name("name"))


_LITERALS = frozenset({"interpreted_string_literal", "raw_string_literal"})
