"""The text of ``go build -gcflags=-m=2``, Go 1.21 to 1.27, as values.

Nothing here fails: a line that is not understood is kept in ``PackageText.unknown``. The text is
read as a stream, since it can be huge; explanations of parameter leaks, most of its volume, are
passed over without looking at them.
"""

from __future__ import annotations

import enum
import re

from attrs import define, field, frozen


@frozen(order=True)
class Position:
    """A position as printed: the path may be relative, ``line`` and ``column`` are 1-based.

    ``column`` counts bytes and is 0 where the compiler printed none; ``file`` is empty for things
    without a position. Under a ``//line`` directive this is the real position, not the claimed one.
    """

    file: str
    line: int
    column: int


@frozen
class Step:
    """``from EXPRESSION (REASON) at POSITION``."""

    expression: str
    reason: str
    at: Position | None


@frozen
class Flow:
    """``flow: DESTINATION ← SOURCE`` with its steps; ``source`` keeps its ``&`` or ``*``."""

    destination: str
    source: str
    steps: tuple[Step, ...]


@frozen
class Explanation:
    """The block that says why something escapes."""

    at: Position
    subject: str
    function: str
    """As ``in F`` names it; empty before Go 1.25."""
    flows: tuple[Flow, ...]


class Verdict(enum.Enum):
    """What the compiler decided about an allocation."""

    MOVED = "moved to heap: {}"
    ESCAPES = "{} escapes to heap"
    STAYS = "{} does not escape"


@frozen
class Decision:
    """A summary line."""

    at: Position
    verdict: Verdict
    subject: str

    @property
    def message(self) -> str:
        """The compiler's own words."""
        return self.verdict.value.format(self.subject)


@frozen
class Leak:
    """``leaking param: p`` and its kin."""

    at: Position
    parameter: str
    destination: str
    """``heap``, ``heap (content)``, or the name of a result."""
    message: str


@frozen
class Inlinable:
    """``can inline F`` or ``cannot inline F``; ``detail`` is the cost or the reason."""

    at: Position
    function: str
    can: bool
    detail: str


@frozen
class InlinedCall:
    """``inlining call to F``, at the ``(`` of the outermost call."""

    at: Position
    function: str


@frozen
class Capture:
    """``F capturing by ref: x``, at the declaration of the variable."""

    at: Position
    function: str
    variable: str
    by_reference: bool
    addressed: bool
    assigned: bool
    width: int


@frozen
class Evidence:
    """What the back end did with a conversion or a closure (``-d=escapedebug=1,closure=1``)."""

    at: Position
    text: str


