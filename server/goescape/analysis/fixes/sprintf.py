"""``fmt.Sprintf`` of simple values becomes ``strconv`` or a concatenation: no boxing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.fixes.candidate import Candidate, Claim, Promise, Refusal
from goescape.analysis.fixes.code import replace
from goescape.analysis.fixes.imports import import_edits, imported_as
from goescape.analysis.model import Finding, Kind
from goescape.analysis.nodes import ancestors, callee_text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.fixes.code import Code
    from goescape.analysis.go_syntax import GoSyntax

CODE = "sprintf"
ITOA = "Use strconv.Itoa instead of fmt.Sprintf"
CONCATENATION = "Use string concatenation instead of fmt.Sprintf"


def candidates(code: Code, file: GoSyntax) -> Iterator[Candidate | Refusal]:
    """Calls with ``%s`` of strings and ``%d`` of ints only.

    That the operands have just these types is for the compiler to say: a string type of its own
    with a String method would print something else.
    """
    fmt = imported_as(file, "fmt")
    seen: set[int] = set()
    for finding in code.findings:
        call = _call_around(code, file, finding, f"{fmt}.Sprintf") if fmt else None
        if call is None or call.start_byte in seen:
            continue
        seen.add(call.start_byte)
        parts = _parts(call)
        if parts is None:
            continue
        title = ITOA if parts[0][0] == "%d" and len(parts) == 1 else CONCATENATION
        needed = ["strconv"] if any(verb == "%d" for verb, _ in parts) else []
        imports = import_edits(file, needed, [call])
        if imports is None:
            yield Refusal(CODE, title, file.span(call), "`strconv` means something else here.")
            continue
        new = " + ".join(_rendered(verb, part) for verb, part in parts)
        if len(parts) > 1 and _needs_parentheses(call):
            new = f"({new})"
        yield Candidate(
            CODE,
            title,
            file.span(call),
            (replace(file, call, new), *imports),
            Promise.GONE,
            finding,
            may_add=(r".* \+ .*",) if len(parts) > 1 else (),
            claims=tuple(_claims(file, call, parts)),
        )


def _call_around(code: Code, file: GoSyntax, finding: Finding, callee: str) -> Node | None:
    if finding.span.file != file.source.path or finding.kind is not Kind.BOXED:
        return None
    found = code.node_of(finding)
    for around in ancestors(found[1]) if found is not None else ():
        if around.type == "call_expression":
            return around if callee_text(around) == callee else None
        if around.type != "argument_list":
            return None
    return None


def _parts(call: Node) -> list[tuple[str, str]] | None:
    """The pieces of the result: verbs with operands, and literal text; None if not all simple."""
    arguments = call.child_by_field_name("arguments")
    operands = list(arguments.named_children) if arguments is not None else []
    if not operands or operands[0].type != "interpreted_string_literal":
        return None
    if any(operand.type in {"variadic_argument", "comment"} for operand in operands):
        return None
    pieces = re.split(r"(%.)", text(operands.pop(0))[1:-1])
    parts: list[tuple[str, str]] = []
    for piece in pieces:
        if piece in {"%s", "%d"}:
            if not operands:
                return None
            parts.append((piece, text(operands.pop(0))))
        elif piece == "%%":
            _add_text(parts, "%")
        elif piece.startswith("%"):
            return None
        elif piece:
            _add_text(parts, piece)
    return parts if parts and not operands and "\n" not in "".join(p for _, p in parts) else None


def _claims(file: GoSyntax, call: Node, parts: list[tuple[str, str]]) -> Iterator[Claim]:
    arguments = call.child_by_field_name("arguments")
    operands = arguments.named_children[1:] if arguments is not None else []
    types = [_TYPES[verb] for verb, _ in parts if verb]
    for operand, its_type in zip(operands, types, strict=True):
        yield Claim(file.source.path, operand.start_byte, operand.end_byte, its_type)


def _add_text(parts: list[tuple[str, str]], piece: str) -> None:
    if parts and parts[-1][0] == "":
        parts[-1] = ("", parts[-1][1] + piece)
    else:
        parts.append(("", piece))


def _rendered(verb: str, part: str) -> str:
    if verb == "%d":
        return f"strconv.Itoa({part})"
    return f'"{part}"' if verb == "" else part


def _needs_parentheses(call: Node) -> bool:
    parent = call.parent
    return parent is not None and parent.type in {
        "binary_expression",
        "selector_expression",
        "index_expression",
        "slice_expression",
    }


_TYPES = {"%s": "string", "%d": "int"}
