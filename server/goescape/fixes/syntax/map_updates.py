"""Entries of maps of pointers that are read, made where they are missing, and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.syntax.local_variables import arguments_of, single_declaration

if TYPE_CHECKING:
    from tree_sitter import Node


@frozen
class MapUpdate:
    """``t := m[k]; if t == nil { t = &T{}; m[k] = t }``, and what follows in the block."""

    map: Node
    key: Node
    entry: Node
    """Where the variable t is declared."""
    read: Node
    test: Node
    last: Node
    """The last statement of the block."""
    rest: tuple[Node, ...]

    @property
    def type(self) -> Node | None:
        """The type of the map, as its declaration makes it."""
        declared = definition(self.map)
        grandparent = declared.parent.parent if declared is not None and declared.parent else None
        single = single_declaration(grandparent) if grandparent is not None else None
        value = single[2] if single is not None and single[0] == declared else None
        if value is None or (single is not None and single[1] is not None):
            return None
        if value.type == "composite_literal" and text(value).endswith("{}"):
            return value.child_by_field_name("type")
        made = value.type == "call_expression" and callee_text(value) == "make"
        return next(iter(arguments_of(value)), None) if made else None


def map_update(made: Node) -> MapUpdate | None:
    """The update that an expression makes the missing entry for."""
    store = next((a for a in ancestors(made) if a.type == "statement_list"), None)
    test = next((a for a in ancestors(made) if a.type == "if_statement"), None)
    if store is None or test is None or test.parent is None:
        return None
    read = test.prev_named_sibling
    single = single_declaration(read) if read is not None else None
    entry, value = (single[0], single[2]) if single is not None else (None, None)
    if read is None or entry is None or value is None or value.type != "index_expression":
        return None
    whole, key = value.child_by_field_name("operand"), value.child_by_field_name("index")
    if whole is None or key is None or test.parent.type != "statement_list":
        return None
    rest, following = [], test.next_named_sibling
    while following is not None:
        rest.append(following)
        following = following.next_named_sibling
    statements = [n for n in rest if n.type != "comment"]
    made_so = f"{text(entry)} = {text(made)}", f"{text(value)} = {text(entry)}"
    condition = test.child_by_field_name("condition")
    plain = (
        condition is not None
        and text(condition) == f"{text(entry)} == nil"
        and test.child_by_field_name("alternative") is None
        and test.child_by_field_name("initializer") is None
        and tuple(text(n) for n in store.named_children) == made_so
        and store.parent == test.child_by_field_name("consequence")
    )
    if not plain or not statements:
        return None
    return MapUpdate(whole, key, entry, read, test, statements[-1], tuple(statements))
