"""What functions allocate while a package's own tests run: a memory profile of every object."""

from __future__ import annotations

import enum
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence  # noqa: TC003 - attrs resolves them
from pathlib import Path
from typing import NamedTuple

from attrs import frozen

SECONDS = 120.0
"""How long a run of tests may take; one under a full profile is several times slower."""


class Effect(enum.Enum):
    """What a fix did to the objects of the functions that it touches."""

    FEWER = "fewer"
    SAME = "same"
    MORE = "more"
    NOT_REACHED = "no test allocates there"
    NOT_MEASURED = "not measured: with the fix the tests end otherwise under the profile"


class Frame(NamedTuple):
    """One function on a stack, inlined or not, and the line that it is at."""

    function: str
    file: str
    line: int


@frozen
class Profile:
    """The allocations of one run of a package's tests."""

    objects: Mapping[tuple[Frame, ...], int]
    """Number of objects by stack; tiny ones without pointers that share a block count once."""

    def below(self, functions: Iterable[str]) -> int:
        """Objects that these functions allocated, or whatever they called."""
        wanted = frozenset(functions)
        return sum(
            count
            for stack, count in self.objects.items()
            if any(frame.function in wanted for frame in stack)
        )

    def reaches(self, places: Iterable[tuple[str, int]]) -> bool:
        """Whether anything was allocated at one of these files and lines, or below it."""
        wanted = frozenset(places)
        return any(frame[1:] in wanted for stack in self.objects for frame in stack)


@frozen
class Measured:
    """Objects before and after a fix; two runs before it show how much chance there is."""

    before: tuple[int, int]
    after: int

    @property
    def effect(self) -> Effect:
        """A difference counts only outside of what two equal runs differ by."""
        low, high = sorted(self.before)
        if self.after < low - (high - low):
            return Effect.FEWER
        return Effect.MORE if self.after > high + (high - low) else Effect.SAME

    def __str__(self) -> str:
        low, high = sorted(self.before)
        return f"{low if low == high else f'{low}..{high}'} -> {self.after} objects"


def profile(
    test: Sequence[str], root: Path, package: str, environment: Mapping[str, str]
) -> Profile | None:
    """Run a package's tests (``go test`` with flags) and count; None when they do not pass so.

    On one processor and with few collections: pools then hardly lose what they hold.
    """
    steady = {"GOMAXPROCS": "1", "GOGC": "off", "GOMEMLIMIT": "1GiB"}
    deep = {"GODEBUG": "profstackdepth=1000"}
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder, "memory")
        command = [
            *(*test, "-count=1", "-vet=off", f"-timeout={SECONDS:g}s", package),
            *("-memprofilerate=1", f"-memprofile={memory}", "-o", f"{folder}/binary"),
        ]
        if run(command, root, {**environment, **steady, **deep}).returncode or not memory.exists():
            return None
        shown = run([test[0], "tool", "pprof", "-raw", str(memory)], root, environment)
    return Profile(_stacks(shown.stdout))


def run(
    command: list[str], root: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """A command with more of an environment; it may take a few times ``SECONDS``."""
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS * 3,
    )


def _stacks(raw: str) -> Counter[tuple[Frame, ...]]:
    """Objects by stack from the text of ``pprof -raw``."""
    samples, _, locations = raw.partition("\nLocations\n")
    frames: dict[str, list[Frame]] = {}
    location = ""
    for line in locations.partition("\nMappings\n")[0].splitlines():
        # "   12: 0x4a M=1 net/url.Parse url.go:3:0 s=1", then a line for each it is inlined in
        found = re.match(r"\s*(?:(\d+): 0x\w+ (?:M=\d+ )?)?(.*?) (\S+?):(\d+)(?::\d+)? s=\d+", line)
        if found:
            location = found[1] or location
            frame = Frame(_declared(found[2].strip()), found[3], int(found[4]))
            frames.setdefault(location, []).append(frame)
    objects: Counter[tuple[Frame, ...]] = Counter()
    # objects, bytes and the same in use; then the stack from the innermost location
    for count, stack in re.findall(r"(?m)^\s*(\d+)\s+\d+\s+\d+\s+\d+: ([\d ]+)$", samples):
        if count != "0":
            objects[tuple(each for key in stack.split() for each in frames.get(key, ()))] += int(
                count
            )
    return objects


def _declared(function: str) -> str:
    """The declared function of a symbol: literals belong to it, type arguments do not."""
    plain = function.replace("[...]", "")
    return re.sub(r"(\.(func|gowrap|deferwrap)?\d+|-range\d+|-fm)+$", "", plain)
