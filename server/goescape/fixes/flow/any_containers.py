"""Struct types that hold elements of type ``any``, and everything that mentions one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.fixes.candidate import UnsafeError

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class AnyContainer:
    """A struct type with slices of ``any``, its methods, and the variables of the type."""

    name: str
    file: GoFile
    spec: Node
    methods: list[tuple[GoFile, FunctionDeclaration]] = field(factory=list)
    variables: list[tuple[GoFile, Node]] = field(factory=list)
    """The names in ``var x stack``; one for each declaration."""


def container_of(code: PackageCode, name: str) -> AnyContainer:
    """Everything that mentions a type. Raises UnsafeError for a mention that is not understood."""
    where = next(f for f in code.files.values() if name in f.types)
    spec = where.types[name].parent
    if spec is None or spec.child_by_field_name("type_parameters") is not None:
        raise UnsafeError(ReasonCode.IS_GENERIC, name=name)
    container = AnyContainer(name, where, spec)
    for file in code.files.values():
        for node in walk(file.root):
            if node.type in {"type_identifier", "identifier"} and text(node) == name:
                _add_mention(container, file, node)
    return container


def _add_mention(container: AnyContainer, file: GoFile, node: Node) -> None:
    parent = node.parent
    if node == name_of(container.spec):
        return
    method = next((a for a in ancestors(node) if a.type == "method_declaration"), None)
    receiver = method.child_by_field_name("receiver") if method is not None else None
    if receiver is not None and receiver.start_byte <= node.start_byte < receiver.end_byte:
        declared = file.function_at(node.start_byte)
        assert declared is not None
        container.methods.append((file, declared))
        return
    names = parent.children_by_field_name("name") if parent is not None else []
    plain = parent is not None and parent.type == "var_spec" and parent.child_count == 2
    if not plain or len(names) != 1 or file.package_name != container.file.package_name:
        raise UnsafeError(ReasonCode.NOT_ONLY_OF_VARIABLES, type=container.name)
    container.variables.append((file, names[0]))


def name_of(spec: Node) -> Node:
    """The name that a type has in its declaration."""
    name = spec.child_by_field_name("name")
    assert name is not None
    return name


def is_any(node: Node) -> bool:
    """Whether a type is ``any``, by that name or as ``interface{}``."""
    return (node.type == "interface_type" and node.named_child_count == 0) or (
        node.type == "type_identifier" and text(node) == "any"
    )
