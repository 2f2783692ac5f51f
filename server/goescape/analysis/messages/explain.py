"""Findings in plain words. Every sentence comes from a catalogue, so that it can be translated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.causes import Cause
from goescape.analysis.compiler.expressions import lost_names
from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.model import Allocates, RankReason, SiteKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import Finding, FlowStep, Function, Parameter
    from goescape.analysis.positions import Place


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


def message(finding: Finding, words: Catalogue | None = None) -> str:
    """The diagnostic: one line that says what happens and what decided it."""
    words = words or current_catalogue()
    parts = [headline(finding, words)]
    if finding.inlined_from:
        parts.append(words.finding.inlined.format(function=finding.inlined_from))
    if finding.note and finding.escapes:
        parts.append(words.note(finding.note))
    if finding.copies and finding.allocates is not Allocates.NO:
        parts.append(copies_sentence(finding, words))
    if finding.in_loop:
        parts.append(words.finding.in_loop)
    return words.pause.join(parts)


def headline(finding: Finding, words: Catalogue | None = None) -> str:
    """What happens, and the decisive step: ``u moves to the heap: return &u ...``."""
    words = words or current_catalogue()
    if not finding.escapes:
        return words.finding.stays_but_may_allocate.format(
            subject=code(finding.subject), note=words.note(finding.note or "")
        )
    what = _what(finding, words)
    if finding.allocates is Allocates.NO:
        return words.finding.no_allocation.format(what=what)
    cause = words.causes[finding.cause]
    return cause.message.format(what=what, **_decision(finding, words))


def label(finding: Finding, words: Catalogue | None = None) -> str:
    """The inlay hint: ``heap: returned``."""
    words = words or current_catalogue()
    if finding.allocates is Allocates.NO:
        return words.finding.label_no_allocation
    if not finding.escapes:
        return words.finding.label_may_allocate
    return words.finding.label.format(cause=words.causes[finding.cause].label)


def rank_sentence(finding: Finding, words: Catalogue | None = None) -> str:
    """Why the finding has its severity."""
    words = words or current_catalogue()
    return words.ranks[finding.rank_reason]


def rank_label(finding: Finding, words: Catalogue | None = None) -> str:
    """The same beside the message; empty where that says it already, or nothing is special."""
    words = words or current_catalogue()
    said = finding.rank_reason in {RankReason.ORDINARY, RankReason.LOOP}
    return "" if said else rank_sentence(finding, words)


def copies_sentence(finding: Finding, words: Catalogue | None = None) -> str:
    """What became of the copies of a site where its function was inlined; empty without copies."""
    words = words or current_catalogue()
    callers = dict.fromkeys(copy.function for copy in finding.copies if copy.escapes)
    if finding.function:
        callers.pop(finding.function, None)  # the compiler's wrapper around a generic function
    stays = sum(not copy.escapes for copy in finding.copies)
    calls = words.finding.inlined_calls.format(stays)
    names = [code(name) if name else words.finding.package_level for name in callers]
    if len(names) > _MOST_CALLERS + 1:
        others = words.finding.other_functions.format(count=str(len(names) - _MOST_CALLERS))
        names = [*names[:_MOST_CALLERS], others]
    if names and stays:
        return words.finding.copies_both.format(callers=words.join(names), calls=calls)
    if names:
        return words.finding.copies_escape.format(callers=words.join(names))
    return words.finding.copies_stay.format(calls=calls) if stays else ""


def explain(finding: Finding, words: Catalogue | None = None) -> FindingExplanation:
    """The whole story of a finding."""
    words = words or current_catalogue()
    steps = explained_steps(finding, words)
    cause = words.causes[finding.cause]
    if finding.allocates is Allocates.NO:
        why = words.finding.why_no_allocation.format(note=words.note(finding.note or ""))
        return FindingExplanation(message(finding, words), why, steps, "", "")
    why = cause.why.format(what=code(finding.subject))
    if finding.inlined_from:
        why += " " + words.finding.why_inlined.format(function=finding.inlined_from)
    if not finding.escapes:
        why = words.finding.why_stays_but_may_allocate.format(note=words.note(finding.note or ""))
    return FindingExplanation(message(finding, words), why, steps, cause.helps, cause.ignore)


def explained_steps(finding: Finding, words: Catalogue | None = None) -> tuple[ExplainedStep, ...]:
    """The way to the heap."""
    words = words or current_catalogue()
    return tuple(
        ExplainedStep(sentence, step.place)
        for step in finding.flow
        if (sentence := step_sentence(step, words))
    )


def step_sentence(step: FlowStep, words: Catalogue | None = None) -> str:
    """One step of a flow in words; empty for steps that mean nothing to a reader."""
    words = words or current_catalogue()
    return words.steps.get(step.reason, "").format(expression=code(step.text))


def parameter_sentence(parameter: Parameter, words: Catalogue | None = None) -> str:
    """What a function does to one parameter."""
    words = words or current_catalogue()
    name = code(parameter.name)
    if not parameter.leaks:
        return words.function.parameter_stays.format(name=name)
    places = [words.leaks.get(leak, f"`{leak}`") for leak in parameter.leaks]
    sentence = words.function.parameter_leaks.format(name=name, places=words.join(places))
    if any(leak == "heap" for leak in parameter.leaks):
        sentence += words.gap + words.function.parameter_consequence
    return sentence


def function_sentences(
    function: Function, findings: Sequence[Finding], words: Catalogue | None = None
) -> tuple[str, ...]:
    """A function at a glance: its allocation sites, its inlining, what it does to parameters."""
    words = words or current_catalogue()
    sites = [finding for finding in findings if finding.is_diagnostic]
    total = lens(len(sites), sum(finding.in_loop for finding in sites), words)
    sentences = [total + words.full_stop]
    if function.inlinable is not None:
        said = words.function.inlinable if function.inlinable else words.function.not_inlinable
        sentences.append(said.format(detail=function.inlining))
    sentences.extend(parameter_sentence(parameter, words) for parameter in function.parameters)
    return tuple(sentences)


def lens(total: int, in_loops: int, words: Catalogue | None = None) -> str:
    """A function's count: ``3 heap allocations, 1 in a loop``; ``2 heap allocations in a loop``."""
    words = words or current_catalogue()
    count = words.function.allocations.format(total)
    if not in_loops:
        return count
    if in_loops == total:
        return words.function.allocations_all_in_loops.format(count=count)
    return words.function.allocations_some_in_loops.format(count=count, loops=in_loops)


