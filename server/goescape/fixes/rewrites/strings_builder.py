"""A string that grows in a loop is written to a ``strings.Builder``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import indentation, insert, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    fresh_name,
    function_around,
    has_comment,
    has_goto,
    is_clear,
    is_visible,
    keeps_order,
    single_declaration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Growth:
    """A local string that only grows, until its last ``+=``."""

    variable: Node
    declaration: Node
    start: str
    """What it begins with, as written; empty for the empty string."""
    appends: tuple[Node, ...]
    reads: tuple[Node, ...]
    """``return s`` and ``len(s)`` while it grows."""
    last: Node
    """The statement beside the declaration that holds the last ``+=``."""
    later: tuple[Node, ...]
    """The uses after that."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``s += x`` in a loop, where nothing but ``return s`` and ``len(s)`` reads it meanwhile."""
    seen: set[int] = set()
    for node in walk(file.root):
        variable = _grown(node)
        if variable is None or variable.start_byte in seen:
            continue
        seen.add(variable.start_byte)
        growth = _growth(code, variable)
        if growth is None:
            continue
        first = next(a for a in growth.appends if _loops_within(a, growth.declaration))
        grown = {file.span(part) for a in growth.appends for part in (a, _added(a))}
        targets = [f for f in code.allocations(file) if f.escapes and f.span in grown]
        change = partial(_change, file, growth, variable, first)
        yield Match(tuple(targets[:1]), change, file.span(first))


def _change(file: GoFile, growth: _Growth, variable: Node, first: Node) -> Change:
    name = fresh_name(variable, ("sb", "builder", "b", "buf"))
    imports = import_edits(file, ["strings"])
    if not name or imports is None or not is_visible(first, "strings"):
        raise UnsafeError(ReasonCode.EITHER_NAME_TAKEN, name="sb", other="strings")
    return Change(
        (*_edits(file, growth, name), *imports),
        may_add=(r'".*"', r"append", r"make\(\[\]byte, .*\)"),
    )


def _added(statement: Node) -> Node:
    """The right side of ``s += x``."""
    right = statement.child_by_field_name("right")
    assert right is not None
    return right.named_children[0]


def _grown(node: Node) -> Node | None:
    """Where the variable of a statement ``s += x`` or ``s = s + x`` is declared."""
    left = node.child_by_field_name("left") if node.type == "assignment_statement" else None
    return definition(left.named_children[0]) if left is not None and _adds(node) else None


def _adds(statement: Node) -> bool:
    """Whether an assignment puts something behind what the variable holds."""
    operator = statement.child_by_field_name("operator")
    if operator is None or text(operator) != "=":
        return operator is not None and text(operator) == "+="
    return _repeated(statement) is not None


def _repeated(statement: Node) -> Node | None:
    """The second ``s`` in ``s = s + x``."""
    operator = statement.child_by_field_name("operator")
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    if operator is None or text(operator) != "=" or left is None or right is None:
        return None
    if left.named_child_count != 1 or right.named_child_count != 1:
        return None
    first, *added = _operands(right.named_children[0])
    same = first.type == "identifier" and text(first) == text(left)
    return first if same and added else None


def _growth(code: PackageCode, variable: Node) -> _Growth | None:
    types = {"short_var_declaration", "var_declaration"}
    declaration = next((a for a in ancestors(variable) if a.type in types), None)
    start = _start(declaration, variable) if declaration is not None else None
    function = function_around(variable)
    if declaration is None or start is None or function is None or has_goto(function):
        return None
    if not is_clear(variable):
        return None
    uses = [use for use in code.uses(variable, function) if use != variable]
    appends = {use.start_byte: a for use in uses if (a := _append(use)) is not None}
    repeated = {s.start_byte for a in appends.values() if (s := _repeated(a)) is not None}
    uses = [use for use in uses if use.start_byte not in repeated]
    if not any(_loops_within(a, declaration) for a in appends.values()):
        return None
    last = _statement_in_block(declaration, max(appends.values(), key=lambda a: a.start_byte))
    if last is None:
        return None
    during = [u for u in uses if u.start_byte < last.end_byte and u.start_byte not in appends]
    if any(function_around(use) != function or not _is_plain_read(use) for use in during):
        return None
    if any(function_around(a) != function or _reads(code, a, variable) for a in appends.values()):
        return None
    if not all(keeps_order(code, _written(a)) for a in appends.values()):
        return None
    later = tuple(u for u in uses if u.start_byte >= last.end_byte)
    return _Growth(
        variable, declaration, start, tuple(appends.values()), tuple(during), last, later
    )


def _start(declaration: Node, variable: Node) -> str | None:
    """The literal that the variable begins with; None if it is no plain string."""
    single = single_declaration(declaration)
    if single is None or single[0] != variable or has_comment(declaration):
        return None
    if declaration.parent is None or declaration.parent.type != "statement_list":
        return None
    _, written, value = single
    if written is not None and text(written) != "string":
        return None
    if value is None:
        return ""
    if value.type not in {"interpreted_string_literal", "raw_string_literal"}:
        return None
    return "" if text(value) in {'""', "``"} else text(value)


