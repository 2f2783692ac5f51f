"""Deferred calls of a loop run at the end of each iteration, in a function of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, token, walk
from goescape.fixes.candidate import Edit, FixKind, UnsafeError
from goescape.fixes.context.package_code import FUNCTIONS, indentation, insert, line_end
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.variable_uses import (
    contains,
    declaration_of,
    file_sets_version,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Loops whose body neither returns nor leaves an iteration early."""
    loops: dict[int, tuple[Node, list[Node]]] = {}
    for node in walk(file.root):
        loop = _loop_of(node) if node.type == "defer_statement" else None
        if loop is not None:
            loops.setdefault(loop.start_byte, (loop, []))[1].append(node)
    for loop, deferred in loops.values():
        findings = tuple(f for node in deferred for f in _findings(code, file, node))
        yield Match(findings, partial(_change, code, file, loop, deferred), file.span(deferred[0]))


def _change(code: PackageCode, file: GoFile, loop: Node, deferred: list[Node]) -> Change | None:
    body = loop.child_by_field_name("body")
    if body is None:
        return None
    if reason := _refusal_reason(code, file, loop, deferred):
        raise UnsafeError(reason)
    return Change(_edits(file, body))


def _loop_of(deferred: Node) -> Node | None:
    """The innermost loop of the same function."""
    for around in ancestors(deferred):
        if around.type in FUNCTIONS:
            return None
        if around.type == "for_statement":
            return around
    return None


def _refusal_reason(
    code: PackageCode, file: GoFile, loop: Node, deferred: list[Node]
) -> Reason | None:
    clause = next((n for n in loop.named_children if n.type in _CLAUSES), None)
    declares = clause is not None and any(token(n, ":=") is not None for n in walk(clause))
    if declares and (code.language < (1, 22) or file_sets_version(file)):
        return Reason.of(ReasonCode.ITERATIONS_SHARE_VARIABLES)
    body = loop.child_by_field_name("body")
    if body is None or any(_leaves(node, body) for node in _own(body)):
        return Reason.of(ReasonCode.LEAVES_ITERATION_EARLY)
    reasons = (_use_refusal_reason(part, loop, body) for node in deferred for part in walk(node))
    return next((reason for reason in reasons if reason), None)


def _use_refusal_reason(node: Node, loop: Node, body: Node) -> Reason | None:
    """Why a part of a deferred call would do something else if it ran earlier."""
    if node.type == "call_expression" and callee_text(node) == "recover":
        return Reason.of(ReasonCode.DEFER_RECOVERS)
    declared = declaration_of(node) if node.type == "identifier" else None
    if declared is None:
        return None
    if contains(loop, declared):
        kept = contains(body, declared) and _is_kept(declared, body)
        return Reason.of(ReasonCode.USED_AFTER_ITERATION, name=text(node)) if kept else None
    variable = variable_at(declared)
    if variable is not None and (variable.is_result or any(variable.writes())):
        return Reason.of(ReasonCode.DIFFERS_AT_END, name=text(node))
    return None


def _own(node: Node) -> Iterator[Node]:
    """The nodes below one, those in function literals left out."""
    for child in node.named_children:
        if child.type != "func_literal":
            yield child
            yield from _own(child)


def _leaves(node: Node, body: Node) -> bool:
    """Whether a statement goes somewhere that is not in the body."""
    if node.type in {"return_statement", "goto_statement", "labeled_statement"}:
        return True
    if node.type not in {"break_statement", "continue_statement"}:
        return False
    stops = _BREAKABLE if node.type == "break_statement" else {"for_statement"}
    around = next((a for a in ancestors(node) if a.type in stops), None)
    return node.named_child_count > 0 or around is None or not contains(body, around)


def _is_kept(declared: Node, body: Node) -> bool:
    """Whether the loop hands a variable of an iteration to something that may outlive it."""
    for use in walk(body):
        if use.type != "identifier" or use == declared or declaration_of(use) != declared:
            continue
        parent = use.parent
        if parent is not None and parent.type == "unary_expression":
            parent = parent.parent
        if parent is None or parent.type in _KEEPING:
            return True
        grandparent = parent.parent
        if grandparent is None:
            return True
        if parent.type == "argument_list" and callee_text(grandparent) == "append":
            return True
        assigns = parent.type == "expression_list" and grandparent.type in _ASSIGNING
        if assigns and grandparent.child_by_field_name("right") == parent:
            return True
        if any(a.type == "go_statement" for a in ancestors(use) if contains(body, a)):
            return True
    return False


def _findings(code: PackageCode, file: GoFile, deferred: Node) -> Iterator[Finding]:
    span = file.span(deferred)
    for finding in code.findings:
        inside = finding.span.file == span.file and finding.is_diagnostic and finding.escapes
        start = (finding.span.line, finding.span.column)
        if inside and (span.line, span.column) <= start < (span.end_line, span.end_column):
            place = code.node_of(finding)
            if place is not None and place[1].parent in {deferred, *deferred.named_children}:
                yield finding


def _edits(file: GoFile, body: Node) -> tuple[Edit, Edit]:
    line, close = line_end(file), body.end_byte - 1
    inner = indentation(file, body) + "\t"
    start = file.source.offset(body.end_point[0] + 1, 1) or 0
    if file.source.content[start:close].strip():
        return insert(file, body.start_byte + 1, " func() {"), insert(file, close, "}() ")
    first = file.source.line(body.start_point[0] + 1)[body.start_point[1] + 1 :].rstrip()
    behind = len(first) if first.lstrip().startswith(b"//") else 0
    return (
        insert(file, body.start_byte + 1 + behind, f"{line}{inner}func() {{"),
        insert(file, start, f"{inner}}}(){line}"),
    )


_CLAUSES = frozenset({"for_clause", "range_clause"})
_BREAKABLE = frozenset(
    {
        *("for_statement", "select_statement"),
        *("expression_switch_statement", "type_switch_statement"),
    }
)
_KEEPING = frozenset({"send_statement", "literal_element", "keyed_element", "literal_value"})
_ASSIGNING = frozenset({"assignment_statement", "short_var_declaration"})


REWRITE = Rewrite(
    code="defer-in-loop",
    title="Run the deferred call at the end of each iteration",
    brings=(
        "A `defer` in a loop allocates a record, and often a closure, in every iteration. In a "
        "function of its own it stays on the stack."
    ),
    before="""
import "sync"

type shard struct {
	mu sync.Mutex
	n  int
}

func bump(shards []*shard, by int) {
	for _, s := range shards {
		s.mu.Lock()
		defer func() { s.mu.Unlock() }()
		s.n += by
	}
}
""",
    after="""
import "sync"

type shard struct {
	mu sync.Mutex
	n  int
}

func bump(shards []*shard, by int) {
	for _, s := range shards {
		func() {
			s.mu.Lock()
			defer func() { s.mu.Unlock() }()
			s.n += by
		}()
	}
}
""",
    checks=(
        (
            "The body of the loop runs to its end: it contains no `return`, `goto`, or jump out "
            "of the iteration."
        ),
        (
            "What the deferred call uses has the same value at the end of the iteration as at "
            "the end of the function."
        ),
        "Nothing of the iteration is kept for later.",
    ),
    refused_when=(
        "the deferred function calls `recover`",
        "the deferred call uses a result or a variable that changes later",
        "all iterations of the loop share the loop variable, as they do before Go 1.22",
    ),
    kind=FixKind.REWRITE,
    look_at=(
        "The deferred calls run at the end of each iteration, no longer of the function: "
        "what they release must not be needed any more."
    ),
    find=_find,
)
