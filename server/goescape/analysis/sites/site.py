"""An allocation site: what the compiler says of one place, and the node of the source it means."""

from __future__ import annotations

import enum
import re
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.causes import CAUSES, Cause
from goescape.analysis.compiler.expressions import is_loop_state, lost_names, outline, unqualified
from goescape.analysis.compiler.facts import EscapeExplanation, EscapeVerdict, files_in
from goescape.analysis.model import SiteKind
from goescape.analysis.positions import Span
from goescape.analysis.syntax.loops import runs_repeatedly
from goescape.analysis.syntax.nodes import ancestors, callee_text, text
from goescape.analysis.syntax.repeated_arguments import LiteralArgument, literal_arguments

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.positions import Place
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile


class Ownership(enum.Enum):
    """How an allocation belongs to the source at its position."""

    OWN = enum.auto()
    """The expression or name that stands there."""
    INLINED = enum.auto()
    """Something inside a function that was inlined there."""
    WRAPPER = enum.auto()
    """The compiler's wrapper around a generic function or method."""


@define(eq=False)
class Site:
    """An allocation site while its repeats are gathered."""

    place: Place
    subject: str
    """As the compiler renders it, without instantiations: ``make([]T, n)``."""
    message: str
    escapes: bool
    verdict: EscapeVerdict
    file: GoFile
    inlined: tuple[str, ...]
    """The functions that were inlined at this place."""
    explanations: list[EscapeExplanation] = field(factory=list)
    node: Node | None = None
    ownership: Ownership = Ownership.OWN
    kind: SiteKind = SiteKind.EXPRESSION
    inlined_from: str | None = None
    """The function inlined there whose allocation it is; None for the source's own."""
    never_runs: bool = False
    """Whether it stands in a branch of what is inlined that is not taken from here."""
    names: tuple[str, ...] = ()
    """How the compiler names the function that it stands in."""
    rendering: str = field()
    """The subject with what is made by the name of its type as ``make([]byte, n)``."""
    needs_heap: Cause | None = None
    """Why it allocates even where the compiler says nothing, or that it does not escape."""
    destination: str | None = None
    """Beside ``needs_heap``: what of a map is too large."""
    asked: Node | None = None
    """The expression whose type decides whether there is a site; None where nobody need ask."""

    @rendering.default
    def _as_subject(self) -> str:
        return self.subject

    @property
    def key(self) -> tuple[Place, str, bool]:
        """What makes two reports one site."""
        return (self.place, self.subject, self.verdict is EscapeVerdict.MOVED)

    @cached_property
    def function(self) -> FunctionDeclaration | None:
        """The declaration that it stands in."""
        return self.file.function_at(self.node.start_byte) if self.node is not None else None

    @cached_property
    def main_explanation(self) -> EscapeExplanation | None:
        """The explanation to show: one of a size, then (for a variable) of a capture, or the first.

        ``wg`` escapes by ``wg.Add`` and by the function literal that uses it: the latter is the
        news.
        """
        for reasons in (_DECISIVE, _CAPTURES if self.kind is SiteKind.VARIABLE else frozenset()):
            for explanation in self.explanations:
                steps = [step for flow in explanation.flows for step in flow.steps]
                if any(step.reason in reasons and step.expression[:1] != "." for step in steps):
                    return explanation
        return next((e for e in self.explanations if e.flows), None)

    @cached_property
    def leads_to(self) -> frozenset[str]:
        """The files, as printed, that its main explanation mentions."""
        first = self.main_explanation
        return frozenset() if first is None else frozenset(files_in((first,)))

    @cached_property
    def literal(self) -> Node | None:
        """The innermost function literal that it stands in."""
        around = ancestors(self.node) if self.node is not None else ()
        return next((each for each in around if each.type == "func_literal"), None)

    @cached_property
    def literal_arguments(self) -> tuple[LiteralArgument, ...]:
        """That literal and those around it, where they are arguments."""
        return literal_arguments(self.literal) if self.literal is not None else ()

    @cached_property
    def is_repeated(self) -> bool:
        """Whether a loop around it runs it again and again."""
        return self.node is not None and runs_repeatedly(self.node)

    @property
    def is_concatenation(self) -> bool:
        """Whether it is a sum of strings."""
        node = self.node
        is_sum = node is not None and node.type == "binary_expression"
        return is_sum and self.kind is SiteKind.EXPRESSION

    @property
    def on_heap(self) -> bool:
        """Whether it is on the heap when it runs, be it without an escape."""
        cause = self.needs_heap  # a set would ask Enum for hashes, for every site
        return self.escapes or (cause is not None and cause is not Cause.DYNAMIC_SIZE)

    @cached_property
    def extends_a_slice(self) -> bool:
        """Whether it is the ``make([]T, n)`` of ``append(s, make([]T, n)...)``: nobody makes it."""
        node = self.node if self.subject.startswith("make(") else None
        spread = node.parent if node is not None and node.type == "call_expression" else None
        if node is None or spread is None or spread.type != "variadic_argument":
            return False
        listed = spread.parent.parent if spread.parent is not None else None
        if listed is None or listed.type != "call_expression" or callee_text(listed) != "append":
            return False
        made = node.child_by_field_name("arguments") if callee_text(node) == "make" else None
        return made is not None and made.named_child_count == 2

    @cached_property
    def unqualified(self) -> str:
        """The subject without package names."""
        return unqualified(self.subject)

    @cached_property
    def outline(self) -> str:
        """The part of the subject that inlining keeps."""
        return outline(self.subject)


