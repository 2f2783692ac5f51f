"""``time.After`` in a loop makes a timer and a channel in every turn: one timer serves them all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.candidate import Promise, UnsafeError
from goescape.fixes.context.package_code import FUNCTIONS, insert, replace
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.hoisting import in_front_of, unconditional_loops
from goescape.fixes.syntax.local_variables import arguments_of, has_comment, is_called
from goescape.fixes.syntax.variable_uses import (
    contains,
    declaration_of,
    function_of,
    line_before,
    local_name,
    variable_at,
    writing_node,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


@frozen
class _Wait:
    """``case <-time.After(d)`` of a select in a loop."""

    call: Node
    duration: Node
    statement: Node
    """The select, with its label."""
    select: Node
    loop: Node
    """The outermost loop of the function: a deferred call must not pile up."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """The compiler prints nothing here: the allocations are made inside of ``time.After``.

    Only since Go 1.23 does ``Reset`` discard what the timer has sent and nobody has received.
    """
    for call in walk(file.root):
        wait = _wait(file, call) if call.type == "call_expression" else None
        if wait is not None:
            yield Match((), partial(_change, code, file, wait), file.span(call))


def _change(code: PackageCode, file: GoFile, wait: _Wait) -> Change | None:
    if reason := _refusal_reason(code, wait):
        raise UnsafeError(reason)
    name = local_name(wait.call, ("timer", "timeout", "waiting"))
    front = in_front_of(wait.loop)
    if not name or front is None:
        return None
    duration = text(wait.duration)
    before_loop, after = line_before(file, front)
    before_select, end = line_before(file, wait.statement)
    made = f"{name} := time.NewTimer({duration}){after}defer {name}.Stop(){after}"
    reset = f"{name}.Reset({duration})"
    if _is_whole_turn(file, wait):
        again = insert(file, wait.statement.end_byte, end + reset)
    else:
        again = insert(file, before_select, reset + end)
    return Change(
        (insert(file, before_loop, made), again, replace(file, wait.call, f"{name}.C")),
        may_add=(r".*uninitialized Timer.*",),
    )


def _is_whole_turn(file: GoFile, wait: _Wait) -> bool:
    """Whether nothing else stands in the loop, so that each turn ends behind the select.

    There the timer is reset for the next turn, not right after it was made.
    """
    if not _starts_at_once(wait):
        return False
    following = wait.statement.next_named_sibling
    line = file.source.line(wait.statement.end_point[0] + 1)
    ends_line = not line[wait.statement.end_point[1] :].strip()
    jumps = any(node.type == "continue_statement" for node in walk(wait.select))
    return following is None and ends_line and not jumps


def _wait(file: GoFile, call: Node) -> _Wait | None:
    if callee_text(call) != "time.After" or not is_called(call, file, "time", "After"):
        return None
    arguments, around = arguments_of(call), list(ancestors(call))[:4]
    kinds = [a.type for a in around]
    if len(arguments) != 1 or kinds[:3] != _RECEIVED or has_comment(call):
        return None
    select = around[3]
    labelled = select.parent is not None and select.parent.type == "labeled_statement"
    statement = select.parent if labelled and select.parent is not None else select
    loops = list(unconditional_loops(select))
    if not loops or statement.parent is None or statement.parent.type != "statement_list":
        return None
    return _Wait(call, arguments[0], statement, select, loops[-1])


def _refusal_reason(code: PackageCode, wait: _Wait) -> Reason | None:
    if code.language < (1, 23):
        return Reason.of(ReasonCode.RESET_LEAVES_VALUES)
    if code.sets_debug("asynctimerchan"):
        return Reason.of(ReasonCode.OLD_TIMERS)
    if any(loop.type == "for_statement" for loop in _around(wait.loop)):
        return Reason.of(ReasonCode.NOT_IN_EVERY_ITERATION)
    cases = [c for c in wait.select.named_children if c.type != "comment"]
    if any(case.type == "default_case" for case in cases):
        return Reason.of(ReasonCode.SELECT_DOES_NOT_WAIT)
    for case in cases:
        if contains(case, wait.call):
            break
        if _calls(case):
            return Reason.of(ReasonCode.CASE_RUNS_FIRST)
    return _duration_refusal_reason(code, wait)


def _duration_refusal_reason(code: PackageCode, wait: _Wait) -> Reason | None:
    """The duration is evaluated once more, in front of the loop: nobody may notice."""
    for node in walk(wait.duration):
        if node.type not in _PLAIN:
            return Reason.of(ReasonCode.NOT_PLAIN, expression=text(wait.duration))
        if node.type == "binary_expression" and not _is_harmless(node):
            return Reason.of(ReasonCode.NOT_PLAIN, expression=text(wait.duration))
        declared = declaration_of(node) if node.type == "identifier" else None
        if declared is not None and contains(wait.loop, declared):
            return Reason.of(ReasonCode.DECLARED_IN_LOOP, name=text(node))
    if not _is_stable(code, wait.duration) and not _starts_at_once(wait):
        return Reason.of(ReasonCode.NOT_READABLE_EARLIER, expression=text(wait.duration))
    return None


def _is_stable(code: PackageCode, duration: Node) -> bool:
    """Whether reading it needs no lock and cannot fail: local variables and constants."""
    for node in walk(duration):
        if node.type == "selector_expression" and not text(node).startswith("time."):
            return False
        if node.type != "identifier" or text(node) == "time":
            continue
        declared = declaration_of(node)
        if declared is None and text(node) not in code.syntax.constants:
            return False
        variable = variable_at(declared) if declared is not None else None
        if variable is not None and any(
            function_of(use) != variable.function or _has_address(use) for use in variable.uses
        ):
            return False
    return True


def _has_address(use: Node) -> bool:
    writing = writing_node(use)
    return writing is not None and writing.type == "unary_expression"


def _starts_at_once(wait: _Wait) -> bool:
    """Whether the select is the first thing that happens, at least once."""
    body = wait.loop.child_by_field_name("body")
    endless = wait.loop.named_children == [body] if body is not None else False
    statements = wait.statement.parent
    if not endless or statements is None or statements.parent != body:
        return False
    return next(s for s in statements.named_children if s.type != "comment") == wait.statement


def _calls(case: Node) -> bool:
    """Whether what a case waits for is the result of a call that may take time."""
    communication = case.child_by_field_name("communication")
    if communication is None:
        return False
    received = [n for n in walk(communication) if text(n).startswith("<-")]
    waits = communication.type == "send_statement" and received
    return bool(waits or any(text(n)[2:].count("<-") for n in received)) or any(
        n.type == "call_expression"
        and not (callee_text(n).endswith(".Done") and not arguments_of(n))
        for n in walk(communication)
    )


def _is_harmless(operation: Node) -> bool:
    operator, right = (operation.child_by_field_name(part) for part in ("operator", "right"))
    if operator is None or right is None:
        return False
    divides = operator.type == "/" and right.type == "int_literal" and text(right).strip("0") != ""
    return divides or operator.type in {"+", "-", "*"}


def _around(loop: Node) -> Iterator[Node]:
    for around in ancestors(loop):
        if around.type in FUNCTIONS:
            return
        yield around


_RECEIVED = ["unary_expression", "receive_statement", "communication_case"]
_PLAIN = frozenset(
    {
        *("identifier", "field_identifier", "selector_expression", "int_literal"),
        *("binary_expression", "parenthesized_expression", "float_literal"),
    }
)


REWRITE = Rewrite(
    code="reuse-timer",
    title="Reuse one timer instead of time.After in the loop",
    brings=(
        "`time.After` makes a timer and a channel in every iteration. One timer that is reset "
        "serves them all."
    ),
    before="""
import "time"

func drain(ch <-chan int, idle time.Duration) int {
	n := 0
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return n
			}
			n += v
		case <-time.After(idle):
			return n
		}
	}
}
""",
    after="""
import "time"

func drain(ch <-chan int, idle time.Duration) int {
	n := 0
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return n
			}
			n += v
		case <-timer.C:
			return n
		}
		timer.Reset(idle)
	}
}
""",
    checks=(
        "`time.After` stands in a `case` of a `select` that every iteration reaches.",
        "The duration is made of constants and variables that do not change in the loop.",
        "The module asks for Go 1.23 or later, where `Reset` discards an old tick.",
    ),
    refused_when=(
        "the program asks for the timers of older versions with `asynctimerchan`",
        "the `select` has a `default` case",
        "another case calls a function before the timer would start",
    ),
    promise=Promise.UNSEEN,
    since=(1, 23),
    find=_find,
)
