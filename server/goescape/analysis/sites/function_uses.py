"""Where the functions of a package are named: what calls them, and whether that is in a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from attrs import frozen

from goescape.analysis.syntax.cold_code import is_error_path, is_test_file
from goescape.analysis.syntax.loops import runs_repeatedly
from goescape.analysis.syntax.nodes import ancestors
from goescape.analysis.syntax.references import references_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.sites.edited_function import EditedFunction
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.analysis.syntax.go_package import GoPackage


_UsesInFile: TypeAlias = "dict[str, tuple[FunctionUse, ...]]"
"""By the name of the function."""


@frozen(eq=False)
class FunctionUse:
    """A place that names a function."""

    caller: FunctionDeclaration | None
    called: bool
    """Whether it calls the function, and does not just name it."""
    repeated: bool
    """Whether it runs in a loop, and not only when something went wrong."""
    in_test: bool
    file: str
    line: int


class UsesInPackage:
    """Who names a function in one state of a package."""

    def __init__(self, files: Iterable[tuple[GoFile, _UsesInFile]]) -> None:
        self._files = tuple(files)

    def of(self, name: str) -> Iterator[FunctionUse]:
        """Every place that names this function or method, its declaration left out."""
        for file, known in self._files:
            uses = known.get(name)
            if uses is None:
                found = (_use(file, node) for node in references_in(file, name))
                uses = known[name] = tuple(found)
            yield from uses


class FunctionUses:
    """Who names a function: each file is asked once for each name, as long as it lives."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[GoFile, _UsesInFile] = WeakKeyDictionary()

    def within(self, syntax: GoPackage) -> UsesInPackage:
        """Those of a package."""
        files = syntax.files.values()
        return UsesInPackage((file, self._known.setdefault(file, {})) for file in files)

    def carry(self, old: GoFile, new: GoFile, edit: EditedFunction) -> None:
        """Take what is known of an older text of a file, in which one function was another one."""
        if new in self._known:
            return
        edited = new.functions[edit.index].node
        self._known[new] = {
            name: (
                *(use for use in uses if not edit.has(use.line)),
                *(_use(new, node) for node in references_in(new, name, edited)),
            )
            for name, uses in self._known.get(old, {}).items()
        }


def _use(file: GoFile, name: Node) -> FunctionUse:
    repeated = runs_repeatedly(name) and not is_error_path(name, None)
    in_test = is_test_file(file.source.path)
    caller = file.function_at(name.start_byte)
    path, line = file.source.path, name.start_point[0] + 1
    return FunctionUse(caller, _is_called(name), repeated, in_test, path, line)


def _is_called(name: Node) -> bool:
    child = name
    for parent in ancestors(name):
        if parent.type == "call_expression":
            return parent.child_by_field_name("function") == child
        if parent.type not in {"selector_expression", "index_expression", "generic_type"} and (
            parent.type != "type_conversion_expression"
        ):
            return False
        if parent.type == "type_conversion_expression":
            return True  # `f[int](x)` reads like a conversion to a generic type
        child = parent
    return False