def _append(use: Node) -> Node | None:
    """The statement in a block, without comments, that adds to this use on its left side."""
    left = use.parent
    statement = left.parent if left is not None else None
    if statement is None or statement.type != "assignment_statement" or has_comment(statement):
        return None
    block = statement.parent
    if not _adds(statement) or left != statement.child_by_field_name("left"):
        return None
    return statement if block is not None and block.type == "statement_list" else None


def _reads(code: PackageCode, statement: Node, variable: Node) -> bool:
    expected = 1 if _repeated(statement) is None else 2
    return sum(1 for _ in code.uses(variable, statement)) != expected


def _loops_within(statement: Node, declaration: Node) -> bool:
    """Whether a loop that does not hold the declaration repeats a statement."""
    for around in ancestors(statement):
        if around == declaration.parent:
            return False
        if around.type == "for_statement":
            return True
    return False


def _statement_in_block(declaration: Node, node: Node) -> Node | None:
    """The statement around a node that stands in the block of the declaration."""
    for around in (node, *ancestors(node)):
        if around.parent == declaration.parent:
            return around
    return None


def _is_plain_read(use: Node) -> bool:
    """Whether it is ``return s`` or ``len(s)``."""
    parent = use.parent
    if parent is None:
        return False
    if parent.type == "expression_list":
        return parent.parent is not None and parent.parent.type == "return_statement"
    return _is_length(use)


def _is_length(use: Node) -> bool:
    call = use.parent.parent if use.parent is not None else None
    return (
        call is not None
        and call.type == "call_expression"
        and callee_text(call) == "len"
        and arguments_of(call) == [use]
    )


def _edits(file: GoFile, growth: _Growth, name: str) -> Iterator[Edit]:
    end = line_end(file)
    first = [f"var {name} strings.Builder"]
    if growth.start:
        first.append(f"{name}.WriteString({growth.start})")
    yield replace(
        file, growth.declaration, (end + indentation(file, growth.declaration)).join(first)
    )
    for statement in growth.appends:
        writes = [f"{name}.WriteString({text(operand)})" for operand in _written(statement)]
        yield replace(file, statement, (end + indentation(file, statement)).join(writes))
    for use in growth.reads:
        call = use.parent.parent if use.parent is not None else None
        if _is_length(use) and call is not None:
            yield replace(file, call, f"{name}.Len()")
        else:
            yield replace(file, use, f"{name}.String()")
    if len(growth.later) == 1 and _is_simple(growth.later[0], growth):
        yield replace(file, growth.later[0], f"{name}.String()")
    elif growth.later:
        line = f"{end}{indentation(file, growth.last)}{text(growth.variable)} := {name}.String()"
        yield insert(file, _end_of_line(file, growth.last), line)


def _is_simple(use: Node, growth: _Growth) -> bool:
    """Whether a single later use is what a return statement gives."""
    statement = use.parent.parent if use.parent is not None else None
    return (
        statement is not None
        and statement.type == "return_statement"
        and function_around(use) == function_around(growth.variable)
    )


def _end_of_line(file: GoFile, node: Node) -> int:
    """Behind a node, and behind the comment that ends its line."""
    rest = file.source.content[node.end_byte :].partition(b"\n")[0].rstrip(b"\r")
    is_comment = rest.strip().startswith(b"//")
    return node.end_byte + len(rest) if is_comment else node.end_byte


def _written(statement: Node) -> list[Node]:
    """What ``s += a + b`` or ``s = s + a + b`` adds, piece by piece."""
    right = statement.child_by_field_name("right")
    pieces = _operands(right.named_children[0]) if right is not None else []
    return pieces if _repeated(statement) is None else pieces[1:]


def _operands(node: Node) -> list[Node]:
    """The operands of ``a + b + c``, first to last."""
    operator = node.child_by_field_name("operator")
    left, right = (node.child_by_field_name(side) for side in ("left", "right"))
    if node.type != "binary_expression" or operator is None or operator.type != "+":
        return [node]
    return [*_operands(left), right] if left is not None and right is not None else [node]


REWRITE = Rewrite(
    code="strings-builder",
    title="Build the string with strings.Builder",
    brings=(
        "`s += x` and `s = s + x` copy the whole string in every iteration. A builder grows now "
        "and then."
    ),
    before="""
func joinKeys(keys []string) string {
	s := ""
	for _, k := range keys {
		s += k + ","
	}
	return s
}
""",
    after="""
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
    checks=(
        "The string starts empty or constant, and the loop only appends to it.",
        (
            "Until the loop ends nothing reads the string but `len`; after it, the string is "
            "returned or used once."
        ),
    ),
    refused_when=(
        "a closure uses the string, or its address is taken",
        "`strings` means something else at that place",
    ),
    find=_find,
    predeclared=frozenset({"string", "len"}),
)
