"""The packages that a package imports, as far as their types matter to it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.syntax.declarations import package_names, package_specs
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.nodes import callee_text, text, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tree_sitter import Node

    from goescape.analysis.syntax.source import SourceText


@frozen
class PackageSources:
    """The Go files of another package, as they lie on the disk."""

    files: tuple[SourceText, ...]
    """Those of this build."""
    others: tuple[SourceText, ...] = ()
    """Those that this build leaves out."""
    is_go: bool = True
    """Whether nothing of it is written in C or assembly."""
    is_standard: bool = False
    """Whether it is one of Go's own packages."""


class DeclaredTypes:
    """What one package declares at package level."""

    def __init__(self, files: Iterable[GoFile], *, hides_addresses: bool) -> None:
        package_files = tuple(files)
        self.hides_addresses = hides_addresses
        """Whether it may keep addresses where the compiler does not see them: as numbers."""
        self.types = {n: (file, node) for file in package_files for n, node in file.types.items()}
        self.functions_by_name = {f.name: f for file in package_files for f in file.functions}
        self.methods = frozenset(self.functions_by_name)
        self.functions = frozenset(
            name for name, f in self.functions_by_name.items() if name == f.plain_name
        )
        self._files = package_files
        self.constants = {
            name: value for file in package_files for name, value in file.constant_values.items()
        }
        self.name = package_files[0].package_name if package_files else ""

    @cached_property
    def names(self) -> frozenset[str]:
        """All that is declared at package level, but methods."""
        return frozenset().union(*map(package_names, self._files))

    @cached_property
    def variable_types(self) -> Mapping[str, str]:
        """The types of the package that its variables have or point to, as far as it is written:
        ``var v *T``, ``var v = &T{}``, ``var v = NewT()``.
        """
        specs = (n for file in self._files for n in package_specs(file) if n.type == "var_spec")
        known = ((spec, self._type_name(spec)) for spec in specs)
        return {
            text(name): type_name
            for spec, type_name in known
            for name in spec.children_by_field_name("name")
            if type_name
        }

    def fields(self, type_name: str) -> Mapping[str, str]:
        """The types of the package that the fields of a struct have or point to."""
        _, struct = self.types.get(type_name, (None, None))
        is_struct = struct is not None and struct.type == "struct_type"
        lists = struct.named_children if is_struct and struct is not None else ()
        fields = (field for fields in lists for field in fields.named_children)
        return {
            text(name): self._own_name(field.child_by_field_name("type"))
            for field in fields
            if field.type == "field_declaration"
            for name in field.children_by_field_name("name")
        }

    def is_value_type(self, name: str) -> bool:
        """Whether it is a type of the package, and no interface."""
        return name in self.types and self.types[name][1].type != "interface_type"

    @cached_property
    def interface_methods(self) -> frozenset[str]:
        """The names of its interfaces' methods."""
        return self._names_of("method_elem")

    @cached_property
    def interface_fields(self) -> frozenset[str]:
        """The names that only fields have whose type is an interface of the package."""
        fields = [pair for name in self.types for pair in self.fields(name).items()]
        others = {name for name, kind in fields if not kind or self.is_value_type(kind)}
        return frozenset(name for name, _ in fields) - others

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of its structs' fields."""
        return self._names_of("field_declaration")

    def _names_of(self, kind: str) -> frozenset[str]:
        nodes = (n for _, its_type in self.types.values() for n in walk(its_type))
        named = (n for n in nodes if n.type == kind)
        return frozenset(text(name) for n in named for name in n.children_by_field_name("name"))

    @cached_property
    def uses_atomics(self) -> bool:
        """Whether it imports ``sync/atomic``."""
        return any(path == "sync/atomic" for file in self._files for path, _ in file.imports)

    @cached_property
    def imported_names(self) -> frozenset[str]:
        """The names that its files may have for other packages."""
        return frozenset().union(*(file.imported_names for file in self._files))

    def _type_name(self, spec: Node) -> str:
        written, values = spec.child_by_field_name("type"), spec.child_by_field_name("value")
        if written is not None or values is None or len(values.named_children) != 1:
            return self._own_name(written)
        value = values.named_children[0]
        if value.type == "unary_expression" and text(value)[0] == "&":
            value = value.named_children[0]
        if value.type == "composite_literal":
            return self._own_name(value.child_by_field_name("type"))
        made = self.functions_by_name.get(callee_text(value)) if "call" in value.type else None
        return self._own_name(made.node.child_by_field_name("result")) if made is not None else ""

    def _own_name(self, written: Node | None) -> str:
        name = text(written).lstrip("*") if written is not None else ""
        return name if name in self.types else ""


