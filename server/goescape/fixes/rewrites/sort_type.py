"""``sort.Sort(byName(xs))`` becomes ``slices.SortFunc``: the slice is not boxed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.nodes import ancestors, text, walk
from goescape.analysis.syntax.scopes import parameter_names
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.less_functions import (
    ORDERED,
    SortKey,
    comparison_lines,
    may_order,
    packages_for,
    sort_keys,
)
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    field_type,
    has_comment,
    is_called,
    is_visible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.context.package_types import UsableType

_TITLE = "Sort with slices.{new} instead of sort.{old}"
_SUCCESSORS = {"Sort": "SortFunc", "Stable": "SortStableFunc"}


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls with a slice type of this package whose three methods are plain."""
    if code.language < (1, 21):
        return
    for finding in code.allocations(file):
        place = code.node_of(finding)
        call = _call_of(place[1]) if place is not None else None
        if call is None or has_comment(call):
            continue
        for old, new in _SUCCESSORS.items():
            if not is_called(call, file, "sort", old):
                continue
            if (change := _change(code, file, call, new)) is not None:
                words = (("new", change[0].text.partition("(")[0].partition(".")[2]), ("old", old))
                make = partial(Change, change, is_trade=_is_foreign(code, file, call))
                yield Match((finding,), make, file.span(call), variant=_TITLE, words=words)


def _call_of(node: Node) -> Node | None:
    """The call whose only argument this is, or is the operand of."""
    for around in (node, *ancestors(node)):
        if around.type == "argument_list" and around.parent is not None:
            arguments = arguments_of(around.parent)
            if len(arguments) == 1 and around.parent.type == "call_expression":
                name = around.parent.child_by_field_name("function")
                if name is not None and name.type == "selector_expression":
                    return around.parent
        if around.type in {"statement_list", "func_literal"}:
            return None
    return None


def _change(code: PackageCode, file: GoFile, call: Node, successor: str) -> tuple[Edit, ...] | None:
    (slice_node,) = arguments_of(call)
    its_type = code.types.of(file, slice_node)
    if its_type is None or its_type.kind != "slice":
        return None
    element = code.types.element(its_type)
    written = code.types.written(file, element) if element is not None else None
    keys = _keys(code, its_type)
    if written is None or keys is None:
        return None
    callee = call.child_by_field_name("function")
    packages = packages_for(keys)
    imports = import_edits(file, packages, [callee] if callee is not None else [])
    if imports is None or not all(is_visible(call, package) for package in packages):
        return None
    items = text(_converted(code, file, slice_node) or slice_node)
    if len(keys) == 1 and keys[0].is_whole:  # equal elements cannot be told apart
        new = f"slices.Sort({items})"
    else:
        new = f"slices.{successor}({items}, {_function(file, call, keys, written)})"
    return (replace(file, call, new), *imports)


def _converted(code: PackageCode, file: GoFile, node: Node) -> Node | None:
    """The slice that is only converted to have methods."""
    arguments = arguments_of(node) if node.type == "call_expression" else []
    if len(arguments) != 1:
        return None
    before = code.types.of(file, arguments[0])
    function = node.child_by_field_name("function")
    named = code.types.of(file, function) if function is not None else None
    is_conversion = named is not None and named.kind == "slice"
    return arguments[0] if before is not None and before.kind == "slice" and is_conversion else None


def _function(file: GoFile, call: Node, keys: list[SortKey], element: str) -> str:
    lines = comparison_lines(keys)
    head = f"func(a, b {element}) int"
    if len(lines) == 1:
        return f"{head} {{ {lines[0]} }}"
    end = line_end(file) + indentation(file, call)
    return f"{head} {{{''.join(f'{end}{chr(9)}{line}' for line in lines)}{end}}}"


def _is_foreign(code: PackageCode, file: GoFile, call: Node) -> bool:
    """Whether another package declares what is sorted: it may change its mind about the order."""
    its_type = code.types.of(file, arguments_of(call)[0])
    return its_type is not None and "." in its_type.text