@frozen
class PackageText:
    """All that was printed under one ``# path [variant]`` header."""

    path: str
    variant: str
    explanations: tuple[Explanation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    leaks: tuple[Leak, ...] = ()
    inlinable: tuple[Inlinable, ...] = ()
    inlined_calls: tuple[InlinedCall, ...] = ()
    captures: tuple[Capture, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: tuple[str, ...] = ()
    unknown_count: int = 0


class CompilerText:
    """Reads the text line by line; ``finish`` gives what was understood, a value per header."""

    def __init__(self) -> None:
        self._done: list[PackageText] = []
        self._package = _Collected("", "")
        self._block: _Block | None = None
        self._detail_prefix = ""
        # Go 1.21 prints a raw string literal as it stands, over several lines.
        self._pending = ""
        self._body_goes_on = False

    def feed(self, line: str) -> None:
        """Take one line, without its line end."""
        if self._pending:
            line, self._pending = self._pending + "\n" + line, ""
        if self._detail_prefix and line.startswith(self._detail_prefix):
            detail = line[len(self._detail_prefix) :]
            if self._block is not None and not self._block.detail(detail):
                self._wait_for_the_rest(line)
            return
        if self._detail_prefix:
            self._end_block()
        if line.startswith("# ") and (header := _HEADER.match(line)):
            self._end_package()
            self._package = _Collected(header["path"], header["variant"] or "")
            return
        match = _LINE.match(line)
        if match is None:
            if line:
                self._without_position(line)
            return
        position = _position(match)
        self._body_goes_on = False
        if self._message(position, match["message"]):
            if self._detail_prefix:
                self._detail_prefix = line[: match.start("message")] + "  "
        else:
            self._wait_for_the_rest(line)

    def _wait_for_the_rest(self, line: str) -> None:
        """A line that makes no sense yet: the start of a raw literal, or never to be understood."""
        if line.count("`") % 2 and line.count("\n") < _LONGEST_LITERAL:
            self._pending = line
        else:
            self._package.not_understood(line)

    def finish(self) -> tuple[PackageText, ...]:
        """Everything read so far, a value per header, in the order of the text."""
        if self._pending:
            self._package.not_understood(self._pending)
            self._pending = ""
        self._end_package()
        self._package = _Collected("", "")
        done, self._done = tuple(self._done), []
        return done

    def _end_block(self) -> None:
        if self._block is not None:
            self._package.explanations.append(self._block.finished())
        self._block, self._detail_prefix = None, ""

    def _end_package(self) -> None:
        self._end_block()
        if self._package.path or self._package.something:
            self._done.append(self._package.finished())

    def _without_position(self, line: str) -> None:
        nowhere = Position("", 0, 0)
        if line.startswith("<unknown line number>: "):
            message = line.partition(": ")[2]
            if self._message(nowhere, message):
                self._detail_prefix = "<unknown line number>:   " if self._detail_prefix else ""
                return
        elif self._message(nowhere, line):
            self._end_block()
            return
        if self._body_goes_on:
            self._body_goes_on = line.count("`") % 2 == 0
        else:
            self._package.not_understood(line)

    def _message(self, at: Position, message: str) -> bool:
        """Store what a line says; whether it was understood. Marks the start of a block."""
        package = self._package
        if message.endswith(":") and self._header(at, message):
            return True
        if message.endswith(" escapes to heap"):
            package.decisions.append(Decision(at, Verdict.ESCAPES, message[:-16]))
        elif message.endswith(" does not escape"):
            package.decisions.append(Decision(at, Verdict.STAYS, message[:-16]))
        elif message.startswith("moved to heap: "):
            package.decisions.append(Decision(at, Verdict.MOVED, message[15:]))
        elif message.startswith("inlining call to "):
            package.inlined_calls.append(InlinedCall(at, message[17:].partition(" with score ")[0]))
        elif message.startswith(("can inline ", "cannot inline ")):
            package.inlining(at, message)
            self._body_goes_on = message.count("`") % 2 == 1
        elif message.startswith("leaking param"):
            package.leak(at, message)
        elif message.startswith(_EVIDENCE):
            package.evidence.append(Evidence(at, message))
        elif match := _CAPTURE.match(message):
            package.captures.append(
                Capture(
                    at,
                    match["function"],
                    match["variable"],
                    match["how"] == "ref",
                    match["addr"] == "true",
                    match["assign"] == "true",
                    int(match["width"]),
                )
            )
        else:
            return _WITHOUT_INTEREST.search(message) is not None
        return True

    def _header(self, at: Position, message: str) -> bool:
        if message.endswith(" escapes to heap:"):
            self._block = _Block(at, message[:-17], "")
        elif " escapes to heap in " in message:
            subject, _, function = message[:-1].rpartition(" escapes to heap in ")
            self._block = _Block(at, subject, function)
        elif not (message.startswith("parameter ") and " leaks to " in message):
            return False
        self._detail_prefix = "?"  # the caller knows the prefix that the details share
        return True


@define
class _Block:
    """An explanation while it is read."""

    at: Position
    subject: str
    function: str
    flows: list[tuple[str, str, list[Step]]] = field(factory=list)

    def detail(self, text: str) -> bool:
        """Take one indented line below the header, without its position; whether it made sense."""
        if match := _FROM.match(text):
            if self.flows:
                step = Step(match["expression"], match["reason"], _parse_position(match["at"]))
                self.flows[-1][2].append(step)
            return True
        if text.startswith("flow: ") and text.endswith(":") and (flow := _split_flow(text[6:-1])):
            self.flows.append((*flow, []))
            return True
        return text.startswith("warning: ")

    def finished(self) -> Explanation:
        flows = tuple(Flow(to, source, tuple(steps)) for to, source, steps in self.flows)
        return Explanation(self.at, self.subject, self.function, flows)


@define
class _Collected:
    """A package's facts while they are read."""

    path: str
    variant: str
    explanations: list[Explanation] = field(factory=list)
    decisions: list[Decision] = field(factory=list)
    leaks: list[Leak] = field(factory=list)
    inlinable: list[Inlinable] = field(factory=list)
    inlined_calls: list[InlinedCall] = field(factory=list)
    captures: list[Capture] = field(factory=list)
    evidence: list[Evidence] = field(factory=list)
    unknown: list[str] = field(factory=list)
    unknown_count: int = 0

    @property
    def something(self) -> bool:
        return bool(self.decisions or self.inlinable or self.unknown or self.leaks)

    def not_understood(self, line: str) -> None:
        self.unknown_count += 1
        if len(self.unknown) < _MOST_UNKNOWN:
            self.unknown.append(line[:_LONGEST_UNKNOWN])

    def inlining(self, at: Position, message: str) -> None:
        can = message.startswith("can ")
        rest = message[len("can inline ") if can else len("cannot inline ") :]
        if can:
            function, _, body = rest.partition(" with cost ")
            detail = f"cost {body.partition(' ')[0]}" if body else ""
        else:
            function, _, detail = rest.partition(": ")
            if " into " in function:  # a refusal at one call says nothing about the function
                return
        self.inlinable.append(Inlinable(at, function, can, detail))

    def leak(self, at: Position, message: str) -> None:
        if match := _LEAK_TO_RESULT.match(message):
            self.leaks.append(Leak(at, match["parameter"], match["result"], message))
        else:
            kind, _, parameter = message.partition(": ")
            destination = "heap (content)" if kind.endswith("content") else "heap"
            self.leaks.append(Leak(at, parameter, destination, message))

    def finished(self) -> PackageText:
        return PackageText(
            self.path,
            self.variant,
            tuple(self.explanations),
            tuple(self.decisions),
            tuple(self.leaks),
            tuple(self.inlinable),
            tuple(self.inlined_calls),
            tuple(self.captures),
            tuple(self.evidence),
            tuple(self.unknown),
            self.unknown_count,
        )


def _position(match: re.Match[str]) -> Position:
    # Under //line the real position follows in brackets; cgo's points into a deleted copy, whose
    # claimed line is the better one.
    if match["real"] and not _CGO_COPY.search(match["real"]):
        return Position(match["real"], int(match["real_line"]), int(match["real_column"] or 0))
    return Position(match["file"], int(match["line"]), int(match["column"] or 0))


def _parse_position(text: str) -> Position | None:
    match = _POSITION.match(text)
    return _position(match) if match else None


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


_HEADER = re.compile(r"# (?P<path>\S+)(?: \[(?P<variant>[^\]]+)\])?$")
_AT = (
    r"(?P<file><autogenerated>|[^\n]+?):(?P<line>\d+)(?::(?P<column>\d+))?"
    r"(?:\[(?P<real>[^\n]+?):(?P<real_line>\d+)(?::(?P<real_column>\d+))?\])?"
)
_LINE = re.compile(_AT + r": (?P<message>.*)$", re.DOTALL)
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
_LONGEST_LITERAL = 5_000  # lines
_MOST_UNKNOWN = 200
_LONGEST_UNKNOWN = 500
