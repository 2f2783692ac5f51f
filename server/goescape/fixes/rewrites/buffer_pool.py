"""A large buffer for reading and writing is taken from a pool."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.fixes.candidate import FixKind, UnsafeError
from goescape.fixes.context.package_code import indentation, line_end, replace
from goescape.fixes.edits.package_declarations import declared_after_imports, means_the_same_outside
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.imports import import_edits
from goescape.fixes.syntax.local_variables import (
    fresh_name,
    function_around,
    is_clear,
    is_visible,
)
from goescape.fixes.syntax.made_slices import made_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.syntax.made_slices import MadeSlice

_SMALLEST = 1024
"""Below this many bytes a pool costs as much as the allocation."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``buf := make([]byte, N)`` that is only read into and written from, outside of loops."""
    escaping = (f for f in code.allocations(file) if f.escapes)
    for finding, made in made_slices(code, escaping):
        if text(made.type) != "[]byte" or len(made.sizes) != 1:
            continue
        if not _is_only_io_buffer(code, made.variable, made.statement):
            continue
        [size] = made.sizes
        if means_the_same_outside(code, size) and _is_large(size):
            change = partial(_change, code, file, made)
            yield Match((finding,), change, file.span(made.call))


def _change(code: PackageCode, file: GoFile, buffer: MadeSlice) -> Change:
    name, call, statement = text(buffer.variable), buffer.call, buffer.statement
    pool, pointer = f"{name}Pool", fresh_name(call, ("bp", "pointer", f"{name}Pointer"))
    imports = import_edits(file, ["sync"])
    made = f"var {pool} = sync.Pool{{New: func() any {{\n\tb := {text(call)}\n\treturn &b\n}}}}"
    declared = declared_after_imports(file, made)
    free = code.is_free_in_package(pool) and is_visible(call, "sync") and pointer
    if imports is None or declared is None or not free:
        raise UnsafeError(ReasonCode.EITHER_NAME_TAKEN, name=pool, other="sync")
    taken = [
        f"{pointer} := {pool}.Get().(*[]byte)",
        f"defer {pool}.Put({pointer})",
        f"{name} := *{pointer}",
    ]
    new = (line_end(file) + indentation(file, statement)).join(taken)
    return Change(
        (*imports, declared, replace(file, statement, new)),
        may_add=(r"make\(\[\]byte, .*\)", r"b"),
    )


def _is_large(size: Node) -> bool:
    """Whether a length is a constant, and not a small one."""
    if size.type != "binary_expression":
        return _number(size) >= _SMALLEST
    operator = size.child_by_field_name("operator")
    left, right = (size.child_by_field_name(side) for side in ("left", "right"))
    if operator is None or operator.type not in {"<<", "*"} or left is None or right is None:
        return False
    first, second = _number(left), min(_number(right), 1 << 20)
    if operator.type == "<<":
        return first << min(second, 40) >= _SMALLEST
    return first * second >= _SMALLEST


def _number(node: Node) -> int:
    """A plain literal's number; 0 for all others."""
    plain = text(node).replace("_", "")
    return int(plain) if node.type == "int_literal" and re.fullmatch(r"[1-9]\d*", plain) else 0


def _is_only_io_buffer(code: PackageCode, variable: Node, statement: Node) -> bool:
    """Whether all uses are ``r.Read(buf)``, ``w.Write(buf[:n])`` or ``len(buf)``."""
    function = function_around(variable)
    if function is None or not is_clear(variable):
        return False
    if any(
        a.type == "for_statement" and a.start_byte > function.start_byte
        for a in ancestors(statement)
    ):
        return False
    uses = [use for use in code.uses(variable, function) if use != variable]
    return bool(uses) and all(
        function_around(use) == function and _is_handed_over(use) for use in uses
    )


def _is_handed_over(use: Node) -> bool:
    argument = use
    parent = use.parent
    if parent is not None and parent.type == "slice_expression":
        if parent.child_by_field_name("operand") != use:
            return False
        argument, parent = parent, parent.parent
    call = parent.parent if parent is not None and parent.type == "argument_list" else None
    if call is None or call.type != "call_expression":
        return False
    if call.parent is not None and call.parent.type in {"go_statement", "defer_statement"}:
        return False
    method = callee_text(call).rpartition(".")[2]
    if method == "Write":
        return argument.type == "slice_expression"
    return method in {"Read", "ReadFull", "ReadAtLeast"} or callee_text(call) == "len"


REWRITE = Rewrite(
    code="buffer-pool",
    title="Take the buffer from a sync.Pool",
    brings=(
        "A large buffer is reused from one call to the next instead of being allocated each time."
    ),
    before="""
import "io"

func copyAll(dst io.Writer, src io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.Read(buf)
		if _, err := dst.Write(buf[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
""",
    after="""
import "io"
import "sync"

var bufPool = sync.Pool{New: func() any {
	b := make([]byte, 32<<10)
	return &b
}}

func copyAll(dst io.Writer, src io.Reader) error {
	bp := bufPool.Get().(*[]byte)
	defer bufPool.Put(bp)
	buf := *bp
	for {
		n, err := src.Read(buf)
		if _, err := dst.Write(buf[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
""",
    checks=(
        "The buffer is only read into and written from, by calls such as `Read` and `Write`.",
        "It has at least 1 KiB, a size known at compile time, and is made outside of loops.",
    ),
    refused_when=(
        "the name of the pool, or `sync`, already means something else",
        "the buffer is returned, stored, captured or passed to any other function",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "Whoever reads into the buffer or writes it must not keep it, "
        "and it still holds what was read the last time."
    ),
    find=_find,
    predeclared=frozenset({"any", "make", "byte", "len"}),
)
