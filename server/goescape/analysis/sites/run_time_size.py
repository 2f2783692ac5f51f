"""What is on the stack only as long as it is small: its size is known at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.compiler.expressions import is_variable_make
from goescape.analysis.syntax.nodes import callee_text

if TYPE_CHECKING:
    from tree_sitter import Node

APPENDS_ALL = "on the heap as soon as the slice has to grow"
"""What ``append(s, t...)`` does that does not escape."""
WHEN_FULL = "it allocates only when the slice has to grow"
"""What other ``append`` does that escapes."""
WHILE_SMALL = "on the stack up to 32 bytes; a larger one is allocated on the heap"
"""What it does that does not, and a ``make`` of a size that is known at run time."""


def may_still_allocate(subject: str, *, is_text: bool = False) -> str | None:
    """What something that does not escape may allocate at run time all the same.

    ``is_text`` where a sum is known to be one of strings. None: nothing.
    """
    if subject.startswith(("make(map[", "map[")):
        return "on the stack up to 8 entries; a larger map is allocated on the heap"
    if is_variable_make(subject) or subject == "append":
        return WHILE_SMALL
    if _CONVERSION.match(subject) or (" + " in subject and (is_text or '"' in subject)):
        return "on the stack up to 32 bytes; a longer text is allocated on the heap"
    if subject.startswith("([]rune)("):
        return "on the stack up to 32 runes; a longer text is allocated on the heap"
    return None


def appends_all(call: Node) -> bool:
    """Whether it is ``append(s, t...)``: that has no buffer on the stack to begin with."""
    if call.type != "call_expression" or callee_text(call) != "append":
        return False
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    return bool(given) and given[-1].type == "variadic_argument"


_CONVERSION = re.compile(r"(?:string|\(\[\]byte\))\(")
