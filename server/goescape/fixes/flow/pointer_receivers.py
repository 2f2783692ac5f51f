"""Methods whose receiver points to a struct of the package: a place to keep something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import local_declaration
from goescape.fixes.context.package_code import insert, line_end
from goescape.fixes.syntax.local_variables import function_around, has_goto, is_assigned
from goescape.fixes.syntax.variable_uses import variable_at

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode


@frozen
class PointerReceiver:
    """A receiver that is the same pointer in the whole method, and not nil."""

    name: str
    """As the method calls it."""
    type: str
    """The struct type, which only this package knows."""
    file: GoFile
    """Where the type is declared."""
    struct: Node

    def has_member(self, code: PackageCode, name: str) -> bool:
        """Whether the type, or what it embeds, may have a field or method of this name."""
        fields = {text(n) for n in walk(self.struct) if n.type == "field_identifier"}
        methods = {each.plain_name for file in code.files.values() for each in file.functions}
        return name in fields | methods

    def with_field(self, declared: str) -> Edit:
        """Declare a field behind the last one."""
        fields = next(n for n in self.struct.named_children if n.type == "field_declaration_list")
        end = fields.end_byte - 1
        content = self.file.source.content
        is_closed_alone = not content[:end].rpartition(b"\n")[2].strip()
        if is_closed_alone:
            start = content[:end].rfind(b"\n") + 1
            return insert(self.file, start, f"\t{declared}{line_end(self.file)}")
        return insert(
            self.file, end, f"; {declared} " if fields.named_children else f" {declared} "
        )


def pointer_receiver(code: PackageCode, file: GoFile, node: Node) -> PointerReceiver | None:
    """The receiver of the method around a node; None where it may be nil, another one, or in other
    hands: those of goroutines, of reflection.
    """
    method = function_around(node)
    parameters = method.child_by_field_name("receiver") if method is not None else None
    declared = parameters.named_children[0] if parameters is not None else None
    if method is None or declared is None or has_goto(method):
        return None
    name, its_type = (declared.child_by_field_name(part) for part in ("name", "type"))
    if name is None or its_type is None or its_type.type != "pointer_type" or text(name) == "_":
        return None
    pointed = its_type.named_children[0]
    struct = code.syntax.types.get(text(pointed))
    variable = variable_at(name)
    if struct is None or struct.type != "struct_type" or variable is None or not variable.uses:
        return None
    if text(pointed)[:1].isupper() or any(map(_is_replaced, variable.uses)):
        return None
    if local_declaration(node, name.text) != name or _is_guarded(struct) or _is_open(struct):
        return None
    its_file = next(f for f in code.files.values() if f.types.get(text(pointed)) == struct)
    spec = struct.parent
    if spec is None or spec.child_by_field_name("type_parameters") is not None:
        return None
    receiver = PointerReceiver(text(name), text(pointed), its_file, struct)
    return None if _is_in_other_hands(code, receiver) else receiver


def _is_replaced(use: Node) -> bool:
    """Whether a variable gets another value, or may get one through its address."""
    parent = use.parent
    if parent is not None and parent.type == "unary_expression":
        return text(parent).startswith("&")
    return parent is not None and parent.type == "expression_list" and is_assigned(use)


def _is_guarded(struct: Node) -> bool:
    """Whether goroutines share its values: it has a lock or atomic fields."""
    return re.search(rb"\b(?:sync|atomic)\.|[mM]utex\b", struct.text or b"") is not None


def _is_open(struct: Node) -> bool:
    """Whether all fields are exported: whatever goes through them by reflection finds each."""
    names = [text(n) for n in walk(struct) if n.type == "field_identifier"]
    return bool(names) and all(name[:1].isupper() for name in names)


def _is_in_other_hands(code: PackageCode, receiver: PointerReceiver) -> bool:
    """Whether the package compares a pointer to the type with nil anywhere, or hands a value to
    what looks into it by reflection.
    """
    pointer, types = f"*{receiver.type}", {f"*{receiver.type}", receiver.type}
    for file in code.files.values():
        for node in walk(file.root):
            around = node.parent
            if around is None or not node.is_named:
                continue
            if node.type == "nil" and around.type == "binary_expression":
                others = [each for each in around.named_children if each != node]
                if any(_type_text(code, file, each) == pointer for each in others):
                    return True
            elif around.type == "argument_list" and around.parent is not None:
                package = callee_text(around.parent).partition(".")[0]
                if package in _LOOK_INSIDE and _type_text(code, file, node) in types:
                    return True
    return False


def _type_text(code: PackageCode, file: GoFile, node: Node) -> str:
    known = code.types.of(file, node)
    return known.text if known is not None else ""


_LOOK_INSIDE = frozenset(
    {"fmt", "log", "slog", "reflect", "cmp", "json", "xml", "gob", "binary", "template", "assert"}
)
"""Packages that use reflection on what they get."""
