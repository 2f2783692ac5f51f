"""An edit inside one function: what is known of the rest of the file stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.compiler.package_facts import FileFacts

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import EscapeExplanation
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile


@frozen
class EditedFunction:
    """The one function whose body differs in two texts of a file; no line has another number."""

    index: int
    """Among the functions of the file."""
    first: int
    last: int
    """Its lines, 1-based."""

    def has(self, line: int) -> bool:
        """Whether a line is one of the function's."""
        return self.first <= line <= self.last

    def inside(self, facts: FileFacts) -> FileFacts:
        """What is said of its lines."""
        return _selected(facts, self, wanted=True)

    def outside(self, facts: FileFacts) -> FileFacts:
        """What is said of all others."""
        return _selected(facts, self, wanted=False)

    def is_in(self, explanation: EscapeExplanation) -> bool:
        """Whether a flow may lead through the function (its lines, in whatever file)."""
        return any(
            step.at is not None and self.has(step.at.line)
            for flow in explanation.flows
            for step in flow.steps
        )


def edited_function(old: GoFile, new: GoFile) -> EditedFunction | None:
    """What was edited; None where it was more than the body of one function, or added lines."""
    before, after = old.source.content, new.source.content
    shortest = min(len(before), len(after))
    start = _common(before[:shortest], after[:shortest])
    rest = shortest - start
    ends = before[len(before) - rest :], after[len(after) - rest :]
    tail = _common_tail(*ends)
    old_end, new_end = len(before) - tail, len(after) - tail
    if before.count(b"\n", start, old_end) != after.count(b"\n", start, new_end):
        return None
    index = _edited_index(old, start, old_end)
    if index is None or len(old.functions) != len(new.functions):
        return None
    if not _is_in_body(new.functions[index], start, new_end):
        return None
    first, last = _lines(new.functions[index])
    around = new.functions[max(index - 1, 0) : index + 2]
    shares_lines = (
        sum(_lines(function)[0] <= last and first <= _lines(function)[1] for function in around) > 1
    )
    return None if shares_lines else EditedFunction(index, first, last)


def _edited_index(file: GoFile, start: int, end: int) -> int | None:
    declared = file.function_at(start)
    if declared is None or not _is_in_body(declared, start, end):
        return None
    return file.functions.index(declared)


def _is_in_body(declared: FunctionDeclaration, start: int, end: int) -> bool:
    body = declared.node.child_by_field_name("body")
    return body is not None and body.start_byte < start and end < body.end_byte


def _lines(declared: FunctionDeclaration) -> tuple[int, int]:
    return declared.node.start_point[0] + 1, declared.node.end_point[0] + 1


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts of one length begin with alike."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(one: bytes, other: bytes) -> int:
    """How many bytes two texts of one length end with alike."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(one) - middle : len(one) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _selected(facts: FileFacts, edited: EditedFunction, *, wanted: bool) -> FileFacts:
    first, last = edited.first, edited.last
    return FileFacts._make(
        tuple(fact for fact in group if (first <= fact.at.line <= last) is wanted)
        for group in facts
    )
