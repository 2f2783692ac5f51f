"""Whether somebody could see how much room a slice has behind its end.

Two slices that share an array and both grow overwrite each other where there is room, and go
separate ways where there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.caches import cached
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    function_around,
    single_declaration,
    type_of,
    underlying,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@cached(32)
def shares_capacity(code: PackageCode, slice_type: str) -> bool:
    """Whether something appends to a slice of a type that others may hold, cuts one beyond its end,
    or asks for a capacity.

    ``[]T`` is compared without the package of T, which has other names elsewhere.
    """
    return any(_shares(code, file, slice_type) for file in code.all_files)


def _shares(code: PackageCode, file: GoFile, slice_type: str) -> bool:
    if b"SliceHeader" in file.source.content:
        return True
    reflects = any(path == "reflect" for path, _ in file.imports)
    for node in walk(file.root):
        if node.type == "slice_expression" and _cuts_beyond(code, node, slice_type):
            return True
        called = callee_text(node) if node.type == "call_expression" else ""
        if reflects and _REFLECTED.fullmatch(called.rpartition(".")[2]):
            return True
        if _GROWING.fullmatch(called) and _grows_shared(code, node, called, slice_type):
            return True
    return False


def _grows_shared(code: PackageCode, call: Node, called: str, slice_type: str) -> bool:
    arguments = [_bare(argument) for argument in arguments_of(call)]
    first = arguments[0] if arguments else None
    if first is None or first.type not in _KEPT or _takes_out(arguments):
        return False
    cut = first.type == "slice_expression"
    grown = _bare(first.named_children[0]) if cut else first
    if not _may_be(code, grown, slice_type):
        return False
    return called == "cap" or not grows_itself(call, grown) or not is_unaliased(code, grown)


def _takes_out(arguments: Sequence[Node]) -> bool:
    """``append(s[:i], s[j:]...)`` and ``append(s[:i:i], ...)`` need no room behind the end."""
    first, *more = arguments
    if first.type != "slice_expression":
        return False
    end, limit = (first.child_by_field_name(part) for part in ("end", "capacity"))
    if limit is not None:
        return end is not None and text(end) == text(limit)
    spread = more[0].named_children[0] if more and more[0].type == "variadic_argument" else None
    return (
        spread is not None
        and spread.type == "slice_expression"
        and text(spread.named_children[0]) == text(first.named_children[0])
    )


def _cuts_beyond(code: PackageCode, cut: Node, slice_type: str) -> bool:
    """Whether ``s[:n]`` may reach behind the end of a slice of a type."""
    operand = cut.child_by_field_name("operand")
    end = cut.child_by_field_name("end")
    if operand is None or end is None or _is_within(_bare(operand), _bare(end)):
        return False
    if cut.parent is not None and cut.parent.type == "argument_list":
        given = cut.parent.named_children
        if cut == given[0] and _takes_out(given) and _follows(text(end), given[1]):
            return False
    return _may_be(code, _bare(operand), slice_type)


def _follows(end: str, spread: Node) -> bool:
    """Whether ``s[j:]...`` would fail, too, if the end were outside: j is not less."""
    start = spread.named_children[0].child_by_field_name("start")
    begins = text(start).replace(" ", "") if start is not None else ""
    if begins.isdecimal() and end.isdecimal():
        return int(begins) >= int(end)
    return begins in {end, f"{end}+1"}


def _is_within(sliced: Node, end: Node) -> bool:
    """Whether a bound is surely not beyond the end: 0, ``len(s)``, less, or an index of ``s``."""
    name = text(sliced)
    if text(end) in {"0", f"len({name})"}:
        return True
    left, right = (end.child_by_field_name(side) for side in ("left", "right"))
    if end.type == "binary_expression" and left is not None and right is not None:
        operator = end.child_by_field_name("operator")
        if operator is not None and text(operator) == "-":
            return text(left) == f"len({name})" and right.type == "int_literal"
        end = left if text(right) == "1" and operator is not None and text(operator) == "+" else end
    declared = definition(end) if end.type == "identifier" else None
    listed = declared.parent if declared is not None else None
    clause = listed.parent if listed is not None else None
    if (
        listed is None
        or clause is None
        or clause.type != "range_clause"
        or declared != listed.named_children[0]
    ):
        return False
    over = clause.child_by_field_name("right")
    return over is not None and text(over) == name


def _bare(node: Node) -> Node:
    """An expression without parentheses around it."""
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    return node


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


def _may_be(code: PackageCode, slice_node: Node, slice_type: str) -> bool:
    """Whether a slice may be of a type, as far as the source shows."""
    written = underlying(code, type_of(code, slice_node))
    if slice_node.type.endswith("string_literal"):
        return False
    if written is not None and (written.type == "array_type" or text(written) == "string"):
        return False
    if written is None or written.type != "slice_type":
        return True
    names = [text(n) for n in walk(written) if n.type in {"type_identifier", "qualified_type"}]
    last = names[-1].rpartition(".")[2] if names else ""
    return not last or last in _type_parameters(code) or last in re.split(r"\W+", slice_type)


@cached(4)
def _type_parameters(code: PackageCode) -> frozenset[str]:
    nodes = (node for file in code.all_files for node in walk(file.root))
    declared = (n for n in nodes if n.type == "type_parameter_declaration")
    names = {text(name) for n in declared for name in n.children_by_field_name("name")}
    return frozenset(names.union(*(file.method_type_parameters for file in code.all_files)))


def is_unaliased(code: PackageCode, grown: Node) -> bool:
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


def _is_copy(code: PackageCode, declared: Node) -> bool:
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
_KEPT = _COPIED | {"call_expression", "unary_expression", "type_assertion_expression"}
_REFLECTED = re.compile(r"Cap|Slice3?|SetLen|SetCap|Grow")
