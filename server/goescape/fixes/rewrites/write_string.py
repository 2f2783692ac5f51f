"""``w.Write([]byte(s))`` becomes ``io.WriteString(w, s)``: writers that can need no copy."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.caches import cached
from goescape.fixes.candidate import TypeClaim, UnsafeError
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.appended_texts import appended_text
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits, imported_as
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    has_comment,
    is_visible,
    package_name,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls on a plain ``io.Writer`` or ``http.ResponseWriter``."""
    for finding in code.allocations(file):
        place = code.node_of(finding)
        call = _call(place[1]) if place is not None else None
        function = call.child_by_field_name("function") if call is not None else None
        writer = function.child_by_field_name("operand") if function is not None else None
        if call is None or writer is None or has_comment(call):
            continue
        if not _is_made_of_bytes(code, file, call):
            yield Match((finding,), partial(_change, code, file, call, writer), file.span(call))


def _change(code: PackageCode, file: GoFile, call: Node, writer: Node) -> Change | None:
    its_type = _writer_type(code, file, writer)
    imports = import_edits(file, [] if imported_as(file, "io") else ["io"])
    io = package_name(file, call, "io") or "io"
    if not its_type or imports is None or not is_visible(call, io):
        return None
    if _writes_strings_differently(code):
        raise UnsafeError(ReasonCode.WRITER_MAY_DIFFER)
    string = arguments_of(call)[0].named_children[-1]
    return Change(
        (replace(file, call, f"{io}.WriteString({text(writer)}, {text(string)})"), *imports),
        claims=(
            TypeClaim(file.source.path, writer.start_byte, writer.end_byte, its_type),
            TypeClaim(file.source.path, string.start_byte, string.end_byte, "string"),
        ),
    )


def _call(node: Node) -> Node | None:
    """The ``w.Write([]byte(s))`` around the conversion, or around its operand."""
    for conversion in (node, node.parent):
        arguments = conversion.parent if conversion is not None else None
        call = arguments.parent if arguments is not None else None
        if conversion is None or conversion.type != "type_conversion_expression" or call is None:
            continue
        if text(conversion.named_children[0]) != "[]byte" or call.type != "call_expression":
            return None
        function = call.child_by_field_name("function")
        field = function.child_by_field_name("field") if function is not None else None
        single = len(arguments_of(call)) == 1
        later = call.parent is not None and call.parent.type in {"go_statement", "defer_statement"}
        return (
            call if field is not None and text(field) == "Write" and single and not later else None
        )
    return None


def _is_made_of_bytes(code: PackageCode, file: GoFile, call: Node) -> bool:
    """Whether append-text makes the bytes of what is written without a string."""
    made = appended_text(code, file, arguments_of(call)[0].named_children[-1])
    return made is not None and made.gives_bytes


def _writer_type(code: PackageCode, file: GoFile, writer: Node) -> str:
    """The type that the writer would have to have, as this file can name it; else empty."""
    known = code.types.of(file, writer)
    if known is not None and known.text not in {"io.Writer", "net/http.ResponseWriter"}:
        return ""
    written = type_of(code, writer)
    http = package_name(file, writer, "net/http")
    if http and written is not None and text(written) == f"{http}.ResponseWriter":
        return text(written)
    io = package_name(file, writer, "io")
    return f"{io}.Writer" if io else ""


@cached(4)
def _writes_strings_differently(code: PackageCode) -> bool:
    """Whether a writer of these packages has, or inherits, a WriteString beside its own Write.

    A type that counts in ``Write`` and embeds a ``*bytes.Buffer`` would be passed over. Of the
    packages that are imported only the types with a Write and an inherited WriteString matter.
    """
    sources = [file.source.content for file in code.all_files]
    if not _declared_pairs_agree(code):
        return True
    if any(_differ(its_type.methods) for its_type in code.types.all):
        return True
    writes = any(b") Write(" in content for content in sources)
    unknown = (file for file in code.all_files if not code.types.knows(file))
    if writes and any(_embeds(node) for file in unknown for node in walk(file.root)):
        return True
    foreign = code.imported.foreign_packages
    return any(_overrides(foreign[path]) for path in foreign if path != code.report.package)


