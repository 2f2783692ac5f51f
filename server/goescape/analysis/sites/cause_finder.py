"""Why a site escapes: the cause, the decisive step, and the whole way there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.causes import CAUSES, Cause
from goescape.analysis.compiler.expressions import (
    call_head,
    lost_names,
    plain_function,
    plain_subject,
)
from goescape.analysis.model import FlowStep, SiteKind
from goescape.analysis.positions import Place
from goescape.analysis.syntax.nodes import ancestors, callee_name, text
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from goescape.analysis.compiler.facts import (
        EscapeExplanation,
        PrintedFlow,
        PrintedPosition,
        PrintedStep,
    )
    from goescape.analysis.sites.site import Site
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage


@frozen
class SiteCause:
    """What the compiler's flow says about one site."""

    cause: Cause
    flow: tuple[FlowStep, ...] = ()
    decisive: FlowStep | None = None
    destination: str | None = None


class CauseFinder:
    """Finds causes within one package."""

    def __init__(
        self,
        syntax: GoPackage,
        paths: Mapping[str, str | None],
    ) -> None:
        self._syntax = syntax
        self._paths = paths

    def reason(self, site: Site, chain: tuple[EscapeExplanation, ...]) -> SiteCause:
        """The cause of a site that escapes; ``chain`` explains its flow."""
        if not chain:
            return SiteCause(_cause_without_flow(site))
        flows = tuple(flow for explanation in chain for flow in explanation.flows)
        steps = tuple(self._flow_step(flow, step) for flow in flows for step in flow.steps)
        cause, step, destination = self._judge(site, chain[0], flows)
        decisive = None
        if step is not None:
            index = next(i for i, s in enumerate(s for f in flows for s in f.steps) if s is step)
            decisive = steps[index]
            if cause is Cause.CAPTURED:
                decisive = decisive._replace(place=self._literal_at(decisive.place, site))
        return SiteCause(cause, steps, decisive, plain_subject(destination) or None)

    def _literal_at(self, use: Place | None, site: Site) -> Place | None:
        """Where the literal begins that captures a variable: the compiler prints its first use."""
        file = self._syntax.files.get(use.file) if use is not None else None
        offset = file.source.offset(use.line, use.column) if file and use else None
        node = file.node_at(offset) if file and offset is not None else None
        if file is None or node is None or site.node is None:
            return use
        literals = [around for around in ancestors(node) if around.type == "func_literal"]
        if file is site.file:
            own = site.node.start_byte
            literals = [each for each in literals if not each.start_byte <= own < each.end_byte]
        return file.span(literals[-1]).start if literals else use

    def _judge(
        self, site: Site, own: EscapeExplanation, flows: tuple[PrintedFlow, ...]
    ) -> tuple[Cause, PrintedStep | None, str]:
        steps = [step for flow in own.flows for step in flow.steps]
        for step in steps:
            if (cause := _BY_ANY_STEP.get(step.reason)) is not None:
                return cause, step, ""
        last, destination = _last_step(flows)
        if site.kind is SiteKind.BOXED:
            return Cause.INTERFACE, last, self._receiver_of_box(last)
        for step in steps:
            if step.reason == "captured by a closure":
                # `go f(x)`: the compiler wraps the call in a closure that captures temporaries.
                if step.expression.startswith("."):
                    return Cause.GO_OR_DEFER, step, self._statement_at(site, step.at)
                return Cause.CAPTURED, step, ""
        if _started_by_go_or_defer(site, flows):
            return Cause.GO_OR_DEFER, last, self._statement_at(site, None)
        if last is None:
            return _cause_without_flow(site), None, ""
        return self._by_last_step(site, last, destination)

    def _by_last_step(
        self, site: Site, last: PrintedStep, destination: str
    ) -> tuple[Cause, PrintedStep | None, str]:
        cause = _BY_LAST_STEP.get(last.reason)
        if cause is Cause.RETURNED or self._is_result(site, destination):
            return Cause.RETURNED, last, destination
        if last.reason == "call parameter":
            cause, callee = self._call(last)
            return cause, last, callee
        if cause is None and destination not in {"", "{heap}", "{temp}"}:
            cause = Cause.STORED
        stored = stored_in(last) if cause is Cause.STORED else ""
        return cause or Cause.OTHER, last, stored

    def _statement_at(self, site: Site, at: PrintedPosition | None) -> str:
        """``go`` or ``defer``: the statement that holds on to a value."""
        place = self._place(at) or site.place
        file = self._syntax.files.get(place.file)
        offset = file.source.offset(place.line, place.column) if file is not None else None
        node = file.node_at(offset) if file is not None and offset is not None else None
        for around in [node, *ancestors(node)] if node is not None else []:
            if around is not None and around.type in {"go_statement", "defer_statement"}:
                return around.type.partition("_")[0]
        return "go"

    def _is_result(self, site: Site, destination: str) -> bool:
        if _RESULT.match(destination):
            return True
        return site.function is not None and destination in site.function.results

    def _receiver_of_box(self, last: PrintedStep | None) -> str:
        if last is None:
            return ""
        if last.reason == "call parameter":
            return self._call(last)[1]
        return stored_in(last) if last.reason in _STORES else ""

    def _call(self, step: PrintedStep) -> tuple[Cause, str]:
        """Whether the compiler knew the callee, and the callee in the reader's words."""
        head = plain_function(call_head(step.expression))
        if head == "append":
            return Cause.STORED, "append"
        file, source = self._call_at(step.at)
        if head.startswith(".") and file is not None and source is not None:
            # `defer f(x)`: callee and arguments are kept in temporaries.
            cause = Cause.INDIRECT if self._names_a_value(file, source) else Cause.PASSED
            return cause, text(source) if "\n" not in text(source) else ""
        callee = text(source) if source is not None and "\n" not in text(source) else head
        # `fmt.Errorf` hands on to `fmt.errorf`: that is the same to a reader.
        name = callee_name(source).lower() if source is not None else ""
        if _METHOD_OF_PARAMETER.search(head) is not None:
            return Cause.INDIRECT, callee
        if name not in {head.rpartition(".")[2].lower(), ""}:
            callee = head  # something inlined there: its own callee is not in this source
        if self._is_method_of_inlined_value(head, source):
            return Cause.INDIRECT, head
        return (Cause.INDIRECT if self._is_indirect(head, step.at) else Cause.PASSED), callee

    def _is_method_of_inlined_value(self, head: str, source: Node | None) -> bool:
        """Whether something of the package that is inlined there calls a variable's method.

        Methods that the compiler knows have their type in front of them: ``T.M``, ``(*T).M``; names
        of other packages have these.
        """
        if not _IS_SELECTED.match(head):
            return False
        if source is not None and plain_function(text(source)) == head:
            return False
        written, first = f"{head}(".encode(), head.partition(".")[0]
        if self._syntax.declares_type(first):
            return False
        files = [file for file in self._syntax.files.values() if written in file.source.content]
        return bool(files) and not any(first in file.imported_names for file in files)

    def _is_indirect(self, head: str, at: PrintedPosition | None) -> bool:
        if head.startswith("(") or not head:
            return False
        parts = head.split(".")
        file, source = self._call_at(at)
        if file is not None and source is not None:
            # The compiler shows embedded fields that the source leaves out: `r.Resolver.fs.Join`.
            written = plain_function(text(source)).split(".")
            is_same = (written[0], written[-1]) == (parts[0], parts[-1])
            if is_same or (parts[1:] == written and parts[0] == file.package_name):
                return self._names_a_value(file, source)
        if len(parts) == 1:
            return not self._syntax.declares_function(head) and head not in _BUILTINS
        # Something inlined: `pkg.F`, `pkg.T.M` and `T.M` are known, `pkg.variable.M` is not.
        return (
            len(parts) > 2 and parts[1][:1].islower() and not self._syntax.declares_type(parts[0])
        )

    def _names_a_value(self, file: GoFile, callee: Node) -> bool:
        """Whether a called expression is a variable or field, not a function or method."""
        first = callee
        depth = 0
        while first.type in {"selector_expression", "index_expression", "parenthesized_expression"}:
            depth += first.type == "selector_expression"
            first = first.named_children[0]
        name = text(first)
        if first.type != "identifier" or definition(first) is not None:
            return True
        if depth == 0:
            return not self._syntax.declares_function(name) and name not in _BUILTINS
        return not (name in file.imported_names and depth == 1) and not self._syntax.declares_type(
            name
        )

    def _call_at(self, at: PrintedPosition | None) -> tuple[GoFile | None, Node | None]:
        """The called expression at the `(` of a call, and its file."""
        place = self._place(at)
        file = self._syntax.files.get(place.file) if place is not None else None
        offset = file.source.offset(place.line, place.column) if file and place else None
        if file is None or offset is None:
            return file, None
        for node in file.anchored_at(offset):
            if node.type == "call_expression":
                return file, node.child_by_field_name("function")
        return file, None

    def _flow_step(self, flow: PrintedFlow, step: PrintedStep) -> FlowStep:
        return FlowStep(
            self._place(step.at),
            self._expression(step),
            step.reason,
            plain_subject(f"{flow.destination} ← {flow.source}"),
        )

    def _expression(self, step: PrintedStep) -> str:
        """The compiler's rendering; the statement as written where the former has lost names."""
        place = self._place(step.at) if lost_names(step.expression) else None
        file = self._syntax.files.get(place.file) if place is not None else None
        offset = file.source.offset(place.line, place.column) if file and place else None
        token = file.node_at(offset) if file and offset is not None else None
        statement = token.parent if token is not None else None
        if statement is not None and statement.type in _STATEMENTS.get(step.reason, ()):
            written = text(statement)
            if "\n" not in written:
                return written
        return plain_subject(step.expression)

    def _place(self, at: PrintedPosition | None) -> Place | None:
        path = self._paths.get(at.file) if at is not None else None
        return Place(path, at.line, at.column) if path is not None and at is not None else None


