"""A call that prints nothing while a level is off is not prepared then: no operand is boxed."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import Finding, SiteKind
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.caches import cached
from goescape.fixes.candidate import Edit, Promise, TypeClaim, UnsafeError
from goescape.fixes.checks.early_return_guard import early_return_of, is_same_at, takes_anything
from goescape.fixes.checks.guard_operands import (
    Value,
    asks_operand,
    imported_type,
    is_about_debugging,
)
from goescape.fixes.checks.imported_guards import ImportedPackage, guard_of
from goescape.fixes.checks.plain_arguments import PlainArguments, is_path
from goescape.fixes.context.package_code import indentation, insert, line_end
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.expression_types import own_type_of
from goescape.fixes.syntax.imports import import_edits, imported_as
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    fresh_name,
    is_called,
    is_visible,
    package_name,
    redeclares,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Guard:
    condition: str
    claims: tuple[TypeClaim, ...] = ()
    needed: tuple[str, ...] = ()
    """What the condition must import."""
    asks_handler: bool = False
    """Whether a handler of slog is asked once more."""
    operand: Node | None = None
    """What a call is made on that is a call itself, and so must not be repeated."""
    name: str = ""
    """The variable that has its result."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls of own functions that begin with a check of a level, and of slog's Debug.

    So do functions of other packages, if their callers can ask the same.
    Operands that may fail, take time or do something are none of ours: they would be skipped.
    """
    calls: dict[int, tuple[Node, list[Finding]]] = {}
    for finding in code.findings:
        call = _statement_call(code, file, finding)
        if call is not None:
            calls.setdefault(call.start_byte, (call, []))[1].append(finding)
    for call, findings in calls.values():
        guard = (
            _own_guard(code, file, call)
            or _slog_guard(file, call)
            or _imported_guard(code, file, call)
        )
        if guard is not None and not _is_guarded(call, guard.condition):
            yield Match(tuple(findings), partial(_change, code, file, call, guard), file.span(call))


def _change(code: PackageCode, file: GoFile, call: Node, guard: _Guard) -> Change:
    if guard.asks_handler and _counts_questions(code):
        raise UnsafeError(ReasonCode.HANDLER_IS_TOLD)
    imports = import_edits(file, guard.needed)
    plain = PlainArguments(code, file, _read_anyway(call))
    if imports is None or not all(map(plain.holds, arguments_of(call))):
        raise UnsafeError(ReasonCode.OPERANDS_MAY_DO_MORE)
    return Change(
        (*_edits(file, call, guard), *imports),
        may_add=(r"context\.backgroundCtx\{\}",),  # it has no size
        claims=guard.claims,
    )


def _statement_call(code: PackageCode, file: GoFile, finding: Finding) -> Node | None:
    """The call that boxes something for its arguments, if it is a whole statement."""
    if finding.span.file != file.source.path or finding.kind is not SiteKind.BOXED:
        return None
    place = code.node_of(finding) if finding.is_diagnostic else None
    for around in ancestors(place[1]) if place is not None else ():
        if around.type == "call_expression":
            statement = around.parent
            alone = statement is not None and statement.type == "expression_statement"
            lists = statement.parent if alone and statement is not None else None
            return around if lists is not None and lists.type == "statement_list" else None
        if around.type not in {"argument_list", "parenthesized_expression"}:
            return None
    return None


def _own_guard(code: PackageCode, file: GoFile, call: Node) -> _Guard | None:
    """The check that the called function of this package begins with."""
    function = call.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    if function is None:
        return None
    if operand is None:
        own = code.syntax.functions.get(text(function)) if definition(function) is None else None
        declared, kind = own, ""
    else:
        declared, kind = _method(code, file, function, operand)
    if declared is None or code.is_mentioned_elsewhere(declared.plain_name):
        return None
    level = early_return_of(code, declared)
    if level is None or not takes_anything(declared, file) or not is_same_at(level, code, call):
        return None
    if operand is None:
        return _Guard(level.opposite(""))
    condition = level.opposite(text(operand))
    if not asks_operand(condition, operand, declared, is_pointer=kind.startswith("*")):
        return None
    claim = TypeClaim(file.source.path, operand.start_byte, operand.end_byte, kind)
    return _Guard(condition, (claim,))


@cached(4)
def _methods(code: PackageCode) -> defaultdict[str, list[FunctionDeclaration]]:
    """The methods of all types, by their names."""
    by_name: defaultdict[str, list[FunctionDeclaration]] = defaultdict(list)
    for declared in code.syntax.functions.values():
        if declared.node.type == "method_declaration":
            by_name[declared.plain_name].append(declared)
    return by_name


def _method(
    code: PackageCode, file: GoFile, function: Node, operand: Node
) -> tuple[FunctionDeclaration | None, str]:
    """The called method and the type of the operand, which declares it itself."""
    field = function.child_by_field_name("field")
    if field is None or not is_path(operand):
        return None, ""
    methods = _methods(code)[text(field)]
    its_type = own_type_of(code, file, operand)
    if its_type is not None:
        name, kind = its_type
        own = [f for f in methods if _receiver(f).lstrip("*") == name != ""]
        return (own[0], kind) if len(own) == 1 else (None, "")
    return (methods[0], _receiver(methods[0])) if len(methods) == 1 else (None, "")


def _receiver(method: FunctionDeclaration) -> str:
    return method.name.rpartition(".")[0].strip("()")


def _imported_guard(code: PackageCode, file: GoFile, call: Node) -> _Guard | None:
    """What a function or method of an imported package asks first, if its callers can, too."""
    function = call.child_by_field_name("function")
    if function is None or function.type != "selector_expression" or not is_about_debugging(call):
        return None
    operand, name = function.named_children[0], text(function.named_children[-1])
    path, type_name = imported_type(code, file, operand)
    declared = code.imported.package(path) if path else None
    if declared is None:
        return None
    package = ImportedPackage(declared, package_name(file, call, path))
    is_call = operand.type == "call_expression"
    variable = fresh_name(call, _NAMES) if is_call else ""
    value = Value(variable if is_call else text(operand), type_name)
    called = package.method(type_name, name) if type_name else declared.functions_by_name.get(name)
    if called is None or not (variable if is_call else is_path(operand)):
        return None
    guard = guard_of(package, called, value) if takes_anything(called, file) else None
    if guard is None or code.imported.is_declared_otherwise(path, guard.names):
        return None
    known = code.types.of(file, operand) if type_name else None
    if known is not None and not is_call:
        pointer = known.text.startswith("*")
        if not asks_operand(guard.condition, operand, called, is_pointer=pointer):
            return None
    hides = redeclares(code, "nil", "true", "false")
    kept = operand if is_call else None
    return None if hides else _Guard(guard.condition, (), (), True, kept, variable)


def _slog_guard(file: GoFile, call: Node) -> _Guard | None:
    """``logger.Enabled`` is what slog itself asks first."""
    slog = package_name(file, call, "log/slog")
    method = callee_text(call).rpartition(".")[2]
    arguments = arguments_of(call)
    if not slog or method not in {"Debug", "DebugContext"} or not arguments:
        return None
    function = call.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    if operand is None or not is_path(operand):
        return None
    context = "context.Background()"
    needed: tuple[str, ...] = ("context",)
    if method == "DebugContext":
        context, needed = text(arguments[0]), ()
    elif imported_as(file, "context") not in {"", "context"} or not is_visible(call, "context"):
        return None
    level = f"{slog}.LevelDebug"
    if is_called(call, file, "log/slog", method):
        return _Guard(f"{slog}.Default().Enabled({context}, {level})", (), needed, True)
    claim = TypeClaim(file.source.path, operand.start_byte, operand.end_byte, f"*{slog}.Logger")
    return _Guard(f"{text(operand)}.Enabled({context}, {level})", (claim,), needed, True)


@cached(4)
def _counts_questions(code: PackageCode) -> bool:
    """Whether a method ``Enabled`` of a handler does more than to compare and to ask others."""
    for file in code.all_files:
        for function in file.functions:
            body = function.node.child_by_field_name("body")
            if function.plain_name != "Enabled" or body is None:
                continue
            for node in walk(body):
                called = callee_text(node).rpartition(".")[2] if "call" in node.type else ""
                if node.type in _CHANGING or (called and called not in {"Enabled", "Level"}):
                    return True
    return False


def _is_guarded(call: Node, condition: str) -> bool:
    plain = _PUNCTUATION.sub("", condition)
    return any(
        around.type == "if_statement"
        and plain in _PUNCTUATION.sub("", text(around).partition("{")[0])
        for around in ancestors(call)
    )


def _edits(file: GoFile, call: Node, guard: _Guard) -> Iterator[Edit]:
    """A comment behind the call stays behind it."""
    indent, line = indentation(file, call), line_end(file)
    end = call.end_byte
    content = file.source.content
    stop = content.find(b"\n", end)
    rest = content[end : stop if stop >= 0 else len(content)]
    if rest.strip().startswith(b"//"):
        end += len(rest.rstrip())
    condition = guard.condition
    if guard.operand is None:
        yield insert(file, call.start_byte, f"if {condition} {{{line}{indent}\t")
    else:
        condition = f"{guard.name} := {text(guard.operand)}; {condition}"
        before = insert(file, call.start_byte, f"if {condition} {{{line}{indent}\t")
        yield evolve(before, end=guard.operand.end_byte, text=before.text + guard.name)
    yield insert(file, end, f"{line}{indent}}}")


def _read_anyway(call: Node) -> frozenset[str]:
    """What calling reads itself: the ``s`` of ``s.log.Debug()``, which panics if it is nil."""
    function = call.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    selectors = (n for n in walk(operand) if n.type == "selector_expression") if operand else ()
    return frozenset(text(n.named_children[0]) for n in selectors)


_PUNCTUATION = re.compile(r"[\s()]+")
_NAMES = ("v", "log", "logger")
_CHANGING = frozenset(
    {
        *("assignment_statement", "inc_statement", "dec_statement", "send_statement"),
        *("go_statement", "defer_statement"),
    }
)
REWRITE = Rewrite(
    code="guard-logging",
    title="Guard the logging call with a level check",
    brings=(
        "While the level is off, the arguments are not boxed and the slice that holds them is "
        "not allocated."
    ),
    before="""
import (
	"fmt"
	"io"
)

type logger struct {
	w     io.Writer
	debug bool
}

func (l *logger) debugf(format string, args ...any) {
	if !l.debug {
		return
	}
	fmt.Fprintf(l.w, format, args...)
}

func serve(l *logger, ids []int) {
	for _, id := range ids {
		l.debugf("request %d", id)
	}
}
""",
    after="""
import (
	"fmt"
	"io"
)

type logger struct {
	w     io.Writer
	debug bool
}

func (l *logger) debugf(format string, args ...any) {
	if !l.debug {
		return
	}
	fmt.Fprintf(l.w, format, args...)
}

func serve(l *logger, ids []int) {
	for _, id := range ids {
		if l.debug {
			l.debugf("request %d", id)
		}
	}
}
""",
    checks=(
        "The function returns at once while the level is off, or it is `Debug` of `log/slog`.",
        "A function of another package is about debugging, and exports what it asks itself.",
        "Evaluating the arguments has no effect and cannot fail.",
    ),
    refused_when=(
        "an argument calls a function, receives from a channel, or might panic",
        "a handler of this package does something when it is asked whether a level is on",
    ),
    promise=Promise.GUARDED,
    find=_find,
)
