"""What one text of the compiler says of each file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import (
        EscapeDecision,
        EscapeExplanation,
        Inlinable,
        InlinedCall,
        PackageText,
        ParameterLeak,
        PrintedCapture,
    )


class FileFacts(NamedTuple):
    """What is said at positions of one file, in the order of the text; without evidence."""

    explanations: tuple[EscapeExplanation, ...] = ()
    decisions: tuple[EscapeDecision, ...] = ()
    leaks: tuple[ParameterLeak, ...] = ()
    inlinable: tuple[Inlinable, ...] = ()
    inlined_calls: tuple[InlinedCall, ...] = ()
    captures: tuple[PrintedCapture, ...] = ()


def facts_by_file(text: PackageText) -> dict[str, FileFacts]:
    """The facts of a text by the file of their position, as printed."""
    groups: defaultdict[str, tuple[list[Any], ...]] = defaultdict(_lists)
    kinds: tuple[tuple[Any, ...], ...] = (
        text.explanations,
        text.decisions,
        text.leaks,
        text.inlinable,
        text.inlined_calls,
        text.captures,
    )
    for index, facts in enumerate(kinds):
        for fact in facts:
            groups[fact.at.file][index].append(fact)
    return {file: FileFacts._make(map(tuple, lists)) for file, lists in groups.items()}


def _lists() -> tuple[list[Any], ...]:
    return tuple([] for _ in FileFacts._fields)
