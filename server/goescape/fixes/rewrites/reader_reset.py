"""A ``bufio.Reader`` that each call of a method makes anew is kept in the receiver and reset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.candidate import Edit, FixKind, Promise, UnsafeError
from goescape.fixes.checks.stack_growth import grows_many_stacks
from goescape.fixes.context.package_code import indentation, insert, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    function_around,
    has_comment,
    has_goto,
    is_assigned,
    is_called,
    is_clear,
    single_declaration,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_TITLE = "Keep the bufio.{type} and Reset it"


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``r := bufio.NewReader(x)`` in an unexported method with a pointer receiver."""
    seen: set[int] = set()
    for finding in code.allocations(file):
        place = code.node_of(finding)
        if place is None:
            continue
        call = next((a for a in _outwards(place[1]) if a.type == "call_expression"), None)
        if call is None or call.start_byte in seen:
            continue
        seen.add(call.start_byte)
        for name in ("Reader", "Writer"):
            if is_called(call, file, "bufio", f"New{name}"):
                change = partial(_change, code, file, call, name)
                words = (("type", name),)
                yield Match((), change, file.span(call), variant=_TITLE, words=words)


def _change(code: PackageCode, file: GoFile, call: Node, name: str) -> Change | None:
    edits = _edits(code, file, call, name)
    if edits is None:
        return None
    if grows_many_stacks(code, call):
        raise UnsafeError(ReasonCode.MAY_RUN_TWICE)
    return Change(edits, may_add=(r"make\(\[\]byte, .*\)", r"new\(bufio\..*\)", r"&?bufio\..*"))


def _outwards(node: Node) -> Iterator[Node]:
    yield node
    yield from ancestors(node)


def _edits(code: PackageCode, file: GoFile, call: Node, name: str) -> tuple[Edit, ...] | None:
    statement = call.parent.parent if call.parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    method = declaration_around(call)
    if statement is None or single is None or method is None or single[2] != call:
        return None
    if not _is_plain(statement, method) or len(arguments_of(call)) != 1:
        return None
    receiver = _receiver(code, method)
    variable = single[0]
    if receiver is None or not is_clear(variable) or not is_clear(receiver[0]):
        return None
    struct_file, struct = receiver[1], receiver[2]
    field = text(variable)
    if not _is_free(code, field, receiver[0], method):
        return None
    uses = [use for use in code.uses(variable, method) if use != variable]
    if not all(_is_method_call(use, method) for use in uses):
        return None
    kept, source = f"{text(receiver[0])}.{field}", text(arguments_of(call)[0])
    package = callee_text(call).partition(".")[0]
    lines = [
        f"if {kept} == nil {{",
        f"\t{kept} = {text(call)}",
        "} else {",
        f"\t{kept}.Reset({source})",
        "}",
    ]
    new = (line_end(file) + indentation(file, statement)).join(lines)
    closing = struct.end_byte - 1
    return (
        insert(struct_file, closing, f"\t{field} *{package}.{name}{line_end(struct_file)}"),
        replace(file, statement, new),
        *(replace(file, use, kept) for use in uses),
    )


def _is_plain(statement: Node, method: Node) -> bool:
    """Whether a statement runs once in a call of the method, and is no part of a closure."""
    return (
        statement.type == "short_var_declaration"
        and statement.parent is not None
        and statement.parent.type == "statement_list"
        and function_around(statement) == method
        and not any(a.type == "for_statement" for a in ancestors(statement))
        and not has_comment(statement)
        and not has_goto(method)
    )


def _receiver(code: PackageCode, method: Node) -> tuple[Node, GoFile, Node] | None:
    """Name, file and struct of a pointer receiver of an unexported method."""
    listed, name = (method.child_by_field_name(part) for part in ("receiver", "name"))
    names = list(parameter_names(listed)) if listed is not None else []
    if name is None or text(name)[:1].isupper() or len(names) != 1 or text(names[0]) == "_":
        return None
    written = type_of(code, names[0])
    if written is None or written.type != "pointer_type":
        return None
    its_name = text(written.named_children[0])
    if code.is_mentioned_elsewhere(its_name):
        return None
    for file in code.files.values():
        struct = file.types.get(its_name)
        if struct is not None and struct.type == "struct_type":
            fields = struct.named_children[0]
            on_lines = fields.end_point[0] > fields.start_point[0]
            return (names[0], file, fields) if on_lines and fields.named_children else None
    return None


def _is_free(code: PackageCode, field: str, receiver: Node, method: Node) -> bool:
    """Whether no field or method has the name, and the receiver stays what it is."""
    if any(field in f.field_names | f.method_names for f in code.all_files):
        return False
    hidden = any(
        n.type == "identifier" and n.text == receiver.text and definition(n) != receiver
        for n in walk(method)
        if n != receiver
    )
    uses = (use for use in code.uses(receiver, method) if use != receiver)
    return not hidden and not any(is_assigned(use) for use in uses)


def _is_method_call(use: Node, method: Node) -> bool:
    """Whether it is ``r.Method(...)``, in the method itself and not put off."""
    selector = use.parent
    call = selector.parent if selector is not None else None
    if selector is None or call is None or function_around(use) != method:
        return False
    if selector.type != "selector_expression" or call.type != "call_expression":
        return False
    if call.parent is not None and call.parent.type in {"go_statement", "defer_statement"}:
        return False
    return call.child_by_field_name("function") == selector


REWRITE = Rewrite(
    code="reader-reset",
    title="Keep the buffered reader or writer and Reset it",
    variants=(_TITLE,),
    brings="One reader or writer, with its buffer, serves all calls of the method.",
    before=r"""
import (
	"bufio"
	"io"
)

type server struct {
	served int
}

func (s *server) handle(conn io.Reader) (int, error) {
	r := bufio.NewReader(conn)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	s.served++
	return len(line), nil
}
""",
    after=r"""
import (
	"bufio"
	"io"
)

type server struct {
	served int
	r      *bufio.Reader
}

func (s *server) handle(conn io.Reader) (int, error) {
	if s.r == nil {
		s.r = bufio.NewReader(conn)
	} else {
		s.r.Reset(conn)
	}
	line, err := s.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	s.served++
	return len(line), nil
}
""",
    checks=(
        (
            "The method is not exported, has a pointer receiver, and makes the reader once, "
            "outside of loops."
        ),
        "The method only calls methods of the reader; it never stores it or passes it on.",
    ),
    refused_when=(
        "the method might run twice at the same time, or call itself",
        "the name of the new field is taken",
        "files of other builds use the struct",
    ),
    promise=Promise.UNSEEN,
    kind=FixKind.REWRITE,
    look_at=(
        "One receiver must never run this twice at the same time, nor be copied, "
        "and nothing that was read must be kept without a copy."
    ),
    find=_find,
)
