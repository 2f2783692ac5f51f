"""Whether values of a type may be copied, and how large they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.fixes.imports import import_paths
from goescape.analysis.nodes import text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.fixes.code import Code
    from goescape.analysis.go_syntax import GoSyntax

LIMIT = 256
"""Bytes: above this a destination of the caller's is the better remedy."""


class UnsafeError(Exception):
    """Why a rewrite that fits is no candidate: one sentence."""


@frozen
class _Size:
    size: int
    align: int


def check_copyable(code: Code, file: GoSyntax, name: str) -> None:
    """Raise UnsafeError unless values of a struct type of the package may be copied freely.

    What is not known to be harmless is not: locks, atomics and builders tell nobody by their name
    that they must stay where they are.
    """
    types = _Types(code, file.package_name)
    if name not in types.declared:
        raise UnsafeError(f"The fields of `{name}` are not known here.")
    if types.reaches(name, name):
        raise UnsafeError(f"A `{name}` links to others of its kind: they may be told by address.")
    if types.size(file, types.declared[name][1], (name,)).size > LIMIT:
        raise UnsafeError(f"A `{name}` has more than {LIMIT} bytes: copying it costs, too.")


class _Types:
    def __init__(self, code: Code, package: str) -> None:
        self.code = code
        files = [file for file in code.files.values() if file.package_name == package]
        self.declared = {n: (file, node) for file in files for n, node in file.types.items()}
        self.methods = {f.name for file in files for f in file.functions}

    def reaches(self, start: str, goal: str) -> bool:
        """Whether a type's definition leads to a type, by whatever way."""
        seen, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            for used in _type_names(self.declared[name][1]):
                if used == goal:
                    return True
                if used in self.declared and used not in seen:
                    seen.add(used)
                    waiting.append(used)
        return False

    def size(self, file: GoSyntax, node: Node | None, path: tuple[str, ...]) -> _Size:
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
                return self._named(text(node), path)
            case "qualified_type" if node is not None:
                return _foreign(file, node)
        what = text(node) if node is not None else "?"
        raise UnsafeError(f"Whether a `{what}` may be copied is not known.")

    def _struct(self, file: GoSyntax, node: Node, path: tuple[str, ...]) -> _Size:
        total, widest = 0, 1
        for field in walk(node):
            if field.type != "field_declaration" or _around(field) != node:
                continue
            size = self._field(file, field, path)
            for _ in field.children_by_field_name("name") or [field]:
                total = -(-total // size.align) * size.align + size.size
            widest = max(widest, size.align)
        return _Size(-(-total // widest) * widest, widest)

    def _field(self, file: GoSyntax, field: Node, path: tuple[str, ...]) -> _Size:
        embedded = not field.children_by_field_name("name")
        if embedded and any(child.type == "*" for child in field.children):
            return _Size(8, 8)
        return self.size(file, field.child_by_field_name("type"), path)

    def _named(self, name: str, path: tuple[str, ...]) -> _Size:
        if name in self.declared:
            if f"(*{name}).Lock" in self.methods or f"{name}.Lock" in self.methods:
                raise UnsafeError(f"`{name}` is a lock: it must not be copied.")
            file, node = self.declared[name]
            generic = node.parent is not None and node.parent.child_by_field_name("type_parameters")
            if not generic and name not in path:
                return self.size(file, node, (*path, name))
        elif name in BASIC:
            return _Size(BASIC[name], min(BASIC[name], 8))
        raise UnsafeError(f"Whether a `{name}` may be copied is not known.")

    def _length(self, node: Node | None) -> int:
        try:
            return int(text(node), 0) if node is not None else 0
        except ValueError:
            raise UnsafeError("The length of an array is not known here.") from None


def _around(field: Node) -> Node | None:
    return field.parent.parent if field.parent is not None else None


def _foreign(file: GoSyntax, node: Node) -> _Size:
    package, _, name = text(node).partition(".")
    known = _FOREIGN.get(f"{import_paths(file).get(package, '')}.{name}")
    if known is None:
        raise UnsafeError(f"Whether a `{text(node)}` may be copied is not known.")
    return _Size(known, min(known, 8))


def _type_names(node: Node) -> Iterator[str]:
    return (text(n) for n in walk(node) if n.type == "type_identifier")


BASIC = {
    **dict.fromkeys(("bool", "byte", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "rune", "float32"), 4),
    **dict.fromkeys(("int", "uint", "uintptr", "int64", "uint64", "float64", "complex64"), 8),
    **dict.fromkeys(("string", "error", "any", "complex128"), 16),
}

# Types of other packages that are meant to be copied.
_FOREIGN = {
    **dict.fromkeys(("time.Duration", "time.Month", "time.Weekday", "go/token.Pos"), 8),
    **dict.fromkeys(("go/token.Token", "reflect.Kind", "net/http.Header", "net/url.Values"), 8),
    **dict.fromkeys(("io.Reader", "io.Writer", "io.Closer", "io.Seeker", "io.ReaderAt"), 16),
    **dict.fromkeys(("io.ReadCloser", "io.WriteCloser", "io.ReadWriter", "io.ByteReader"), 16),
    **dict.fromkeys(("context.Context", "fmt.Stringer", "reflect.Type", "io.WriterTo"), 16),
    **dict.fromkeys(("net.Conn", "net.Addr", "net.Listener", "io/fs.FS", "io/fs.FileInfo"), 16),
    **dict.fromkeys(("net/http.Handler", "net/http.ResponseWriter", "go/ast.Node"), 16),
    **dict.fromkeys(("time.Time", "net.IP", "encoding/json.RawMessage", "net/netip.Addr"), 24),
    **dict.fromkeys(("io/fs.FileMode", "os.FileMode"), 4),
}
