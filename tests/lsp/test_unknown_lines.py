"""What nobody understands of the compiler's text is written down once, with a count."""

from __future__ import annotations

import logging
import os
import shlex
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.package_analyzer import build_report
from goescape.lsp.session import Session
from goescape.lsp.unknown_lines import UnknownLines
from goescape.toolchain.schedule.events import Reported
from tests.terminal.command import goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import PackageReport
    from tests.conftest import WriteTree


MODULE = """
-- go.mod --
module m

go 1.21
-- a.go --
package m

func New() *int {
	n := 1
	return &n
}
"""


@pytest.fixture
def odd_go(go_path: str, tmp_path: Path) -> Path:
    """A go whose compiler says something that nobody knows, twice."""
    script = tmp_path / "odd" / "go"
    script.parent.mkdir()
    out = shlex.quote(str(script.parent / "out"))
    script.write_text(
        "#!/bin/sh\n"
        'case " $* " in *" -export "*)\n'
        f'  {shlex.quote(go_path)} "$@" > {out} 2> {out}.err; code=$?\n'
        f"  cat {out}.err >&2\n"
        "  printf './a.go:3:6: x is entangled\\n./a.go:4:6: x is entangled\\n' >&2\n"
        f"  cat {out}; exit $code;;\n"
        "esac\n"
        f'exec {shlex.quote(go_path)} "$@"\n'
    )
    script.chmod(0o755)
    return script


def report_of(*lines: str) -> PackageReport:
    reader = CompilerText()
    reader.feed_chunk("".join(f"{line}\n" for line in ("# m", *lines)).encode())
    info = PackageInfo("m", "/m", ("/m/a.go",), "/m")
    return build_report(info, reader.finish(), {})


def test_a_line_is_logged_once_with_a_count(caplog: pytest.LogCaptureFixture) -> None:
    lines = UnknownLines()
    with caplog.at_level(logging.WARNING):
        lines.log_new(report_of("./a.go:3:6: moved to heap: x"))
        assert caplog.messages == []
        lines.log_new(report_of("./a.go:3:6: x is entangled", "./a.go:9:1: x is entangled"))
        lines.log_new(report_of("./a.go:4:6: x is entangled"))
        (told,) = caplog.messages
        assert told.startswith("compiler lines about m that goescape does not understand: 2;")
        assert told.endswith("please report: ./a.go:3:6: x is entangled")
        lines.log_new(report_of("./a.go:4:6: x is entangled", "./a.go:5:1: y is both"))
        assert len(caplog.messages) == 2
        assert caplog.messages[1].endswith("understand: 2; please report: ./a.go:5:1: y is both")


async def test_the_server_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    session = Session(MagicMock())
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            session.analysis_events.handle_event(Reported(report_of("./a.go:3:6: x is entangled")))
    (told,) = caplog.messages
    assert told.endswith("does not understand: 1; please report: ./a.go:3:6: x is entangled")


@pytest.mark.skipif(os.name == "nt", reason="the odd go is a shell script")
def test_the_terminal_says_it(write_tree: WriteTree, odd_go: Path) -> None:
    folder = write_tree(MODULE)
    answer = goescape("check", "-C", folder, "--go", odd_go)
    (told,) = sentences(answer.stderr)
    assert told.startswith("goescape: 2 lines of the compiler could not be understood;")
    assert told.endswith("./a.go:3:6: x is entangled")
    assert "moves to the heap" in answer.stdout


def test_more_lines_than_are_kept_are_counted() -> None:
    report = report_of(*(f"./a.go:{number}:1: line {number}" for number in range(1, 1001)))
    assert report.unknown_line_count == 1000
    assert len(report.unknown_lines) < 1000
