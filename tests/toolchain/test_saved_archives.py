"""A saved package is compiled to the end when nobody waits, and its machine code decides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import Allocates
from goescape.toolchain.schedule import module_analysis
from goescape.toolchain.schedule.events import Reported
from tests.toolchain.conftest import until

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from tests.conftest import WriteTree
    from tests.toolchain.conftest import Desk

pytestmark = pytest.mark.usefixtures("temporary_folder")
MODULE = """
-- go.mod --
module m

go 1.21
-- a.go --
package m

var tick func() int

func Start() {
	a, b := 0, 0
	tick = func() int {
		a++
		b++
		return a + b
	}
}
-- a_test.go --
package m

func StartTest() {
	c, d := 0, 0
	tick = func() int {
		c++
		d++
		return c + d
	}
}
"""


YES, NO = Allocates.YES, Allocates.NO
SHARED = {"a": YES, "b": NO, "c": YES, "d": NO}
"""Each second one is allocated with the one before it."""


def allocates(report: PackageReport) -> dict[str, Allocates]:
    return {each.subject: each.allocates for each in report.findings if len(each.subject) == 1}


def told(desk: Desk) -> list[PackageReport]:
    return [event.report for event in desk.events if isinstance(event, Reported)]


async def test_the_machine_code_of_what_was_saved_is_read_afterwards(
    desk: Desk, write_tree: WriteTree
) -> None:
    file = write_tree(MODULE) / "a.go"
    desk.scheduler.file_opened(str(file))
    await desk.idle()
    await until(lambda: told(desk)[-1].is_judged)
    assert allocates(told(desk)[-1]) == dict(
        zip("abcd", [Allocates.YES, Allocates.NO] * 2, strict=True)
    )

    before = len(told(desk))
    file.write_text(file.read_text().replace("return a + b", "return a * b"))
    desk.scheduler.file_changed(str(file))
    await until(lambda: len(told(desk)) > before)
    assert allocates(told(desk)[before])["b"] is YES, "the edited function is not judged"
    await until(lambda: told(desk)[-1].is_judged)
    assert allocates(told(desk)[-1])["b"] is NO


async def test_who_goes_on_working_is_not_disturbed(
    desk: Desk, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module_analysis, "_QUIET_SECONDS", 0.3)
    file = write_tree(MODULE) / "a.go"
    desk.scheduler.file_opened(str(file))
    await until(lambda: bool(told(desk)))
    for number in range(5):
        file.write_text(file.read_text().replace("return ", f"return {number} + "))
        desk.scheduler.file_changed(str(file))
        await asyncio.sleep(0.2)
    await until(lambda: told(desk)[-1].is_judged)
    assert b"4 + 3 + 2 + 1 + 0 + a" in told(desk)[-1].sources[str(file)].content
