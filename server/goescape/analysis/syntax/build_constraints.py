"""Which builds a Go file is part of: by its name and its ``//go:build`` line."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.source import SourceText


@frozen(order=True)
class Target:
    """A build: ``GOOS``, ``GOARCH`` and the tags that are set for it."""

    goos: str
    goarch: str
    tags: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As messages name it: ``windows/amd64``, ``linux/amd64 with debug``."""
        tags = f" with {', '.join(self.tags)}" if self.tags else ""
        return f"{self.goos}/{self.goarch}{tags}"


def target_of(source: SourceText, present: Target, go: tuple[int, int]) -> Target | None:
    """The build nearest to the present one that has this file; None when there is none.

    Cgo is always off. Tags that only exist with special flags (race, goexperiment) stay off.
    """
    expression = _expression(source)
    if expression is None:
        return None
    words = set(re.findall(r"[\w.]+", expression))
    free = sorted(w for w in words if w not in _KNOWN and not _RESERVED.match(w))
    free = [tag for tag in free if tag not in present.tags][:_MOST_TAGS]
    for count in range(len(free) + 1):
        for tags in itertools.combinations(free, count):
            for goos, goarch in _systems(present):
                target = Target(goos, goarch, tuple(sorted({*present.tags, *tags})))
                if _fits_name(source.path, target) and _holds(expression, _set(target, go)):
                    return target
    return None


def is_in_every_build(source: SourceText) -> bool:
    """Whether neither a condition nor the name of a file says where it belongs."""
    name = re.split(r"[/\\]", source.path)[-1].removesuffix(".go").removesuffix("_test")
    return _expression(source) == "" and name.rpartition("_")[2] not in {*_GOOS, *_GOARCH}


def _systems(present: Target) -> Iterator[tuple[str, str]]:
    yield present.goos, present.goarch
    yield from (pair for pair in _SYSTEMS if pair[1] == present.goarch)
    yield from (pair for pair in _SYSTEMS if pair[1] != present.goarch)


def _expression(source: SourceText) -> str | None:
    """The condition of a file; None where it is written in a way that is not read here."""
    for line in source.lines:
        written = line.strip()
        if written.startswith(b"//go:build "):
            return written.removeprefix(b"//go:build ").decode("utf-8", "replace").strip()
        if written.startswith(b"// +build"):
            return None
        if written.startswith(b"package "):
            break
    return ""


def _set(target: Target, go: tuple[int, int]) -> frozenset[str]:
    """Every word that is true in a build."""
    versions = {f"go1.{minor}" for minor in range(1, go[1] + 1)}
    systems = {target.goos, *_IMPLIED.get(target.goos, ())}
    unix = {"unix"} if target.goos in _UNIX else set()
    return frozenset({*versions, *systems, *unix, target.goarch, "gc", *target.tags})


def _fits_name(path: str, target: Target) -> bool:
    name = re.split(r"[/\\]", path)[-1].removesuffix(".go").removesuffix("_test")
    words = name.split("_")[1:]
    if words and words[-1] in _GOARCH:
        if words[-1] != target.goarch:
            return False
        words = words[:-1]
    systems = {target.goos, *_IMPLIED.get(target.goos, ())}
    return not words or words[-1] not in _GOOS or words[-1] in systems


def _holds(expression: str, true: frozenset[str]) -> bool:
    """Evaluate a ``//go:build`` expression; one that is not understood does not hold."""
    tokens = re.findall(r"&&|\|\||[!()]|[^\s!()&|]+", expression)
    try:
        value = _either(tokens, true)
    except IndexError:
        return False
    return value and not tokens


def _either(tokens: list[str], true: frozenset[str]) -> bool:
    value = _both(tokens, true) if tokens else True
    while tokens and tokens[0] == "||":
        del tokens[0]
        value = _both(tokens, true) or value
    return value


def _both(tokens: list[str], true: frozenset[str]) -> bool:
    value = _one(tokens, true)
    while tokens and tokens[0] == "&&":
        del tokens[0]
        value = _one(tokens, true) and value
    return value


def _one(tokens: list[str], true: frozenset[str]) -> bool:
    first = tokens.pop(0)
    if first == "!":
        return not _one(tokens, true)
    if first == "(":
        value = _either(tokens, true)
        return tokens.pop(0) == ")" and value
    return first in true


_MOST_TAGS = 4
_SYSTEMS = (
    *(("linux", "amd64"), ("windows", "amd64"), ("darwin", "arm64"), ("darwin", "amd64")),
    *(("linux", "arm64"), ("linux", "386"), ("linux", "arm"), ("windows", "arm64")),
    *(("freebsd", "amd64"), ("openbsd", "amd64"), ("netbsd", "amd64"), ("dragonfly", "amd64")),
    *(("js", "wasm"), ("wasip1", "wasm"), ("plan9", "amd64"), ("solaris", "amd64")),
    *(("illumos", "amd64"), ("aix", "ppc64"), ("android", "arm64"), ("ios", "arm64")),
    *(("linux", "riscv64"), ("linux", "ppc64le"), ("linux", "s390x"), ("linux", "loong64")),
    *(("linux", "ppc64"), ("linux", "mips"), ("linux", "mipsle"), ("linux", "mips64")),
    *(("linux", "mips64le"), ("windows", "386"), ("freebsd", "arm64"), ("plan9", "386")),
)
_GOOS = frozenset(goos for goos, _ in _SYSTEMS) | {"hurd", "nacl", "zos"}
_GOARCH = frozenset(goarch for _, goarch in _SYSTEMS) | {
    *("amd64p32", "armbe", "arm64be", "mips64p32", "mips64p32le", "ppc", "riscv", "s390"),
    *("sparc", "sparc64"),
}
_IMPLIED = {"android": ("linux",), "ios": ("darwin",), "illumos": ("solaris",)}
_UNIX = frozenset(
    {
        *("aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "linux"),
        *("netbsd", "openbsd", "solaris"),
    }
)
_KNOWN = _GOOS | _GOARCH | {"unix", "gc", "gccgo", "cgo", "ignore", "race", "msan", "asan"}
_RESERVED = re.compile(r"go1\.\d+$|goexperiment\.|boringcrypto$")
"""Words that no ``-tags`` should set."""
