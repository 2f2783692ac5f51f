"""A ``strings.Builder`` that a loop fills gets its space beforehand."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, token, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import FixKind, Promise
from goescape.fixes.context.package_code import indentation, insert, line_end
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import is_plain_name
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    fresh_name,
    has_comment,
    has_goto,
    is_clear,
    package_name,
    redeclares,
    single_declaration,
    type_of,
    underlying,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """A new builder, directly before a loop that only writes its elements and constants."""
    if redeclares(code, "len", "string"):
        return
    for node in walk(file.root):
        loop = node.next_named_sibling if node.type == "var_declaration" else None
        if loop is None or loop.type != "for_statement" or has_comment(node):
            continue
        builder = _builder(file, node)
        if builder is not None:
            change = partial(_change, code, file, builder, node, loop)
            yield Match((), change, file.span(builder))


def _change(
    code: PackageCode, file: GoFile, builder: Node, declaration: Node, loop: Node
) -> Change | None:
    header = _header(code, file, loop)
    body = loop.child_by_field_name("body")
    written = _written(body, builder, header[1]) if header is not None and body else None
    total = fresh_name(declaration, ("n", "size", "total"))
    if header is None or written is None or not total:
        return None
    ranged, name = header
    lines = [
        f"{total} := 0",
        f"for _, {text(name)} := range {text(ranged)} {{",
        f"\t{total} += {written}",
        "}",
        f"{text(builder)}.Grow({total})",
    ]
    end = line_end(file) + indentation(file, declaration)
    return Change(
        (insert(file, loop.start_byte, "".join(line + end for line in lines)),),
        may_add=(r'".*"', r"make\(\[\]byte, .*\)", r"bytealg\..*"),
    )


def _builder(file: GoFile, statement: Node) -> Node | None:
    """The name in ``var sb strings.Builder``."""
    single = single_declaration(statement)
    package = package_name(file, statement, "strings")
    function = declaration_around(statement)
    if single is None or single[1] is None or single[2] is not None or not package:
        return None
    if function is None or has_goto(function) or not is_clear(single[0]):
        return None
    return single[0] if text(single[1]) == f"{package}.Builder" else None


def _header(code: PackageCode, file: GoFile, loop: Node) -> tuple[Node, Node] | None:
    """What a loop ranges over, certainly a slice or an array of strings, and its variable."""
    clause = next((c for c in loop.named_children if c.type == "range_clause"), None)
    left = clause.child_by_field_name("left") if clause is not None else None
    ranged = clause.child_by_field_name("right") if clause is not None else None
    if clause is None or left is None or ranged is None or token(clause, ":=") is None:
        return None
    if left.named_child_count != 2 or not _has_strings(code, file, ranged):
        return None
    if text(left.named_children[0]) != "_" or left.named_children[1].type != "identifier":
        return None
    return ranged, left.named_children[1]


def _has_strings(code: PackageCode, file: GoFile, ranged: Node) -> bool:
    """Whether it is a variable or a field with a slice or an array of strings."""
    known = code.types.of(file, ranged)
    if known is not None and is_plain_name(ranged):
        element = code.types.element(known)
        is_string = element is not None and element.kind == "string" and not element.is_named
        return is_string and known.kind in {"slice", "array"}
    its_type = underlying(code, type_of(code, ranged))
    if its_type is None or its_type.type not in {"slice_type", "array_type"}:
        return False
    element_node = its_type.child_by_field_name("element")
    return element_node is not None and text(element_node) == "string"


def _written(body: Node, builder: Node, name: Node) -> str | None:
    """How much one turn writes: ``len(k) + 1``; None where that is not plain."""
    statements = body.named_children[0].named_children if body.named_children else []
    lengths, constant = [], 0
    for statement in statements:
        call = statement.named_children[0] if statement.type == "expression_statement" else None
        method = callee_text(call).rpartition(".") if call is not None else ("", "", "")
        arguments = arguments_of(call) if call is not None else []
        if method[0] != text(builder) or len(arguments) != 1:
            return None
        written = arguments[0]
        if method[2] == "WriteByte" and written.type == "rune_literal":
            constant += 1
        elif method[2] != "WriteString":
            return None
        elif written.type == "identifier" and definition(written) == name:
            lengths.append(f"len({text(name)})")
        elif re.fullmatch(r'"[ -!#-\[\]-~]*"', text(written)):
            constant += len(text(written)) - 2
        else:
            return None
    if not lengths:
        return None
    return " + ".join([*lengths, *([str(constant)] if constant else [])])


REWRITE = Rewrite(
    code="builder-grow",
    title="Call Grow before the loop",
    brings="The builder allocates once with the final size instead of growing several times.",
    before="""
import "strings"

func joinKeys(keys []string) string {
	var sb strings.Builder
	for _, k := range keys {
		sb.WriteString(k)
		sb.WriteString(",")
	}
	return sb.String()
}
""",
    after="""
import "strings"

func joinKeys(keys []string) string {
	var sb strings.Builder
	n := 0
	for _, k := range keys {
		n += len(k) + 1
	}
	sb.Grow(n)
	for _, k := range keys {
		sb.WriteString(k)
		sb.WriteString(",")
	}
	return sb.String()
}
""",
    checks=(
        "The builder is declared directly before the loop.",
        "The loop only writes the elements and constants to it, and does so in every iteration.",
    ),
    refused_when=(
        "the loop does anything else, because then its size cannot be computed beforehand",
    ),
    promise=Promise.UNSEEN,
    kind=FixKind.REWRITE,
    look_at="The strings are walked twice: it pays where the result is long.",
    find=_find,
)
