"""The compiler's own way to write expressions, and what can be read from it.

It is no source text: ``T{...}``, ``(*T).M(x, a)``, ``([]byte)(s)``, ``make([]go.shape.int, n)``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.model import SiteKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from goescape.analysis.compiler.facts import EscapeExplanation, PrintedFlow


def plain_function(name: str) -> str:
    """A function's name without instantiations: ``(*list).add`` of ``(*list[int]).add``."""
    if "[" not in name:
        return name
    depth, kept = 0, []
    for character in name:
        depth += character == "["
        if depth == 0:
            kept.append(character)
        depth -= character == "]"
    return "".join(kept)


def plain_subject(subject: str) -> str:
    """A rendering without the marks of instantiation: ``make([]int, n)``, ``&entry{...}``."""
    if _SHAPE not in subject:
        return subject
    kept, start = [], 0
    for opening in re.finditer(r"(?<=\w)(?<!\bmap)\[", subject):
        if opening.start() >= start:
            end = _closing(subject, opening.start())
            if _SHAPE in subject[opening.start() : end]:
                kept.append(subject[start : opening.start()])
                start = end
    return "".join([*kept, subject[start:]]).replace(_SHAPE, "")


def shape(subject: str, explanations: Sequence[EscapeExplanation] = ()) -> SiteKind:
    """What kind of thing a rendering is, without its source."""
    if subject == "func literal":
        return SiteKind.CLOSURE
    if is_temporary(subject):
        return SiteKind.TEMPORARY
    if subject == "... argument":
        return SiteKind.ARGUMENTS
    if is_constant(subject):
        return SiteKind.BOXED
    if subject == "append" or subject.startswith(("make(", "new(", "&")):
        return SiteKind.EXPRESSION
    if is_conversion(subject):
        boxed = any(
            step.reason == "interface-converted"
            for explanation in explanations[:1]
            for flow in explanation.flows[:1]
            for step in flow.steps[:2]
        )
        return SiteKind.BOXED if boxed else SiteKind.EXPRESSION
    if subject.endswith("}") and (
        subject.startswith(("[]", "map[")) or is_put_into_interface(explanations)
    ):
        is_header = subject.endswith("{}") and has_own_box(explanations)
        return SiteKind.BOXED if is_header else SiteKind.EXPRESSION
    if " + " in subject and ('"' in subject or "string(" in subject):
        return SiteKind.EXPRESSION
    return SiteKind.BOXED


def is_put_into_interface(explanations: Iterable[EscapeExplanation]) -> bool:
    """Whether what an expression makes, and allocates, is put into an interface where it stands.

    Of a struct there is nothing but the copy in the interface, and no such step.
    """
    return any(_boxing_flows(explanations))


def has_own_box(explanations: Iterable[EscapeExplanation]) -> bool:
    """Whether the interface needs memory beside what is made: for the header of a slice or text."""
    return any(
        flow.destination == f"{{storage for {subject}}}"
        for subject, flow in _boxing_flows(explanations)
    )


def _boxing_flows(
    explanations: Iterable[EscapeExplanation],
) -> Iterator[tuple[str, PrintedFlow]]:
    for explanation in explanations:
        for flow in explanation.flows:
            for step in flow.steps:
                if step.reason == "interface-converted" and step.expression == explanation.subject:
                    yield explanation.subject, flow


def is_constant(subject: str) -> bool:
    """Whether a rendering is a constant, perhaps of a named type: ``7``, ``"x"``, ``T(36)``."""
    return _CONSTANT.match(subject) is not None


def is_conversion(subject: str) -> bool:
    """Whether this is a conversion between strings and slices, which copies."""
    return _CONVERSION.match(subject) is not None


def is_temporary(subject: str) -> bool:
    """Whether the compiler made this itself: ``.autotmp_3``, ``#state1``."""
    return _TEMPORARY.match(subject) is not None


def is_loop_state(subject: str) -> bool:
    """Whether the compiler made this for a loop over a function: ``#state1``, ``#next1``."""
    return _LOOP_STATE.match(subject) is not None


