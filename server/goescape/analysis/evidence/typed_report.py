"""Corrects a report by what Go's type checker says of the places that it is about.

A finding of which nothing is known stays as it is: without answers, so does the whole report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.causes import MAP_ELEMENT, Cause
from goescape.analysis.evidence.code_matching import is_sum
from goescape.analysis.evidence.type_allocation import BOXED_NUMBER, boxed, made, sized
from goescape.analysis.evidence.types import TypeFacts, ValueFacts  # noqa: TC001 - resolved
from goescape.analysis.model import ALLOCATES_TWICE, Allocates, SiteKind
from goescape.analysis.positions import Span
from goescape.analysis.ranking.rank import (
    as_boxed,
    as_made,
    with_allocation,
    with_large_elements,
)
from goescape.analysis.sites.allocation import (
    ALLOCATES,
    BOXED_CONSTANT,
    BOXED_INTEGER,
    BOXED_POINTER,
    BOXED_SINGLE_BYTE,
    BOXED_ZERO_SIZE,
    DEPENDS_ON_TYPE,
    ZERO_SIZE,
    RuntimeAllocation,
)
from goescape.analysis.syntax.position_shift import PositionShift

if TYPE_CHECKING:
    from collections.abc import Collection

    from goescape.analysis.model import Finding, PackageReport
    from goescape.analysis.positions import Place

NamedPlace = tuple[Span, str]
"""A call, and the name of a type in the code that is inlined there."""


@frozen
class TypeQuestions:
    """What is to be asked for a report."""

    values: tuple[Span, ...] = ()
    """Expressions and declared names."""
    named: tuple[NamedPlace, ...] = ()


@frozen
class KnownTypes:
    """What was answered; what is missing is not known."""

    values: Mapping[Span, ValueFacts] = field(factory=dict)
    named: Mapping[NamedPlace, TypeFacts] = field(factory=dict)


def questions(report: PackageReport) -> TypeQuestions:
    """What the findings of a report depend on."""
    values: dict[Span, None] = {}
    named: dict[NamedPlace, None] = {}
    for finding in report.findings:
        if finding.escapes and finding.kind in _ASKED:
            if (place := _named_place(finding)) is not None:
                named[place] = None
            elif finding.inlined_from is None or _may_be_text(finding):
                values[finding.span] = None
    values.update((one.asked, None) for one in report.unconfirmed)
    return TypeQuestions(tuple(values), tuple(named))


def with_types(report: PackageReport, known: KnownTypes) -> PackageReport:
    """The report with what follows from types; itself where that is nothing new."""
    findings = tuple(_corrected(finding, known) for finding in report.findings)
    changed = any(now is not before for now, before in zip(findings, report.findings, strict=True))
    asked = [(one, known.values.get(one.asked)) for one in report.unconfirmed]
    if (answered := [(one, value) for one, value in asked if value is not None]) or changed:
        confirmed = [one.finding for one, value in answered if _holds(one.finding, value)]
        left = tuple(one for one, value in asked if value is None)
        merged = sorted((*findings, *confirmed), key=_in_source_order) if confirmed else findings
        return evolve(report, findings=tuple(merged), unconfirmed=left)
    return report


def _holds(finding: Finding, value: ValueFacts) -> bool:
    """Whether the type is one with which this allocates."""
    if value.type is None:
        return False
    kind = value.type.core or value.type.kind
    if finding.cause is Cause.CHANNEL:
        return kind == "channel"
    if finding.cause is Cause.CONCATENATION:
        return kind == "string"
    if finding.cause is Cause.DYNAMIC_SIZE:
        return kind in {"map", "slice"}
    if kind != "map" or finding.destination != MAP_ELEMENT:
        return kind == "map"
    return any(part is not None and part.size > _MAP_BYTES for part in (value.key, value.element))


@frozen(eq=False)
class TypedReport:
    """A report, and the same one with what types say."""

    untyped: PackageReport
    typed: PackageReport
    _by_identity: Mapping[int, Finding] = field(init=False)
    """Of findings of ``untyped``, those that types say more of: an edit leaves most as they are."""

    def __attrs_post_init__(self) -> None:
        typed = {_expression(each, each.span): each for each in self.typed.findings}
        asked = (one.finding for one in self.untyped.unconfirmed)
        pairs = (
            (each, typed.get(_expression(each, each.span)))
            for each in (*self.untyped.findings, *asked)
        )
        known = {id(each): now for each, now in pairs if now is not None}
        object.__setattr__(self, "_by_identity", known)

    def applied_to(self, report: PackageReport) -> PackageReport:
        """A report of a newer text with what types have said of the same lines.

        What was edited may make other types of theirs: this is good until somebody has asked.
        """
        known = self._by_identity
        asked = [one.finding for one in report.unconfirmed]
        new = {each.span.file for each in (*report.findings, *asked) if id(each) not in known}
        moved = self._moved_to(report, new)

        def before(finding: Finding) -> Finding | None:
            return moved.get(_expression(finding, finding.span))

        findings = [
            known.get(id(each)) or _as_before(each, before(each)) for each in report.findings
        ]
        confirmed, left = [], []
        for one in report.unconfirmed:
            if id(one.finding) in known or before(one.finding) is not None:
                confirmed.append(one.finding)
            else:
                left.append(one)
        if confirmed:
            findings = sorted((*findings, *confirmed), key=_in_source_order)
        return evolve(report, findings=tuple(findings), unconfirmed=tuple(left))

    def _moved_to(self, report: PackageReport, files: Collection[str]) -> dict[object, Finding]:
        """The findings with types in some files, by where they would be in a newer text."""
        shifts = {
            path: PositionShift(source, report.sources[path])
            for path, source in self.typed.sources.items()
            if path in report.sources and path in files
        }
        moved: dict[object, Finding] = {}
        for finding in self.typed.findings:
            shift = shifts.get(finding.span.file)
            span = None if shift is None else shift.span(finding.span)
            if span is not None:
                moved[_expression(finding, span)] = finding
        return moved


def _expression(finding: Finding, span: Span) -> object:
    inlined = finding.inlined_from is not None
    return span, finding.subject, finding.compiler, finding.escapes, inlined


def _as_before(finding: Finding, before: Finding | None) -> Finding:
    if before is None or not finding.escapes or finding.kind not in _ASKED:
        return finding
    if finding.kind is SiteKind.EXPRESSION and before.kind is SiteKind.BOXED:
        finding = as_boxed(finding)
    elif finding.kind is SiteKind.BOXED and before.kind is not SiteKind.BOXED:
        finding = as_made(finding, before.kind)
    allocation = RuntimeAllocation(before.allocates, before.note)
    if allocation not in _SAID_BY_TYPES or not _is_news(finding, allocation):
        return finding
    return with_allocation(finding, allocation)


def _named_place(finding: Finding) -> NamedPlace | None:
    """For what inlining has brought: the literal of a type, which has no expression here."""
    match = _LITERAL.match(finding.subject) if finding.inlined_from is not None else None
    return None if match is None else (finding.span, match["literal"] or match["made"])


def _corrected(finding: Finding, known: KnownTypes) -> Finding:
    if not finding.escapes or finding.kind not in _ASKED:
        return finding
    place = _named_place(finding)
    if _may_be_text(finding):
        result = known.values.get(finding.span)
        is_text = result is not None and result.type is not None and result.type.kind == "string"
        return (
            with_allocation(as_made(finding, SiteKind.EXPRESSION), ALLOCATES)
            if is_text
            else finding
        )
    if place is not None:
        facts = known.named.get(place)
        allocation = None if facts is None else _of_literal(finding, facts)
    else:
        value = known.values.get(finding.span) if finding.inlined_from is None else None
        if value is None:
            return finding
        finding = _with_kind(_with_size(finding, value), value)
        allocation = _of_value(finding, value)
    if allocation is None or not _is_news(finding, allocation):
        return finding
    return with_allocation(finding, allocation)


def _is_news(finding: Finding, allocation: RuntimeAllocation) -> bool:
    """Whether types know better: what a compiler or a call has said counts more than "it may"."""
    if (allocation.allocates, allocation.note) == (finding.allocates, finding.note):
        return False
    if allocation.allocates is Allocates.NO:
        return finding.allocates is not Allocates.NO
    return finding.note is None or finding.note in _GUESSES


def _may_be_text(finding: Finding) -> bool:
    """Whether it is a sum that an inlined call returns: of texts, where the call gives a text."""
    is_boxed = finding.kind is SiteKind.BOXED and finding.inlined_from is not None
    if not is_boxed or not is_sum(finding.subject):
        return False
    step = finding.flow[1] if len(finding.flow) > 1 else None
    return step is not None and _RESULT.match(step.text) is not None


def _of_literal(finding: Finding, facts: TypeFacts) -> RuntimeAllocation | None:
    """Of ``T{}``, boxed, or ``&T{}``."""
    if facts.size != 0:
        return None
    return BOXED_ZERO_SIZE if finding.kind is SiteKind.BOXED else ZERO_SIZE


def _of_value(finding: Finding, value: ValueFacts) -> RuntimeAllocation | None:
    """None where types say nothing against what is known."""
    if value.type is None:
        return None
    if finding.kind is SiteKind.BOXED:
        operand = _converted(value) or value
        return boxed(operand, operand.type or value.type)
    if finding.kind is SiteKind.VARIABLE:
        return sized(value, value.type)
    return made(value)


def _with_kind(finding: Finding, value: ValueFacts) -> Finding:
    """What only an interface can put on the heap: a sum is no text that is made, and of a slice of
    nothing there is but the header."""
    if value.type is not None and finding.kind is SiteKind.BOXED:
        return _as_made(finding, value, value.type)
    if finding.kind is not SiteKind.EXPRESSION or value.type is None:
        return finding
    if _converted(value) is not None:
        return as_boxed(finding)
    is_sum = value.expression == "operation" and _NUMBER.fullmatch(value.type.kind) is not None
    is_header = value.converted is not None and made(value) is ZERO_SIZE
    return as_boxed(finding) if is_sum or is_header else finding


def _as_made(finding: Finding, value: ValueFacts, made_type: TypeFacts) -> Finding:
    """What is made where it stands, without an interface: the compiler prints all of it alike."""
    if value.expression == "method value":
        return as_made(finding, SiteKind.CLOSURE)
    is_container = made_type.kind in {"map", "slice"} and not made_type.is_generic
    if value.expression == "composite" and is_container and value.converted is None:
        return as_made(finding, SiteKind.EXPRESSION)
    return finding


def _converted(value: ValueFacts) -> ValueFacts | None:
    """What ``any(x)`` puts into an interface; None for everything else."""
    is_conversion = value.expression == "conversion" and value.type is not None
    if not is_conversion or value.type is None or not value.type.is_interface:
        return None
    return next(iter(value.arguments or ()), None)


def _with_size(finding: Finding, value: ValueFacts) -> Finding:
    element = value.element
    if value.callee == "make" and element is not None and element.kind == "array":
        return with_large_elements(finding, element.size)
    return finding


def _in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject


_RESULT = re.compile(r"~r\d+ = ")
_MAP_BYTES = 128
"""What a map holds itself of a key or value: a larger one has memory of its own."""
_ASKED = frozenset({SiteKind.BOXED, SiteKind.EXPRESSION, SiteKind.VARIABLE})
_NUMBER = re.compile(r"(?:u?int|float|complex)(?:\d*|ptr)")
_GUESSES = frozenset(
    {
        BOXED_SINGLE_BYTE.note,
        BOXED_ZERO_SIZE.note,
        BOXED_INTEGER.note,
        ZERO_SIZE.note,
        ALLOCATES_TWICE,
    }
)
"""What is also said where only the text is known, or where others of its position were meant."""
_SAID_BY_TYPES = frozenset(
    {
        ALLOCATES,
        BOXED_CONSTANT,
        BOXED_INTEGER,
        BOXED_NUMBER,
        BOXED_POINTER,
        BOXED_SINGLE_BYTE,
        BOXED_ZERO_SIZE,
        DEPENDS_ON_TYPE,
        ZERO_SIZE,
    }
)
_LITERAL = re.compile(r"(?:&?(?P<literal>[\w.]+)\{.*\}|new\((?P<made>[\w.]+)\))$", re.DOTALL)
