"""Random functions from a table of statements: the same seed gives the same functions.

A statement of ``statements.txt`` stands in none or several contexts: a loop, a branch, an inlined
helper. ``$T`` is a type, ``$v`` and ``$w`` are values of it, ``$c`` is a constant; ``$s`` and
``$t`` are strings, ``$n`` is a length, ``$`` alone a mark that no other function has. How often
a line runs stands behind it: ``//x3``, ``//x0-3``.
"""

from __future__ import annotations

import re
from random import Random  # noqa: TC003 - attrs resolves the annotations at run time

from attrs import evolve, field, frozen

from tests.truth.go_types import PARAMETER, TYPES, GoType
from tests.truth.program import FOLDER, Calibration, Line, Lines, Part, Program, Unit

ASKED_OF_TYPES = frozenset({"number", "integer", "constant", "comparable", "method"})
STRINGS = ("vLong", "vAb")
LENGTHS = ("vMany", "vFew")
"""Nothing is empty when the program runs: "allocates" is about what is usual there."""


@frozen
class Statement:
    """A section of the table."""

    name: str
    wants: frozenset[str]
    body: str
    declarations: str
    calibration: str

    @property
    def may_be_generic(self) -> bool:
        """Whether it could be about a type parameter."""
        return not (self.wants & ASKED_OF_TYPES or self.declarations or self.calibration)


def statements() -> tuple[Statement, ...]:
    """All of the table."""
    text = (FOLDER / "statements.txt").read_text("utf-8")
    return tuple(
        _statement(section) for section in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]
    )


def _statement(section: str) -> Statement:
    head, _, body = section.partition("\n")
    name, _, words = head.partition(": ")
    body, _, calibration = body.partition("--- calibration\n")
    body, _, declarations = body.partition("--- declarations\n")
    wants = frozenset(words.split(", ") if words else ())
    return Statement(name, wants, body, declarations, calibration)


@frozen
class Code:
    """Statements that are being wrapped."""

    body: Lines
    declarations: Lines = ()
    contexts: tuple[str, ...] = ()
    times: int = 1
    """How often they run, at most."""

    def inside(self, name: str, before: str, after: str, times: int) -> Code:
        """This between two lines, which run it so often."""
        inner = tuple(line.times(times, times) for line in self.body)
        declared = tuple(line.times(times, times) for line in self.declarations)
        body = (*_lines(before), *inner, *_lines(after))
        return Code(body, declared, (name, *self.contexts), self.times * times)

    def as_function(self, name: str, head: str, call: str, calls: int = 1) -> Code:
        """This as the body of a function of its own, which is called instead."""
        lines = (*self.declarations, *_lines(head), *self.body, Line("}"), Line(""))
        declared = tuple(line.times(calls, calls) for line in lines)
        return Code(_lines(call), declared, (name, *self.contexts), self.times * calls)


@frozen
class Filling:
    """What the letters of one statement stand for."""

    mark: str
    words: dict[str, str]

    def fill(self, text: str) -> str:
        """The text in Go."""
        return re.sub(r"\$([Tvwcstn]\b)?", lambda match: self._word(match[1]), text)

    def _word(self, letter: str | None) -> str:
        return self.mark if letter is None else self.words[letter]


