"""Everything a rewrite may look at: the package with all its files, and who uses it."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.go_package import GoPackage
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit
from goescape.fixes.context.imported_types import ImportedTypes
from goescape.fixes.context.outside_callers import file_that_calls_by_name, place_that_hands_out
from goescape.fixes.context.package_types import UNKNOWN, PackageTypes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tree_sitter import Node

    from goescape.analysis.model import Finding, PackageReport
    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.context.imported_types import PackageSources


@frozen(eq=False)
class PackageUsers:
    """What lies around a package and decides what may change in it."""

    others: Mapping[str, SourceText] = field(factory=dict)
    """The other Go files of the folder, which this build leaves out (build tags, GOOS, GOARCH)."""
    importers: tuple[PackageReport, ...] | None = None
    """The workspace's packages that import this one; None when that is not known, and then nothing
    exported may change.
    """
    imported: Mapping[str, PackageSources] = field(factory=dict)
    """The sources of what it imports itself, also indirectly, by import path."""
    files_of_other_builds: Callable[[], tuple[SourceText, ...] | None] = lambda: None
    """Finds the Go files elsewhere that may import it and are none of the importers' here: other
    builds, test data. Only asked where it matters; None when nobody can tell.
    """
    assembly: tuple[bytes, ...] = ()
    """The assembly files of the folder."""
    debug: tuple[bytes, ...] = ()
    """Whatever may set GODEBUG, besides Go files: go.mod, go.work, the environment."""
    types: PackageTypes = UNKNOWN
    """What Go's type checker says of its expressions."""


