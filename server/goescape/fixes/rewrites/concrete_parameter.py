"""A parameter of interface type that always gets one type takes that type: calls are direct."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.candidate import Edit, TypeClaim, UnsafeError
from goescape.fixes.checks.claims import unsettled
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.pointees import uses_of
from goescape.fixes.flow.calls import FunctionCall, call_of, calls_of
from goescape.fixes.flow.converted_addresses import (
    ConcreteType,
    concrete_type_of,
    is_converted,
    passed_addresses,
)
from goescape.fixes.flow.results import made_by, operands
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits, import_paths
from goescape.fixes.syntax.local_variables import declaration_around, is_assigned, is_visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Parameter:
    """A parameter of a function of the package."""

    file: GoFile
    declared: FunctionDeclaration
    index: int
    name: Node
    type: Node


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Objects that are on the heap because their address is passed as an interface."""
    for finding in code.findings:
        if finding.span.file != file.source.path or not is_converted(finding):
            continue
        place = code.node_of(finding)
        concrete = concrete_type_of(file, place[1]) if place is not None else None
        if place is None or concrete is None or _is_local(code, file, place[1], concrete):
            continue
        try:
            parameters = list(_parameters(code, file, passed_addresses(code, finding, place[1])))
        except UnsafeError:
            continue
        for parameter in parameters:
            if _is_used_for_others(code, parameter, concrete):
                continue
            yield Match((finding,), partial(_change, code, parameter, concrete))


def _parameters(code: PackageCode, file: GoFile, passed: Iterator[Node]) -> Iterator[_Parameter]:
    """The parameters of interface type that these arguments are for, each once."""
    seen = set()
    for argument in passed:
        arguments = argument.parent
        call = arguments.parent if arguments is not None else None
        if arguments is None or call is None or arguments.type != "argument_list":
            continue
        index = operands(arguments).index(argument)
        for where in code.files.values():
            for declared in where.functions if where.package_name == file.package_name else ():
                if _may_call(code, file, call, where, declared):
                    inner = _parameter(where, declared, index)
                    key = (declared.name, index)
                    if inner is not None and key not in seen:
                        seen.add(key)
                        yield inner


def _may_call(
    code: PackageCode, file: GoFile, call: Node, where: GoFile, declared: FunctionDeclaration
) -> bool:
    """Whether a call may be one of a function: types know, or else its name tells."""
    if declared.plain_name != callee_text(call).rpartition(".")[2]:
        return False
    function = code.types.function(where, declared.name_node)
    called = call.child_by_field_name("function")
    name = called.child_by_field_name("field") or called if called is not None else None
    if function is None or name is None or not code.types.knows(file):
        return True
    return code.types.is_use(file, name, function)


def _parameter(file: GoFile, declared: FunctionDeclaration, index: int) -> _Parameter | None:
    position = 0
    for part in operands(declared.node.child_by_field_name("parameters")):
        names = part.children_by_field_name("name")
        its_type = part.child_by_field_name("type")
        if position == index and len(names) == 1 and its_type is not None:
            plain = part.type == "parameter_declaration" and its_type.type in _NAMED
            return _Parameter(file, declared, index, names[0], its_type) if plain else None
        position += max(len(names), 1)
    return None


def _change(code: PackageCode, parameter: _Parameter, concrete: ConcreteType) -> Change:
    file, declared = parameter.file, parameter.declared
    if declared.is_generic:
        raise UnsafeError(ReasonCode.IS_GENERIC, name=declared.plain_name)
    if concrete.name in code.declared_locally:
        raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=concrete.name)
    calls = calls_of(code, file, declared)
    arguments = [_argument(call, parameter) for call in calls]
    if not all(
        _is_address(code, argument) for argument in arguments if not _is_own(argument, parameter)
    ):
        _check_nil(code, parameter, concrete)
    claims = [claim for call in calls for claim in _claims(call, parameter, concrete)]
    edits, replaced = [replace(file, parameter.type, f"*{concrete.name}")], [parameter.type]
    for use in uses_of(code, parameter.name):
        for edit, node in _use_edits(file, use, concrete):
            edits.append(edit)
            replaced.append(node)
    imports = import_edits(file, [concrete.path] if concrete.path else [], replaced)
    package = concrete.name.partition(".")[0] if concrete.path else ""
    if imports is None or not is_visible(parameter.type, package):
        raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=concrete.name)
    return Change((*edits, *imports), callers=len(calls), claims=tuple(claims))


