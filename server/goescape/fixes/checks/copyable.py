"""Whether values of a type may be copied, and how large they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.evidence.types import UNKNOWN_SIZE
from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.candidate import UnsafeError
from goescape.fixes.context.imported_types import DeclaredTypes, ImportedTypes
from goescape.fixes.context.package_types import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import UsableType

LIMIT = 256
"""Bytes: above this a destination of the caller's is the better remedy."""


@frozen
class _Size:
    size: int
    align: int


def check_copyable(code: PackageCode, file: GoFile, name: str, limit: int = LIMIT) -> None:
    """Raise UnsafeError unless values of a struct type of the package may be copied freely.

    What is not known to be harmless is not: locks, atomics and builders tell nobody by their name
    that they must stay where they are.
    """
    if any(name in other.types for other in code.others.values()):
        raise UnsafeError(ReasonCode.TYPE_DIFFERS_BY_BUILD, type=name)
    known = code.types.declared(file, name)
    if known is None or known.size == UNKNOWN_SIZE:
        size = _size_by_source(code, file, name)
    else:
        _check_parts(code, known)
        size = known.size
    if size > limit:
        raise UnsafeError(ReasonCode.COPY_COSTS, type=name, limit=str(limit))


def check_type_copyable(
    code: PackageCode, known: UsableType, limit: int = LIMIT, *, addressed: bool = True
) -> None:
    """The same for any type. Only what was ``addressed`` can hold its own address."""
    if addressed:
        _check_parts(code, known)
    elif known.lock:
        raise UnsafeError(ReasonCode.IS_LOCK, type=short(known.lock))
    if known.size > limit:
        raise UnsafeError(ReasonCode.COPY_COSTS, type=short(known.text), limit=str(limit))


def _check_parts(code: PackageCode, known: UsableType) -> None:
    """All that a value consists of."""
    if known.lock:
        raise UnsafeError(ReasonCode.IS_LOCK, type=short(known.lock))
    if known.linked:
        raise UnsafeError(ReasonCode.LINKED_TYPE, type=short(known.linked))
    for struct in known.structs:
        path, _, name = struct.rpartition(".")
        declared = code.imported.package(path)
        hides = declared is None or declared.hides_addresses
        if struct not in _FOREIGN and (hides or code.imported.differs_by_build(path, name)):
            raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=short(struct))


def _size_by_source(code: PackageCode, file: GoFile, name: str) -> int:
    """The size of a type that may be copied, as far as the source tells."""
    files = [other for other in code.files.values() if other.package_name == file.package_name]
    own = DeclaredTypes(files, hides_addresses=False)
    if name not in own.types:
        raise UnsafeError(ReasonCode.FIELDS_UNKNOWN, type=name)
    if _reaches(own, name, name):
        raise UnsafeError(ReasonCode.LINKED_TYPE, type=name)
    return _Types(code.imported, own).named(name, ()).size