class PackageCode:
    """A package as rewrites see it.

    ``report`` says what the compiler found in the files of this build.
    """

    def __init__(
        self,
        report: PackageReport,
        around: PackageUsers,
        go: tuple[int, int],
        language: tuple[int, int],
    ) -> None:
        self.report = report
        self.importers = around.importers
        self.go = go
        """The version of the toolchain."""
        self.language = min(language, go)
        """The version of the language that the module asks for."""
        own = {path: report.sources[path] for path in report.files if path in report.sources}
        self.files = {path: GoFile(source) for path, source in own.items()}
        self.syntax = GoPackage(self.files, frozenset(own))
        self.others = {path: GoFile(source) for path, source in around.others.items()}
        self.imported = ImportedTypes(around.imported)
        self.types = around.types
        self._around = around

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings in this package's own files."""
        return tuple(f for f in self.report.findings if f.span.file in self.files)

    def allocations(self, file: GoFile) -> Iterator[Finding]:
        """The findings of one file that allocate, or may."""
        return (f for f in self._findings_by_file[file.source.path] if f.is_diagnostic)

    @cached_property
    def _findings_by_file(self) -> defaultdict[str, list[Finding]]:
        by_file: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            by_file[finding.span.file].append(finding)
        return by_file

    def node_of(self, finding: Finding) -> tuple[GoFile, Node] | None:
        """The syntax node that a finding's range covers (the literal for a ``func`` keyword)."""
        file = self.files.get(finding.span.file)
        if file is None:
            return None
        start = file.source.offset(finding.span.line, finding.span.column)
        end = file.source.offset(finding.span.end_line, finding.span.end_column)
        if start is None or end is None:
            return None
        node = file.root.descendant_for_byte_range(start, end)
        if node is not None and node.type == "func" and node.parent is not None:
            node = node.parent
        return (file, node) if node is not None else None

    def function_of(self, finding: Finding) -> FunctionDeclaration | None:
        """The declaration that a finding stands in."""
        place = self.node_of(finding)
        return place[0].function_at(place[1].start_byte) if place is not None else None

    @cached_property
    def all_files(self) -> tuple[GoFile, ...]:
        """The package's files of any build, and those of the packages that import it."""
        theirs = (
            GoFile(report.sources[path])
            for report in self.importers or ()
            for path in report.files
            if path in report.sources
        )
        return (*self.files.values(), *self.others.values(), *theirs)

    @cached_property
    def importing_files(self) -> tuple[GoFile, ...]:
        """The files of the packages that import this one."""
        return self.all_files[len(self.files) + len(self.others) :]

    @cached_property
    def files_of_other_builds(self) -> tuple[SourceText, ...] | None:
        """See ``PackageUsers``."""
        return self._around.files_of_other_builds()

    @cached_property
    def file_that_calls_by_name(self) -> str:
        """A file that may call exported methods by reflection; empty where there is none."""
        foreign = (source for its in self.imported.foreign_packages.values() for source in its)
        return file_that_calls_by_name((*(file.source for file in self.all_files), *foreign))

    @cached_property
    def place_that_hands_out(self) -> str:
        """Where values of internal packages may get out; empty where there is no such place."""
        top = self.report.directory.replace("\\", "/").rpartition("/internal")[0]
        return place_that_hands_out(self.importing_files, top)

    def is_mentioned_elsewhere(self, name: str) -> bool:
        """Whether files that this build leaves out use an identifier: nobody compiles those.

        Or whatever else reaches it behind the compiler's back.
        """
        return self.is_in_other_builds(name) or self.is_linked(name)

    def is_in_other_builds(self, name: str) -> bool:
        """Whether files that this build leaves out have an identifier."""
        word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        return any(word.search(f.source.content) for f in self.others.values())

    def is_linked(self, name: str) -> bool:
        """Whether assembly, C or a ``go:linkname`` somewhere depends on what a function is."""
        plain = re.escape(name.encode())
        if any(re.search("·".encode() + rb"%s\b" % plain, text) for text in self._around.assembly):
            return True
        return re.search(rb"\b%s\b" % plain, self._links) is not None

    @cached_property
    def _links(self) -> bytes:
        """The lines that name a function for the linker or for C."""
        own = (file.source for file in self.all_files)
        sources = (*own, *self.imported.near(self.report.package))
        line = re.compile(rb"^//(?:go:linkname|export) .*$", re.MULTILINE)
        return b"\n".join(
            directive for source in sources for directive in line.findall(source.content)
        )

    def sets_debug(self, setting: str) -> bool:
        """Whether the program may be built or run with a GODEBUG setting of its own."""
        files = (file.source.content for file in self.all_files)
        wanted = re.compile(rb"\b(?:%s|default)=" % setting.encode())
        return any(wanted.search(text) for text in self._around.debug) or any(
            re.search(rb"(?m)^//go:debug .*\b(?:%s|default)=" % setting.encode(), text)
            or re.search(rb"\b%s\b" % setting.encode(), text)
            for text in files
        )

    @cached_property
    def differing(self) -> frozenset[str]:
        """The functions and methods that do something else in other builds, as far as names tell.

        Those that files of other builds declare, and those that mention one of these.
        """
        packages = {file.package_name for file in self.files.values()}
        others = [file for file in self.others.values() if file.package_name in packages]
        names = {f.plain_name for file in others for f in file.functions}
        functions = [f for file in self.files.values() for f in file.functions] if names else []
        words = [(f.plain_name, {text(n) for n in identifiers(f.node)}) for f in functions]
        size = -1
        while size != len(names):
            size = len(names)
            names |= {name for name, used in words if used & names}
        return frozenset(names)

    def is_free(self, name: str, file: GoFile, node: Node) -> bool:
        """Whether a new local name would neither collide nor shadow something used around it."""
        function = next((a for a in [node, *ancestors(node)] if a.type in FUNCTIONS), None)
        if function is not None and any(text(n) == name for n in identifiers(function)):
            return False
        return self.is_free_in_package(name) and name not in file.imported_names

    def is_free_in_package(self, name: str) -> bool:
        """Whether a new package-level name would be the only one, in files of any build."""
        if name in PREDECLARED:
            return False
        word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        everything = [*self.files.values(), *self.others.values()]
        return not any(word.search(file.source.content) for file in everything)

    @cached_property
    def declared_names(self) -> frozenset[str]:
        """Every name that the package's files declare anywhere, locals and imports included."""
        files = self.files.values()
        declared = frozenset(text(n) for file in files for n in declaring_names(file.root))
        return declared.union(*(file.imported_names for file in files))

    @cached_property
    def package_level_names(self) -> frozenset[str]:
        """Every name that is declared outside of functions, imports included."""
        files = self.files.values()
        outside = (
            name
            for file in files
            for node in file.root.named_children
            for name in _declared_by(node)
        )
        return frozenset(map(text, outside)).union(*(file.imported_names for file in files))

    @cached_property
    def declared_locally(self) -> frozenset[str]:
        """The names of types inside functions, and of type parameters."""
        return frozenset(
            text(name)
            for file in self.files.values()
            for node in walk(file.root)
            if node.type == "type_parameter_declaration"
            or (
                node.type in {"type_spec", "type_alias"}
                and any(a.type == "block" for a in ancestors(node))
            )
            for name in node.children_by_field_name("name")
        )

    def uses(self, declared_at: Node, scope: Node) -> Iterator[Node]:
        """Every identifier in ``scope`` that stands for a local declaration, itself included."""
        name = declared_at.text
        for node in walk(scope):
            if (
                node.type == "identifier"
                and node.text == name
                and (node == declared_at or definition(node) == declared_at)
            ):
                yield node