def _what(finding: Finding, words: Catalogue) -> str:
    template = {
        SiteKind.VARIABLE: words.finding.what_variable,
        SiteKind.CLOSURE: words.finding.what_closure,
        SiteKind.BOXED: words.finding.what_boxed,
        SiteKind.ARGUMENTS: words.finding.what_arguments,
        SiteKind.TEMPORARY: words.finding.what_temporary,
        SiteKind.EXPRESSION: words.finding.what_expression,
    }[finding.kind]
    if finding.kind is SiteKind.CLOSURE and finding.subject == "loop body":
        template = words.finding.what_loop_body
    elif finding.kind is SiteKind.CLOSURE and finding.subject != "func literal":
        template = words.finding.what_method_value
    if finding.compiler.startswith("append "):
        template = words.finding.what_append
    return template.format(subject=code(finding.subject))


def _decision(finding: Finding, words: Catalogue) -> dict[str, str]:
    step = code(finding.decisive.text) if finding.decisive is not None else ""
    if finding.decisive is not None and lost_names(finding.decisive.text):
        step = words.finding.some_return
    line = finding.decisive.place.line if finding.decisive and finding.decisive.place else 0
    given = _destination(finding, words)
    return {"step": step, "line": str(line), "destination": given}


def _destination(finding: Finding, words: Catalogue) -> str:
    destination, cause = finding.destination, words.causes[finding.cause]
    if destination == "append":
        return words.finding.stored_in_slice if cause.somewhere else ""
    if not destination or destination.startswith(("~", "{", ".")):
        return cause.somewhere
    if finding.cause is Cause.GO_OR_DEFER:
        by_go = destination == "go"
        return words.finding.used_by_go if by_go else words.finding.used_by_defer
    return cause.destination.format(destination=code(destination))


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """Code in backticks, on one line, cut to what a reader takes in at a glance."""
    flat = " ".join(text.split())
    if len(flat) > _LONGEST_CODE:
        flat = flat[: _LONGEST_CODE - 1].rstrip() + "…"
    return f"``{flat}``" if "`" in flat else f"`{flat}`"


_LONGEST_CODE = 60
_MOST_CALLERS = 3
