"""What one line of the compiler says by itself, and the lines of an explanation."""

from __future__ import annotations

import enum
import re
from typing import Literal, TypeAlias

from attrs import define, field

from goescape.analysis.compiler.facts import (
    BackendEvidence,
    EscapeDecision,
    EscapeExplanation,
    EscapeVerdict,
    Inlinable,
    InlinedCall,
    ParameterLeak,
    PrintedCapture,
    PrintedFlow,
    PrintedPosition,
    PrintedStep,
)

Fact = (
    EscapeExplanation
    | EscapeDecision
    | ParameterLeak
    | Inlinable
    | InlinedCall
    | PrintedCapture
    | BackendEvidence
)


class NoFact(enum.Enum):
    """What else a line may be."""

    NOT_INTERESTING = enum.auto()
    """It is understood, and says nothing about escapes."""
    NOT_UNDERSTOOD = enum.auto()
    """Nobody knows what it says."""


Understood: TypeAlias = Fact | Literal[NoFact.NOT_INTERESTING]
"""What a line says that makes sense."""


@define
class ExplanationBlock:
    """An explanation while it is read."""

    at: PrintedPosition
    subject: str
    function: str | None
    flows: list[tuple[str, str, list[PrintedStep]]] = field(factory=list)

    def detail(self, text: str, positions: dict[str, PrintedPosition | None]) -> bool:
        """Take one indented line below the header, without its position; whether it made sense."""
        if text.startswith("  from ") and (match := _FROM.match(text)):
            if self.flows:
                expression, reason, at = match.groups()
                self.flows[-1][2].append(
                    PrintedStep(expression, reason, parse_position(at, positions))
                )
            return True
        if text.startswith("flow: ") and text.endswith(":") and (flow := _split_flow(text[6:-1])):
            self.flows.append((*flow, []))
            return True
        return text.startswith("warning: ")

    def finished(self) -> EscapeExplanation:
        flows = tuple(PrintedFlow(to, source, tuple(steps)) for to, source, steps in self.flows)
        return EscapeExplanation(self.at, self.subject, self.function, flows)


def is_leak(message: str) -> bool:
    """Whether this heads the explanation of a parameter's leak."""
    return message.startswith("parameter ") and message[-1:] == ":" and " leaks to " in message


def is_inlining(message: str) -> bool:
    return message.startswith(("can inline ", "cannot inline "))


def explanation_block(at: PrintedPosition, message: str) -> ExplanationBlock | None:
    """The explanation that this is the header of."""
    if message.endswith(" escapes to heap:"):
        return ExplanationBlock(at, message[:-17], None)
    subject, escapes, function = message[:-1].rpartition(" escapes to heap in ")
    return ExplanationBlock(at, subject, function) if escapes and message.endswith(":") else None


def fact_of_line(at: PrintedPosition, message: str) -> Fact | NoFact:
    """What one line says by itself."""
    if message.endswith(" escapes to heap"):
        return EscapeDecision(at, EscapeVerdict.ESCAPES, message[:-16])
    if message.endswith(" does not escape"):
        return EscapeDecision(at, EscapeVerdict.STAYS, message[:-16])
    if message.startswith("moved to heap: "):
        return EscapeDecision(at, EscapeVerdict.MOVED, message[15:])
    if message.startswith("inlining call to "):
        return InlinedCall(at, message[17:].partition(" with score ")[0])
    if is_inlining(message):
        return _inlinable(at, message)
    if message.startswith("leaking param"):
        return _leak(at, message)
    if message.startswith(_EVIDENCE):
        return BackendEvidence(at, _GLOBAL_NAME.sub("", message))
    if (match := _CAPTURE.match(message)) is not None:
        how, addressed, assigned = match["how"], match["addr"], match["assign"]
        flags = (how == "ref", addressed == "true", assigned == "true")
        return PrintedCapture(at, match["function"], match["variable"], *flags, int(match["width"]))
    if _WITHOUT_INTEREST.search(message):
        return NoFact.NOT_INTERESTING
    return NoFact.NOT_UNDERSTOOD


