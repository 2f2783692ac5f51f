"""Formats of fmt that need no fmt: simple verbs, and operands of simple types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.model import SiteKind
from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import TypeClaim
from goescape.fixes.syntax.local_variables import BASIC, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import UsableType


@frozen
class FormatPart:
    """A piece of literal text, or an operand and what turns it into a string."""

    text: str
    """Between quotes, or the operand's source."""
    node: Node | None = None
    type: str = ""
    """The operand's basic type, or that behind its name."""
    quoted: bool = False
    is_named: bool = False
    """Whether it has to be converted to that."""
    is_known: bool = False
    """Whether Go's type checker says so; else a claim has to confirm it."""
    is_raw: bool = False
    """Whether the text comes from a literal in backquotes."""

    @property
    def function(self) -> str:
        """What of strconv makes a string of it; empty for strings."""
        if self.quoted:
            return "Quote"
        return FUNCTIONS.get(self.type, "")

    @property
    def rendered(self) -> str:
        """An expression of type string."""
        if self.node is None:
            return self._literal
        match self.function:
            case "":
                return self._as("string")
            case "FormatInt":
                return f"strconv.FormatInt({self._as('int64')}, 10)"
            case "FormatUint":
                return f"strconv.FormatUint({self._as('uint64')}, 10)"
            case function:
                return f"strconv.{function}({self._as(_PARAMETERS[function])})"

    def appended_to(self, buffer: str) -> str | None:
        """An expression of type []byte that needs no string; None where one costs nothing."""
        match self.function:
            case "Itoa" | "FormatInt":
                return f"strconv.AppendInt({buffer}, {self._as('int64')}, 10)"
            case "FormatUint":
                return f"strconv.AppendUint({buffer}, {self._as('uint64')}, 10)"
            case "Quote":
                return f"strconv.AppendQuote({buffer}, {self._as('string')})"
        return None

    @property
    def scratch(self) -> str:
        """A buffer on the stack that the operand is appended to."""
        return f"make([]byte, 0, {_QUOTED if self.quoted else _DIGITS})"

    @property
    def operand_of_sum(self) -> str:
        """As ``rendered``, without an object of its own where ``+`` follows or stands before.

        The bytes of a conversion that is an operand of ``+`` stay on the stack.
        """
        appended = self.appended_to(self.scratch)
        return f"string({appended})" if appended is not None else self.rendered

    @property
    def _literal(self) -> str:
        """Text as the template has it: in quotes, or with quotes of its own in backquotes."""
        if self.is_raw and _QUOTES.fullmatch(self.text):
            return "`" + self.text.replace('\\"', '"') + "`"
        return f'"{self.text}"'

    def _as(self, wide: str) -> str:
        is_it = self.type == wide and not self.is_named
        return self.text if is_it else f"{wide}({self.text})"


def parts_of(
    code: PackageCode, file: GoFile, template: Node, operands: Sequence[Node]
) -> list[FormatPart] | None:
    """The pieces of a result of Sprintf; None if one of them is not simple."""
    source, is_raw = text(template)[1:-1], template.type == "raw_string_literal"
    if is_raw and source.isprintable():
        source = source.replace("\\", r"\\").replace('"', r"\"")
    elif template.type != "interpreted_string_literal" or _HIDDEN.search(source):
        return None
    left, parts = list(operands), list[FormatPart]()
    for piece in re.split(r"(%.)", source):
        if piece == "%%":
            _add_text(parts, "%", is_raw=is_raw)
        elif piece.startswith("%"):
            part = _operand(code, file, piece, left.pop(0)) if left else None
            if part is None:
                return None
            parts.append(part)
        elif "%" in piece:
            return None
        elif piece:
            _add_text(parts, piece, is_raw=is_raw)
    return parts if parts and not left else None


