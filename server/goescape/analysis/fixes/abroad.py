"""Calls from other packages: only where all that may call a function are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.fixes.copyable import UnsafeError
from goescape.analysis.nodes import text, walk
from goescape.analysis.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.fixes.code import Code
    from goescape.analysis.go_syntax import GoSyntax


def is_internal(code: Code) -> bool:
    """Whether only packages that are known can import this one."""
    internal = "internal" in code.report.package.split("/")
    return internal and code.importers is not None and code.strangers is not None


def is_program(code: Code) -> bool:
    """Whether a main package does something by itself; plugins need not."""
    mains = [f for file in code.files.values() for f in file.functions if f.name == "main"]
    bodies = [body for f in mains if (body := f.node.child_by_field_name("body")) is not None]
    return any(body.named_child_count for body in bodies)


def calls_abroad(code: Code, file: GoSyntax, name: str) -> Iterator[tuple[GoSyntax, Node]]:
    """The names of an exported function in other packages, external tests among them.

    Raises UnsafeError where one could be missed.
    """
    path = code.report.package
    for stranger in code.strangers or ():
        if re.search(rb"\b%s\b" % name.encode(), stranger.content):
            raise UnsafeError(f"Files of other builds mention `{name}`.")
    others = [each for each in code.others.values() if each.package_name != file.package_name]
    tests = [each for each in code.files.values() if each.package_name != file.package_name]
    for where in (*tests, *others, *code.importing_files):
        aliases = [alias or file.package_name for its, alias in where.imports if its == path]
        if "." in aliases:
            raise UnsafeError(f"Another package imports `{name}` without its package's name.")
        for alias in aliases:
            yield from _selected(where, alias, name)


def _selected(file: GoSyntax, alias: str, name: str) -> Iterator[tuple[GoSyntax, Node]]:
    for field in _fields(file, name):
        operand = field.parent.child_by_field_name("operand") if field.parent is not None else None
        if operand is not None and operand.type == "identifier" and text(operand) == alias:
            if definition(operand) is not None:
                raise UnsafeError(f"`{alias}` stands for two things in another package.")
            yield file, field


def _fields(file: GoSyntax, name: str) -> Iterable[Node]:
    return (n for n in walk(file.root) if n.type == "field_identifier" and text(n) == name)
