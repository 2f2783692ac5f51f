"""What Go's type checker says of a package's expressions, where it was asked.

Where it was not, or has no answer, all of this is unknown, and rewrites go by the source alone.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.evidence.types import UNKNOWN_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile


@frozen
class UsableType:
    """A type, and what decides how its values may be used."""

    text: str
    """As its package would write it, other packages by their import paths: ``net/http.Header``."""
    kind: str
    """Of the underlying type: ``int64``, ``struct``, ``slice``, ``type parameter``..."""
    size: int
    """In bytes; -1 where it is not known, or depends on type parameters."""
    element: int
    """The number of the type of its elements, or of what it points to; -1 where it has none."""
    is_named: bool
    is_plain: bool
    """Whether its text means the same in the whole package and hides no alias."""
    is_error: bool
    """Whether its values implement ``error``."""
    is_stringer: bool
    """Whether its values implement ``fmt.Stringer``."""
    is_formatter: bool
    """Whether it has a method ``Format``."""
    lock: str
    """The type in it that must not be copied; empty where there is none."""
    linked: str
    """The type in it that may hold its own address; empty where there is none."""
    structs: tuple[str, ...]
    """The structs of other packages that it consists of."""
    methods: tuple[str, ...]
    """What a pointer to it can do, for structs that embed something: ``*bytes.Buffer.Write``."""


class UseKind(enum.IntEnum):
    """How a function is used where its name stands."""

    CALL = 0
    VALUE = 1
    """Whoever has it depends on its whole type."""
    METHOD_EXPRESSION = 2
    """``T.name``: its receiver becomes a parameter, also where it is called."""


@frozen
class DeclaredFunction:
    """A function or method that the package declares, with all that names it there."""

    at: tuple[int, int]
    """The number of a file, and the first byte of its name."""
    uses: tuple[int, ...]
    """For each use in the package and its tests, external ones left out, the number of a file, the
    first byte of the name, and its kind."""
    interfaces: tuple[str, ...]
    """Those that a type with this method implements, or may implement when the method changes;
    also by embedding."""
    gives_own: bool
    """Whether who knows the type of its results knows a type of the package."""


@frozen
class NamedFunction:
    """A place where a function is named."""

    path: str
    start: int
    """The first byte of its name."""
    kind: UseKind


@frozen
class ExpressionsAnswer:
    """The expressions of some files of a package."""

    is_partial: bool
    """Whether the package has errors."""
    types: tuple[UsableType, ...]
    files: tuple[tuple[int, ...] | None, ...]
    """For each expression its first byte, the byte behind it, and the number of its type."""
    imports: tuple[Mapping[str, str] | None, ...]
    """The import paths by the names that a file has for them."""
    declared: Mapping[str, int]
    """The types that the package declares."""
    functions: tuple[DeclaredFunction, ...]
    """The functions that the files declare."""


_Expressions = Mapping[tuple[int, int], int]


@frozen(eq=False, slots=False)
class PackageTypes:
    """The types of the expressions of some files; of no other file anything is known."""

    _types: tuple[UsableType, ...] = ()
    _rows: Mapping[str, tuple[int, ...]] = field(factory=dict)
    _imports: Mapping[str, Mapping[str, str]] = field(factory=dict)
    _declared: Mapping[str, int] = field(factory=dict)
    _functions: Mapping[tuple[int, int], DeclaredFunction] = field(factory=dict)
    _numbers: Mapping[str, int] = field(factory=dict)
    """Of the files, by path."""
    _expressions: dict[str, _Expressions] = field(factory=dict, init=False)
    """The rows by their place, for the files that somebody has asked about."""

    @classmethod
    def of_answer(cls, paths: Sequence[str], answer: ExpressionsAnswer) -> PackageTypes:
        """Of the files with these paths, in their order; of a broken package nothing is known."""
        if answer.is_partial or len(paths) != len(answer.files):
            return cls()
        told = dict(zip(paths, zip(answer.files, answer.imports, strict=True), strict=True))
        return cls(
            answer.types,
            {path: rows for path, (rows, _) in told.items() if rows is not None},
            {path: names for path, (_, names) in told.items() if names is not None},
            answer.declared,
            {declared.at: declared for declared in answer.functions},
            {path: number for number, path in enumerate(paths)},
        )

    def knows(self, file: GoFile) -> bool:
        """Whether the types of a file are known."""
        return file.source.path in self._rows

    @property
    def all(self) -> tuple[UsableType, ...]:
        """All types of these files, and those that the package declares."""
        return self._types

    def of(self, file: GoFile, node: Node) -> UsableType | None:
        """The type of an expression, or what a type expression names; None where unknown."""
        return self.at(file.source.path, node.start_byte, node.end_byte)

    def at(self, path: str, start: int, end: int) -> UsableType | None:
        """The same for the bytes from ``start`` to ``end`` of a file."""
        if path not in self._rows:
            return None
        if path not in self._expressions:
            rows = iter(self._rows[path])
            self._expressions[path] = {
                (first, last): t for first, last, t in zip(rows, rows, rows, strict=True)
            }
        number = self._expressions[path].get((start, end))
        return self._types[number] if number is not None else None

    def declared(self, file: GoFile, name: str) -> UsableType | None:
        """The type of this name that the package of a file declares; None where unknown."""
        number = self._declared.get(name) if self.knows(file) else None
        return self._types[number] if number is not None else None

    def function(self, file: GoFile, name: Node) -> DeclaredFunction | None:
        """The function that is declared with the name at a node of a file; None where unknown."""
        return self._functions.get((self._numbers.get(file.source.path, -1), name.start_byte))

    def uses(self, function: DeclaredFunction) -> Iterator[NamedFunction]:
        """Where the package names a function that it declares, by file and place."""
        rows = iter(function.uses)
        for number, start, kind in zip(rows, rows, rows, strict=True):
            yield NamedFunction(self._paths[number], start, UseKind(kind))

    def is_use(self, file: GoFile, name: Node, function: DeclaredFunction) -> bool:
        """Whether a name in a file stands for a function that the package declares."""
        return self._named.get((self._numbers.get(file.source.path, -1), name.start_byte)) == (
            function.at
        )

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._numbers)

    @cached_property
    def _named(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """Where each function that is named is declared, by the place of the name."""
        return {
            (number, start): declared.at
            for declared in self._functions.values()
            for number, start in zip(declared.uses[::3], declared.uses[1::3], strict=True)
        }

    def element(self, container: UsableType) -> UsableType | None:
        """The type of its elements, or of what it points to."""
        return self._types[container.element] if container.element >= 0 else None

    def import_path(self, file: GoFile, name: str) -> str:
        """The package that a name stands for in a file; empty where unknown."""
        return self._imports.get(file.source.path, {}).get(name, "")

    def written(self, file: GoFile, its_type: UsableType) -> str | None:
        """A type as a file would write it; None where it has no name for it."""
        names = {path: name for name, path in self._imports.get(file.source.path, {}).items()}
        paths = {path for path, _ in _QUALIFIED.findall(its_type.text)}
        if not its_type.is_plain or any(names.get(path, "_") in {"_", "."} for path in paths):
            return None
        return _QUALIFIED.sub(lambda match: f"{names[match[1]]}.{match[2]}", its_type.text)


def short(text: str) -> str:
    """A type as it is mostly written: packages by the last element of their path."""
    return _QUALIFIED.sub(lambda match: f"{match[1].rpartition('/')[2]}.{match[2]}", text)


_QUALIFIED = re.compile(r"([\w./~-]*[\w~-])\.(\w+)")
"""A type of another package in the text of a plain type."""

UNKNOWN = PackageTypes()
__all__ = [
    "UNKNOWN",
    "UNKNOWN_SIZE",
    "DeclaredFunction",
    "ExpressionsAnswer",
    "PackageTypes",
    "UsableType",
    "UseKind",
]