def printed(code: PackageCode, file: GoFile, operands: Sequence[Node]) -> list[FormatPart] | None:
    """The pieces of a result of Sprint: strings side by side, or one simple operand."""
    parts = [_operand(code, file, "%v", operand) for operand in operands]
    understood = [part for part in parts if part is not None]
    if len(understood) != len(parts) or not understood:
        return None
    if len(understood) > 1 and any(part.type != "string" for part in understood):
        return None  # Sprint puts spaces between what is no string
    return understood


def claims_of(file: GoFile, parts: Sequence[FormatPart]) -> tuple[TypeClaim, ...]:
    """That the operands have just these types, where nobody knows."""
    return tuple(
        TypeClaim(file.source.path, part.node.start_byte, part.node.end_byte, part.type)
        for part in parts
        if part.node is not None and not part.is_known
    )


def needed_imports(parts: Sequence[FormatPart]) -> list[str]:
    """What the rendered parts need."""
    return ["strconv"] if any(part.function for part in parts) else []


def operands_of(parts: Sequence[FormatPart]) -> list[Node]:
    """The operands that are still there when parts are written one by one."""
    return [part.node for part in parts if part.node is not None]


def is_boxed(finding: Finding) -> bool:
    """Whether a value is put into an interface, and takes memory for it."""
    return finding.kind is SiteKind.BOXED and finding.is_diagnostic


def _operand(code: PackageCode, file: GoFile, verb: str, node: Node) -> FormatPart | None:
    if node.type in {"variadic_argument", "comment"} or "\n" in text(node):
        return None
    types = _VERBS.get(verb, frozenset())
    known = code.types.of(file, node)
    if known is not None:
        if known.kind not in types or not _is_printed_plainly(known, verb):
            return None
        return FormatPart(text(node), node, known.kind, verb == "%q", known.is_named, is_known=True)
    declared_type = _type_by_source(code, file, node)
    its_type = declared_type or {"%s": "string", "%q": "string", "%d": "int", "%t": "bool"}.get(
        verb, ""
    )
    return FormatPart(text(node), node, its_type, verb == "%q") if its_type in types else None


def _is_printed_plainly(known: UsableType, verb: str) -> bool:
    """Whether no method of a type decides how it is printed."""
    if known.is_formatter:
        return False
    return verb in {"%d", "%t"} or not (known.is_error or known.is_stringer)


def _type_by_source(code: PackageCode, file: GoFile, node: Node) -> str:
    written = type_of(code, node)
    if written is not None:
        return text(written) if text(written) in BASIC else "?"
    shown = code.syntax.basic_type(file, node)
    if shown == "number":
        return "int" if node.type == "int_literal" else ""
    return shown


def _add_text(parts: list[FormatPart], piece: str, *, is_raw: bool) -> None:
    before = parts.pop().text if parts and parts[-1].node is None else ""
    parts.append(FormatPart(before + piece, is_raw=is_raw))


_QUOTES = re.compile(r'(?:[^\\`]|\\")*\\"(?:[^\\`]|\\")*')
"""Text that only has escapes because of its quotes."""
_DIGITS = 20
"""The longest number in decimal has as many, with its sign."""
_QUOTED = 64
"""A longer quoted text takes memory, as it did before."""
_HIDDEN = re.compile(r"\\(x25|u0025|U00000025|045)")
"""A percent sign that does not look like one."""
_INTEGERS = {
    "int": "Itoa",
    **dict.fromkeys(("int8", "int16", "int32", "int64", "rune"), "FormatInt"),
    **dict.fromkeys(("uint", "uint8", "uint16", "uint32", "uint64", "byte"), "FormatUint"),
}
FUNCTIONS = {**_INTEGERS, "bool": "FormatBool"}
"""What of strconv makes a string of a type."""
_PARAMETERS = {"Itoa": "int", "FormatBool": "bool", "Quote": "string"}
_VERBS = {
    "%s": frozenset({"string"}),
    "%q": frozenset({"string"}),
    "%d": frozenset(_INTEGERS),
    "%t": frozenset({"bool"}),
    "%v": frozenset({"string", "bool", *_INTEGERS}),
}