class ImportedTypes:
    """What the imported packages declare, by import path; each is parsed when first asked for."""

    def __init__(self, sources: Mapping[str, PackageSources]) -> None:
        self._sources = sources
        self._known: dict[str, DeclaredTypes | None] = {}

    def path(self, file: GoFile, name: str) -> str:
        """The import path that a name stands for in a file; empty when that is not known."""
        guessed = ""
        for path, written in file.imports:
            imported = self.package(path) if not written else None
            if name == (written or (imported.name if imported is not None else "")):
                return path
            if not written and imported is None and path.rpartition("/")[2] == name:
                guessed = path
        return guessed

    def package(self, path: str) -> DeclaredTypes | None:
        """What a package declares; None when its sources are not at hand."""
        if path not in self._known:
            sources = self._sources.get(path)
            self._known[path] = _declared(sources) if sources is not None else None
        return self._known[path]

    def sources(self, path: str) -> PackageSources | None:
        """The files of a package; None when they are not at hand."""
        return self._sources.get(path)

    @cached_property
    def foreign_packages(self) -> Mapping[str, tuple[SourceText, ...]]:
        """The files, other builds' too, of each package that is not Go's own, by import path."""
        foreign = {path: p for path, p in self._sources.items() if not p.is_standard}
        return {path: (*package.files, *package.others) for path, package in foreign.items()}

    def may_require(self, name: str, *, standard: bool) -> bool:
        """Whether an interface of these packages, also inside a function, may have a method.

        Those of Go's own packages count with ``standard`` alone.
        """
        method = re.compile(rb"(?:^|[{;])[ \t]*%s\(" % re.escape(name.encode()), re.MULTILINE)
        word = name.encode()
        return any(
            word in source.content and method.search(source.content)
            for package in self._sources.values()
            if standard or not package.is_standard
            for source in (*package.files, *package.others)
        )

    def near(self, path: str) -> tuple[SourceText, ...]:
        """The files of the packages that may be of the same repository as another one."""
        parts = path.split("/")
        start = parts[: 3 if "." in parts[0] else 1]
        near = (other for other in self._sources if other.split("/")[: len(start)] == start)
        packages = (self._sources[other] for other in near)  # nothing of the others is read
        return tuple(file for sources in packages for file in (*sources.files, *sources.others))

    def is_declared_otherwise(self, path: str, names: Iterable[str]) -> bool:
        """Whether files that this build leaves out declare one of some names, too."""
        sources, wanted = self._sources.get(path), set(names)
        for other in sources.others if sources is not None else ():
            file = GoFile(other)
            if wanted & (package_names(file) | {f.plain_name for f in file.functions}):
                return True
        return False

    def differs_by_build(self, path: str, name: str) -> bool:
        """Whether files that this build leaves out declare a type, too."""
        sources = self._sources.get(path)
        word = name.encode()
        others = sources.others if sources is not None else ()
        return any(word in other.content and name in GoFile(other).types for other in others)


def _declared(sources: PackageSources) -> DeclaredTypes:
    files = [GoFile(source) for source in sources.files]
    low = any("unsafe" in file.imported_names or file.uses_cgo for file in files)
    return DeclaredTypes(files, hides_addresses=low or not sources.is_go)
