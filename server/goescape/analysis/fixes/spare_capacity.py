"""Whether somebody could see how much room a slice has behind its end.

Two slices that share an array and both grow overwrite each other where there is room, and go
separate ways where there is none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from goescape.analysis.fixes.locals import (
    arguments_of,
    function_around,
    single_declaration,
    type_of,
    underlying,
)
from goescape.analysis.nodes import callee_text, text, walk
from goescape.analysis.scopes import definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.fixes.code import Code


@lru_cache(maxsize=32)
def shares_capacity(code: Code, slice_type: str) -> bool:
    """Whether something appends to a slice of a type that others may hold, or asks for a capacity.

    ``[]T`` is compared without the package of T, which has other names elsewhere.
    """
    for file in code.all_files:
        for node in walk(file.root):
            called = callee_text(node) if node.type == "call_expression" else ""
            first = next(iter(arguments_of(node)), None) if _GROWING.fullmatch(called) else None
            if first is None or first.type not in _KEPT or not _may_be(code, first, slice_type):
                continue
            if called == "cap" or not grows_itself(node, first) or not is_alone(code, first):
                return True
    return False


def grows_itself(call: Node, use: Node) -> bool:
    """Whether it is ``x = append(x, ...)``: elsewhere spare capacity would be shared."""
    statement = call.parent.parent if call.parent is not None else None
    left = statement.child_by_field_name("left") if statement is not None else None
    return (
        statement is not None
        and statement.type == "assignment_statement"
        and left is not None
        and text(left) == text(use)
    )


def _may_be(code: Code, slice_node: Node, slice_type: str) -> bool:
    """Whether a slice may be of a type, as far as the source shows."""
    written = underlying(code, type_of(code, slice_node))
    if written is None or written.type != "slice_type":
        return True
    names = [text(n) for n in walk(written) if n.type in {"type_identifier", "qualified_type"}]
    return not names or names[-1].rpartition(".")[2] in re.split(r"\W+", slice_type)


def is_alone(code: Code, grown: Node) -> bool:
    """Whether a variable or field that grows is no copy of another one."""
    root = grown
    while root.type in {"selector_expression", "index_expression"}:
        root = root.named_children[0]
    if root.type != "identifier":
        return True
    declared = definition(root)
    if declared is None or declared.parent is None:
        return True
    if root != grown and (written := type_of(code, root)) is not None:
        return written.type == "pointer_type" or not _is_copy(code, declared)
    return not _is_copy(code, declared)


def _is_copy(code: Code, declared: Node) -> bool:
    """Whether a local variable may begin as, or become, what another one holds."""
    listed = declared.parent
    statement = listed.parent if listed is not None else None
    if listed is None or statement is None or listed.type not in {"expression_list", "var_spec"}:
        return True  # a parameter
    if statement.type == "range_clause":
        return True
    single = single_declaration(statement)
    value = single[2] if single is not None else None
    function = function_around(declared)
    if function is None or (value is not None and value.type in _COPIED):
        return True
    return any(_takes_another(use) for use in code.uses(declared, function))


def _takes_another(use: Node) -> bool:
    """Whether it is the left side of ``x = y``."""
    statement = use.parent.parent if use.parent is not None else None
    if statement is None or statement.type != "assignment_statement":
        return False
    left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None or use not in left.named_children:
        return False
    values, position = right.named_children, left.named_children.index(use)
    return len(values) > position and values[position].type in _COPIED


_GROWING = re.compile(r"append|cap|slices\.(Insert|Grow|AppendSeq|Replace)|[\w.]+\.Append\w*")
_COPIED = frozenset({"identifier", "selector_expression", "index_expression", "slice_expression"})
_KEPT = _COPIED - {"slice_expression"} | {"call_expression"}
