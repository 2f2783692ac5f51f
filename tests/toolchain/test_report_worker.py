"""Text goes in, reports come out: here, or in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.toolchain.compile import report_worker
from goescape.toolchain.compile.report_worker import (
    OtherProcessError,
    ReportBuilderHere,
    ReportRequest,
    ReportWorker,
)
from goescape.toolchain.compile.workspace_sources import WorkspaceSources
from goescape.toolchain.go.process import start_python
from goescape.toolchain.go.process_output import Backpressure

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.compile.report_worker import ReportBuilder

CORPUS = Path(__file__).parent.parent / "analysis" / "corpus"
KEY = ("example.com/m", "")


def wanted(case: str) -> tuple[bytes, ReportRequest]:
    """What a compiler said of a case, and the report of it."""
    said = (CORPUS / case / "m2.go1.27.txt").read_bytes()
    lines = [line for line in said.splitlines(keepends=True) if not line.startswith(b"# ")]
    code = {"/m/main.go": (CORPUS / case / "main.go").read_bytes()}
    info = PackageInfo(KEY[0], "/m", tuple(code), "/m")
    text = b"".join([b"# example.com/m\n", *lines])
    return text, ReportRequest(info, (KEY,), code, WorkspaceSources({}, "/m", 0.0))


async def reported(understanding: ReportBuilder, case: str, piece: int) -> PackageReport:
    """The report of a case whose text comes in pieces of so many lines."""
    text, report = wanted(case)
    lines = text.splitlines(keepends=True)
    for start in range(0, len(lines), piece):
        understanding.feed(KEY, b"".join(lines[start : start + piece]))
    understanding.end(KEY)
    return await understanding.report(report)


async def test_another_process_understands_the_same() -> None:
    here, there = ReportBuilderHere(), ReportWorker(0, Backpressure())
    for case, piece in (("stores", 1000), ("generics", 7), ("stores", 1)):
        one, other = await reported(here, case, piece), await reported(there, case, piece)
        assert one.findings
        assert one == other
        assert one.sources == other.sources
    await there.close()


async def test_what_cannot_be_understood_is_said_and_the_next_is_understood() -> None:
    there = ReportWorker(0, Backpressure())
    there.feed(KEY, b"no line, nor a header\n")
    _, report = wanted("stores")
    with pytest.raises(OtherProcessError, match=r"at `\$\.info`"):
        await there.report(ReportRequest(None, (KEY,), report.sources, report.others))  # type: ignore[arg-type]
    assert (await reported(there, "stores", 100)).findings
    await there.close()


@pytest.mark.skipif(os.name == "nt", reason="signals are for other systems")
async def test_a_process_that_was_killed_is_an_error_and_nothing_is_left_of_it() -> None:
    there = ReportWorker(0, Backpressure())
    assert (await reported(there, "stores", 100)).findings
    assert there.process is not None
    os.kill(there.process, signal.SIGKILL)
    with pytest.raises(OtherProcessError, match="has ended"):
        await reported(there, "stores", 100)
    await there.close()
    with pytest.raises(ProcessLookupError):
        os.kill(there.process, 0)


PRINTING = """
import os
from goescape.toolchain.compile import report_worker
real = report_worker._answer
def answer(blocks, data):
    os.write(1, b"a library warns of something")
    return real(blocks, data)
report_worker._answer = answer
"""


@pytest.mark.parametrize(
    ("code", "is_understood"),
    [(PRINTING, True), ("import os; os.write(1, b'no answer of ours');", False)],
)
async def test_what_else_is_printed_is_no_answer_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, code: str, is_understood: bool
) -> None:
    real = start_python

    async def start(own: str, *arguments: Any) -> None:
        await real(code + own, *arguments)

    monkeypatch.setattr(report_worker, "start_python", start)
    there = ReportWorker(0, Backpressure())
    for _ in range(2):
        with contextlib.nullcontext() if is_understood else pytest.raises(OtherProcessError):
            assert (await asyncio.wait_for(reported(there, "stores", 100), 30)).findings
    await there.close()


async def test_closing_early_ends_the_process() -> None:
    idle = ReportWorker(0, Backpressure())
    await idle.close()  # it never began
    there = ReportWorker(0, Backpressure())
    text, _ = wanted("stores")
    there.feed(KEY, text)
    await there.close()
    assert there.process is not None
    if os.name != "nt":
        with pytest.raises(ProcessLookupError):
            os.kill(there.process, 0)


async def test_the_process_ends_when_nobody_is_left_to_ask() -> None:
    code = "from goescape.toolchain.compile.report_worker import serve; serve()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdin=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"F\x05\0\0\0\0\0\0\0half")
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0
