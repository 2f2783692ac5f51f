"""Which files go is given together: those in no module, and those that a build leaves out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SYSTEMS = frozenset(
    re.findall(
        r"\w+",
        "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 "
        "solaris wasip1 windows zos",
    )
)
_ARCHITECTURES = frozenset(
    re.findall(
        r"\w+",
        "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm "
        "armbe arm64be ppc riscv s390 sparc sparc64 amd64p32 mips64p32 mips64p32le",
    )
)


def lone_files(file: str) -> tuple[str, ...]:
    """The files to compile with a file that is in no module: its package's, if they fit together.

    A folder of scripts, each with its own ``main``, is not one package.
    """
    package = _package_name(file)
    names = sorted(Path(file).parent.glob("*.go"))
    same = [str(path) for path in names if _package_name(str(path)) == package]
    same = [path for path in same if path == file or not _constraint(path)]
    mains = [path for path in same if re.search(rb"(?m)^func main\(\)", _content(path))]
    return tuple(same) if len(mains) < 2 and file in same else (file,)


def lone_name(files: Sequence[str]) -> str:
    """What stands for the import path of files in no module, for Go calls all of them the same."""
    return min(files)


def exclusion(file: str, target: str, *, cgo: bool) -> str:
    """Why Go ignores this file when it builds for ``target`` (``linux/amd64``)."""
    name = Path(file).name
    if name.startswith(("_", ".")):
        return f"excluded: Go ignores files whose name starts with {name[0]!r}"
    if suffix := _suffix(name, target):
        return f"excluded from the build for {target} by its name, ending in {suffix}"
    if constraint := _constraint_line(file):
        return f"excluded by build constraints for {target}: {constraint}"
    if not cgo and re.search(rb'(?m)^\s*(?:import\s+)?"C"', _content(file)):
        return 'excluded: it imports "C", and cgo is off (CGO_ENABLED=0 or no C compiler)'
    return f"excluded by build constraints for {target}"


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _package_name(path: str) -> bytes:
    match = re.search(rb"(?m)^package\s+(\w+)", _content(path))
    return match[1].removesuffix(b"_test") if match else b""


def _constraint(path: str) -> str:
    """A constraint of a lone file's sibling, whatever the target: such files stay apart."""
    return _suffix(Path(path).name, "") or _constraint_line(path)


def _constraint_line(path: str) -> str:
    for line in _content(path).split(b"\n"):
        if line.startswith((b"//go:build ", b"// +build ")):
            return line.decode("utf-8", "replace").strip()
        if line.startswith(b"package "):
            break
    return ""


def _suffix(name: str, target: str) -> str:
    """The part of a file name that Go takes for a system or architecture other than ``target``."""
    words = name.removesuffix(".go").removesuffix("_test").split("_")[1:]
    tests: tuple[Callable[[str], bool], ...] = (_SYSTEMS.__contains__, _ARCHITECTURES.__contains__)
    wanted = target.split("/")
    for word in words[-2:]:
        if any(test(word) for test in tests) and word not in wanted:
            return f"_{word}"
    return ""
