"""``goescape check`` as a process: exit codes, both formats, and everything that goes wrong."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY, RealModule, WriteTree
from tests.terminal.command import COMMAND, checked, goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

func New() *int {
	n := 7
	return &n
}

func All(names []string) (all []*string) {
	for _, name := range names {
		clone := name
		all = append(all, &clone)
	}
	return all
}

func Box() any {
	return 42
}
"""
CLEAN = """
-- go.mod --
module example.com/clean

go 1.21
-- a.go --
package clean

func Add(a, b int) int {
	return a + b
}
"""
BROKEN = (
    MODULE
    + """
-- bad/b.go --
package bad

func Bad() int {
	return "text"
}
"""
)
FINDING = {
    "file": str,
    "line": int,
    "column": int,
    "end_line": int,
    "end_column": int,
    "code": str,
    "severity": str,
    "function": str,
    "subject": str,
    "message": str,
    "allocates": str,
    "in_loop": bool,
    "breaks_promise": bool,
    "advice": str,
    "compiler": str,
    "flow": list,
    "copies": list,
}


def test_findings_are_exit_code_one(go_path: str, write_tree: WriteTree) -> None:
    answer = goescape("check", "--go", go_path, folder=write_tree(MODULE))
    assert answer.returncode == 1
    assert answer.stderr == ""
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("a.go:4:2: ")
    assert lines[0].endswith(" (returned)")
    assert lines[1] == "     4 | n := 7"
    assert lines[2] == "       | ^"
    assert lines[3] == "     5 | return &n"
    assert "\x1b" not in answer.stdout
    assert "in 1 package (go1." in answer.stdout


def test_nothing_found_is_exit_code_zero(go_path: str, write_tree: WriteTree) -> None:
    answer = goescape("check", "--go", go_path, folder=write_tree(CLEAN))
    assert answer.returncode == 0
    assert answer.stdout.startswith("Nothing found in 1 package (go1.")


@pytest.mark.fast
def test_json_is_as_documented(go_path: str, write_tree: WriteTree) -> None:
    found = checked(write_tree(MODULE), go_path)
    assert list(found) == ["schema", "go", "findings", "directives", "errors"]
    assert found["schema"] == 1
    assert found["go"].startswith("go1.")
    assert found["errors"] == []
    assert found["findings"]
    for finding in found["findings"]:
        assert {name: type(value) for name, value in finding.items()} == FINDING
        for step in finding["flow"]:
            assert list(step) == ["file", "line", "column", "text", "reason"]
        assert finding["allocates"] in {"yes", "depends"}
    first = found["findings"][0]
    assert (first["file"], first["line"], first["column"]) == ("a.go", 4, 2)
    assert (first["end_line"], first["end_column"]) == (4, 3)
    assert (first["code"], first["function"], first["subject"]) == ("returned", "New", "n")
    assert first["compiler"] == "moved to heap: n"
    assert first["flow"][-1]["reason"] == "return"


def test_the_document_names_every_field(go_path: str, write_tree: WriteTree) -> None:
    document = (REPOSITORY / "docs" / "json.md").read_text("utf-8")
    found = checked(write_tree(BROKEN), go_path)
    step = next(step for finding in found["findings"] for step in finding["flow"])
    for name in (*found, *found["findings"][0], *step, *found["errors"][0]):
        assert f"`{name}`" in document, name


