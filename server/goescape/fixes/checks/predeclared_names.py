"""Predeclared names that a rewrite relies on: where it edits, ``len`` must be that of Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.caches import cached
from goescape.fixes.context.package_code import declaring_names
from goescape.fixes.syntax.local_variables import declaration_around

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode


def mean_something_else(code: PackageCode, names: frozenset[str], edits: Iterable[Edit]) -> bool:
    """Whether a function that is edited declares one of these names, for whatever."""
    if not names & code.declared_names:
        return False  # nearly always
    return any(names & _declared_around(code, edit) for edit in edits)


def _declared_around(code: PackageCode, edit: Edit) -> frozenset[str]:
    file = code.files.get(edit.file)
    node = file.node_at(edit.start) if file is not None else None
    function = declaration_around(node) if node is not None else None
    if function is None:  # a declaration of its own, at the end of a file
        return code.package_level_names
    return _declared_in(function)


@cached(64)
def _declared_in(function: Node) -> frozenset[str]:
    return frozenset(map(text, declaring_names(function)))
