"""``goescape explain`` and ``goescape doctor`` as processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY, WriteTree
from tests.terminal.command import Answer, goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

TOUR = REPOSITORY / "examples" / "tour"


def line_of(file: Path, text: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def explained(go: str, name: str, text: str, column: int = 0) -> str:
    """What explain says of the first line of a tour file that has the text."""
    line = line_of(TOUR / name, text)
    position = f"{name}:{line}" + (f":{column}" if column else "")
    answer = goescape("explain", "--go", go, position, folder=TOUR)
    assert answer.stderr == ""
    assert answer.returncode == 0
    return answer.stdout


def test_a_finding_is_explained_in_full(go_path: str) -> None:
    text = explained(go_path, "returned.go", "u := User{Name: name}")
    line = line_of(TOUR / "returned.go", "u := User{Name: name}")
    assert text.startswith(f"returned.go:{line}:2: ")
    for heading in ("Why", "Steps", "What helps", "When to ignore it", "Rank"):
        assert f"\n{heading}\n" in text
    assert f"returned.go:{line + 1}:" in text
    assert "`moved to heap: u`" in text


def test_a_use_leads_to_its_variable(go_path: str) -> None:
    assert "`moved to heap: u`" in explained(go_path, "returned.go", "return &u")
    assert "`moved to heap: u`" in explained(go_path, "returned.go", "return &u", column=10)


def test_a_line_without_an_allocation_says_so(go_path: str) -> None:
    assert "nothing here goes to the heap" in explained(go_path, "non_escapes.go", "package tour")


def test_a_value_that_does_not_allocate_says_so(go_path: str) -> None:
    assert "no allocation" in explained(go_path, "interface_conversion.go", "return 42")


def test_a_parameter_and_a_function_are_explained(go_path: str) -> None:
    text = explained(go_path, "passed_to_call.go", "func register(user *User)")
    assert "register" in text
    assert "user" in text
    assert "leak" in text or "escape" in text


@pytest.mark.parametrize(
    ("position", "sentence"),
    [
        ("returned.go", "is not a position; write FILE:LINE"),
        ("missing.go:1", "The file missing.go does not exist"),
        ("returned.go:9999", "lines and no line 9999"),
        ("returned.go:0", "lines and no line 0"),
        ("go.mod:1", "is not a Go file"),
    ],
)
def test_a_wrong_position_is_one_sentence(go_path: str, position: str, sentence: str) -> None:
    refused(goescape("explain", "--go", go_path, position, folder=TOUR), sentence)


def refused(answer: Answer, sentence: str) -> None:
    assert answer.returncode == 2
    assert answer.stdout == ""
    (line,) = sentences(answer.stderr)
    assert sentence in line


def test_a_file_of_another_system_says_so(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n"
        "-- b.go --\n//go:build plan9\n\npackage m\n"
    )
    answer = goescape("explain", "--go", go_path, "b.go:3", folder=folder)
    refused(answer, "b.go is not analysed: excluded by build constraints")


def test_a_package_that_does_not_compile_says_so(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n\nvar x int = y\n"
    )
    answer = goescape("explain", "--go", go_path, "a.go:3", folder=folder)
    refused(answer, "m does not compile: undefined: y; mend that first.")


def test_a_lone_file_is_explained(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- a.go --\npackage main\n\nfunc main() { f() }\n\nfunc f() *int { return new(int) }\n"
    )
    answer = goescape("explain", "--go", go_path, "a.go:5", folder=folder)
    assert answer.returncode == 0, answer.stderr
    assert "new(int)" in answer.stdout


def test_the_doctor_finds_all_well(go_path: str) -> None:
    answer = goescape("doctor", "--go", go_path, folder=TOUR)
    assert answer.returncode == 0, answer.stdout
    assert f"{go_path} (from: setting goescape.go.path)" in answer.stdout
    assert "pygls 2." in answer.stdout
    assert f"Module: {TOUR}" in answer.stdout
    assert answer.stdout.endswith("No problem found.\n")


def test_the_doctor_says_what_to_do_without_go(tmp_path: Path) -> None:
    answer = goescape("doctor", "--go", "/nonexistent/go", folder=tmp_path)
    assert answer.returncode == 1
    problems = [line for line in answer.stdout.splitlines() if line.startswith("Problem: ")]
    assert "goescape.go.path" in problems[0]
    assert "no Go module and no Go files" in problems[1]
    assert sentences(answer.stderr) == []


def test_the_server_needs_a_port_that_is_one() -> None:
    answer = goescape("server", "--tcp", "localhost:x", env={"PATH": os.devnull})
    assert answer.returncode == 2
    assert "localhost:x is not HOST:PORT, such as 127.0.0.1:7070" in answer.stderr
