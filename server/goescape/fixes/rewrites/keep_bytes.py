"""Bytes that become a string only for a question stay bytes: package bytes answers it, too."""

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
from goescape.fixes.candidate import Promise, TypeClaim, UnsafeError
from goescape.fixes.checks.constant_texts import constant_text
from goescape.fixes.checks.failures import is_for_failure
from goescape.fixes.context.package_code import replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    has_comment,
    is_called,
    is_visible,
    package_name,
    redeclares,
    single_declaration,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_TITLE = "Keep the bytes: {new} instead of {old}"


@frozen
class _Bytes:
    """A string that is made of bytes, and those."""

    string: Node
    bytes: str
    method: str
    """What gives them; empty for a conversion."""
    claims: tuple[TypeClaim, ...] = ()


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Questions to package strings about bytes; comparisons of what scanners and buffers hold."""
    if redeclares(code, "byte", "string", "append") or is_test_file(file.source.path):
        return
    if not any(path in {"strings", "bufio", "bytes"} for path, _ in file.imports):
        return
    findings = {f.span: f for f in code.allocations(file)}
    for node in walk(file.root):
        if node.type not in {"call_expression", "binary_expression", "variadic_argument"}:
            continue
        if node.type == "call_expression":
            yield from _asked(code, file, node, findings)
        elif (made := _read_at_once(code, file, node)) is not None and not has_comment(node):
            whole = made.bytes if node.type == "variadic_argument" else f"string({made.bytes})"
            change = partial(Change, (replace(file, made.string, whole),), claims=made.claims)
            words = (("new", made.method), ("old", callee_text(made.string).rpartition(".")[2]))
            yield Match((), change, file.span(made.string), variant=_TITLE, words=words)


def _asked(
    code: PackageCode, file: GoFile, call: Node, findings: Mapping[Span, Finding]
) -> Iterator[Match]:
    """``strings.HasPrefix(string(b), "x")``."""
    name, arguments = callee_text(call).rpartition(".")[2], arguments_of(call)
    if name not in _FUNCTIONS and name not in _PARTS:
        return
    if not arguments or not is_called(call, file, "strings", name) or has_comment(call):
        return
    made = _bytes(code, file, arguments[0])
    others = [_other(code, file, name, argument) for argument in arguments[1:]]
    written = [other for other in others if other is not None]
    if made is None or len(written) != len(others) or is_for_failure(call):
        return
    if name in _PARTS and not _is_compared(code, file, call):
        return
    finding = findings.get(file.span(made.string))
    words = (("new", f"bytes.{name}"), ("old", callee_text(call)))
    change = partial(_change, file, call, made, written)
    targets = (finding,) if finding is not None else ()
    yield Match(targets, change, file.span(call), variant=_TITLE, words=words)


def _change(file: GoFile, call: Node, made: _Bytes, others: list[str]) -> Change:
    name = callee_text(call).rpartition(".")[2]
    called = call.child_by_field_name("function")
    imports = import_edits(file, ["bytes"], [called] if called is not None else [])
    if imports is None or not is_visible(call, "bytes"):
        raise UnsafeError(ReasonCode.NAME_TAKEN, name="bytes")
    new = f"bytes.{name}({', '.join([made.bytes, *others])})"
    if name in _PARTS:
        new = f"string({new})"
    return Change(
        (replace(file, call, new), *imports),
        may_add=(r"\(?\[\]byte\)?\(.*\)", r"string\(bytes\..*\)", r".*\bbytes\.\w+\(.*"),
        claims=made.claims,
    )


def _bytes(code: PackageCode, file: GoFile, string: Node) -> _Bytes | None:
    """What a string is made of, if that is bytes."""
    if string.type != "call_expression":
        return None
    function, arguments = string.child_by_field_name("function"), arguments_of(string)
    if function is None or has_comment(string):
        return None
    if text(function) == "string" and len(arguments) == 1:
        return _converted(code, file, string, arguments[0])
    receiver, method = function.child_by_field_name("operand"), callee_text(string)
    if receiver is None or arguments:
        return None
    if method.endswith(".Text") and _is_scanner(code, file, receiver):
        return _Bytes(string, f"{text(receiver)}.Bytes()", "Bytes")
    if method.endswith(".String") and _is_buffer(code, file, receiver):
        return _Bytes(string, f"{text(receiver)}.Bytes()", "Bytes")
    return None


def _converted(code: PackageCode, file: GoFile, string: Node, operand: Node) -> _Bytes | None:
    known = code.types.of(file, operand)
    if known is None:
        claim = TypeClaim(file.source.path, operand.start_byte, operand.end_byte, "[]byte")
        return _Bytes(string, text(operand), "", (claim,))
    element = code.types.element(known) if known.kind == "slice" else None
    is_bytes = element is not None and element.text in {"byte", "uint8"}
    return _Bytes(string, text(operand), "") if is_bytes else None


def _is_scanner(code: PackageCode, file: GoFile, receiver: Node) -> bool:
    known = code.types.of(file, receiver)
    if known is not None:
        return known.text in {"*bufio.Scanner", "bufio.Scanner"}
    written, package = type_of(code, receiver), package_name(file, receiver, "bufio")
    if written is not None:
        return bool(package) and text(written) in {f"*{package}.Scanner", f"{package}.Scanner"}
    declared = definition(receiver)
    listed = declared.parent if declared is not None else None
    statement = listed.parent if listed is not None else None
    single = single_declaration(statement) if statement is not None else None
    value = single[2] if single is not None and single[0] == declared else None
    return value is not None and is_called(value, file, "bufio", "NewScanner")


def _is_buffer(code: PackageCode, file: GoFile, receiver: Node) -> bool:
    """Whether it is a ``bytes.Buffer``; ``String`` of a nil pointer to one would not panic."""
    known = code.types.of(file, receiver)
    if known is not None:
        return known.text == "bytes.Buffer"
    written, package = type_of(code, receiver), package_name(file, receiver, "bytes")
    return written is not None and bool(package) and text(written) == f"{package}.Buffer"


def _other(code: PackageCode, file: GoFile, name: str, argument: Node) -> str | None:
    """The other argument for package bytes; None where it might take memory, or do anything."""
    constant = constant_text(code, file, argument)
    kind = _FUNCTIONS.get(name, "") or _PARTS[name]
    if kind == "text":
        short = constant is not None and len(constant.encode()) <= _ON_STACK
        return f"[]byte({text(argument)})" if short else None
    if kind == "characters":
        return text(argument) if constant is not None and constant.isascii() else None
    if kind == "function":
        return text(argument) if re.fullmatch(r"unicode\.\w+", text(argument)) else None
    return text(argument) if argument.type == "rune_literal" else None


def _is_compared(code: PackageCode, file: GoFile, node: Node) -> bool:
    """Whether it is compared with a constant, which needs no string."""
    around = node.parent
    operator = around.child_by_field_name("operator") if around is not None else None
    if around is None or around.type != "binary_expression" or operator is None:
        return False
    sides = [around.child_by_field_name(side) for side in ("left", "right")]
    other = next((side for side in sides if side is not None and side != node), None)
    is_constant = other is not None and constant_text(code, file, other) is not None
    return operator.type in {"==", "!="} and is_constant


def _read_at_once(code: PackageCode, file: GoFile, node: Node) -> _Bytes | None:
    """The text of a scanner that is compared with a constant, or appended to bytes."""
    if node.type == "variadic_argument":
        appended = node.parent.parent if node.parent is not None else None
        if appended is None or callee_text(appended) != "append" or not node.named_children:
            return None
        made = _bytes(code, file, node.named_children[0])
        return made if made is not None and made.method else None
    for side in ("left", "right"):
        string = node.child_by_field_name(side)
        made = _bytes(code, file, string) if string is not None else None
        if made is not None and made.method and _is_compared(code, file, made.string):
            return made
    return None


_ON_STACK = 32
"""A longer text would take memory as bytes, too."""
_FUNCTIONS = {
    **dict.fromkeys(("Contains", "HasPrefix", "HasSuffix", "Index", "LastIndex"), "text"),
    **dict.fromkeys(("Count", "EqualFold"), "text"),
    **dict.fromkeys(("ContainsAny", "IndexAny", "LastIndexAny"), "characters"),
    **dict.fromkeys(("ContainsRune", "IndexRune", "IndexByte", "LastIndexByte"), "character"),
    **dict.fromkeys(("IndexFunc", "LastIndexFunc", "ContainsFunc"), "function"),
}
"""What gives no string, and what the other argument is."""
_PARTS = {
    "TrimSpace": "none",
    **dict.fromkeys(("TrimPrefix", "TrimSuffix"), "text"),
    **dict.fromkeys(("Trim", "TrimLeft", "TrimRight"), "characters"),
}
"""What gives a part of the string."""


REWRITE = Rewrite(
    code="keep-bytes",
    title="Ask package bytes instead of making a string",
    variants=(_TITLE,),
    brings=(
        "A string that is made only to look for something, or to compare it, is a copy of the "
        "bytes. Package bytes has the same functions."
    ),
    before="""
import "strings"

func isComment(line []byte) bool {
	return strings.HasPrefix(string(line), "//")
}
""",
    after="""
import "bytes"

func isComment(line []byte) bool {
	return bytes.HasPrefix(line, []byte("//"))
}
""",
    checks=(
        "The string is made of a `[]byte`, a `bytes.Buffer` or what a `bufio.Scanner` read.",
        "Nothing keeps it: only a number or a truth value comes of it.",
        "What is looked for is a constant of at most 32 bytes, which takes no memory as bytes.",
    ),
    refused_when=(
        "a function that is called for each character might change the bytes meanwhile",
        "`bytes` means something else at that place",
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
