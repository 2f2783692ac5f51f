"""What fails inside goescape and can be done another way is done, and one line says so."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MANY = 30
"""Packages: enough for a process of their own."""
BROKEN = """
import sys
from goescape.terminal.main import main
from goescape.toolchain.compile import report_worker

class Codec:
    def decode(self, data):
        raise RuntimeError("broken on purpose")

report_worker._ANSWER = Codec()
sys.exit(main(sys.argv[1:]))
"""


def test_an_answer_that_cannot_be_read_costs_no_finding(
    write_tree: WriteTree, go_path: str
) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule example.com/m\n\ngo 1.21\n"
        + "".join(
            f"-- p{number}/p.go --\npackage p{number}\n\n"
            f"func F() *int {{\n\tv := {number}\n\treturn &v\n}}\n"
            for number in range(MANY)
        )
    )

    def check(**environment: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-c", BROKEN, "check", "-C", str(folder), "--go", go_path)
        return subprocess.run(
            command,
            env={**os.environ, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    answer = check()
    assert answer.returncode == 1
    assert f"{MANY} allocation sites in {MANY} packages" in answer.stdout
    assert answer.stderr == (
        "goescape: internal error: a report could not be taken from its process; "
        "please report this with what GOESCAPE_TRACEBACK=1 shows.\n"
    )
    assert "broken on purpose" in check(GOESCAPE_TRACEBACK="1").stderr