def replace(file: GoFile, node: Node, new: str) -> Edit:
    """Replace a node."""
    return Edit(file.source.path, node.start_byte, node.end_byte, new)


def insert(file: GoFile, offset: int, new: str) -> Edit:
    """Insert at a byte offset."""
    return Edit(file.source.path, offset, offset, new)


def statement_of(node: Node) -> Node | None:
    """The statement around an expression that stands directly in a block or a case."""
    child = node
    for parent in ancestors(node):
        if parent.type == "statement_list":
            return child
        if parent.type in FUNCTIONS:
            return None
        child = parent
    return None


def indentation(file: GoFile, node: Node) -> str:
    """The white space in front of the line that a node starts in."""
    line = file.source.line(node.start_point[0] + 1)
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


def line_end(file: GoFile) -> str:
    """``\\n``, or ``\\r\\n`` where the file uses that."""
    return "\r\n" if b"\r\n" in file.source.content[:4000] else "\n"


def identifiers(node: Node) -> Iterator[Node]:
    """All identifiers below a node, fields and types included."""
    return (n for n in walk(node) if n.type.endswith("identifier"))


def declaring_names(root: Node) -> Iterator[Node]:
    """The names that are declared anywhere below a node, itself included."""
    for node in walk(root):
        if node.type in _DECLARATIONS:
            yield from node.children_by_field_name("name")
        elif node.type in {"short_var_declaration", "range_clause", "receive_statement"}:
            left = node.child_by_field_name("left")
            yield from left.named_children if left is not None else ()
        elif node.type == "type_switch_statement":
            alias = node.child_by_field_name("alias")
            yield from alias.named_children if alias is not None else ()


def _declared_by(node: Node) -> Iterator[Node]:
    """The names that a declaration at package level declares there; more where it has literals."""
    if node.type == "function_declaration":
        yield from node.children_by_field_name("name")
    elif node.type != "method_declaration":
        yield from declaring_names(node)


_DECLARATIONS = frozenset(
    {
        *("parameter_declaration", "variadic_parameter_declaration", "var_spec", "const_spec"),
        *("function_declaration", "type_spec", "type_alias", "type_parameter_declaration"),
    }
)
FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
PREDECLARED = frozenset(
    {
        *("any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32"),
        *("float64", "int", "int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8"),
        *("uint16", "uint32", "uint64", "uintptr", "true", "false", "iota", "nil", "append"),
        *("cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max"),
        *("min", "new", "panic", "print", "println", "real", "recover", "break", "case", "chan"),
        *("const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go"),
        *("goto", "if", "import", "interface", "map", "package", "range", "return", "select"),
        *("struct", "switch", "type", "var", "init", "main", "_"),
    }
)
