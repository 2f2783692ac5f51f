"""``goescape baseline`` and ``check --baseline``, ``--since``, ``--fail-on``: only what is new."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.terminal.command import checked, goescape, sentences
from tests.terminal.test_check import CLEAN, MODULE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MORE = """package m

// Lines above move everything; this function is new.
func Fresh() *string {
	text := "new"
	return &text
}
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")
    command = ("git", *who, "-c", "init.defaultBranch=main", *arguments)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def committed(folder: Path) -> None:
    """Put a tree into a repository."""
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")


def add_function(folder: Path) -> None:
    """Something new, above all that was there."""
    old = (folder / "a.go").read_text("utf-8")
    (folder / "a.go").write_text(MORE + old.removeprefix("package m\n"), "utf-8")


def test_only_what_is_not_in_the_baseline_is_shown(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    written = goescape("baseline", "-C", root, "--go", go_path, "-o", root / "known.json")
    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    again = goescape("baseline", "-C", root, "--go", go_path)
    text = (root / "known.json").read_text("utf-8")
    assert again.stdout == text
    assert "column" not in text
    quiet = goescape("check", "-C", root, "--go", go_path, "--baseline", root / "known.json")
    assert quiet.returncode == 0
    assert "Nothing new in 1 package" in quiet.stdout
    assert "3 known before not shown" in quiet.stdout
    add_function(root)
    found = checked(root, go_path, "--baseline", str(root / "known.json"), "--fail-on", "new")
    assert [each["function"] for each in found["findings"]] == ["Fresh"]


def test_since_shows_what_is_new_against_a_revision_and_leaves_the_tree_alone(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(MODULE)
    committed(root)
    same = goescape("check", "-C", root, "--go", go_path, "--since", "HEAD", "--fail-on", "new")
    assert (same.returncode, same.stderr) == (0, "")
    add_function(root)
    before = git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD")
    answer = goescape("check", "-C", root, "--go", go_path, "--since", "HEAD", "--format", "json")
    assert answer.returncode == 1
    assert [each["function"] for each in json.loads(answer.stdout)["findings"]] == ["Fresh"]
    assert (git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD")) == before


def test_a_folder_that_did_not_exist_yet_is_all_new(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(CLEAN)
    committed(root)
    (root / "later").mkdir()
    (root / "later" / "b.go").write_text(MORE, "utf-8")
    found = checked(root / "later", go_path, "--since", "HEAD")
    assert [each["function"] for each in found["findings"]] == ["Fresh"]


@pytest.mark.parametrize(
    ("severity", "code"), [("hint", 1), ("information", 1), ("warning", 1), ("new", 2)]
)
def test_what_fails_the_check(
    write_tree: WriteTree, go_path: str, severity: str, code: int
) -> None:
    root = write_tree(MODULE)
    answer = goescape("check", "-C", root, "--go", go_path, "--fail-on", severity)
    assert answer.returncode == code
    if code == 2:
        assert sentences(answer.stderr) == [
            "goescape: --fail-on new needs --since REV or --baseline FILE to compare with."
        ]


def test_what_matters_less_than_fail_on_is_shown_all_the_same(
    write_tree: WriteTree, go_path: str
) -> None:
    root = write_tree(CLEAN)
    (root / "b.go").write_text(MORE.replace("package m", "package clean"), "utf-8")
    answer = goescape("check", "-C", root, "--go", go_path, "--fail-on", "warning")
    assert answer.returncode == 0
    assert "1 allocation site" in answer.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no baseline of goescape"),
        ("[1, 2]", "is no baseline of goescape"),
        ('{"kind": "goescape-baseline", "schema": 1, "sites": [{}]}', "is no baseline"),
        ('{"kind": "goescape-baseline", "schema": 9, "sites": []}', "has schema 9"),
        ("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", "has merge conflicts"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_baseline_that_is_none(
    write_tree: WriteTree, go_path: str, text: str | None, told: str
) -> None:
    root = write_tree(CLEAN)
    if text is not None:
        (root / "known.json").write_text(text, "utf-8")
    answer = goescape("check", "-C", root, "--go", go_path, "--baseline", root / "known.json")
    assert answer.returncode == 2
    (sentence,) = sentences(answer.stderr)
    assert told in sentence


def test_a_revision_that_cannot_be_had(write_tree: WriteTree, go_path: str, tmp_path: Path) -> None:
    root = write_tree(MODULE)

    def told(folder: Path, revision: str, **env: str) -> str:
        answer = goescape("check", "-C", folder, "--go", go_path, f"--since={revision}", env=env)
        assert answer.returncode == 2
        (sentence,) = sentences(answer.stderr)
        return sentence

    assert "is in no git repository" in told(root, "HEAD", GIT_CEILING_DIRECTORIES=str(root.parent))
    committed(root)
    assert "names no commit" in told(root, "nothing")
    assert "no revision" in told(root, "--output=x")
    add_function(root)
    (root / "a.go").write_text('package m\n\nfunc A() int { return "" }\n', "utf-8")
    git(root, "commit", "-qam", "broken")
    (root / "a.go").write_text(MORE, "utf-8")
    git(root, "commit", "-qam", "repaired")
    assert "cannot be compared with, as not all of it compiles" in told(root, "HEAD~1")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(clone))
    assert "is not in this shallow clone" in told(clone, "HEAD~1")
    assert "git was not found" in told(root, "HEAD", PATH=str(tmp_path))