def is_result(subject: str) -> bool:
    """Whether this is the result of an inlined call: ``~r0``."""
    return _RESULT.match(subject) is not None


def lost_names(rendering: str) -> bool:
    """Whether the compiler shows names of its own where the source has expressions."""
    is_possible = any(sign in rendering for sign in "~.<#")
    return is_possible and _LOST.search(rendering) is not None


def one_line(rendering: str) -> str:
    """An expression on one line; blanks within a line stay, as they may be a string's."""
    return _LINES.sub(" ", rendering.strip())


def call_head(subject: str) -> str:
    """The callee of a rendered call: ``fmt.Sprint`` of ``fmt.Sprint(x)``; else empty."""
    if not subject.endswith(")"):
        return ""
    depth, opened = 0, 0
    # Literals go first: their parentheses and blanks mean nothing.
    blanked = _LITERAL.sub(lambda literal: "_" * len(literal[0]), subject)
    for index, character in enumerate(blanked):
        if character == "(" and depth == 0:
            opened = index
        if character == " " and depth == 0:
            return ""  # an operator: not a call
        depth += (character in "([{") - (character in ")]}")
    return subject[:opened]


def callee_name_of_text(head: str) -> str:
    """The last name of a rendered callee: ``Replace`` of ``(*strings.Replacer).Replace``."""
    match = re.search(r"(\w+)\)?$", plain_function(head))
    return match[1] if match else ""


def unqualified(subject: str) -> str:
    """A rendering without package names."""
    return _QUALIFIER.sub("", subject)


def outline(subject: str) -> str:
    """The part of a rendering that inlining keeps: arguments may have become other values."""
    head = call_head(subject)
    kept = subject.partition(",")[0] if head in {"make", "new"} else head or subject
    return unqualified(kept)


def is_variable_make(subject: str) -> bool:
    """Whether this is a ``make`` of a slice or map whose size is not a constant."""
    match = re.match(r"make\((?P<rest>(?:\[\]|map\[).*)\)$", subject)
    if match is None:
        return False
    sizes = _outer_arguments(match["rest"])[1:]
    return bool(sizes) and not re.fullmatch(r"\d+", sizes[-1].strip())


def _outer_arguments(arguments: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(arguments):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(arguments[start:index])
            start = index + 1
    return [*parts, arguments[start:]]


def _closing(subject: str, opening: int) -> int:
    """The index behind the bracket that closes the one at ``opening``."""
    depth = 0
    for index in range(opening, len(subject)):
        depth += (subject[index] == "[") - (subject[index] == "]")
        if depth == 0:
            return index + 1
    return len(subject)


# Only slices of bytes and runes, perhaps of named types, come from strings.
_CONVERSION = re.compile(
    r"(?:string|\(\[\](?!(?:u?int(?:16|64)?|int8|uint32|uintptr|float\d+|complex\d+|bool|string"
    r"|any|error)\))\w+\))\("
)


_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\.\.\.)|`[^`]*`|\'(?:[^\'\\]|\\.)+\'')


_SHAPE = "go.shape."


_TEMPORARY = re.compile(r"(?:\w+\.)?[.#]\w")


_LOOP_STATE = re.compile(r"(?:\w+\.)?#\w+$")


_LINES = re.compile(r"\s*[\n\t]\s*")
_RESULT = re.compile(r"~[rR]\d+$")


_LOST = re.compile(r"~[a-zA-Z]\d|#rv\d|\.autotmp_\d|go\.shape\.|<node DYNAMICTYPE>")


_QUALIFIER = re.compile(r"\b[a-z_]\w*\.(?=[A-Za-z_])")


_CONSTANT = re.compile(
    r"""(?:[\w.*]+\()?(?:-?\d[\w.+\-]*|'[^']*'|'\\''|"(?:[^"\\]|\\.)*(?:"|\.\.\.)"""
    r"""|`[^`]*`|true|false|nil|\(?-?[\d.]+(?:e[+-]\d+)? \+ [\d.]+i\)?)\)?$"""
    r"""|\(\[\][^"]+\)\(nil\)$""",
    re.DOTALL,
)
