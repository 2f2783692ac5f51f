"""A variable on the heap that each iteration declares anew is declared once and reset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.fixes.candidate import FixKind, Promise
from goescape.fixes.context.package_code import insert, replace, statement_of
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.hoisting import in_front_of
from goescape.fixes.syntax.local_variables import redeclares, single_declaration, underlying
from goescape.fixes.syntax.loop_variables import LoopVariable, loop_variable
from goescape.fixes.syntax.variable_uses import line_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Declared:
    type: str
    reset: str
    """What takes the place of the declaration."""
    node: Node


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Variables whose address only goes to what fills them: ``json.Unmarshal(data, &v)``."""
    for finding in code.findings:
        if finding.span.file != file.source.path or finding.kind is not SiteKind.VARIABLE:
            continue
        place = code.node_of(finding) if finding.in_loop and finding.escapes else None
        statement = statement_of(place[1]) if place is not None else None
        if place is None or statement is None:
            continue
        declared = _declared(code, statement)
        moved = loop_variable(place[1], statement) if declared is not None else None
        if declared is None or moved is None or not _is_only_filled(code, moved):
            continue
        if not any(n in _names_of(moved.loop) for n in _types(declared.node)):
            yield Match((finding,), partial(_change, file, moved, declared))


def _change(file: GoFile, moved: LoopVariable, declared: _Declared) -> Change | None:
    front = in_front_of(moved.loop)
    if front is None:
        return None
    at, after = line_before(file, front)
    return Change(
        (
            insert(file, at, f"var {moved.variable.name} {declared.type}{after}"),
            replace(file, moved.statement, declared.reset),
        )
    )


def _declared(code: PackageCode, statement: Node) -> _Declared | None:
    """How ``var v T`` and ``v := T{...}`` become an assignment."""
    single = single_declaration(statement)
    if single is None:
        return None
    name, kind, value = single
    if value is None and kind is not None:
        zero = _zero(code, kind)
        return _Declared(text(kind), f"{text(name)} = {zero}", kind) if zero else None
    if kind is None and value is not None and value.type == "composite_literal":
        kind = value.child_by_field_name("type")
        if kind is not None and kind.type != "implicit_length_array_type":
            return _Declared(text(kind), f"{text(name)} = {text(value)}", kind)
    return None


def _zero(code: PackageCode, kind: Node) -> str:
    """The zero value of a type; empty where a name that it needs means something else."""
    own = underlying(code, kind)
    if own is not None and own.type in {"struct_type", "array_type"}:
        return f"{text(kind)}{{}}"
    if kind.type in {"slice_type", "map_type", "pointer_type", "interface_type", "function_type"}:
        return "" if redeclares(code, "nil") else "nil"
    return "" if redeclares(code, "new") else f"*new({text(kind)})"


def _is_only_filled(code: PackageCode, moved: LoopVariable) -> bool:
    return all(_is_harmless(code, use) for use in moved.variable.uses)


def _is_harmless(code: PackageCode, use: Node) -> bool:
    """Whether a use reads or writes the value, or passes the address to what fills it."""
    part, parent = use, use.parent
    while parent is not None and parent.type in {"selector_expression", "parenthesized_expression"}:
        if parent.type == "selector_expression" and not _is_field(code, parent):
            return False
        part, parent = parent, parent.parent
    if parent is None or parent.type == "slice_expression":
        return False
    if parent.type == "call_expression":
        return part.type == "identifier"  # a method may take the address of its receiver
    if parent.type == "index_expression":
        return not text(parent.parent or parent).startswith("&") and not _is_sliced(parent)
    if parent.type != "unary_expression" or not text(parent).startswith("&"):
        return True
    arguments = parent.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or arguments.type != "argument_list" or call is None:
        return False
    return callee_text(call).rpartition(".")[2] in _FILLING


def _is_field(code: PackageCode, selector: Node) -> bool:
    """Whether this selects a field of a struct of this package; a method value has the address."""
    field = selector.child_by_field_name("field")
    name = text(field) if field is not None else ""
    files = code.files.values()
    return any(name in file.field_names for file in files) and not any(
        name in file.method_names for file in files
    )


def _is_sliced(indexed: Node) -> bool:
    parent = indexed.parent
    return parent is not None and parent.type in {
        "slice_expression",
        "selector_expression",
        "call_expression",
    }


def _types(kind: Node) -> set[str]:
    return {text(n) for n in walk(kind) if n.type in {"type_identifier", "identifier"}}


def _names_of(loop: Node) -> set[str]:
    """The types and constants that a loop declares."""
    return {
        text(name)
        for spec in walk(loop)
        if spec.type in {"type_spec", "type_alias", "const_spec"}
        for name in spec.children_by_field_name("name")
    }


_FILLING = frozenset(
    {
        *("Unmarshal", "UnmarshalStrict", "Decode", "DecodeElement", "Scan", "Scanf", "Scanln"),
        *("Sscan", "Sscanf", "Sscanln", "Fscan", "Fscanf", "Fscanln"),
    }
)
"""What fills the variable behind an address and is not known to keep that."""


REWRITE = Rewrite(
    code="hoist-variable",
    title="Declare the variable once, before the loop",
    brings="One variable on the heap serves all iterations; each iteration sets it to zero first.",
    before="""
import "encoding/json"

type event struct {
	Kind string
	Size int
}

func tally(lines [][]byte) (n int, err error) {
	for _, line := range lines {
		var ev event
		if err := json.Unmarshal(line, &ev); err != nil {
			return n, err
		}
		n += ev.Size
	}
	return n, nil
}
""",
    after="""
import "encoding/json"

type event struct {
	Kind string
	Size int
}

func tally(lines [][]byte) (n int, err error) {
	var ev event
	for _, line := range lines {
		ev = event{}
		if err := json.Unmarshal(line, &ev); err != nil {
			return n, err
		}
		n += ev.Size
	}
	return n, nil
}
""",
    checks=(
        "The address of the variable only goes to calls that fill it, such as `json.Unmarshal`.",
        "Nothing else keeps the address or captures the variable.",
    ),
    refused_when=(
        "a closure, a goroutine or another variable may keep the address",
        "the type of the variable is declared in the loop",
    ),
    promise=Promise.OUT_OF_LOOP,
    kind=FixKind.REWRITE,
    look_at="The call that gets the address must not keep it: all iterations share the variable.",
    find=_find,
)
