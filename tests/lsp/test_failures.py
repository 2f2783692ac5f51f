"""What fails inside goescape is logged with its traceback, told once, and costs no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types as lsp

from tests.lsp.capabilities import neovim
from tests.lsp.harness import Talk, conversation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/failures

go 1.21
-- a/a.go --
package a

func F() *int {
	u := 1 // want u returned
	return &u
}
"""
MANY = 30
"""Packages: enough for a process of their own, and for reports that are packed."""
FAULTS = {
    "a report cannot be packed": """
from goescape.analysis.reports import report_codec
from goescape.lsp.state import report_cache
report_cache._MOST_FINDINGS = 3
def fail(self, report): raise RuntimeError("broken on purpose")
report_codec.PackedReport.__init__ = fail
""",
    "a report cannot be unpacked": """
from goescape.analysis.reports import report_codec
from goescape.lsp.state import report_cache
report_cache._MOST_FINDINGS = 3
def fail(self, *_): raise RuntimeError("broken on purpose")
report_codec.PackedReport.report = report_codec.PackedReport.excerpt = fail
""",
    "results cannot be kept": """
from goescape.toolchain.cache import disk_cache
def fail(*_): raise RuntimeError("broken on purpose")
disk_cache._packed = fail
""",
    "kept results cannot be read": """
from goescape.toolchain.cache import disk_cache
def fail(*_): raise RuntimeError("broken on purpose")
disk_cache._unpacked = fail
""",
    "the other process answers nonsense": """
from goescape.toolchain.compile import report_worker
class Codec:
    def decode(self, data): raise RuntimeError("broken on purpose")
report_worker._ANSWER = Codec()
""",
    "a callback of the publisher": """
from goescape.lsp import publisher
real, broken = publisher.Publisher._publish, []
def fail(self, path):
    if not broken and path.endswith("/p7.go"):
        broken.append(path)
        raise RuntimeError("broken on purpose")
    real(self, path)
publisher.Publisher._publish = fail
""",
}


def modules(write_tree: WriteTree) -> Path:
    """The module, and many packages more."""
    more = "".join(
        f"-- p{number}/p{number}.go --\npackage p{number}\n\n"
        f"func F() *int {{\n\tv := {number} // want v returned\n\treturn &v\n}}\n"
        for number in range(MANY)
    )
    return write_tree(MODULE + more)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failure_is_logged_and_told_once_and_all_is_found(
    fault: str, write_tree: WriteTree
) -> None:
    folder = modules(write_tree)
    if fault == "kept results cannot be read":
        async with conversation(neovim(), folder) as before:
            await everything(before, folder)
    async with conversation(neovim(), folder, allow_errors=True, fault=FAULTS[fault]) as talk:
        await everything(talk, folder)
        for number in (0, 7, MANY - 1):
            await talk.until_wanted(talk.open(folder / f"p{number}" / f"p{number}.go"))
        await talk.until(lambda: tracebacks(talk), "the traceback")
    told = [each.message for each in talk.client.messages if "inside goescape" in each.message]
    assert len(told) == 1, talk.told()


async def everything(talk: Talk, folder: Path) -> None:
    """Analyse all packages; one file is open."""
    await talk.until_wanted(talk.open(folder / "a" / "a.go"))
    await talk.command("goescape.analyzeWorkspace")
    await talk.until(lambda: len({each.uri for each in talk.published}) >= MANY, "all files")


def tracebacks(talk: Talk) -> list[str]:
    """The lines of the log that say what broke."""
    return [
        each.message
        for each in talk.client.log_messages
        if each.type == lsp.MessageType.Error
        and "Traceback" in each.message
        and "broken on purpose" in each.message
    ]
