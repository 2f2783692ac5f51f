"""Findings in plain words. Every sentence comes from a catalogue, so that it can be translated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.advice_rules import advice_for
from goescape.analysis.causes import MAP_ELEMENT, Cause
from goescape.analysis.compiler.expressions import lost_names, one_line
from goescape.analysis.model import Allocates, RankReason, SiteKind
from goescape.analysis.sites.allocation import DEPENDS_ON_TYPE

if TYPE_CHECKING:
    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding, FlowStep, Function, Parameter
    from goescape.analysis.positions import Place
    from goescape.analysis.reports.queries import FunctionCount


@frozen
class ExplainedStep:
    """One step in words; ``place`` is None where the compiler names none."""

    text: str
    place: Place | None


@frozen
class FindingExplanation:
    """A finding for someone who has never heard of escape analysis. Code stands in backticks."""

    headline: str
    why: str
    steps: tuple[ExplainedStep, ...]
    helps: str
    ignore_when: str


def message(finding: Finding, catalogue: Catalogue) -> str:
    """The diagnostic: one line that says what happens and what decided it."""
    parts = [headline(finding, catalogue)]
    if finding.inlined_from:
        parts.append(catalogue.finding.inlined.format(function=finding.inlined_from))
    if finding.note and not _stays_while_small(finding):
        parts.append(catalogue.note(finding.note))
    if not _stays_while_small(finding) and finding.allocates is not Allocates.NO:
        parts.append(copies_sentence(finding, catalogue))
    if finding.in_loop:
        parts.append(catalogue.finding.in_loop)
    return catalogue.pause.join(filter(None, parts))


def headline(finding: Finding, catalogue: Catalogue) -> str:
    """What happens, and the decisive step: ``u moves to the heap: return &u ...``."""
    if _stays_while_small(finding):
        return catalogue.finding.stays_but_may_allocate.format(
            subject=code(finding.subject), note=catalogue.note(finding.note or "")
        )
    what = _what(finding, catalogue)
    if _is_loop_state(finding):
        return what
    if finding.allocates is Allocates.NO:
        return catalogue.finding.no_allocation.format(what=what)
    cause, decision = catalogue.causes[finding.cause], _decision(finding, catalogue)
    if cause.without_line is not None and not decision["line"]:
        return cause.without_line.format(what=what)
    return cause.message.format(what=what, **decision)


def label(finding: Finding, catalogue: Catalogue) -> str:
    """The inlay hint: ``heap: returned``."""
    if finding.allocates is Allocates.NO:
        return catalogue.finding.label_no_allocation
    if _stays_while_small(finding):
        return catalogue.finding.label_may_allocate
    return catalogue.finding.label.format(cause=catalogue.causes[finding.cause].label)


def rank_sentence(finding: Finding, catalogue: Catalogue) -> str:
    """Why the finding has its severity."""
    return catalogue.ranks[finding.rank_reason]


def rank_label(finding: Finding, catalogue: Catalogue) -> str:
    """The same beside the message; empty where that says it already, or nothing is special."""
    said = finding.rank_reason in {RankReason.ORDINARY, RankReason.LOOP}
    return "" if said else rank_sentence(finding, catalogue)


def copies_sentence(finding: Finding, catalogue: Catalogue) -> str:
    """What became of the copies of a site where its function was inlined; empty without copies."""
    said = (_copies_on_heap_or_stack(finding, catalogue), _copies_while_small(finding, catalogue))
    return catalogue.pause.join(filter(None, said))


def _copies_while_small(finding: Finding, catalogue: Catalogue) -> str:
    depends = sum(copy.may_allocate and not copy.escapes for copy in finding.copies)
    if not depends:
        return ""
    calls = catalogue.finding.inlined_calls.format(depends)
    return catalogue.finding.copies_may_allocate.format(calls=calls)


def _copies_on_heap_or_stack(finding: Finding, catalogue: Catalogue) -> str:
    callers = dict.fromkeys(copy.function for copy in finding.copies if copy.on_heap)
    if finding.function:
        callers.pop(finding.function, None)  # the compiler's wrapper around a generic function
    stays = sum(copy.stays for copy in finding.copies)
    calls = catalogue.finding.inlined_calls.format(stays)
    names = [code(name) if name else catalogue.finding.package_level for name in callers]
    if len(names) > _MOST_CALLERS + 1:
        others = catalogue.finding.other_functions.format(count=str(len(names) - _MOST_CALLERS))
        names = [*names[:_MOST_CALLERS], others]
    if names and stays:
        return catalogue.finding.copies_both.format(callers=catalogue.join(names), calls=calls)
    if names:
        return catalogue.finding.copies_escape.format(callers=catalogue.join(names))
    return catalogue.finding.copies_stay.format(calls=calls) if stays else ""


def explain(finding: Finding, catalogue: Catalogue) -> FindingExplanation:
    """The whole story of a finding."""
    steps = explained_steps(finding, catalogue)
    if _is_loop_state(finding):
        return _loop_state_explained(finding, steps, catalogue)
    cause = catalogue.causes[finding.cause]
    if finding.allocates is Allocates.NO:
        why = catalogue.finding.why_no_allocation.format(note=catalogue.note(finding.note or ""))
        return FindingExplanation(message(finding, catalogue), why, steps, "", "")
    why = cause.why.format(what=code(finding.subject))
    if finding.inlined_from:
        why += " " + catalogue.finding.why_inlined.format(function=finding.inlined_from)
    if _stays_while_small(finding):
        note = catalogue.note(finding.note or "")
        why = catalogue.finding.why_stays_but_may_allocate.format(note=note)
        if finding.escapes:
            why = catalogue.finding.why_stays_where_inlined_but_may_allocate.format(note=note)
    advice = advice_for(finding)
    helps = cause.helps if advice is None else catalogue.advice[advice]
    return FindingExplanation(message(finding, catalogue), why, steps, helps, cause.ignore)


def _loop_state_explained(
    finding: Finding, steps: tuple[ExplainedStep, ...], catalogue: Catalogue
) -> FindingExplanation:
    return FindingExplanation(
        message(finding, catalogue),
        catalogue.finding.why_loop_state,
        steps,
        catalogue.finding.helps_loop_state,
        catalogue.finding.ignore_loop_state,
    )


def explained_steps(finding: Finding, catalogue: Catalogue) -> tuple[ExplainedStep, ...]:
    """The way to the heap; none where that is never gone."""
    if _stays_while_small(finding):
        return ()
    return tuple(
        ExplainedStep(sentence, step.place)
        for step in finding.flow
        if (sentence := step_sentence(step, catalogue))
    )


def step_sentence(step: FlowStep, catalogue: Catalogue) -> str:
    """One step of a flow in words; empty for steps that mean nothing to a reader."""
    return catalogue.steps.get(step.reason, "").format(expression=code(step.text))


def parameter_sentence(parameter: Parameter, catalogue: Catalogue) -> str:
    """What a function does to one parameter."""
    name = code(parameter.name)
    if not parameter.leaks:
        return catalogue.function.parameter_stays.format(name=name)
    places = [catalogue.leaks.get(leak, f"`{leak}`") for leak in parameter.leaks]
    sentence = catalogue.function.parameter_leaks.format(name=name, places=catalogue.join(places))
    if any(leak == "heap" for leak in parameter.leaks):
        sentence += catalogue.gap + catalogue.function.parameter_consequence
    return sentence


def function_sentences(
    function: Function, count: FunctionCount, catalogue: Catalogue
) -> tuple[str, ...]:
    """A function at a glance: its allocation sites, its inlining, what it does to parameters."""
    sentences = [_all_allocations(count, catalogue) + catalogue.full_stop]
    if function.inlinable is not None:
        said = (
            catalogue.function.inlinable if function.inlinable else catalogue.function.not_inlinable
        )
        sentences.append(said.format(detail=function.inlining))
    sentences.extend(parameter_sentence(parameter, catalogue) for parameter in function.parameters)
    return tuple(sentences)


def _all_allocations(count: FunctionCount, catalogue: Catalogue) -> str:
    """Also those that are counted elsewhere."""
    told = lens(count, catalogue)
    if count.without_escape:
        told = catalogue.function.allocations_without_escape.format(
            count=told, more=count.without_escape
        )
    return told


def lens(count: FunctionCount, catalogue: Catalogue) -> str:
    """A function's count: ``3 heap allocations, 1 in a loop``; ``2 heap allocations in a loop``;
    ``0 heap allocations, 1 more in what is inlined here``.
    """
    told = catalogue.function.allocations.format(count.total)
    if count.in_loops and count.in_loops == count.total:
        told = catalogue.function.allocations_all_in_loops.format(count=told)
    elif count.in_loops:
        told = catalogue.function.allocations_some_in_loops.format(count=told, loops=count.in_loops)
    if count.inlined:
        told = catalogue.function.allocations_inlined.format(count=told, more=count.inlined)
    return told


def _stays_while_small(finding: Finding) -> bool:
    """Whether it is on the stack up to a size: here, or in each call, as all are inlined."""
    if not finding.escapes:
        return True
    is_by_size = finding.allocates is Allocates.DEPENDS and finding.note != DEPENDS_ON_TYPE.note
    return finding.cause is Cause.DYNAMIC_SIZE and is_by_size


def _is_loop_state(finding: Finding) -> bool:
    """Whether the compiler made it for a loop over a function, to know how the loop ends."""
    return finding.kind is SiteKind.TEMPORARY and finding.subject == "loop state"


def _what(finding: Finding, catalogue: Catalogue) -> str:
    template = {
        SiteKind.VARIABLE: catalogue.finding.what_variable,
        SiteKind.CLOSURE: catalogue.finding.what_closure,
        SiteKind.BOXED: catalogue.finding.what_boxed,
        SiteKind.ARGUMENTS: catalogue.finding.what_arguments,
        SiteKind.TEMPORARY: catalogue.finding.what_temporary,
        SiteKind.EXPRESSION: catalogue.finding.what_expression,
    }[finding.kind]
    if finding.kind is SiteKind.CLOSURE and finding.subject == "loop body":
        template = catalogue.finding.what_loop_body
    elif _is_loop_state(finding):
        template = catalogue.finding.what_loop_state
    elif finding.kind is SiteKind.CLOSURE and finding.subject != "func literal":
        template = catalogue.finding.what_method_value
    if finding.compiler.startswith("append "):
        template = catalogue.finding.what_append
    return template.format(subject=code(finding.subject))


def _decision(finding: Finding, catalogue: Catalogue) -> dict[str, str]:
    step = code(finding.decisive.text) if finding.decisive is not None else ""
    if finding.decisive is not None and lost_names(finding.decisive.text):
        step = catalogue.finding.some_return
    place = finding.decisive.place if finding.decisive is not None else None
    line = str(place.line) if place is not None else ""
    return {"step": step, "line": line, "destination": _destination(finding, catalogue)}


def _destination(finding: Finding, catalogue: Catalogue) -> str:
    destination, cause = finding.destination, catalogue.causes[finding.cause]
    if destination == "append":
        return catalogue.finding.stored_in_slice if cause.somewhere else ""
    if not destination or destination.startswith(("~", "{", ".")):
        return cause.somewhere
    if lost_names(destination):
        destination = _assigned(finding)
        if not destination:
            return cause.somewhere
    if finding.cause is Cause.GO_OR_DEFER:
        by_go = destination == "go"
        return catalogue.finding.used_by_go if by_go else catalogue.finding.used_by_defer
    if finding.cause is Cause.LARGE_MAP:
        if destination == MAP_ELEMENT:
            return catalogue.finding.map_of_large_elements
        return catalogue.finding.map_of_many_entries
    return cause.destination.format(destination=code(destination))


def _assigned(finding: Finding) -> str:
    """The left side of the decisive assignment, as it is written; empty where there is none."""
    text = "" if finding.decisive is None else finding.decisive.text
    left, assigns, _ = text.partition(" = ")
    return left if assigns and not lost_names(left) else ""


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """Code in backticks, on one line, cut to what a reader takes in at a glance."""
    flat = one_line(text)
    if len(flat) > _LONGEST_CODE:
        flat = flat[: _LONGEST_CODE - 1].rstrip() + "…"
    return f"``{flat}``" if "`" in flat else f"`{flat}`"


_LONGEST_CODE = 60
_MOST_CALLERS = 3