def _is_local(code: PackageCode, file: GoFile, node: Node, concrete: ConcreteType) -> bool:
    """Whether a type is surely declared inside a function: no parameter can have it."""
    known = code.types.of(file, node)
    return known is not None and not known.is_plain and concrete.name in code.declared_locally


def _is_used_for_others(code: PackageCode, parameter: _Parameter, concrete: ConcreteType) -> bool:
    """Whether a call of the package surely passes something of another type."""
    declared = parameter.declared
    is_method = declared.node.type == "method_declaration"
    function = code.types.function(parameter.file, declared.name_node)
    for where, node in code.syntax.references(declared.plain_name):
        if where.package_name != parameter.file.package_name or not code.types.knows(where):
            continue
        if definition(node) is not None or (node.type == "field_identifier") != is_method:
            continue
        if function is not None and not code.types.is_use(where, node, function):
            continue
        try:
            claims = list(_claims(FunctionCall(where, call_of(node)), parameter, concrete))
        except UnsafeError:
            continue
        if unsettled(code, claims) is None:
            return True
    return False


def _claims(
    call: FunctionCall, parameter: _Parameter, concrete: ConcreteType
) -> Iterator[TypeClaim]:
    """That every caller passes this type; inside the function it may be the parameter itself."""
    argument = _argument(call, parameter)
    if _is_own(argument, parameter):
        return
    name = concrete.name
    if concrete.path:
        aliases = {path: name for name, path in import_paths(call.file).items()}
        if concrete.path not in aliases:
            raise UnsafeError(ReasonCode.NAME_MAY_DIFFER, name=name)
        name = f"{aliases[concrete.path]}.{name.rpartition('.')[2]}"
    path = call.file.source.path
    yield TypeClaim(path, argument.start_byte, argument.end_byte, f"*{name}")


def _argument(call: FunctionCall, parameter: _Parameter) -> Node:
    arguments = operands(call.node.child_by_field_name("arguments"))
    argument = arguments[parameter.index] if len(arguments) > parameter.index else None
    if argument is None or argument.type == "variadic_argument":
        raise UnsafeError(ReasonCode.ARGUMENTS_NOT_PLAIN, call=text(call.node))
    return argument


def _is_own(argument: Node, parameter: _Parameter) -> bool:
    """Whether the function passes its parameter on to itself."""
    return definition(argument) == parameter.name


def _is_address(code: PackageCode, argument: Node) -> bool:
    """Whether an argument is surely no nil pointer."""
    if argument.type == "identifier":
        variable = definition(argument)
        function = declaration_around(argument)
        made = made_by(variable) if variable is not None else None
        if variable is None or function is None or made is None:
            return False
        others = (use for use in code.uses(variable, function) if use != variable)
        return _is_address(code, made) and not any(is_assigned(use) for use in others)
    if argument.type == "call_expression":
        return callee_text(argument) == "new" and "new" not in code.declared_names
    return argument.type == "unary_expression" and argument.children[0].type == "&"


def _check_nil(code: PackageCode, parameter: _Parameter, concrete: ConcreteType) -> None:
    """Called with a nil pointer, a method with a value receiver panics in other words."""
    name = concrete.name.rpartition(".")[2]
    package = code.imported.package(concrete.path) if concrete.path else None
    if concrete.path:
        methods = package.methods if package is not None else frozenset()
    else:
        methods = frozenset(f.name for file in code.files.values() for f in file.functions)
    for use in uses_of(code, parameter.name):
        parent = use.parent
        field = parent.child_by_field_name("field") if parent is not None else None
        called = text(field) if field is not None else "Write"
        if f"(*{name}).{called}" not in methods:
            raise UnsafeError(ReasonCode.NIL_MAY_BE_PASSED, method=called)


