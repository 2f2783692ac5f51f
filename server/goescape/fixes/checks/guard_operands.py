"""What a guarded call is made on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import callee_text, text
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class Value:
    """What a name in the other package stands for."""

    written: str
    """As the caller writes it; empty where it has no way to."""
    type_name: str = ""
    """The type of the other package that it has or points to, if it is one."""
    own: str = ""
    """The variable of the other package that it is, if it is one."""
    parameter_type: str = ""
    """As the other package writes the type that it is converted to, if it is handed over."""


def is_about_debugging(call: Node) -> bool:
    """Whether a call prints, as far as names tell, what is mostly off."""
    return _LEVEL.search(callee_text(call)) is not None


def asks_operand(
    condition: str, operand: Node, called: FunctionDeclaration, *, is_pointer: bool
) -> bool:
    """Whether a nil pointer on the way to a method makes both panic: the call and the question."""
    takes_pointer = called.name.startswith("(*")
    if is_pointer and not takes_pointer:
        return False
    if operand.type == "identifier":
        return True
    return re.match(rf"[!(]*{re.escape(text(operand))}\b", condition) is not None


def imported_type(code: PackageCode, file: GoFile, operand: Node) -> tuple[str, str]:
    """The package and the type that a method is called on; no type where it is no method."""
    if operand.type == "identifier" and definition(operand) is None:
        path = code.types.import_path(file, text(operand)) or code.imported.path(
            file, text(operand)
        )
        if path:
            return path, ""
    known = code.types.of(file, operand)
    match = _NAMED.fullmatch(known.text) if known is not None and known.is_plain else None
    return (match["path"], match["name"]) if match is not None else ("", "")


_NAMED = re.compile(r"\*?(?P<path>[\w./~-]*[\w~-])\.(?P<name>\w+)")
_LEVEL = re.compile(r"(?i:debug|trace|verbose|vlog)|\bV\(")
