"""The text of ``go build -gcflags=-m=2``, Go 1.21 to 1.27, read as a stream since it can be huge.

Nothing here fails: a line that is not understood is kept in ``PackageText.unknown``. Two ways lead
through it. The quick one takes a line with all that is indented below it at once, passes over
the explanations of parameter leaks (most of the volume) without looking at them, and knows what it
has read before. Whatever is odd, such as a literal over several lines, goes line by line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from goescape.analysis.compiler.facts import (
    BackendEvidence,
    EscapeDecision,
    EscapeExplanation,
    Inlinable,
    InlinedCall,
    PackageText,
    ParameterLeak,
    PrintedCapture,
    PrintedPosition,
)
from goescape.analysis.compiler.lines import (
    LINE,
    ExplanationBlock,
    NoFact,
    explanation_block,
    fact_of_line,
    is_inlining,
    is_leak,
    parse_position,
    position_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.compiler.lines import Fact, Understood


class CompilerText:
    """Reads the text; ``finish`` gives what was understood, a value per header.

    ``before`` is what another text was ``understood`` as: lines that come again are not read again,
    and give the same objects. Without it nothing is remembered for a further text.
    """

    def __init__(self, before: Mapping[str, Understood] | None = None) -> None:
        self.understood: dict[str, Understood] = {}
        """What was read the quick way, by its words."""
        self._remembers = before is not None
        self._before = before if before is not None else {}
        self._positions: dict[str, PrintedPosition | None] = {}
        self._done: list[PackageText] = []
        self._package = _Collected("", "")
        self._partial = b""
        self._held = ""  # the last statement: more of it may come
        self._block: ExplanationBlock | None = None
        self._detail_prefix = ""
        # Go 1.21 prints a raw string literal as it stands, over several lines.
        self._pending = ""
        self._body_goes_on = False

    def feed_chunk(self, chunk: bytes) -> None:
        """Take the next bytes of the text, which may end anywhere."""
        data = self._partial + chunk
        end = data.rfind(b"\n") + 1
        self._partial = data[end:]
        if end:
            self._read(self._held + _decoded(data[:end]), hold=True)

    def feed(self, line: str) -> None:
        """Take one line, without its line end."""
        if self._pending:
            line, self._pending = self._pending + "\n" + line, ""
        if self._detail_prefix and line.startswith(self._detail_prefix):
            detail = line[len(self._detail_prefix) :]
            if self._block is not None and not self._block.detail(detail, self._positions):
                self._wait_for_the_rest(line)
            return
        if self._detail_prefix:
            self._end_block()
        if line.startswith("# ") and (header := _HEADER.match(line)):
            self._end_package()
            self._package = _Collected(header["path"], header["variant"] or "")
            return
        match = LINE.match(line)
        if match is None:
            if line:
                self._without_position(line)
            return
        self._body_goes_on = False
        message = match["message"]
        if self._take(position_of(match), message):
            if self._detail_prefix:
                self._detail_prefix = line[: match.start("message")] + "  "
        else:
            self._wait_for_the_rest(line)

    @property
    def has_evidence(self) -> bool:
        """Whether code generation has begun: by then all has been said about escapes."""
        return self._package.has_evidence

    def so_far(self) -> PackageText:
        """What was understood under the last header; more may come."""
        return self._package.finished()

    def finish(self) -> tuple[PackageText, ...]:
        """Everything read so far, a value per header, in the order of the text."""
        rest = self._held + _decoded(self._partial)
        self._partial = b""
        if rest:
            self._read(rest if rest.endswith("\n") else rest + "\n", hold=False)
        if self._pending:
            self._package.not_understood(self._pending)
            self._pending = ""
        self._end_package()
        self._package = _Collected("", "")
        done, self._done = tuple(self._done), []
        return done

    def _read(self, text: str, *, hold: bool) -> None:
        """Take whole lines; ``hold`` the last statement back, which may go on."""
        self._held = ""
        position, length, quotes, amid = 0, len(text), "`" in text, self._is_mid_statement
        for match in _STATEMENT.finditer(text):
            start, end = match.span()
            if start > position:
                amid = self._feed_lines(text[position:start])
            position = end
            message = match[2]
            if hold and end == length and end - start < _LONGEST_HELD:
                # Of the explanation of a leak, which can be very long, the header is enough,
                # unless an open literal before it takes every line.
                header_end = text.index("\n", start) + 1
                shortened = message is None and not amid and "`" not in match[0]
                self._held = text[start:header_end] if shortened else text[start:]
            elif (
                amid
                or (hold and end == length)
                or (quotes and "`" in match[0])
                or (message is not None and not self._try_fast_path(match, message))
            ):
                amid = self._feed_lines(match[0])
        if position < length:
            self._feed_lines(text[position:])

    @property
    def _is_mid_statement(self) -> bool:
        return bool(self._pending or self._detail_prefix or self._body_goes_on)

    def _feed_lines(self, lines: str) -> bool:
        """Line by line; whether what follows may belong to it."""
        for line in lines[:-1].split("\n"):
            self.feed(line)
        return self._is_mid_statement

    def _try_fast_path(self, match: re.Match[str], message: str) -> bool:
        """Understand a line with what is indented below it; whether that was possible."""
        words = match[0]
        if message.startswith("can inline "):
            message = message.partition(" as: ")[0]
            words = match[1] + message
        fact: Fact | NoFact = self._before.get(words, NoFact.NOT_UNDERSTOOD)
        if fact is NoFact.NOT_UNDERSTOOD:
            fact = self._fact(match[1], message, match[3])
            if fact is NoFact.NOT_UNDERSTOOD:
                return False
        if self._remembers:
            self.understood[words] = fact
        if fact is not NoFact.NOT_INTERESTING:
            self._package.add(fact)
        return True

    def _fact(self, prefix: str, message: str, details: str) -> Fact | NoFact:
        at = parse_position(prefix[:-2], self._positions)
        if at is None:
            return NoFact.NOT_UNDERSTOOD
        if not (details or message.endswith(":")):
            return fact_of_line(at, message)
        block = explanation_block(at, message)
        if block is None:
            return NoFact.NOT_UNDERSTOOD if details else fact_of_line(at, message)
        if details:
            # Of the first detail the prefix stands before it, of the others behind a line end.
            for detail in details[len(prefix) + 2 : -1].split(f"\n{prefix}  "):
                if not block.detail(detail, self._positions):
                    return NoFact.NOT_UNDERSTOOD
        return block.finished()

    def _wait_for_the_rest(self, line: str) -> None:
        """A line that makes no sense yet: the start of a raw literal, or never to be understood."""
        if line.count("`") % 2 and line.count("\n") < _LONGEST_LITERAL:
            self._pending = line
        else:
            self._package.not_understood(line)

    def _end_block(self) -> None:
        if self._block is not None:
            self._package.add(self._block.finished())
        self._block, self._detail_prefix = None, ""

    def _end_package(self) -> None:
        self._end_block()
        if self._package.path or self._package.has_facts:
            self._done.append(self._package.finished())

    def _without_position(self, line: str) -> None:
        nowhere = PrintedPosition("", 0, 0)
        if line.startswith("<unknown line number>: "):
            message = line.partition(": ")[2]
            if self._take(nowhere, message):
                self._detail_prefix = "<unknown line number>:   " if self._detail_prefix else ""
                return
        elif self._take(nowhere, line):
            self._end_block()
            return
        if self._body_goes_on:
            self._body_goes_on = line.count("`") % 2 == 0
        else:
            self._package.not_understood(line)

    def _take(self, at: PrintedPosition, message: str) -> bool:
        """Store what a line says; whether it was understood. Marks the start of a block."""
        self._block = explanation_block(at, message) if message.endswith(":") else None
        if self._block is not None or is_leak(message):
            self._detail_prefix = "?"  # the caller knows the prefix that the details share
            return True
        if is_inlining(message):
            self._body_goes_on = message.count("`") % 2 == 1
        fact = fact_of_line(at, message)
        if not isinstance(fact, NoFact):
            self._package.add(fact)
        return fact is not NoFact.NOT_UNDERSTOOD


class _Collected:
    """A package's facts while they are read."""

    def __init__(self, path: str, variant: str) -> None:
        self.path = path
        self._variant = variant
        self._facts: dict[type[Fact], list[Fact]] = {kind: [] for kind in _KINDS}
        self._unknown: list[str] = []
        self._unknown_count = 0
        self.has_evidence = False

    @property
    def has_facts(self) -> bool:
        telling = (EscapeDecision, Inlinable, ParameterLeak)
        return bool(self._unknown) or any(self._facts[kind] for kind in telling)

    def add(self, fact: Fact) -> None:
        self._facts[type(fact)].append(fact)
        if type(fact) is BackendEvidence and not self.has_evidence:
            # variables of the package may be initialized with closures before escape analysis
            self.has_evidence = not fact.text.startswith("closure converted to global")

    def not_understood(self, line: str) -> None:
        self._unknown_count += 1
        if len(self._unknown) < _MOST_UNKNOWN:
            self._unknown.append(line[:_LONGEST_UNKNOWN])

    def finished(self) -> PackageText:
        facts: list[Any] = [tuple(self._facts[kind]) for kind in _KINDS]
        facts += [tuple(self._unknown), self._unknown_count]
        return PackageText(self.path, self._variant, *facts)


def _decoded(lines: bytes) -> str:
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n")
    return lines.decode("utf-8", "replace")


# The order of ``PackageText``.
_KINDS: tuple[type[Fact], ...] = (
    EscapeExplanation,
    EscapeDecision,
    ParameterLeak,
    Inlinable,
    InlinedCall,
    PrintedCapture,
    BackendEvidence,
)
_HEADER = re.compile(r"# (?P<path>\S+)(?: \[(?P<variant>[^\]]+)\])?$")
# A plain position, a message, and the lines below that repeat the position and are indented;
# the explanation of a parameter's leak has no message here.
_STATEMENT = re.compile(
    r"^((?:[A-Za-z]:)?[^\n:]+:\d+(?::\d+)?: )"
    r"(?:parameter .* leaks to .*:\n(?:\1  .*\n)*|(.*)\n((?:\1  .*\n)*))",
    re.MULTILINE,
)
_LONGEST_HELD = 1 << 20  # characters
_LONGEST_LITERAL = 5_000  # lines
_MOST_UNKNOWN = 200
_LONGEST_UNKNOWN = 500