def _inlinable(at: PrintedPosition, message: str) -> Inlinable | NoFact:
    can = message.startswith("can ")
    rest = message[len("can inline ") if can else len("cannot inline ") :]
    if can:
        function, _, body = rest.partition(" with cost ")
        detail = f"cost {body.partition(' ')[0]}" if body else ""
    else:
        function, _, detail = rest.partition(": ")
        if " into " in function:  # a refusal at one call says nothing about the function
            return NoFact.NOT_INTERESTING
    return Inlinable(at, function, can, detail)


def _leak(at: PrintedPosition, message: str) -> ParameterLeak:
    if match := _LEAK_TO_RESULT.match(message):
        return ParameterLeak(at, match["parameter"], match["result"], message)
    kind, _, parameter = message.partition(": ")
    destination = "heap (content)" if kind.endswith("content") else "heap"
    return ParameterLeak(at, parameter, destination, message)


def position_of(match: re.Match[str]) -> PrintedPosition:
    # Under //line the real position follows in brackets; cgo's points into a deleted copy, whose
    # claimed line is the better one.
    if match["real"] and not _CGO_COPY.search(match["real"]):
        return PrintedPosition(
            match["real"], int(match["real_line"]), int(match["real_column"] or 0)
        )
    return PrintedPosition(match["file"], int(match["line"]), int(match["column"] or 0))


def message_of(line: str) -> str:
    """A line without its position."""
    match = LINE.match(line)
    return match["message"] if match is not None else line


def parse_position(
    text: str, positions: dict[str, PrintedPosition | None]
) -> PrintedPosition | None:
    """The position that a text is; ``positions`` are those parsed before, the same for the same."""
    if text not in positions:
        match = _POSITION.match(text)
        positions[text] = position_of(match) if match else None
    return positions[text]


def _split_flow(text: str) -> tuple[str, str] | None:
    """``a ← &b`` (``a = &b`` before Go 1.25) in two; braces may hold the sign themselves."""
    depth = 0
    for index, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif depth == 0 and character in "=←" and text[index - 1 : index + 2] == f" {character} ":
            return text[: index - 1], text[index + 2 :]
    # String constants may hold half a pair of braces.
    for sign in (" ← ", " = "):
        if text.count(sign) == 1:
            destination, _, source = text.partition(sign)
            return destination, source
    return None


_AT = (
    r"(?P<file><autogenerated>|[^\n]+?):(?P<line>\d+)(?::(?P<column>\d+))?"
    r"(?:\[(?P<real>[^\n]+?):(?P<real_line>\d+)(?::(?P<real_column>\d+))?\])?"
)
LINE = re.compile(_AT + r": (?P<message>.*)$", re.DOTALL)
_POSITION = re.compile(_AT + "$")
_FROM = re.compile(r"  from (?P<expression>.*) \((?P<reason>[^()]+)\) at (?P<at>.+)$", re.DOTALL)
_CAPTURE = re.compile(
    r"(?P<function>.+) capturing by (?P<how>ref|value): (?P<variable>\S+) "
    r"\(addr=(?P<addr>true|false) assign=(?P<assign>true|false) width=(?P<width>\d+)\)$"
)
_LEAK_TO_RESULT = re.compile(r"leaking param: (?P<parameter>\S+) to result (?P<result>\S+) level=")
_GLOBAL_NAME = re.compile(r": \S*stmp_\d+$")
_CGO_COPY = re.compile(r"\.cgo1\.go$|_cgo_gotypes\.go$")
_EVIDENCE = (
    "convert: using ",
    "closure converted to global",
    "heap closure, captured vars",
    "stack closure, captured vars",
)
# True things that nobody is told: what else -m prints.
_WITHOUT_INTEREST = re.compile(
    r"ignoring self-assignment in|devirtualiz|imprecise interface call|bounds check elided"
    r"|zero-copy string->\[\]byte conversion|considered 'big'; reducing max cost"
    r"|skip inlining within|will be kept alive|is unsafe uintptr$|as escaping (?:\.\.\.)?uintptr$"
    r"|now per-iteration|^mutates param|^calls param|does not escape, mutate, or call"
    r"|^(?:live at |stack object )|^make: using|^append: |^slice: |runtime\.growslice"
)
