"""Generated functions as a package of Go, with a test that measures them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from attrs import frozen

from tests.truth.go_types import DECLARED, VARIABLES

FOLDER = Path(__file__).parent
MEASURED = "measured "
"""What the line with the figures begins with."""
_IMPORTS = ("context", "errors", "fmt", "io", "slices", "sort", "strconv", "strings", "sync")
_TEST = """package truth

import (
{imports}
)

func TestMeasure(t *testing.T) {{
	debug.SetGCPercent(-1)
	measured := map[string]int{{}}
	for name, function := range map[string]func(){{
{table}
	}} {{
		measured[name] = int(testing.AllocsPerRun(10, function))
	}}
	text, _ := json.Marshal(measured)
	fmt.Printf("\\nmeasured %s\\n", text)
}}

{calibrations}
"""


class Line(NamedTuple):
    """A line of a function, and how often a call of the function comes by."""

    text: str
    low: int = 1
    high: int = 1

    def times(self, low: int, high: int) -> Line:
        """The same line, in something that runs so often."""
        return Line(self.text, self.low * low, self.high * high)


Lines = tuple[Line, ...]


class Part(NamedTuple):
    """What a function is made of, in words: for messages and exclusions."""

    statement: str
    type: str
    contexts: tuple[str, ...]

    def __str__(self) -> str:
        return " / ".join((self.statement, self.type, *self.contexts))


@frozen
class Calibration:
    """Calls of the standard library alone: what they allocate is not the function's."""

    name: str
    values: str
    """The variable with the arguments, declared."""
    body: str
    times: int
    """How often the function does the same."""


@frozen
class Unit:
    """One generated function, with what is declared for it alone."""

    name: str
    parts: tuple[Part, ...]
    body: Lines
    declarations: Lines
    calibrations: tuple[Calibration, ...]
    has_objects: bool
    """Whether one site may allocate several objects, as maps do."""

    @property
    def lines(self) -> Lines:
        """The declarations and the function."""
        indented = tuple(line._replace(text=f"\t{line.text}") for line in self.body)
        start = (Line("//go:noinline"), Line(f"func {self.name}() {{"))
        return (*self.declarations, *start, *indented, Line("}"), Line(""))

    @property
    def text(self) -> str:
        """Its Go."""
        return "".join(f"{line.text}\n" for line in self.lines)


@frozen
class Program:
    """A package of generated functions."""

    units: tuple[Unit, ...]

    def write(self, folder: Path, language: tuple[int, int]) -> None:
        """Make a module of it."""
        for name, text in self._files(language).items():
            (folder / name).write_text(text, "utf-8")

    def _files(self, language: tuple[int, int]) -> dict[str, str]:
        return {
            "go.mod": f"module example.com/truth\n\ngo {language[0]}.{language[1]}\n",
            "support.go": (FOLDER / "support.txt").read_text("utf-8"),
            "values.go": f"package truth\n\n{DECLARED}{VARIABLES}",
            "code.go": self._head + self._code,
            "measure_test.go": self._test(),
        }

    @property
    def _code(self) -> str:
        return "".join(unit.text for unit in self.units)

    @property
    def _head(self) -> str:
        return f"package truth\n\nimport (\n{_imports(self._code)}\n)\n\n"

    def places(self) -> dict[int, tuple[Unit, Line]]:
        """What stands at each line of ``code.go``."""
        first = self._head.count("\n") + 1
        lines = [(unit, line) for unit in self.units for line in unit.lines]
        return dict(enumerate(lines, first))

    def _test(self) -> str:
        calls = [each for unit in self.units for each in unit.calibrations]
        names = [unit.name for unit in self.units] + [each.name for each in calls]
        calibrations = "".join(
            f"{each.values}\n\nfunc {each.name}() {{\n{each.body}}}\n\n" for each in calls
        )
        table = "\n".join(f'\t\t"{name}": {name},' for name in names)
        imports = _imports(calibrations + "fmt.", ("encoding/json", "runtime/debug", "testing"))
        return _TEST.format(imports=imports, table=table, calibrations=calibrations)


def _imports(code: str, others: tuple[str, ...] = ()) -> str:
    used = [name for name in _IMPORTS if re.search(rf"\b{name}\.", code)]
    return "\n".join(f'\t"{name}"' for name in sorted((*used, *others)))