@frozen
class Generator:
    """Functions from one random number generator."""

    random: Random
    language: tuple[int, int]
    """Of the package: what is newer is not generated."""
    statements: tuple[Statement, ...] = field(factory=statements)

    def program(self, count: int) -> Program:
        """A package of so many functions."""
        return Program(tuple(self._unit(number) for number in range(count)))

    def _unit(self, number: int) -> Unit:
        """A function of one statement, or two."""
        marks = (f"{number}a", f"{number}b") if self.random.random() < 0.15 else (f"{number}a",)
        known = [each for each in self.statements if self._is_known(each)]
        chosen = [self.random.choice(known) for _ in marks]
        made = [self._part(*pair) for pair in zip(chosen, marks, strict=True)]
        return Unit(
            f"F{number}",
            tuple(part for part, _, _ in made),
            tuple(line for _, code, _ in made for line in code.body),
            tuple(line for _, code, _ in made for line in code.declarations),
            tuple(calibration for _, _, calibration in made if calibration is not None),
            any("objects" in statement.wants for statement in chosen),
        )

    def _is_known(self, statement: Statement) -> bool:
        return "go 1.23" not in statement.wants or self.language >= (1, 23)

    def _part(self, statement: Statement, mark: str) -> tuple[Part, Code, Calibration | None]:
        is_generic = statement.may_be_generic and self.random.random() < 0.15
        asked = statement.wants & ASKED_OF_TYPES
        about = PARAMETER if is_generic else self._type(asked)
        filling = self._filling(about, mark)
        code = Code(_lines(filling.fill(statement.body)))
        if statement.declarations:
            declared = _lines(filling.fill(statement.declarations))
            code = evolve(code, declarations=(*declared, Line("")))
        type_name = about.name
        if is_generic:
            code, type_name = self._generic(code, mark)
        for level in range(self.random.choice((0, 0, 0, 1, 1, 2))):
            code = self._wrapped(code, f"{mark}{level}", "no loop" not in statement.wants)
        part = Part(statement.name, type_name, code.contexts)
        return part, code, _calibration(statement, filling, code.times)

    def _type(self, asked: frozenset[str]) -> GoType:
        return self.random.choice([each for each in TYPES if asked <= each.tags])

    def _filling(self, about: GoType, mark: str) -> Filling:
        choices = {
            "v": about.values,
            "w": about.values,
            "c": about.constants or ("",),
            "s": STRINGS,
            "t": STRINGS,
            "n": LENGTHS,
        }
        words = {letter: self.random.choice(words) for letter, words in choices.items()}
        return Filling(mark, {"T": about.name, **words})

    def _generic(self, code: Code, mark: str) -> tuple[Code, str]:
        """The statement for a type parameter, with one instance or two."""
        instances = [self._type(frozenset()) for _ in range(self.random.choice((1, 2)))]
        least, most = (1 if len(instances) == 1 else 0), len(instances)
        body = tuple(line.times(least, most) for line in code.body)
        inlining = self.random.choice(("", "//go:noinline\n"))
        head = f"{inlining}func g{mark}[P any](p P) {{ //x{least}-{most}"
        calls = [f"g{mark}[{each.name}]({self.random.choice(each.values)})" for each in instances]
        named = "P of " + " and ".join(each.name for each in instances)
        whole = evolve(code, body=body).as_function("generic function", head, "\n".join(calls))
        return whole, named

    @property
    def _contexts(self) -> tuple[str, ...]:
        return (*_CONTEXTS, *_SINCE_1_23) if self.language >= (1, 23) else _CONTEXTS

    def _wrapped(self, code: Code, mark: str, may_loop: bool) -> Code:
        name = self.random.choice(self._contexts if may_loop else _CONTEXTS_WITHOUT_LOOPS)
        if (around := _AROUND.get(name) or _SINCE_1_23.get(name)) is not None:
            return code.inside(name, *around)
        if name == "two calls":
            return code.as_function(name, f"func h{mark}() {{", f"h{mark}()\nh{mark}()", 2)
        head, call = _FUNCTIONS[name]
        return code.as_function(name, head.replace("$", mark), call.replace("$", mark))


_AROUND = {
    "loop": ("for range [3]struct{}{} {", "}", 3),
    "counted loop": ("for i := 0; i < vFew; i++ {", "}", 2),
    "branch": ("if vTrue {", "}", 1),
    "branch not taken": ("if vFalse {", "}", 0),
    "dead branch": ("if one := 1; one > 2 {", "}", 0),
    "literal": ("func() {", "}()", 1),
    "deferred literal": ("defer func() {", "}()", 1),
    "switch": ("switch vOne {\ncase 1:", "}", 1),
}
_SINCE_1_23 = {"loop over a function": ("for range slices.Values(sinkInts3) {", "}", 3)}
_FUNCTIONS = {
    "helper": ("func h$() {", "h$()"),
    "called helper": ("//go:noinline\nfunc h$() {", "h$()"),
    "nested helper": ("func i$() { h$() }\n\nfunc h$() {", "i$()"),
    "method": ("type m$ struct{ a int }\n\nfunc (m *m$) run() {", "(&m${}).run()"),
    "called method": ("type m$ int\n\n//go:noinline\nfunc (m m$) run() {", "m$(1).run()"),
    "variable of a literal": ("var h$ = func() {", "h$()"),
}
_CONTEXTS = (*_AROUND, *_FUNCTIONS, "two calls")
_CONTEXTS_WITHOUT_LOOPS = tuple(_FUNCTIONS)


def _calibration(statement: Statement, filling: Filling, times: int) -> Calibration | None:
    if not statement.calibration:
        return None
    value = "$c" if "constant" in statement.wants else "$v"
    return Calibration(
        f"C{filling.mark}",
        filling.fill(f"var g$ = []any{{{value}}}"),
        filling.fill(statement.calibration),
        times,
    )


def _lines(text: str) -> Lines:
    return tuple(_line(line) for line in text.rstrip("\n").split("\n"))


def _line(text: str) -> Line:
    match = re.fullmatch(r"(.*?)\s*//x(\d+)(?:-(\d+))?", text)
    if match is None:
        return Line(text)
    return Line(match[1], int(match[2]), int(match[3] or match[2]))
