"""What one line of the compiler says by itself, and the lines of an explanation."""

from __future__ import annotations

import re

from attrs import define, field

from goescape.analysis.compiler_facts import (
    Capture,
    Decision,
    Evidence,
    Explanation,
    Flow,
    Inlinable,
    InlinedCall,
    Leak,
    Position,
    Step,
    Verdict,
)

Fact = Explanation | Decision | Leak | Inlinable | InlinedCall | Capture | Evidence


@define
class Block:
    """An explanation while it is read."""

    at: Position
    subject: str
    function: str
    flows: list[tuple[str, str, list[Step]]] = field(factory=list)

    def detail(self, text: str, positions: dict[str, Position | None]) -> bool:
        """Take one indented line below the header, without its position; whether it made sense."""
        if text.startswith("  from ") and (match := _FROM.match(text)):
            if self.flows:
                expression, reason, at = match.groups()
                self.flows[-1][2].append(Step(expression, reason, parse_position(at, positions)))
            return True
        if text.startswith("flow: ") and text.endswith(":") and (flow := _split_flow(text[6:-1])):
            self.flows.append((*flow, []))
            return True
        return text.startswith("warning: ")

    def finished(self) -> Explanation:
        flows = tuple(Flow(to, source, tuple(steps)) for to, source, steps in self.flows)
        return Explanation(self.at, self.subject, self.function, flows)


def is_leak(message: str) -> bool:
    """Whether this heads the explanation of a parameter's leak."""
    return message.startswith("parameter ") and message[-1:] == ":" and " leaks to " in message


def is_inlining(message: str) -> bool:
    return message.startswith(("can inline ", "cannot inline "))


def block_of(at: Position, message: str) -> Block | None:
    """The explanation that this is the header of."""
    if message.endswith(" escapes to heap:"):
        return Block(at, message[:-17], "")
    subject, escapes, function = message[:-1].rpartition(" escapes to heap in ")
    return Block(at, subject, function) if escapes and message.endswith(":") else None


def understood(at: Position, message: str) -> Fact | None:
    """What one line says by itself; None if that is of no interest, ``NOTHING`` if unknown."""
    if message.endswith(" escapes to heap"):
        return Decision(at, Verdict.ESCAPES, message[:-16])
    if message.endswith(" does not escape"):
        return Decision(at, Verdict.STAYS, message[:-16])
    if message.startswith("moved to heap: "):
        return Decision(at, Verdict.MOVED, message[15:])
    if message.startswith("inlining call to "):
        return InlinedCall(at, message[17:].partition(" with score ")[0])
    if is_inlining(message):
        return _inlinable(at, message)
    if message.startswith("leaking param"):
        return _leak(at, message)
    if message.startswith(_EVIDENCE):
        return Evidence(at, message)
    if (match := _CAPTURE.match(message)) is not None:
        how, addressed, assigned = match["how"], match["addr"], match["assign"]
        flags = (how == "ref", addressed == "true", assigned == "true")
        return Capture(at, match["function"], match["variable"], *flags, int(match["width"]))
    return None if _WITHOUT_INTEREST.search(message) is not None else NOTHING


def _inlinable(at: Position, message: str) -> Inlinable | None:
    can = message.startswith("can ")
    rest = message[len("can inline ") if can else len("cannot inline ") :]
    if can:
        function, _, body = rest.partition(" with cost ")
        detail = f"cost {body.partition(' ')[0]}" if body else ""
    else:
        function, _, detail = rest.partition(": ")
        if " into " in function:  # a refusal at one call says nothing about the function
            return None
    return Inlinable(at, function, can, detail)


def _leak(at: Position, message: str) -> Leak:
    if match := _LEAK_TO_RESULT.match(message):
        return Leak(at, match["parameter"], match["result"], message)
    kind, _, parameter = message.partition(": ")
    destination = "heap (content)" if kind.endswith("content") else "heap"
    return Leak(at, parameter, destination, message)


def position_of(match: re.Match[str]) -> Position:
    # Under //line the real position follows in brackets; cgo's points into a deleted copy, whose
    # claimed line is the better one.
    if match["real"] and not _CGO_COPY.search(match["real"]):
        return Position(match["real"], int(match["real_line"]), int(match["real_column"] or 0))
    return Position(match["file"], int(match["line"]), int(match["column"] or 0))


def parse_position(text: str, known: dict[str, Position | None]) -> Position | None:
    """The position that a text is; ``known`` are those parsed before, the same for the same."""
    if text not in known:
        match = _POSITION.match(text)
        known[text] = position_of(match) if match else None
    return known[text]


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


NOTHING = Evidence(Position("", 0, 0), "")
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
