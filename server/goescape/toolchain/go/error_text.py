"""What go and the compiler say of errors: where they are, and plain words with what to do."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from goescape.analysis.model import CompileError
from goescape.analysis.positions import Place
from goescape.toolchain.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_MESSAGE = 600
"""Characters."""


def compile_errors(text: str, working_directory: str) -> tuple[CompileError, ...]:
    """Errors as Go prints them: ``file:line:col: message``, more lines indented by a tab."""
    errors: list[CompileError] = []
    for line in text.split("\n"):
        if not line.strip() or line.startswith("# "):
            continue
        match = _POSITION.match(line)
        if errors and line.startswith(("\t", " ")):
            last = errors[-1]
            errors[-1] = CompileError(last.place, f"{last.message} {line.strip()}")
        elif match:
            place = Place(
                os.path.normpath(os.path.join(working_directory, match["file"])),  # noqa: PTH118
                int(match["line"]),
                int(match["column"] or 0),
            )
            errors.append(CompileError(place, match["message"]))
        else:
            errors.append(CompileError(None, line.strip()))
    return tuple(errors)


_POSITION = re.compile(
    r"(?P<file>.+?\.\w+|.+?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)"
)


def plain_sentence(lines: Sequence[str]) -> str:
    """Go's own words as one line, with what to do about them where that is known."""
    text = " ".join(line.strip() for line in lines if line.strip())[:LONGEST_MESSAGE]
    text = re.sub(r"^go: ", "", text)
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, text)), "")
    return f"{text.rstrip('.')}; {advice}" if advice else text


_OF_THE_MACHINE = (
    (r"no space left on device|disk quota exceeded", "free some disk space, then save again."),
    (r"signal: killed|cannot allocate memory", "free some memory, then save again."),
    (
        (
            r"(?<=-[ad]: )(?:read-only file system|permission denied)"
            r"|(?i:build cache|GOCACHE|go-build).*(?:denied|read-only|not a dir|is required)"
        ),
        "set GOCACHE in goescape.go.env to a folder that can be written.",
    ),
)
_OF_THE_CODE = (
    (
        r"malformed import path",
        "rename the folder: an import path has only ASCII letters, digits and -._~+ in it.",
    ),
    (r"requires go >= ", "install that Go or a newer one, or set goescape.go.path."),
    (
        r"GOPROXY=off|no required module|go\.sum entry|cannot find module|to go\.mod|vendoring",
        "goescape never downloads: run `go mod tidy` (or `go mod vendor`) in a terminal.",
    ),
)
_ADVICE = _OF_THE_MACHINE + _OF_THE_CODE


def failure_of_tests(package: str, errors: tuple[CompileError, ...]) -> Problem:
    """The tests of a package do not compile, while the package does."""
    message = f"The tests of {package} do not compile: {errors[0].message}"
    return problem_of_the_machine(errors, package) or Problem(message, package, "compile", errors)


def problem_of_the_machine(errors: Sequence[CompileError], package: str) -> Problem | None:
    """A problem when the machine is at fault: the code may be as right as before."""
    for error in errors:
        for pattern, advice in _OF_THE_MACHINE:
            if match := re.search(pattern, error.message):
                text = f"{package} was not compiled: {match[0]}; {advice}"
                return Problem(text, package, "go")
    return None
