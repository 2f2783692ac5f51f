"""``fix --diff`` prints what ``git apply`` takes: every kind of fix, every end of a file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.terminal.output.fix_output import diff_lines
from goescape.terminal.output.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [
    path.parent
    for path in sorted((Path(__file__).parents[1] / "fixes" / "cases").glob("*/case.json"))
    if json.loads(path.read_text("utf-8"))["offer"]
]
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "as gofmt leaves it": lambda text: text,
    "no newline at the end": lambda text: text.rstrip(b"\n"),
    "empty lines at the end": lambda text: text + b"\n\n",
    "crlf": lambda text: text.replace(b"\n", b"\r\n"),
    "crlf, no newline at the end": lambda text: text.replace(b"\n", b"\r\n").rstrip(b"\r\n"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "code at the end": lambda text: b"// First.\n" * 9 + text.replace(b"\n}\n", b"\n}"),
    "only the last line": lambda text: text + b"// " + str(len(text)).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_git_takes_the_patch_of_each_fix(form: str, tmp_path: Path) -> None:
    """All of them as one patch, with the sentences around them that users see."""
    wanted, patch = {}, list[str]()
    for case in CASES:
        old, new = (FORMS[form]((case / name).read_bytes()) for name in ("before.go", "after.go"))
        (tmp_path / f"{case.name}.go").write_bytes(old)
        wanted[f"{case.name}.go"] = new
        patch += [f"{case.name}.go:7:31: Do something ({case.name})", "  removes 1 allocation"]
        patch += [*diff_lines(f"{case.name}.go", old, new, Style()), ""]
    text = "".join(f"{line}\n" for line in patch).encode()
    done = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=text, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert {name: (tmp_path / name).read_bytes() for name in wanted} == wanted