def _declared_pairs_agree(code: PackageCode) -> bool:
    """Whether each WriteString of this package does with a string what its Write does with bytes.

    Only what says so in the same words: both hand on to one other writer.
    """
    writing = [file for file in code.all_files if b") WriteString(" in file.source.content]
    declared = [
        function
        for file in writing
        for function in file.functions
        if function.plain_name == "WriteString" and function.name != "WriteString"
    ]
    if not declared:
        return not any(b") WriteString(" in file.source.content for file in code.all_files)
    writes = {
        function.name: function
        for file in code.all_files
        for function in file.functions
        if function.plain_name == "Write"
    }
    return all(
        (write := writes.get(function.name.removesuffix("String"))) is not None
        and (words := _handed_on(function.node, "[]byte({})")) is not None
        and words == _handed_on(write.node, "{}")
        for function in declared
    )


def _handed_on(method: Node, argument: str) -> str | None:
    """The writer whose Write gets the only parameter, by its field; None for other bodies."""
    receiver = next((n for n in walk(method) if n.type == "parameter_declaration"), None)
    parameters = method.child_by_field_name("parameters")
    body = method.child_by_field_name("body")
    if receiver is None or parameters is None or body is None:
        return None
    name = receiver.child_by_field_name("name")
    parameter = next((n for n in walk(parameters) if n.type == "identifier"), None)
    if name is None or parameter is None:
        return None
    words = re.fullmatch(r"\{\s*return (\w+)\.(\w+)\.Write\((.*)\)\s*\}", text(body))
    if words is None or words[1] != text(name) or words[3] != argument.format(text(parameter)):
        return None
    return words[2]


def _differ(methods: tuple[str, ...]) -> bool:
    """Whether Write and WriteString come from two types."""
    declaring = {
        receiver
        for receiver, _, name in (method.rpartition(".") for method in methods)
        if name in {"Write", "WriteString"}
    }
    return len(declaring) > 1


def _overrides(sources: tuple[SourceText, ...]) -> bool:
    """Whether a type of a package embeds something, and declares Write but not WriteString."""
    writing = [GoFile(source) for source in sources if b") Write(" in source.content]
    names = {name for file in writing for name in _receivers(file, "Write")}
    if not names:
        return False
    files = [GoFile(source) for source in sources]
    names -= {name for file in files for name in _receivers(file, "WriteString")}
    types = (file.types[name] for file in files for name in names if name in file.types)
    return any(_embeds(node) for spec in types for node in walk(spec))


def _receivers(file: GoFile, method: str) -> Iterator[str]:
    """The names of the types that declare a method."""
    for function in file.functions:
        if function.plain_name == method and function.name != method:
            yield function.name.rpartition(".")[0].strip("(*)").partition("[")[0]


def _embeds(node: Node) -> bool:
    """Whether a struct field is embedded and may bring methods of its own."""
    if node.type != "field_declaration" or node.children_by_field_name("name"):
        return False
    its_type = node.child_by_field_name("type")
    return its_type is None or text(its_type) not in _HARMLESS


_HARMLESS = frozenset(
    {
        *("io.Writer", "io.WriteCloser", "io.ReadWriter", "io.ReadWriteCloser", "io.Reader"),
        *("http.ResponseWriter", "net.Conn", "hash.Hash", "sync.Mutex", "sync.RWMutex"),
    }
)


REWRITE = Rewrite(
    code="write-string",
    title="Use io.WriteString instead of Write([]byte(s))",
    brings=(
        "A writer that has `WriteString` takes the string as it is: no copy of its bytes is made."
    ),
    before="""
import "io"

func emit(w io.Writer, names []string) error {
	for _, n := range names {
		if _, err := w.Write([]byte(n)); err != nil {
			return err
		}
	}
	return nil
}
""",
    after="""
import "io"

func emit(w io.Writer, names []string) error {
	for _, n := range names {
		if _, err := io.WriteString(w, n); err != nil {
			return err
		}
	}
	return nil
}
""",
    checks=(
        (
            "The writer is a plain `io.Writer` or `http.ResponseWriter`, and the operand is a "
            "string; the compiler confirms both."
        ),
    ),
    refused_when=(
        (
            "a writer of this package, or of one that it imports, might treat `WriteString` "
            "unlike `Write`"
        ),
        "`io` means something else at that place",
    ),
    find=_find,
    predeclared=frozenset({"byte", "string"}),
)
