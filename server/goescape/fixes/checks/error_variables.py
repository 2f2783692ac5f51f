"""Whether a variable of another package surely holds an error: ``io.EOF``, ``pkg.ErrNotFound``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.syntax.imports import import_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.context.package_code import PackageCode

_DEPTH = 3


def is_never_nil(code: PackageCode, file: GoFile, selector: Node) -> bool:
    """Whether it is declared with an error as its value, and nothing here could change it."""
    package, _, name = text(selector).partition(".")
    if definition(selector.named_children[0]) is not None or not name.isidentifier():
        return False
    path = code.imported.path(file, package)
    return bool(path) and _begins_as_error(code, path, name) and not _may_change(code, name)


def makes_error(file: GoFile, call: Node) -> bool:
    """Whether this is ``errors.New(...)`` or ``fmt.Errorf(...)``, and nothing local."""
    function = call.child_by_field_name("function")
    if function is None or function.type != "selector_expression":
        return False
    package, _, name = text(function).partition(".")
    path = import_paths(file).get(package, "")
    return f"{path}.{name}" in _ERRORS and definition(function.named_children[0]) is None


def _begins_as_error(code: PackageCode, path: str, name: str, depth: int = 0) -> bool:
    sources = code.imported.sources(path)
    if sources is None or depth > _DEPTH:
        return False
    if any(_values(sources.others, name)):
        return False  # another build declares it, too
    for file, value in _values(sources.files, name):
        if value.type == "call_expression":
            return makes_error(file, value) or sources.is_standard
        if value.type == "selector_expression":
            package, _, there = text(value).partition(".")
            further = code.imported.path(file, package)
            return bool(further) and _begins_as_error(code, further, there, depth + 1)
        return value.type == "composite_literal" or text(value).startswith("&")
    return False


def _values(files: tuple[SourceText, ...], name: str) -> Iterator[tuple[GoFile, Node]]:
    """The value that a package-level variable is declared with."""
    for source in files:
        if name.encode() not in source.content:
            continue
        file = GoFile(source)
        for declaration in file.root.named_children:
            for spec in walk(declaration) if declaration.type == "var_declaration" else ():
                names = [text(n) for n in spec.children_by_field_name("name")]
                value = spec.child_by_field_name("value")
                if spec.type == "var_spec" and names == [name] and value is not None:
                    yield file, value.named_children[0]


def _may_change(code: PackageCode, name: str) -> bool:
    """Whether something assigns a variable of this name, or takes its address.

    Go's own packages leave each other's errors alone.
    """
    own = (file.source for file in code.all_files)
    foreign = (source for files in code.imported.foreign_packages.values() for source in files)
    return any(
        _changes(node, name)
        for source in (*own, *foreign)
        if name.encode() in source.content
        for node in walk(GoFile(source).root)
    )


def _changes(node: Node, name: str) -> bool:
    if node.type == "unary_expression":
        operand = node.child_by_field_name("operand")
        return node.children[0].type == "&" and operand is not None and _is_named(operand, name)
    if node.type not in {"assignment_statement", "range_clause", "receive_statement"}:
        return False
    left = node.child_by_field_name("left")
    return left is not None and any(_is_named(assigned, name) for assigned in left.named_children)


def _is_named(node: Node, name: str) -> bool:
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    if node.type == "identifier":
        return text(node) == name and definition(node) is None
    field = node.child_by_field_name("field") if node.type == "selector_expression" else None
    return field is not None and text(field) == name


_ERRORS = frozenset({"errors.New", "fmt.Errorf"})
