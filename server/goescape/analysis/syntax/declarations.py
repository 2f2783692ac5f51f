"""What a package declares for others: what importers and external tests are compiled by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import text, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile

_FUNCTIONS = frozenset({"function_declaration", "method_declaration", "func_literal"})
_SPECS = frozenset({"var_spec", "type_spec", "type_alias"})
_DECLARING = _SPECS | {"const_spec"}
_GROUPS = frozenset({"var_declaration", "type_declaration", "const_declaration"})


@frozen
class Declaration:
    """One at package level, without comments and the bodies of functions."""

    words: tuple[str, ...]
    function: str = ""
    """The name of a function or method; empty for all else."""


def affects_importers(
    before: Iterable[GoFile], after: Iterable[GoFile], unchanged: Iterable[GoFile]
) -> bool:
    """Whether edits of some of a package's files take away what code outside of it may rely on.

    A function that is not exported does not count, unless a variable of the package has
    its value, and so perhaps its type.
    """
    new = _of_all(after)
    lost = _of_all(before) - new
    if any(not declaration.function or declaration.function[0].isupper() for declaration in lost):
        return True
    names = {declaration.function for declaration in lost}
    everything = (*new, *_of_all(unchanged if names else ()))
    values = (declaration for declaration in everything if not declaration.function)
    return any(names.intersection(value.words) for value in values)


def _of_all(files: Iterable[GoFile]) -> Counter[Declaration]:
    return Counter(declaration for file in files for declaration in declarations(file))


def declarations(file: GoFile) -> Iterator[Declaration]:
    """All of a file, in source order."""
    for declaration in file.root.named_children:
        if declaration.type in _FUNCTIONS:
            name = declaration.child_by_field_name("name")
            yield Declaration(tuple(_words(declaration)), text(name) if name is not None else "")
        elif declaration.type not in {"package_clause", "import_declaration", "comment"}:
            for node in _specs(declaration) or [declaration]:
                yield Declaration(tuple(_words(node)))


def package_specs(file: GoFile) -> Iterator[Node]:
    """What a file declares outside of functions: types, variables and constants, one by one."""
    for declaration in file.root.named_children:
        if declaration.type in _GROUPS:
            yield from (spec for spec in walk(declaration) if spec.type in _DECLARING)


def package_names(file: GoFile) -> frozenset[str]:
    """The names of all that a file declares outside of functions, and of these; no methods."""
    functions = (n for n in file.root.named_children if n.type == "function_declaration")
    nodes = (*package_specs(file), *functions)
    return frozenset(text(name) for node in nodes for name in node.children_by_field_name("name"))


def _specs(node: Node) -> list[Node]:
    """What a group declares one by one; constants belong together, for iota counts them."""
    if node.type not in {"var_declaration", "type_declaration", "var_spec_list"}:
        return []
    specs = []
    for child in node.named_children:
        specs += [child] if child.type in _SPECS else _specs(child)
    return specs


def _words(node: Node) -> Iterator[str]:
    if node.type == "comment" or _is_body(node):
        return
    if not node.children:
        yield text(node)
    for child in node.children:
        yield from _words(child)


def _is_body(node: Node) -> bool:
    return node.type == "block" and node.parent is not None and node.parent.type in _FUNCTIONS