def _keys(code: PackageCode, its_type: UsableType) -> list[SortKey] | None:
    """What the Less of a type compares; None where it or another method does anything else."""
    path, _, name = its_type.text.rpartition(".")
    files = _files_of_another(code, path, name) if path else tuple(code.files.values())
    methods = {
        function.plain_name: (file, function)
        for file in files
        for function in file.functions
        if function.name == f"{name}.{function.plain_name}"
    }
    if not {"Len", "Less", "Swap"} <= methods.keys():
        return None
    if not all(_is_plain(methods[method][1]) for method in ("Len", "Swap")):
        return None
    file, less = methods["Less"]
    receiver = _receiver(less)
    keys = sort_keys(receiver, less.node) if receiver is not None else None
    for key in keys or ():
        if path:
            if not _is_ordered_field(code, its_type, key, files):
                return None
            continue
        compared = code.types.of(file, key.node)
        if compared is None or not may_order(key, compared):
            return None
    return keys


def _files_of_another(code: PackageCode, path: str, name: str) -> tuple[GoFile, ...]:
    """The files of an imported package that declares a type the same way in each build."""
    sources = code.imported.sources(path)
    if sources is None or sources.is_standard or code.imported.differs_by_build(path, name):
        return ()
    return tuple(map(GoFile, sources.files))


def _is_ordered_field(
    code: PackageCode, its_type: UsableType, key: SortKey, files: Sequence[GoFile]
) -> bool:
    """Whether a key of another package's elements is a field that this package sees, too."""
    element = code.types.element(its_type)
    if element is None or key.is_time or key.length:
        return False
    if not key.fields:
        return element.kind in ORDERED
    path, _, name = element.text.removeprefix("*").rpartition(".")
    field = key.fields[0]
    struct = next((file.types[name] for file in files if name in file.types), None)
    if len(key.fields) != 1 or not field[:1].isupper() or path != its_type.text.rpartition(".")[0]:
        return False
    is_struct = struct is not None and struct.type == "struct_type"
    declared = field_type(code, struct, field) if is_struct else None
    written = text(declared) if declared is not None else ""
    return written in ORDERED and not any(written in file.types for file in files)


def _receiver(method: FunctionDeclaration) -> Node | None:
    header = method.node.child_by_field_name("receiver")
    return next((n for n in walk(header) if n.type == "identifier"), None) if header else None


def _is_plain(method: FunctionDeclaration) -> bool:
    """Whether a method is what everybody writes: ``return len(x)``, ``x[i], x[j] = x[j], x[i]``."""
    receiver, body = _receiver(method), method.node.child_by_field_name("body")
    header = method.node.child_by_field_name("parameters")
    if receiver is None or body is None or header is None:
        return False
    x, names = text(receiver), [text(name) for name in parameter_names(header)]
    words = " ".join(text(body).strip("{}; \t\r\n").split())
    if method.plain_name == "Len":
        return not names and words == f"return len({x})"
    if len(names) != 2:
        return False
    i, j = names
    return words in {
        f"{x}[{i}], {x}[{j}] = {x}[{j}], {x}[{i}]",
        f"{x}[{j}], {x}[{i}] = {x}[{i}], {x}[{j}]",
    }


REWRITE = Rewrite(
    code="sort-type",
    title="Use the package slices instead of a type with methods",
    variants=(_TITLE,),
    brings=(
        "`sort.Sort` takes an interface, and each call puts the slice in one. Package `slices` "
        "takes it as it is."
    ),
    before="""
import "sort"

type job struct {
	priority int
}

type byPriority []job

func (x byPriority) Len() int           { return len(x) }
func (x byPriority) Less(i, j int) bool { return x[i].priority < x[j].priority }
func (x byPriority) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

func order(jobs []job) {
	sort.Sort(byPriority(jobs))
}
""",
    after="""
import "cmp"
import "slices"

type job struct {
	priority int
}

type byPriority []job

func (x byPriority) Len() int           { return len(x) }
func (x byPriority) Less(i, j int) bool { return x[i].priority < x[j].priority }
func (x byPriority) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }

func order(jobs []job) {
	slices.SortFunc(jobs, func(a, b job) int { return cmp.Compare(a.priority, b.priority) })
}
""",
    checks=(
        (
            "`Len` and `Swap` are the usual ones, and `Less` compares keys that are integers, "
            "strings or times, one after the other."
        ),
        "Equal elements stay as `sort` leaves them: both packages take the same steps.",
    ),
    refused_when=(
        "a key is a floating-point number, because NaN would be ordered in another way",
        "`slices` or `cmp` means something else at that place",
    ),
    predeclared=frozenset({"int", "string", "bool", "len"}),
    find=_find,
    look_at_trade="Another package declares the order, and may change it.",
)
