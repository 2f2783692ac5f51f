"""The syntax of a Go file, also of what the grammar does not know yet."""

from __future__ import annotations

from typing import NamedTuple

import tree_sitter_go
from tree_sitter import Language, Node, Parser

from goescape.analysis.syntax.method_type_parameters import blank_method_type_parameters

GO = Language(tree_sitter_go.language())


class SyntaxTree(NamedTuple):
    """What a text was parsed to."""

    root: Node
    generic_methods: frozenset[int] = frozenset()
    """Where methods begin whose type parameters the tree does not show."""
    method_type_parameters: frozenset[str] = frozenset()
    """Their names."""


def syntax_tree(content: bytes) -> SyntaxTree:
    """Parse a text; what has no syntax becomes an error node."""
    root = Parser(GO).parse(content).root_node
    blanked = blank_method_type_parameters(content) if root.has_error else None
    if blanked is None or not blanked.generic:
        return SyntaxTree(root)
    root = Parser(GO).parse(blanked.content).root_node
    return SyntaxTree(root, blanked.generic, blanked.names)
