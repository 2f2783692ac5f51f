"""What may call exported methods without naming the package: only programs and internal ones ask.

Values travel: whoever is handed one may call its methods, and reflection finds them by their names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.source import SourceText


def file_that_calls_by_name(sources: Iterable[SourceText]) -> str:
    """The name of a file that may call methods by their names; empty where there is none."""
    for source in sources:
        content = source.content
        if _CALLERS.search(content) or (b'"reflect"' in content and _METHODS.search(content)):
            return _name(source)
    return ""


def place_that_hands_out(files: Sequence[GoFile], top: str) -> str:
    """Where a package that anybody can import may hand out values of internal packages.

    ``files`` are those of packages that import one of these, ``top`` is the folder around its
    folder ``internal``. Empty where there is no such place.
    """
    for file in files:
        folders = file.source.path.replace("\\", "/").removeprefix(top).split("/")[:-1]
        if "internal" in folders or file.package_name == "main":
            continue
        if file.source.path.endswith("_test.go"):
            continue
        if (node := next(_handing_out(file), None)) is not None:
            return place_of(file, node)
    return ""


def place_of(file: GoFile, node: Node) -> str:
    """A place in words that users know from compilers: ``code.go:12``."""
    return f"{_name(file.source)}:{node.start_point[0] + 1}"


def _name(source: SourceText) -> str:
    return source.path.replace("\\", "/").rpartition("/")[2]


def _handing_out(file: GoFile) -> Iterator[Node]:
    """Declarations that others may name, or reach by the values that they get."""
    internal = [(path, alias) for path, alias in file.imports if "internal" in path.split("/")]
    names = {alias or _usual_name(path) for path, alias in internal if alias != "_"}
    if not names:
        return
    for path, alias in internal:
        if not alias and f"{_usual_name(path)}.".encode() not in file.source.content:
            yield from _imports(file, path)  # its name is not that of its folder
    functions = {f.plain_name: f.node.child_by_field_name("result") for f in file.functions}
    giving = {name for name, result in functions.items() if _mentions(result, names)}
    for declared in file.functions:
        if declared.is_exported and declared.plain_name in giving:
            yield declared.node
    for node in file.root.named_children:
        if node.type == "type_declaration":
            yield from (part for part in node.named_children if _type_shows(part, names))
        elif node.type == "var_declaration":
            yield from (n for n in walk(node) if n.type == "var_spec" and _shows(n, names, giving))


def _usual_name(path: str) -> str:
    return re.sub(r"/v\d+$", "", path).rpartition("/")[2]


def _imports(file: GoFile, path: str) -> Iterator[Node]:
    return (n for n in walk(file.root) if n.type == "import_spec" and path in text(n))


def _type_shows(spec: Node, names: set[str]) -> bool:
    its_type = spec.child_by_field_name("type")
    if its_type is None or its_type.type != "struct_type":
        return _mentions(its_type, names)
    return any(
        _mentions(field, names) and _is_visible(field)
        for field in walk(its_type)
        if field.type == "field_declaration"
    )


def _is_visible(field: Node) -> bool:
    """Whether a field is exported, or embedded."""
    written = field.children_by_field_name("name")
    return not written or any(text(name)[:1].isupper() for name in written)


def _shows(spec: Node, names: set[str], giving: set[str]) -> bool:
    if not any(text(name)[:1].isupper() for name in spec.children_by_field_name("name")):
        return False
    return any(n.type == "identifier" and text(n) in giving for n in walk(spec)) or _mentions(
        spec, names
    )


def _mentions(node: Node | None, names: set[str]) -> bool:
    """Whether one of these packages is named, or any may be: ``.`` imports all names."""
    if node is None:
        return False
    return "." in names or any(
        inner.type in {"package_identifier", "identifier"} and text(inner) in names
        for inner in walk(node)
    )


_CALLERS = re.compile(rb'"(?:text/template|html/template|net/rpc)"')
_METHODS = re.compile(rb"\.(?:MethodByName|Method|Methods)\(")
