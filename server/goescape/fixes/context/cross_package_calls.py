"""Calls from other packages: only where all that may call a function are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.outside_callers import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import DeclaredFunction


def may_be_internal(code: PackageCode) -> bool:
    """Whether only packages that are known can import this one, as far as its path tells."""
    return "internal" in code.report.package.split("/") and code.importers is not None


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


def check_other_builds(
    code: PackageCode, file: GoFile, name: str, *, is_method: bool = False
) -> None:
    """Raise UnsafeError where files of other builds may call a function of a package.

    It looks through the whole module, so it is asked last.
    """
    sources = code.files_of_other_builds
    if sources is None and file.package_name != "main":
        raise UnsafeError(ReasonCode.OTHER_PACKAGES_MAY_CALL)
    word, path = re.compile(rb"\b%s\b" % name.encode()), code.report.package.encode()
    for source in sources or ():
        if word.search(source.content) and (is_method or path in source.content):
            raise UnsafeError(ReasonCode.MENTIONED_BY_OTHER_BUILDS, name=name)


def check_method(code: PackageCode, file: GoFile, method: DeclaredFunction, name: str) -> None:
    """Raise UnsafeError unless all that depends on an exported method's type is in its package.

    All other places that might name it count, whatever has the name there.
    """
    # Only who knows the package can name what it gives; all that a program imports is at hand.
    knows_all = method.gives_own or file.package_name == "main"
    if not knows_all or code.imported.may_require(name, standard=not method.gives_own):
        raise UnsafeError(ReasonCode.INTERFACE_MAY_REQUIRE)
    if caller := code.file_that_calls_by_name:
        raise UnsafeError(ReasonCode.MAY_BE_CALLED_BY_NAME, file=caller)
    if file.package_name != "main" and (place := code.place_that_hands_out):
        raise UnsafeError(ReasonCode.VALUES_ARE_HANDED_OUT, place=place)
    tests = (other for other in code.files.values() if other.package_name != file.package_name)
    for where in (*tests, *code.importing_files):
        for field in fields_named(where, name):
            kind = field.parent.type if field.parent is not None else ""
            if kind in {"selector_expression", "method_elem"}:
                place = place_of(where, field)
                raise UnsafeError(ReasonCode.MAY_BE_THIS_METHOD, name=name, place=place)
    check_other_builds(code, file, name, is_method=True)


def _selected(file: GoFile, alias: str, name: str) -> Iterator[tuple[GoFile, Node]]:
    for field in fields_named(file, name):
        operand = field.parent.child_by_field_name("operand") if field.parent is not None else None
        if operand is not None and operand.type == "identifier" and text(operand) == alias:
            if definition(operand) is not None:
                raise UnsafeError(ReasonCode.NAME_AMBIGUOUS, name=alias)
            yield file, field


def fields_named(file: GoFile, name: str) -> Iterator[Node]:
    """Where a field or a method of this name is named, whatever it belongs to."""
    for match in re.finditer(rb"\b%s\b" % name.encode(), file.source.content):
        node = file.node_at(match.start())
        if node is not None and node.type == "field_identifier":
            yield node
