"""Calls from other packages: only where all that may call a function are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def is_internal(code: PackageCode) -> bool:
    """Whether only packages that are known can import this one."""
    internal = "internal" in code.report.package.split("/")
    return internal and code.importers is not None and code.files_of_other_builds is not None


def is_program(code: PackageCode) -> bool:
    """Whether a main package does something by itself; plugins need not."""
    mains = [f for file in code.files.values() for f in file.functions if f.name == "main"]
    bodies = [body for f in mains if (body := f.node.child_by_field_name("body")) is not None]
    return any(body.named_child_count for body in bodies)


def calls_from_other_packages(
    code: PackageCode, file: GoFile, name: str
) -> Iterator[tuple[GoFile, Node]]:
    """The names of an exported function in other packages, external tests among them.

    Raises UnsafeError where one could be missed.
    """
    path = code.report.package
    for source in code.files_of_other_builds or ():
        if re.search(rb"\b%s\b" % name.encode(), source.content):
            raise UnsafeError(ReasonCode.MENTIONED_BY_OTHER_BUILDS, name=name)
    others = [other for other in code.others.values() if other.package_name != file.package_name]
    tests = [other for other in code.files.values() if other.package_name != file.package_name]
    for where in (*tests, *others, *code.importing_files):
        aliases = [
            alias or file.package_name for imported, alias in where.imports if imported == path
        ]
        if "." in aliases:
            raise UnsafeError(ReasonCode.DOT_IMPORTED, name=name)
        for alias in aliases:
            yield from _selected(where, alias, name)


def _selected(file: GoFile, alias: str, name: str) -> Iterator[tuple[GoFile, Node]]:
    for field in _fields(file, name):
        operand = field.parent.child_by_field_name("operand") if field.parent is not None else None
        if operand is not None and operand.type == "identifier" and text(operand) == alias:
            if definition(operand) is not None:
                raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=alias)
            yield file, field


def _fields(file: GoFile, name: str) -> Iterable[Node]:
    return (n for n in walk(file.root) if n.type == "field_identifier" and text(n) == name)
