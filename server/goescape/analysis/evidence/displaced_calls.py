"""Calls that allocate what stands on another line: code has the line where a value is needed.

A parameter on a line of its own is allocated where its function begins, what an interface is given
where the statement gives it, and what the body of a loop over a function does where it is written,
although the compiler prints it at the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve

from goescape.analysis.evidence.code_matching import fits, is_inside, is_variable
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.inlined_copy import InlinedCopy
from goescape.analysis.model import SiteKind
from goescape.analysis.ranking.rank import rank
from goescape.analysis.syntax.nodes import ancestors, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.evidence.code_evidence import CodeEvidence
    from goescape.analysis.evidence.code_matching import PlacedCall
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.go_file import GoFile


ToldOn = Callable[["Finding", str, int], "Finding | None"]
"""Gives the finding of the same kind that a line has, if any."""


class DisplacedCall(NamedTuple):
    """A call, and where the body of a loop has what it allocates; None where it is known."""

    placed: PlacedCall
    place: Span | None


def displaced_calls(
    finding: Finding,
    evidence: CodeEvidence,
    file: GoFile,
    told_on: ToldOn,
) -> Iterator[DisplacedCall]:
    """The calls on other lines that may be a finding's; ``told_on`` tells whose others are."""
    node = _node_at(file, finding.span)
    if node is None:
        return
    for line in sorted({*_lines_of_statement(node), *_line_of_function(finding, node)}):
        if line == finding.span.line or told_on(finding, finding.span.file, line):
            continue
        for placed in evidence.written.get((finding.span.file, line), ()):
            if fits(finding, placed.call.kind):
                yield DisplacedCall(placed, None)
    loop = next((n for n in ancestors(node) if n.type == "for_statement"), None)
    if loop is not None:
        yield from _in_loop_body(finding, evidence, file, loop, told_on)


def may_be_around(finding: Finding, findings: Iterable[Finding], evidence: CodeEvidence) -> bool:
    """Whether its call may stand at the beginning of a literal around it.

    ``findings`` are those of its file, in source order.
    """
    for other in findings:
        if other.span.line > finding.span.line:
            break
        if other.span != finding.span and is_inside(finding.span, other.span):
            line = (other.span.file, other.span.line)
            calls = evidence.written.get(line, ())
            fitting = [placed for placed in calls if fits(finding, placed.call.kind)]
            if len(fitting) > (1 if fits(other, AllocationKind.OBJECT) else 0):
                return True
    return False


def moved_into_loop(finding: Finding, place: Span) -> Finding:
    """A finding that the compiler prints at a loop, where the body of the loop has it."""
    subject = "func literal" if finding.kind is SiteKind.CLOSURE else finding.subject
    printed = InlinedCopy(finding.anchor, finding.function, escapes=True)
    return evolve(
        finding,
        span=place,
        anchor=place.start,
        subject=subject,
        copies=tuple(sorted({printed, *finding.copies}, key=lambda copy: copy.place)),
        in_loop=True,
        rank=rank(finding.reasons, in_loop=True),
    )


def _in_loop_body(
    finding: Finding,
    evidence: CodeEvidence,
    file: GoFile,
    loop: Node,
    told_on: ToldOn,
) -> Iterator[DisplacedCall]:
    path, first, last = finding.span.file, finding.span.line, loop.end_point[0] + 1
    for number in range(first + 1, last + 1):
        calls = [
            placed
            for placed in evidence.written.get((path, number), ())
            if fits(finding, placed.call.kind)
            and any("-range" in frame.function for frame in placed.call.inlined)
        ]
        if calls and not told_on(finding, path, number):
            for placed, place in zip(calls, _uses_on(finding, file, number), strict=False):
                yield DisplacedCall(placed, place)


def _uses_on(finding: Finding, file: GoFile, line: int) -> Iterator[Span]:
    """The uses of a variable on a line, or the function literals that begin there."""
    for node in file.nodes_on_line(line):
        if finding.kind is SiteKind.CLOSURE and node.type == "func_literal":
            span = file.span(node)
            yield span._replace(end_line=span.line, end_column=span.column + len("func"))
        is_use = finding.kind is SiteKind.BOXED and node.type == "identifier"
        if is_use and text(node) == finding.subject:
            yield file.span(node)


def _node_at(file: GoFile, span: Span) -> Node | None:
    offset = file.source.offset(span.line, span.column)
    return None if offset is None else file.node_at(offset)


def _lines_of_statement(node: Node) -> range:
    """The lines of the innermost statement without a body that a node is in."""
    for around in (node, *ancestors(node)):
        if around.type in _BODIES:
            break
        if around.parent is not None and around.parent.type == "statement_list":
            if not any(child.type in _BODIES for child in around.named_children):
                return range(around.start_point[0] + 1, around.end_point[0] + 2)
            break
    return range(0)


def _line_of_function(finding: Finding, node: Node) -> Iterator[int]:
    """Where the function of a parameter or result begins."""
    if not is_variable(finding):
        return
    for around in ancestors(node):
        if around.type in _FUNCTIONS:
            body = around.child_by_field_name("body")
            if body is not None and node.start_byte < body.start_byte:
                yield around.start_point[0] + 1
            return


_BODIES = frozenset({"block", "func_literal", "expression_case", "type_case", "default_case"})
_FUNCTIONS = frozenset({"function_declaration", "method_declaration", "func_literal"})