def shown_span(site: Site) -> Span:
    """Exactly what allocates; the code of the whole line where the column says nothing."""
    file, node = site.file, site.node
    if node is None:
        line = file.source.line(site.place.line)
        start = len(line) - len(line.lstrip())
        number = site.place.line
        end = max(len(line.rstrip()), start)
        return Span(site.place.file, number, start + 1, number, end + 1)
    if node.type == "func_literal":
        return _token_span(file, node, "func")
    if node.type in {"go_statement", "defer_statement", "for_statement"}:
        return _token_span(file, node, node.type.partition("_")[0])
    return file.span(node)


def shown_subject(site: Site) -> str:
    """What a reader would call it: plain operands and sums as written, the rest as compiled."""
    node = site.node
    if is_loop_state(site.subject):
        return "loop state"
    is_own = site.ownership is Ownership.OWN or site.subject.startswith("~r")
    if site.kind is SiteKind.TEMPORARY or node is None or not is_own:
        return _MADE_UP.sub("...", site.subject)
    if node.type == "for_statement":
        return "loop body"
    written = text(node)
    simple = node.type in {
        *("identifier", "selector_expression", "binary_expression", "assignment_statement"),
    }
    lost = lost_names(site.message) and node.type not in {"composite_literal", "unary_expression"}
    simple |= site.subject == "append" or lost
    if lost and node.type == "call_expression" and not _is_short(written):
        called = callee_text(node)
        if not _is_short(called):
            called = called.rpartition(".")[2]
        written = f"{called}(...)"
    if simple and _is_short(written):
        return written
    if _SHAPE in site.message and (literal := _literal(node)) is not None:
        return literal
    return _MADE_UP.sub("...", site.subject)


def _literal(node: Node) -> str | None:
    """A literal of a generic type with the type as written; the compiler shows an instance."""
    sign = "&" if node.type == "unary_expression" else ""
    literal = node.named_children[0] if sign and node.named_children else node
    made = literal.child_by_field_name("type")
    body = literal.child_by_field_name("body")
    if literal.type != "composite_literal" or made is None or body is None:
        return None
    if not _is_short(text(made)):
        return None
    return f"{sign}{text(made)}{'{...}' if body.named_child_count else '{}'}"


def _is_short(written: str) -> bool:
    return len(written) <= _LONGEST_SUBJECT and "\n" not in written


def _token_span(file: GoFile, node: Node, keyword: str) -> Span:
    """The range of a keyword of a node; of the whole node if it has none."""
    token = next((child for child in node.children if child.type == keyword), node)
    return file.span(token)


_DECISIVE = frozenset(word for record in CAUSES.values() for word in record.any_step)
"""The reasons that decide for a cause wherever they stand: those that are about sizes."""
_SHAPE = "go.shape."
_MADE_UP = re.compile(r"\.\.\. argument(?:\.\.\.)?(?=[,)])|(?<=\W)~[rR]\d+|^~[rR]\d+(?=\W)")
"""Names of the compiler's own in an expression: the arguments of a variadic call, results."""
_CAPTURES = frozenset({"captured by a closure"})
_LONGEST_SUBJECT = 60