def test_a_threshold_hides_and_counts(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    found = checked(folder, go_path, "--min-severity", "warning")["findings"]
    assert {finding["severity"] for finding in found} == {"warning"}
    assert all(finding["in_loop"] for finding in found)
    arguments = ("check", "--go", go_path, "--min-severity", "warning")
    assert "below --min-severity not shown" in goescape(*arguments, folder=folder).stdout


def test_a_threshold_above_all_is_exit_code_zero(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE.partition("func All")[0])
    arguments = ("check", "--go", go_path, "--min-severity", "warning")
    assert goescape(*arguments, folder=folder).returncode == 0


def test_all_shows_also_what_does_not_allocate(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    more = checked(folder, go_path, "--all")["findings"]
    boxed = [finding for finding in more if finding["allocates"] == "no"]
    assert [(finding["line"], finding["subject"]) for finding in boxed] == [(17, "42")]
    assert [finding for finding in more if finding not in boxed] == (
        checked(folder, go_path)["findings"]
    )


def test_tests_can_be_left_out(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(CLEAN + "-- a_test.go --\npackage clean\n" + "var p = new(int)\n" * 0)
    (folder / "b_test.go").write_text("package clean\n\nfunc leak() *int { return new(int) }\n")
    assert [f["file"] for f in checked(folder, go_path)["findings"]] == ["b_test.go"]
    assert checked(folder, go_path, "--no-tests")["findings"] == []


def test_colour_is_asked_for_or_not(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    arguments = ("check", "--go", go_path)
    assert "\x1b[" in goescape(*arguments, "--color", "always", folder=folder).stdout
    assert "\x1b[" not in goescape(*arguments, "--color", "never", folder=folder).stdout


def test_what_compiles_is_shown_beside_what_does_not(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(BROKEN)
    answer = goescape("check", "--go", go_path, folder=folder)
    assert answer.returncode == 2
    assert "a.go:4:2: " in answer.stdout
    (line,) = sentences(answer.stderr)
    assert line.startswith("bad/b.go:4:9: not analysed: ")
    (error,) = checked(folder, go_path)["errors"]
    assert (error["kind"], error["package"]) == ("compile", "example.com/m/bad")
    assert (error["file"], error["line"], error["column"]) == ("bad/b.go", 4, 9)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-C", "missing"), "The folder missing does not exist"),
        (("./missing",), "There is no ./missing in "),
        (("--go", "/nonexistent/go"), "goescape.go.path"),
    ],
)
def test_a_mistake_is_one_sentence(
    go_path: str, write_tree: WriteTree, arguments: tuple[str, ...], sentence: str
) -> None:
    folder = write_tree(MODULE)
    answer = goescape("check", "--go", go_path, *arguments, folder=folder)
    assert answer.returncode == 2
    assert answer.stdout == ""
    (line,) = sentences(answer.stderr)
    assert sentence in line
    as_json = goescape("check", "--go", go_path, *arguments, "--format", "json", folder=folder)
    assert as_json.returncode == 2
    (error,) = json.loads(as_json.stdout)["errors"]
    assert sentence in error["message"]


def test_an_empty_folder_is_one_sentence(go_path: str, tmp_path: Path) -> None:
    answer = goescape("check", "--go", go_path, folder=tmp_path)
    assert answer.returncode == 2
    assert "is in no Go module and has no Go files" in "".join(sentences(answer.stderr))


def test_an_unknown_package_is_one_sentence(go_path: str, write_tree: WriteTree) -> None:
    answer = goescape("check", "--go", go_path, "example.org/none", folder=write_tree(CLEAN))
    assert answer.returncode == 2
    assert any("example.org/none" in line for line in sentences(answer.stderr))


def test_names_with_spaces_and_cjk(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE).parent / "a # b%20 日本"
    shutil.copytree(write_tree(MODULE), folder)
    (folder / "日本.go").write_text("package m\n\nfunc 日(本 int) any { return &本 }\n", "utf-8")
    answer = goescape("check", "-C", folder, "--go", go_path, folder=folder.parent)
    assert f"{folder.name}/日本.go:3:10: " in answer.stdout
    assert "     3 | func 日(本 int) any { return &本 }\n       |         ^^\n" in answer.stdout


def test_a_terminal_without_unicode_still_gets_an_answer(
    go_path: str, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    (folder / "u.go").write_text("package m\n\nfunc 日(本 int) any { return &本 }\n", "utf-8")
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = goescape("check", "--go", go_path, folder=folder, env=environment)
    assert answer.returncode == 1
    assert "\\u65e5" in answer.stdout


def test_a_module_that_others_wrote(go_path: str, real_module: RealModule) -> None:
    folder = real_module("github.com/BurntSushi/toml@v1.6.0")
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    found = checked(folder, go_path)
    assert found["errors"] == []
    assert len(found["findings"]) > 50
    assert before == sorted(path.relative_to(folder) for path in folder.rglob("*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that is in use")
def test_a_deleted_folder_is_one_sentence(go_path: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = shlex.join([*COMMAND, "check", "--go", go_path])
    answer = subprocess.run(
        ["sh", "-c", f"rmdir {shlex.quote(str(gone))}; {command}"],
        cwd=gone,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 2
    assert "This folder does not exist any more" in sentences(answer.stderr)[-1]


def test_the_version_is_told() -> None:
    answer = goescape("--version", env={"PATH": os.devnull})
    assert answer.stdout.startswith("goescape ")


def test_a_type_of_the_external_tests_is_another_one(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(
        """
-- go.mod --
module m

go 1.21
-- a.go --
package m

type parser struct{ n int }

func New() *parser { return &parser{n: 1} }
-- a_test.go --
package m_test

type parser struct{}
"""
    )
    [finding] = checked(root, go_path)["findings"]
    assert (finding["file"], finding["subject"]) == ("a.go", "&parser{...}")
