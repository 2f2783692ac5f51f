"""Whether what "escapes" really allocates, and what allocates although it "does not escape".

The facts were measured with ``testing.AllocsPerRun``; from Go 1.25 on the compiler's own evidence
(``-d=escapedebug=1,closure=1``) decides wherever it speaks.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.causes import MAP_ELEMENT, Cause
from goescape.analysis.compiler.expressions import (
    has_own_box,
    is_constant,
    is_put_into_interface,
)
from goescape.analysis.model import ALLOCATES_TWICE, Allocates, SiteKind
from goescape.analysis.positions import Place
from goescape.analysis.sites.run_time_size import WHEN_FULL, may_still_allocate
from goescape.analysis.sites.site import Ownership
from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tree_sitter import Node

    from goescape.analysis.compiler.facts import BackendEvidence
    from goescape.analysis.compiler.package_facts import FileFacts
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext
    from goescape.analysis.syntax.go_package import GoPackage


@frozen
class RuntimeAllocation:
    """What happens at run time, and the reason if that is not simply an allocation."""

    allocates: Allocates
    note: str | None = None
    stays_in_copies: bool = False
    """Whether each call is inlined and keeps it on the stack, as long as it is small."""


ALLOCATES = RuntimeAllocation(Allocates.YES)
ZERO_SIZE = RuntimeAllocation(Allocates.NO, "its value has no size, so all share one address")
BOXED_CONSTANT = RuntimeAllocation(Allocates.NO, "a constant is boxed as read-only data")
BOXED_ZERO_SIZE = RuntimeAllocation(
    Allocates.NO, "a value without size is boxed as a shared static one"
)
BOXED_SINGLE_BYTE = RuntimeAllocation(
    Allocates.NO, "a value of one byte is boxed as a shared static one"
)
BOXED_ZERO_VALUE = RuntimeAllocation(Allocates.NO, "a zero value is boxed as a shared static one")
BOXED_CONTENT = RuntimeAllocation(
    Allocates.NO, "its content is constant and boxed as read-only data"
)
BOXED_INTEGER = RuntimeAllocation(Allocates.DEPENDS, "integers from 0 to 255 do not allocate")
BOXED_POINTER = RuntimeAllocation(Allocates.NO, "an interface holds a pointer as it is")
TWICE = RuntimeAllocation(Allocates.YES, ALLOCATES_TWICE)
NEW_ELEMENT = RuntimeAllocation(Allocates.DEPENDS, "only a new key allocates")
DEPENDS_ON_TYPE = RuntimeAllocation(
    Allocates.DEPENDS, "whether it allocates depends on the type that is used"
)


class AllocationRules:
    """Decides for the sites of one file."""

    def __init__(
        self,
        evidence: Iterable[BackendEvidence],
        path: str,
        syntax: GoPackage,
        facts: Iterable[FileFacts],
    ) -> None:
        """``facts`` are those of the file, one of each text."""
        self._syntax, self._path = syntax, path
        self._facts = facts
        self._evidence: dict[Place, list[str]] = defaultdict(list)
        for item in evidence:
            place = Place(path, item.at.line, item.at.column)
            self._evidence[place].append(item.text)

    def of(self, site: Site, context: SiteContext) -> RuntimeAllocation:
        """Whether a site allocates."""
        if site.destination == MAP_ELEMENT:
            return NEW_ELEMENT
        if site.needs_heap in {Cause.CHANNEL, Cause.LARGE_MAP, Cause.CONCATENATION}:
            return ALLOCATES
        if not site.escapes:
            return RuntimeAllocation(Allocates.DEPENDS, may_still_allocate(site.rendering))
        if context.only_inlined:
            return _in_copies(site, context)
        if site.kind is SiteKind.CLOSURE:
            return self._closure(site)
        if site.kind is SiteKind.BOXED:
            return self._boxed(site)
        if self._zero_size(site):
            return ZERO_SIZE
        if site.subject == "append":
            return RuntimeAllocation(Allocates.DEPENDS, WHEN_FULL)
        is_twice = has_own_box(site.explanations) and not _EMPTY.match(site.rendering)
        return TWICE if is_twice else ALLOCATES

    def _closure(self, site: Site) -> RuntimeAllocation:
        evidence = self._evidence.get(site.place, ())
        if any(line.startswith("heap closure") for line in evidence):
            return ALLOCATES
        no_capture = RuntimeAllocation(
            Allocates.NO, "it captures no variable, so one static copy serves all"
        )
        if any(line.startswith("closure converted to global") for line in evidence):
            return no_capture
        node, file, function = site.node, site.file, site.function
        if node is not None and node.type == "func_literal":
            generic = function is not None and function.is_generic
            if not generic and not file.captured_variables(node):
                return no_capture
        return ALLOCATES

    def _boxed(self, site: Site) -> RuntimeAllocation:
        if is_constant(site.subject) or self._is_named_constant(site):
            return BOXED_CONSTANT
        evidence = [
            line for line in self._evidence.get(site.place, ()) if line.startswith("convert: ")
        ]
        if site.ownership is Ownership.OWN:
            # Each constant that is inlined there has a line, too, before that of the result.
            if len(evidence) <= self._constants.get(site.place, 0):
                evidence = []
            evidence += self._evidence_of_variable(site)
            for line in evidence:
                if (match := _SHARED.match(line)) is not None:
                    return _SHARED_VALUES.get(match[1], BOXED_CONTENT)
        if self._zero_size(site):
            return BOXED_ZERO_SIZE
        if site.ownership is Ownership.OWN and site.node is not None:
            kind = self._syntax.basic_type(site.file, site.node)
            if kind in {"bool", "byte", "uint8", "int8"}:
                return BOXED_SINGLE_BYTE
            if re.match(r"u?int\d*$|rune$|number$", kind):
                return BOXED_INTEGER
        return ALLOCATES

    @cached_property
    def _constants(self) -> Mapping[Place, int]:
        """How many constants are boxed at one place; more than one where something is inlined."""
        most: Counter[Place] = Counter()
        for of_file in self._facts:
            most |= Counter(
                Place(self._path, decision.at.line, decision.at.column)
                for decision in of_file.decisions
                if is_constant(decision.subject)
            )
        return most

    def _evidence_of_variable(self, site: Site) -> list[str]:
        """The compiler prints evidence of a variable's type at its declaration."""
        node, file = site.node, site.file
        if node is None or node.type != "identifier":
            return []
        declared = definition(node)
        if declared is None:
            return []
        evidence = self._evidence.get(file.span(declared).start, ())
        return [line for line in evidence if "single-byte" in line or "zero-sized" in line]

    def _is_named_constant(self, site: Site) -> bool:
        # Go 1.21 prints constants as written, later versions their value.
        if site.node is None:
            return False
        return self._syntax.is_constant(site.file, site.node)

    def _zero_size(self, site: Site) -> bool:
        if site.rendering.startswith(("[]", "make([]")) and is_put_into_interface(
            site.explanations
        ):
            return False  # the slice has no array, but itself it has a size
        if any(
            step.reason == "zero-sized element"
            for explanation in site.explanations
            for flow in explanation.flows
            for step in flow.steps
        ):
            return True
        if _EMPTY.match(site.rendering):
            return True
        if site.ownership is not Ownership.OWN or site.node is None:
            return False
        return self._node_has_no_size(site.node)

    def _node_has_no_size(self, node: Node) -> bool:
        match node.type:
            case "unary_expression" | "parenthesized_expression":
                return any(self._node_has_no_size(child) for child in node.named_children)
            case "composite_literal":
                literal_type = node.child_by_field_name("type")
                body = node.child_by_field_name("body")
                if literal_type is not None and literal_type.type == "slice_type":
                    return body is not None and not any(
                        child.type != "comment" for child in body.named_children
                    )
                return self._syntax.is_empty_type(literal_type)
            case "call_expression":
                function = node.child_by_field_name("function")
                arguments = node.child_by_field_name("arguments")
                made = (
                    arguments.named_children[0] if arguments and arguments.named_children else None
                )
                return (
                    function is not None
                    and text(function) == "new"
                    and (self._syntax.is_empty_type(made))
                )
            case "identifier":
                declaration = node.parent
                declared_type = declaration.child_by_field_name("type") if declaration else None
                return self._syntax.is_empty_type(declared_type)
        return False


def _in_copies(site: Site, context: SiteContext) -> RuntimeAllocation:
    """What a site allocates that never runs but in calls that keep it on the stack."""
    note = may_still_allocate(site.rendering, is_text=site.is_concatenation)
    # Equal values are printed once in a call, so that one of them has no copies.
    depends = any(copy.may_allocate for copy in context.copies) if context.copies else note
    if not depends:
        return RuntimeAllocation(
            Allocates.NO, "every call is inlined, and stays on the stack there"
        )
    return RuntimeAllocation(Allocates.DEPENDS, note, stays_in_copies=True)


_EMPTY = re.compile(r"make\(\[\][^,]*, 0\)$|\[\].*\{\}$")
"""A slice without elements."""
_SHARED = re.compile(
    r"convert: using global for (?:(single-byte|zero-sized|zero value) )?interface"
)
_SHARED_VALUES = {
    "single-byte": BOXED_SINGLE_BYTE,
    "zero-sized": BOXED_ZERO_SIZE,
    "zero value": BOXED_ZERO_VALUE,
}