_METHOD_OF_PARAMETER = re.compile(r"&(?:\w+\.)?\.dict\b")
"""Methods of type parameters are called through a dictionary."""
_IS_SELECTED = re.compile(r"\w+\.\w+$")


def stored_in(step: PrintedStep) -> str:
    """What an assignment, send or literal stores into, as far as the text shows it."""
    match step.reason:
        case "assign" | "assign-pair" | "assign-pair-dot-type":
            left = re.split(r" [^\w\s=]?= ", step.expression, maxsplit=1)[0]
            if (static := _STATIC.match(left)) is not None:
                return static["variable"] or ""
            return left if "," not in left else ""
        case "key of map put":
            return step.expression.partition("[")[0]
        case "send":
            return step.expression.partition(" <- ")[0]
        case "append" | "appendee slice" | "appended slice...":
            return "append"
    return ""


def _last_step(flows: tuple[PrintedFlow, ...]) -> tuple[PrintedStep | None, str]:
    """The step that decides: the last that is more than plumbing, and where its flow leads."""
    for flow in reversed(flows):
        for step in reversed(flow.steps):
            if step.reason not in _PLUMBING:
                return step, flows[-1].destination
    return None, flows[-1].destination if flows else ""


def _started_by_go_or_defer(site: Site, flows: tuple[PrintedFlow, ...]) -> bool:
    if site.node is not None and site.node.type in {"go_statement", "defer_statement"}:
        return True
    steps = [step for flow in flows for step in flow.steps]
    return site.kind is SiteKind.CLOSURE and all(step.reason == "spill" for step in steps)