def _use_edits(file: GoFile, use: Node, concrete: ConcreteType) -> Iterator[tuple[Edit, Node]]:
    """What changes at a use of the parameter; raises UnsafeError where its type would matter."""
    parent = use.parent
    outer = parent.parent if parent is not None else None
    if parent is None or outer is None:
        return
    called = outer.child_by_field_name("function") if outer.type == "call_expression" else None
    if parent.type == "selector_expression" and called == parent:
        return
    if parent.type == "argument_list" and outer.type == "call_expression":
        package, _, name = callee_text(outer).partition(".")
        target = f"{import_paths(file).get(package, '')}.{name}"
        first, *rest = operands(parent)
        if target == "io.WriteString" and first == use and rest:
            yield _written(file, outer, use, rest[0], concrete)
            return
        if target in {"fmt.Fprintf", "fmt.Fprint", "fmt.Fprintln"} and first == use:
            return
        if _is_recursive(outer, use):
            return
    raise UnsafeError(ReasonCode.DOES_MORE_THAN_CALL, name=text(use))


def _written(
    file: GoFile, call: Node, use: Node, content: Node, concrete: ConcreteType
) -> tuple[Edit, Node]:
    if f"{concrete.path}.{concrete.name.rpartition('.')[2]}" not in _STRING_WRITERS:
        raise UnsafeError(ReasonCode.WRITING_STRINGS_UNKNOWN, type=concrete.name)
    if b"//" in file.source.content[call.start_byte : content.start_byte] or (
        b"/*" in file.source.content[call.start_byte : content.start_byte]
    ):
        raise UnsafeError(ReasonCode.COMMENT_IN_THE_WAY)
    function = call.child_by_field_name("function")
    assert function is not None
    new = f"{text(use)}.WriteString("
    return Edit(file.source.path, call.start_byte, content.start_byte, new), function


def _is_recursive(call: Node, use: Node) -> bool:
    """Whether a call is one of the function around it, with the parameter where it belongs."""
    function = [a for a in ancestors(call) if a.type == "function_declaration"]
    name = function[-1].child_by_field_name("name") if function else None
    if name is None or callee_text(call) != text(name):
        return False
    position = 0
    declared = definition(use)
    for part in operands(function[-1].child_by_field_name("parameters")):
        names = part.children_by_field_name("name")
        if declared in names:
            arguments = operands(call.child_by_field_name("arguments"))
            return len(arguments) > position and arguments[position] == use
        position += max(len(names), 1)
    return False


_NAMED = frozenset({"type_identifier", "qualified_type", "interface_type"})
_STRING_WRITERS = frozenset({"bytes.Buffer", "strings.Builder", "bufio.Writer", "os.File"})


REWRITE = Rewrite(
    code="concrete-parameter",
    title="Take the concrete type instead of the interface",
    brings=(
        "With a concrete type the compiler sees which methods are called and that they keep "
        "nothing, so the argument stays on the stack."
    ),
    before="""
type hasher interface{ add(b byte) }

type fnv struct{ h uint32 }

func (f *fnv) add(b byte) { f.h = (f.h ^ uint32(b)) * 16777619 }

func hashAll(h hasher, data []byte) {
	for _, b := range data {
		h.add(b)
	}
	h.add(0)
}

func digest(data []byte) uint32 {
	f := fnv{h: 2166136261}
	hashAll(&f, data)
	return f.h
}
""",
    after="""
type hasher interface{ add(b byte) }

type fnv struct{ h uint32 }

func (f *fnv) add(b byte) { f.h = (f.h ^ uint32(b)) * 16777619 }

func hashAll(h *fnv, data []byte) {
	for _, b := range data {
		h.add(b)
	}
	h.add(0)
}

func digest(data []byte) uint32 {
	f := fnv{h: 2166136261}
	hashAll(&f, data)
	return f.h
}
""",
    checks=(
        "Every caller passes the same concrete type; the compiler confirms it.",
        (
            "The function only calls methods on the parameter, or passes it to well-known "
            "functions such as `io.WriteString`."
        ),
    ),
    refused_when=(
        "the function is generic, is used as a value, or other packages might call it",
        "a caller might pass `nil`",
        "the function compares, stores or returns the parameter, or asks for its type",
    ),
    find=_find,
)
