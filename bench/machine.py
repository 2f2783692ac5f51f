"""What the operating system knows: processes with all their descendants, load, the machine.

Reads Linux' ``/proc``; elsewhere memory and processor time are not measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import time
from pathlib import Path

from attrs import frozen

_PROC = Path("/proc")
_TICKS = float(os.sysconf("SC_CLK_TCK"))
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SETTLED_SECONDS = 0.3
_QUIET_SHARE = 0.1
"""Of all cores, what others may use while it is called quiet."""
_QUIET_SECONDS = 2.0


@frozen
class _Process:
    parent: int
    own_seconds: float
    """Processor time, with that of children that have ended and were waited for."""
    resident: int


def tree(process: int) -> list[int]:
    """A process and its descendants that are alive."""
    children: dict[int, list[int]] = {}
    for number in (int(each.name) for each in _PROC.iterdir() if each.name.isdigit()):
        if found := _process(number):
            children.setdefault(found.parent, []).append(number)
    family = [process]
    for number in family:
        family += children.get(number, [])
    return family


def processor_seconds(process: int) -> float:
    """User and system time of a process and all its descendants, the ended ones too."""
    return sum(found.own_seconds for each in tree(process) if (found := _process(each)))


def resident_bytes(process: int) -> int:
    """Memory of a process and its descendants."""
    return sum(found.resident for each in tree(process) if (found := _process(each)))


def peak_bytes(process: int) -> int:
    """The most memory that the process itself ever had."""
    for line in (_PROC / str(process) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _process(number: int) -> _Process | None:
    try:
        text = (_PROC / str(number) / "stat").read_text()
    except OSError:
        return None
    # The name of the program is in parentheses and may hold anything.
    fields = text[text.rindex(")") + 2 :].split()
    ticks = sum(map(int, fields[11:15]))
    return _Process(int(fields[1]), ticks / _TICKS, int(fields[21]) * _PAGE)


async def settle(process: int, at_most: float = 60.0) -> None:
    """Wait until a process and its descendants have nothing to do any more."""
    deadline = time.monotonic() + at_most
    before = -1.0
    while time.monotonic() < deadline:
        now = processor_seconds(process)
        if now - before < 2 / _TICKS:
            return
        before = now
        await asyncio.sleep(_SETTLED_SECONDS)


def busy_share(seconds: float) -> float:
    """How much of all cores is used during this time, 0 to 1."""
    total, idle = _cores()
    time.sleep(seconds)
    total_after, idle_after = _cores()
    return 1 - (idle_after - idle) / max(total_after - total, 1)


def wait_until_quiet(at_most: float) -> None:
    """Wait until others leave the machine alone, but not for ever (seconds)."""
    deadline = time.monotonic() + at_most
    while busy_share(_QUIET_SECONDS) > _QUIET_SHARE and time.monotonic() < deadline:
        pass


def _cores() -> tuple[int, int]:
    fields = [int(each) for each in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def description() -> list[str]:
    """The machine, as lines for people."""
    model = ""
    with contextlib.suppress(OSError):
        for line in (_PROC / "cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PHYS_PAGES") * _PAGE / 1e9
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    return [
        f"{os.cpu_count()} cores ({model or platform.processor()}), {memory:.0f} GB of memory",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"load averages at the start {load}; {busy_share(1.0):.0%} of the cores used by others",
    ]
