"""A channel of pointers whose receivers only read carries the values themselves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.caches import cached
from goescape.fixes.checks.copyable import check_copyable
from goescape.fixes.edits.pointees import check_no_unsafe
from goescape.fixes.flow.pointer_channels import PointerChannels, pointed_to
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import declaration_around, redeclares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """``ch <- &s`` where every channel of these pointers in the package may carry values."""
    if redeclares(code, "make", "close", "len", "cap", "nil"):
        return
    seen: set[str] = set()
    for finding in code.allocations(file):
        place = code.node_of(finding)
        element = _sent(place[1]) if place is not None else ""
        if element and element not in seen:
            seen.add(element)
            yield Match((finding,), partial(_change, code, file, element))


def _change(code: PackageCode, file: GoFile, element: str) -> Change:
    check_no_unsafe(file)
    check_copyable(code, file, element)
    return Change(PointerChannels(code, element).all_edits(), may_add=(r"make\(chan .*\)",))


def _sent(node: Node) -> str:
    """T, where this is a variable or a literal whose address goes into a ``chan *T``."""
    function = declaration_around(node)
    for send in _sends(function) if function is not None else ():
        channel, value = (send.child_by_field_name(part) for part in ("channel", "value"))
        operand = value.child_by_field_name("operand") if value is not None else None
        if channel is None or value is None or operand is None or text(value)[:1] != "&":
            continue
        inside = value.start_byte <= node.start_byte < value.end_byte
        if inside or (operand.type == "identifier" and definition(operand) == node):
            return pointed_to(channel)
    return ""


@cached(256)
def _sends(function: Node) -> tuple[Node, ...]:
    return tuple(n for n in walk(function) if n.type == "send_statement")


REWRITE = Rewrite(
    code="channel-of-values",
    title="Send values instead of pointers",
    brings=(
        "Values are copied through the channel; nothing has to be allocated for each element "
        "that is sent."
    ),
    before="""
type sample struct {
	at, value int
}

func produce(ch chan *sample, values []int) {
	for i, v := range values {
		s := sample{at: i, value: v}
		ch <- &s
	}
	close(ch)
}

func consume(values []int) int {
	ch := make(chan *sample, len(values))
	go produce(ch, values)
	sum := 0
	for s := range ch {
		sum += s.at * s.value
	}
	return sum
}
""",
    after="""
type sample struct {
	at, value int
}

func produce(ch chan sample, values []int) {
	for i, v := range values {
		s := sample{at: i, value: v}
		ch <- s
	}
	close(ch)
}

func consume(values []int) int {
	ch := make(chan sample, len(values))
	go produce(ch, values)
	sum := 0
	for s := range ch {
		sum += s.at * s.value
	}
	return sum
}
""",
    checks=(
        (
            "Every channel of this element type in the package can be followed: it is a local "
            "variable or a parameter."
        ),
        "Receivers only read fields. Senders never use the object again after sending it.",
        (
            "The type can be copied: it contains no lock, does not link to itself, and has at "
            "most 256 bytes."
        ),
    ),
    refused_when=(
        "a receiver keeps, compares or changes the pointer that it receives",
        "a receiver could see the `nil` of a closed channel",
        "the channel is part of another type, is returned, or is a package-level variable",
        "other packages might call the function that takes the channel",
    ),
    find=_find,
)