def _cause_without_flow(site: Site) -> Cause:
    return Cause.INTERFACE if site.kind is SiteKind.BOXED else Cause.OTHER


_ASSIGNMENTS = ("assignment_statement", "short_var_declaration")
_STATEMENTS = {
    "return": ("return_statement",),
    "assign": _ASSIGNMENTS,
    "assign-pair": _ASSIGNMENTS,
}
_BY_ANY_STEP = {word: cause for cause, record in CAUSES.items() for word in record.any_step}
_BY_LAST_STEP = {word: cause for cause, record in CAUSES.items() for word in record.last_step}
_PLUMBING = {
    "spill",
    "address-of",
    "dot",
    "dot of pointer",
    "fixed-array-index-of",
    "indirection",
    "slice",
    "slice-to-array",
    "range",
    "range-deref",
    "switch case",
    "reference",
    "interface-converted",
}
_STATIC = re.compile(r"\(.*\)\((?:.*/)?[\w-]+\.(?:\.stmp_\d+|(?P<variable>\w+))@\d+\)$")
"""Memory that is part of the program: ``(map[string]int)(p.registry@8)``; without a name, where a
variable points to it."""
_STORES = CAUSES[Cause.STORED].last_step
_BUILTINS = {"append", "panic", "print", "println", "copy", "new", "make", "recover", "delete"}
_RESULT = re.compile(r"(?:~[rR]|#rv)\d+$")
"""Of a function; the second one where a ``return`` stands in a loop over a function."""
