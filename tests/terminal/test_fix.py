"""``goescape fix``: what it shows, asks, writes and counts."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages.languages import ENGLISH
from goescape.terminal.file_writer import replace_files
from tests.terminal.command import COMMAND, Answer, goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

import (
	"fmt"
	"time"
)

func A(i int) string { return fmt.Sprintf("%d", i) }

func B(s string) string { return fmt.Sprintf("<%s>", s) }

func C(t *time.Duration, n *int) string { return fmt.Sprintf("%d%d", *t, *n) }
"""
ITOA = "Use strconv.Itoa instead of fmt.Sprintf (sprintf)"


def fix(folder: Path, go: str, *arguments: str, answers: str = "") -> Answer:
    return subprocess.run(
        [*COMMAND, "fix", "--go", go, *arguments],
        cwd=folder,
        input=answers,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def builds(folder: Path, go: str) -> None:
    done = subprocess.run([go, "build", "./..."], cwd=folder, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def row(answer: Answer, code: str) -> list[str]:
    """The numbers of one row of the table."""
    return next(line.split()[1:] for line in answer.stdout.splitlines() if line.startswith(code))


@pytest.mark.fast
def test_a_diff_writes_nothing(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    before = (folder / "a.go").read_text()
    answer = fix(folder, go_path, "--diff")
    assert answer.stderr == ""
    assert answer.returncode == 1
    assert f"a.go:8:31: {ITOA}\n  removes 1 heap allocation; checked with go" in answer.stdout
    assert answer.stdout.count("  docs: https://github.com/goescape/") == 2, "one for each fix"
    assert "/docs/fixes/sprintf.md\n" in answer.stdout
    assert '-func A(i int) string { return fmt.Sprintf("%d", i) }\n' in answer.stdout
    assert "+func A(i int) string { return strconv.Itoa(i) }\n" in answer.stdout
    assert row(answer, "sprintf") == ["3", "2", "0", "1"]
    assert "1 x sprintf: C would be inlined no more" in answer.stdout
    assert (folder / "a.go").read_text() == before


def test_yes_writes_all(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    (folder / "a.go").chmod(0o640)
    answer = fix(folder, go_path, "--yes")
    assert answer.returncode == 0
    assert row(answer, "sprintf") == ["3", "2", "2", "1"]
    assert "1 file changed." in answer.stdout
    text = (folder / "a.go").read_text()
    assert "return strconv.Itoa(i) }" in text
    assert 'return "<" + s + ">" }' in text
    assert (folder / "a.go").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["a.go", "go.mod"]
    builds(folder, go_path)
    again = fix(folder, go_path, "--yes")
    assert row(again, "sprintf") == ["1", "0", "0", "1"]


def test_git_takes_all_at_once(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    before = (folder / "a.go").read_text()
    answer = fix(folder, go_path, "--diff", "--yes")
    assert answer.returncode == 1
    assert row(answer, "sprintf") == ["3", "2", "0", "1"]
    assert (folder / "a.go").read_text() == before
    patch = answer.stdout
    subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, encoding="utf-8", check=True)
    patched = (folder / "a.go").read_text()
    (folder / "a.go").write_text(before)
    fix(folder, go_path, "--yes")
    assert patched == (folder / "a.go").read_text()
    assert patched != before


def test_yes_proves_all_as_one(go_path: str, write_tree: WriteTree) -> None:
    """The name of a new variable is free for each of two fixes, and not for both."""
    text = """
-- b/b.go --
package b

import (
	"errors"
	"fmt"
)

func B(i int) (string, string, error) {
	if i == 0 {
		return "", "", errors.New("bad digit")
	}
	return fmt.Sprintf("%d", i), fmt.Sprintf("%d", i), nil
}
-- b/c.go --
package b

import "errors"

func C(i int) error {
	if i == 0 {
		return errors.New("bad digit")
	}
	return nil
}
"""
    folder = write_tree(MODULE + text)
    kinds = ("--only", "sprintf", "--only", "sentinel-error")
    answer = fix(folder, go_path, "--yes", "--everywhere", *kinds)
    assert row(answer, "sprintf") == ["5", "4", "4", "1"]
    assert row(answer, "sentinel-error") == ["2", "1", "1", "1"]
    assert answer.stdout.count("--- a/") == 2, "one diff for each package"
    assert re.findall(r"removes (\d) heap", answer.stdout) == ["2", "3"]
    changed = (folder / "b" / "b.go").read_text()
    assert "strconv.Itoa(i), strconv.Itoa(i), nil" in changed
    assert 'var errBadDigit = errors.New("bad digit")\n' in changed
    assert 'return errors.New("bad digit")' in (folder / "b" / "c.go").read_text()
    builds(folder, go_path)


@pytest.mark.parametrize(
    "text",
    ["PACKAGE{}\n", "PACKAGE{}", "PACKAGE{}\r\n", "PACKAGE{}\n\n\n"],
    ids=["newline", "no newline", "crlf", "empty lines"],
)
def test_git_takes_the_diff_at_the_end_of_a_file(
    go_path: str, write_tree: WriteTree, text: str
) -> None:
    folder = write_tree("-- go.mod --\nmodule m\n\ngo 1.21\n")
    code = text.replace("PACKAGE", 'package m\n\nimport "fmt"\n\n').format(
        'func A(i int) string { return fmt.Sprintf("%d", i) }'
    )
    code = code.replace("\n", "\r\n") if "\r" in text else code
    file = folder / "a.go"
    file.write_bytes(code.replace("\r\r", "\r").encode())
    command = [*COMMAND, "fix", "--go", go_path, "--diff"]
    patch = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    done = subprocess.run(
        ["git", "apply", "-"], cwd=folder, input=patch, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stderr + patch).decode()
    assert b"strconv.Itoa" in file.read_bytes()


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ("y\nn\n", ("strconv.Itoa(i)", 'fmt.Sprintf("<%s>", s)')),
        ("n\ny\n", ('fmt.Sprintf("%d", i)', '"<" + s + ">"')),
        ("what?\na\n", ("strconv.Itoa(i)", '"<" + s + ">"')),
        ("q\n", ('fmt.Sprintf("%d", i)', 'fmt.Sprintf("<%s>", s)')),
        ("", ('fmt.Sprintf("%d", i)', 'fmt.Sprintf("<%s>", s)')),
    ],
)
def test_it_asks(
    go_path: str, write_tree: WriteTree, answers: str, wanted: tuple[str, str]
) -> None:
    folder = write_tree(MODULE)
    answer = fix(folder, go_path, answers=answers)
    assert answer.returncode == 0
    assert "Apply it? [y]es, [n]o, [a]ll of them, [q]uit:" in answer.stdout
    text = (folder / "a.go").read_text()
    for each in wanted:
        assert each in text
    builds(folder, go_path)


def test_only_some(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    answer = fix(folder, go_path, "--diff", "--only", "return-value")
    assert answer.stdout == "Nothing to fix.\n"
    assert answer.returncode == 0
    answer = fix(folder, go_path, "--only", "nonsense")
    [sentence] = sentences(answer.stderr)
    assert sentence.startswith("goescape: There is no fix nonsense; --only takes ")
    assert answer.returncode == 2


def test_what_cannot_be_analysed(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(f"{MODULE}-- b/b.go --\npackage b\n\nvar x int = nothing\n")
    answer = fix(folder, go_path, "--diff")
    assert answer.returncode == 2
    assert "b.go:3:13: not analysed: undefined: nothing" in answer.stderr
    assert row(answer, "sprintf") == ["3", "2", "0", "1"]
    answer = goescape("fix", "-C", folder / "nowhere")
    assert answer.returncode == 2
    assert len(sentences(answer.stderr)) == 1


def test_cold_and_read_only_code_is_left(go_path: str, write_tree: WriteTree) -> None:
    cold = """
-- go.mod --
module example.com/cold

go 1.21
-- a.go --
package cold

import "fmt"

var number, name = 1000, ""

func init() { name = fmt.Sprintf("%d", number) }
-- r.go --
package cold

import "fmt"

func R(n int) string { return fmt.Sprintf("%d", n) }
"""
    folder = write_tree(cold)
    (folder / "r.go").chmod(0o444)
    answer = fix(folder, go_path, "--yes")
    assert row(answer, "sprintf") == ["2", "0", "0", "2"]
    assert "It is not worth it: Package initialisation runs once." in answer.stdout
    assert "1 not looked at: --everywhere offers " in answer.stdout
    assert "r.go is read-only." in answer.stdout
    for arguments in (("--yes", "--only", "sprintf"), ("--diff",), ("--diff", "--only", "sprintf")):
        answer = fix(folder, go_path, *arguments)
        assert row(answer, "sprintf") == ["2", "0", "0", "2"], arguments
    answer = fix(folder, go_path, "--yes", "--everywhere")
    assert row(answer, "sprintf") == ["2", "1", "1", "1"]
    assert "--everywhere" not in answer.stdout


def test_generated_code_and_tests_are_left(go_path: str, write_tree: WriteTree) -> None:
    """However fixes are asked for, the same ones are worth it."""
    generated = """
-- go.mod --
module example.com/generated

go 1.21
-- a.go --
// Code generated by hand. DO NOT EDIT.

package generated

import "fmt"

func G(n int) string { return fmt.Sprintf("%d", n) }
-- a_test.go --
package generated

import "fmt"

func T(n int) string { return fmt.Sprintf("%d", n) }

func U(m map[string]bool) []string {
	out := []string{}
	for k := range m {
		out = append(out, k)
	}
	return out
}
"""
    folder = write_tree(generated)
    for arguments in (
        ("--yes",),
        ("--diff",),
        ("--yes", "--only", "sprintf", "--only", "preallocate"),
    ):
        answer = fix(folder, go_path, *arguments)
        assert row(answer, "sprintf") == ["2", "0", "0", "2"], arguments
        assert row(answer, "preallocate") == ["1", "0", "0", "1"], arguments
        assert "1 x sprintf: It would change a generated file." in answer.stdout
        assert (
            "3 not looked at: --everywhere offers what seldom runs or is generated."
            in answer.stdout
        )
    answer = fix(folder, go_path, "--yes", "--everywhere")
    assert row(answer, "sprintf") == ["2", "2", "2", "0"]
    assert row(answer, "preallocate") == ["1", "1", "1", "0"]


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"1")
    b.write_bytes(b"2")
    old, new = {str(a): b"1", str(b): b"?"}, {str(a): b"3", str(b): b"4"}
    problem = replace_files(old, new)
    assert problem
    assert ENGLISH.reason(problem) == "b has changed meanwhile; nothing was written."
    assert (a.read_bytes(), b.read_bytes()) == (b"1", b"2")
    assert replace_files({**old, str(b): b"2"}, new) is None
    assert (a.read_bytes(), b.read_bytes()) == (b"3", b"4")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"1")
    link = tmp_path / "link"
    link.symlink_to("target")
    assert replace_files({str(link): b"1"}, {str(link): b"2"}) is None
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"2"


def test_a_fix_that_fails_the_tests_is_not_written(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    failing = 'package m\n\nimport "testing"\n\nfunc TestNo(t *testing.T) { t.Fatal("no") }\n'
    (folder / "a_test.go").write_text(failing)
    before = (folder / "a.go").read_bytes()
    answer = fix(folder, go_path, "--yes", "--test")
    assert (folder / "a.go").read_bytes() == before
    assert "The tests fail with it and without it: --- FAIL: TestNo" in answer.stdout
    number = "testing.AllocsPerRun(9, func() { A(n) })"
    wants_boxes = f'if {number} < 2 {{ t.Fatal("no") }}'
    (folder / "a_test.go").write_text(
        failing.replace('t.Fatal("no")', wants_boxes) + "\nvar n = 12345\n"
    )
    answer = fix(folder, go_path, "--yes", "--test")
    assert b"strconv.Itoa(i)" not in (folder / "a.go").read_bytes()
    assert "The tests fail with it: --- FAIL: TestNo" in answer.stdout
    (folder / "a_test.go").write_text(failing.replace("t.Fatal", "t.Log"))
    fix(folder, go_path, "--yes", "--test")
    assert b"strconv.Itoa(i)" in (folder / "a.go").read_bytes()
