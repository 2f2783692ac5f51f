"""``check --from-log``: what another build printed."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal.command import COMMAND, checked, goescape, sentences
from tests.terminal.test_check import MODULE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

TWO = (
    MODULE
    + """
-- sub/b.go --
package sub

func Make(n int) []int {
	return make([]int, n)
}
"""
)


def log_of(root: Path, go: str) -> str:
    """What go build prints."""
    command = (go, "build", "-gcflags=-m=2", "./...")
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return done.stderr


def read(root: Path, text: bytes) -> dict[str, Any]:
    """The JSON of a check of a log on standard input."""
    command = [*COMMAND, "check", "-C", str(root), "--from-log", "-", "--format", "json"]
    done = subprocess.run(command, input=text, capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def brief(found: dict[str, Any]) -> list[tuple[object, ...]]:
    """What matters of findings."""
    return [(f["file"], f["line"], f["code"], f["severity"]) for f in found["findings"]]


def test_a_log_says_what_a_build_says(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(TWO)
    text = log_of(root, go_path)
    built = brief(checked(root, go_path, "--no-tests"))
    assert built
    assert brief(read(root, text.encode())) == built
    lines = text.splitlines()
    coloured = "\r\n".join(f"\x1b[33m{line}\x1b[0m" for line in lines)
    assert brief(read(root, coloured.encode())) == built
    without = "\n".join(line for line in lines if not line.startswith("# "))
    assert brief(read(root, without.encode())) == built
    sandbox = text.replace("./", "/sandbox/17/execroot/main/").replace(
        "sub/b.go", "/sandbox/9/execroot/main/sub/b.go"
    )
    assert brief(read(root, sandbox.encode())) == built


def test_packages_may_come_interleaved_and_the_log_be_cut(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(TWO)
    text = log_of(root, go_path)
    blocks = ["# " + block for block in text.split("# ")[1:]]
    assert len(blocks) == 2
    twice = "".join([blocks[1], blocks[0], blocks[1], "some other tool says something\n"])
    assert brief(read(root, twice.encode())) == brief(read(root, text.encode()))
    cut = read(root, text.encode()[: len(text) * 2 // 3])
    assert set(brief(cut)) <= set(brief(read(root, text.encode())))


def test_a_package_may_come_in_parts(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(TWO)
    text = log_of(root, go_path)
    blocks = [block.splitlines(keepends=True) for block in text.split("# ")[1:]]
    parts = [
        "".join([f"# {block[0]}", *block[1 + start : 1 + start + 3]])
        for start in range(0, max(map(len, blocks)), 3)
        for block in blocks
    ]
    assert len(parts) > 4
    found = read(root, text.encode())["findings"]
    assert found
    assert read(root, "".join(parts).encode())["findings"] == found
    again = read(root, (text * 3).encode())["findings"]  # as Go repeats what is in its cache
    assert again == found
    (root / "log").write_text("".join(parts), newline="")
    answer = goescape("check", "-C", root, "--from-log", root / "log", "--format", "json")
    assert json.loads(answer.stdout)["findings"] == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has nothing of the compiler"),
        ("\x00\xff\n# x\nnothing\n", "has nothing of the compiler"),
        ("# other.org/p\n./elsewhere.go:3:2: moved to heap: x\n", "./elsewhere.go, which the log"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_log_that_says_nothing(write_tree: WriteTree, text: str | None, told: str) -> None:
    root = write_tree(MODULE)
    if text is not None:
        (root / "log").write_text(text, "latin-1")
    answer = goescape("check", "-C", root, "--from-log", root / "log")
    assert answer.returncode == 2
    (sentence,) = sentences(answer.stderr)
    assert told in sentence