def _reaches(declared: DeclaredTypes, start: str, goal: str) -> bool:
    """Whether a type's definition leads to a type of its package, by whatever way."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        for used in _type_names(declared.types[name][1]):
            if used == goal or used not in declared.types.keys() | BASIC.keys():
                return True  # an alias may lead anywhere
            if used in declared.types and used not in seen:
                seen.add(used)
                waiting.append(used)
    return False


@frozen
class _Types:
    """The types as one package names them."""

    imported: ImportedTypes
    declared: DeclaredTypes

    def size(self, file: GoFile, node: Node | None, path: tuple[str, ...]) -> _Size:
        match node.type if node is not None else "":
            case "pointer_type" | "map_type" | "channel_type" | "function_type":
                return _Size(8, 8)
            case "slice_type":
                return _Size(24, 8)
            case "interface_type":
                return _Size(16, 8)
            case "parenthesized_type" if node is not None:
                return self.size(file, node.named_children[0], path)
            case "array_type" if node is not None:
                element = self.size(file, node.child_by_field_name("element"), path)
                length = node.child_by_field_name("length")
                return _Size(element.size * self._length(length), element.align)
            case "struct_type" if node is not None:
                return self._struct(file, node, path)
            case "type_identifier" if node is not None:
                return self.named(text(node), path)
            case "qualified_type" if node is not None:
                return self._foreign(file, node)
        what = text(node) if node is not None else "?"
        raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=what)

    def _struct(self, file: GoFile, node: Node, path: tuple[str, ...]) -> _Size:
        if self.declared.hides_addresses:
            raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=path[-1])
        total, widest = 0, 1
        for field in walk(node):
            if field.type != "field_declaration" or _around(field) != node:
                continue
            size = self._field(file, field, path)
            for _ in field.children_by_field_name("name") or [field]:
                total = -(-total // size.align) * size.align + size.size
            widest = max(widest, size.align)
        return _Size(-(-total // widest) * widest, widest)

    def _field(self, file: GoFile, field: Node, path: tuple[str, ...]) -> _Size:
        embedded = not field.children_by_field_name("name")
        if embedded and any(child.type == "*" for child in field.children):
            return _Size(8, 8)
        return self.size(file, field.child_by_field_name("type"), path)

    def named(self, name: str, path: tuple[str, ...]) -> _Size:
        """The size of a type that is named without its package."""
        if name in self.declared.types:
            methods = self.declared.methods
            if f"(*{name}).Lock" in methods or f"{name}.Lock" in methods:
                raise UnsafeError(ReasonCode.IS_LOCK, type=name)
            file, node = self.declared.types[name]
            generic = node.parent is not None and node.parent.child_by_field_name("type_parameters")
            if not generic and name not in path:
                return self.size(file, node, (*path, name))
        elif name in BASIC:
            return _Size(BASIC[name], min(BASIC[name], 8))
        raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=name)

    def _foreign(self, file: GoFile, node: Node) -> _Size:
        """A type of an imported package: known by name, or by its source."""
        package, _, name = text(node).partition(".")
        path = self.imported.path(file, package)
        size = _FOREIGN.get(f"{path}.{name}")
        if size is not None:
            return _Size(size, min(size, 8))
        declared = self.imported.package(path)
        if (
            declared is None
            or name not in declared.types
            or self.imported.differs_by_build(path, name)
            or (declared.types[name][1].type not in _REFERENCES and _reaches(declared, name, name))
        ):
            raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=text(node))
        try:
            return _Types(self.imported, declared).named(name, ())
        except UnsafeError:
            raise UnsafeError(ReasonCode.COPY_UNKNOWN, type=text(node)) from None

    def _length(self, node: Node | None) -> int:
        written = text(node) if node is not None else "0"
        if node is not None and node.type == "identifier":
            written = self.declared.constants.get(written, written)
        try:
            return int(written, 0)
        except ValueError:
            raise UnsafeError(ReasonCode.ARRAY_LENGTH_UNKNOWN) from None


_REFERENCES = frozenset(
    {
        *("pointer_type", "map_type", "channel_type", "function_type"),
        *("slice_type", "interface_type"),
    }
)
"""Their values lead to others, and are no place of their own."""


def _around(field: Node) -> Node | None:
    return field.parent.parent if field.parent is not None else None


def _type_names(node: Node) -> Iterator[str]:
    """The types that a definition names without a package."""
    for name in walk(node):
        plain = name.parent is None or name.parent.type != "qualified_type"
        if name.type == "type_identifier" and plain:
            yield text(name)


BASIC = {
    **dict.fromkeys(("bool", "byte", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "rune", "float32"), 4),
    **dict.fromkeys(("int", "uint", "uintptr", "int64", "uint64", "float64", "complex64"), 8),
    **dict.fromkeys(("string", "error", "any", "complex128"), 16),
}

# Of types that packages declare which use unsafe, or by another name: they are meant to be copied.
_FOREIGN = {"time.Time": 24, "net/netip.Addr": 24, "reflect.Kind": 8, "os.FileMode": 4}
