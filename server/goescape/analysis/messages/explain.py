"""Findings in plain words. Every sentence comes from a catalogue, so that it can be translated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.compiler.expressions import lost_names
from goescape.analysis.messages.catalogue import current_catalogue
from goescape.analysis.model import Allocates, Cause, RankReason, SiteKind

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
        parts.append(words.text("inlined", function=finding.inlined_from))
    if finding.note and finding.escapes:
        parts.append(words.note(finding.note))
    if finding.copies and finding.allocates is not Allocates.NO:
        parts.append(copies_sentence(finding, words))
    if finding.in_loop:
        parts.append(words.text("in loop"))
    return words.pause.join(parts)


def headline(finding: Finding, words: Catalogue | None = None) -> str:
    """What happens, and the decisive step: ``u moves to the heap: return &u ...``."""
    words = words or current_catalogue()
    if not finding.escapes:
        return words.text(
            "stays but may allocate", subject=code(finding.subject), note=words.note(finding.note)
        )
    what = _what(finding, words)
    if finding.allocates is Allocates.NO:
        return words.text("no allocation", what=what)
    return words.text(f"cause {finding.cause.value}", None, what=what, **_decision(finding, words))


def label(finding: Finding, words: Catalogue | None = None) -> str:
    """The inlay hint: ``heap: returned``."""
    words = words or current_catalogue()
    if finding.allocates is Allocates.NO:
        return words.text("label no allocation")
    if not finding.escapes:
        return words.text("label may allocate")
    return words.text("label", cause=words.text(f"label {finding.cause.value}"))


def rank_sentence(finding: Finding, words: Catalogue | None = None) -> str:
    """Why the finding has its severity."""
    words = words or current_catalogue()
    return words.text(f"rank {finding.rank_reason.value}")


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
    calls = words.count("inlined calls", stays)
    names = [code(name) if name else words.text("package level") for name in callers]
    if len(names) > _MOST_CALLERS + 1:
        others = words.text("other functions", count=str(len(names) - _MOST_CALLERS))
        names = [*names[:_MOST_CALLERS], others]
    if names and stays:
        return words.text("copies both", callers=words.join(names), calls=calls)
    if names:
        return words.text("copies escape", callers=words.join(names))
    return words.text("copies stay", calls=calls) if stays else ""


def explain(finding: Finding, words: Catalogue | None = None) -> FindingExplanation:
    """The whole story of a finding."""
    words = words or current_catalogue()
    steps = explained_steps(finding, words)
    cause = finding.cause.value
    if finding.allocates is Allocates.NO:
        why = words.text("why no allocation", note=words.note(finding.note))
        return FindingExplanation(message(finding, words), why, steps, "", "")
    why = words.text(f"why {cause}", what=code(finding.subject))
    if finding.inlined_from:
        why += " " + words.text("why inlined", function=finding.inlined_from)
    if not finding.escapes:
        why = words.text("why stays but may allocate", note=words.note(finding.note))
    return FindingExplanation(
        message(finding, words),
        why,
        steps,
        words.text(f"helps {cause}"),
        words.text(f"ignore {cause}"),
    )


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
    return words.optional(f"step {step.reason}", expression=code(step.text), flow=code(step.flow))


def parameter_sentence(parameter: Parameter, words: Catalogue | None = None) -> str:
    """What a function does to one parameter."""
    words = words or current_catalogue()
    name = code(parameter.name)
    if not parameter.leaks:
        return words.text("parameter stays", name=name)
    places = [words.text(f"leaks to {leak}", default=f"`{leak}`") for leak in parameter.leaks]
    sentence = words.text("parameter leaks", name=name, places=words.join(places))
    if any(leak == "heap" for leak in parameter.leaks):
        sentence += words.gap + words.text("parameter consequence")
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
        key = "inlinable" if function.inlinable else "not inlinable"
        sentences.append(words.text(key, detail=function.inlining))
    sentences.extend(parameter_sentence(parameter, words) for parameter in function.parameters)
    return tuple(sentences)


def lens(total: int, in_loops: int, words: Catalogue | None = None) -> str:
    """A function's count: ``3 heap allocations, 1 in a loop``; ``2 heap allocations in a loop``."""
    words = words or current_catalogue()
    count = words.count("lens", total)
    if not in_loops:
        return count
    key = "lens all in loops" if in_loops == total else "lens loops"
    return words.text(key, count=count, loops=in_loops)


def _what(finding: Finding, words: Catalogue) -> str:
    key = {
        SiteKind.VARIABLE: "what variable",
        SiteKind.CLOSURE: "what closure",
        SiteKind.BOXED: "what boxed",
        SiteKind.ARGUMENTS: "what arguments",
        SiteKind.TEMPORARY: "what temporary",
    }.get(finding.kind, "what expression")
    if finding.kind is SiteKind.CLOSURE and finding.subject != "func literal":
        key = "what loop body" if finding.subject == "loop body" else "what method value"
    if finding.compiler.startswith("append "):
        key = "what append"
    return words.text(key, subject=code(finding.subject))


def _decision(finding: Finding, words: Catalogue) -> dict[str, str]:
    step = code(finding.decisive.text) if finding.decisive is not None else ""
    if finding.decisive is not None and lost_names(finding.decisive.text):
        step = words.text("some return")
    line = finding.decisive.place.line if finding.decisive and finding.decisive.place else 0
    destination = finding.destination
    if destination in {"", "append"} or destination.startswith(("~", "{", ".")):
        given = ""
    elif finding.cause is Cause.GO_OR_DEFER:
        given = words.text(f"used by {destination}")
    elif finding.cause is Cause.INTERFACE:
        given = words.text("given to", destination=code(destination))
    else:
        given = code(destination)
    fallback = {
        Cause.STORED: "stored somewhere",
        Cause.PASSED: "some call",
        Cause.INDIRECT: "some call",
    }.get(finding.cause)
    if not given and fallback is not None:
        given = words.text("stored in slice" if destination == "append" else fallback)
    return {"step": step, "line": str(line), "destination": given}


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """Code in backticks, on one line, cut to what a reader takes in at a glance."""
    flat = " ".join(text.split())
    if len(flat) > _LONGEST_CODE:
        flat = flat[: _LONGEST_CODE - 1].rstrip() + "…"
    return f"``{flat}``" if "`" in flat else f"`{flat}`"


_LONGEST_CODE = 60
_MOST_CALLERS = 3
