"""Code lines with carets: tabs, wide characters, long lines, hostile bytes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.terminal.output.excerpt import excerpt
from goescape.terminal.output.style import Style, cell_width, printable


def marked(line: str, part: str, width: int = 80) -> tuple[str, str]:
    """The excerpt of the line with the carets under ``part``."""
    content = line.encode()
    start = content.index(part.encode()) + 1
    return excerpt(content, start, start + len(part.encode()), width)


@pytest.mark.parametrize(
    ("line", "part", "code", "marks"),
    [
        ("u := 1", "u", "u := 1", "^"),
        ("\tu := new(T)\r", "new(T)", "u := new(T)", "     ^^^^^^"),
        ("a\tb", "b", "a   b", "    ^"),
        ('s := "日本" + x', "x", 's := "日本" + x', "              ^"),
        ('s := "日本" + x', '"日本"', 's := "日本" + x', "     ^^^^^^"),
        ("// 🚀 new(T)", "new(T)", "// 🚀 new(T)", "      ^^^^^^"),
        ("e\u0301 := f()", "f()", "e\u0301 := f()", "     ^^^"),
        ("\ufeffpackage p", "package", "package p", "^^^^^^^"),
        ("x := \x1b[31m", "x", "x := \ufffd[31m", "^"),
    ],
)
def test_the_carets_stand_under_the_part(line: str, part: str, code: str, marks: str) -> None:
    assert marked(line, part) == (code, marks)


def test_a_long_line_is_cut_down_to_the_part() -> None:
    line = "x" * 500 + "new(T)" + "y" * 500
    code, marks = marked(line, "new(T)", 40)
    assert code.startswith("…x")
    assert code.endswith("y…")
    assert len(code) == 40
    assert code[marks.index("^") : len(marks)] == "new(T)"


def test_a_place_past_the_line_is_its_end() -> None:
    assert excerpt(b"abc", 99, 120, 40) == ("abc", "   ^")


def cells(text: str) -> int:
    return sum(map(cell_width, text))


@given(st.binary(max_size=60), st.integers(-5, 80), st.integers(-5, 80), st.integers(20, 120))
def test_any_bytes_give_two_lines_that_fit(line: bytes, start: int, end: int, width: int) -> None:
    code, marks = excerpt(line, start, end, width)
    assert cells(code) <= width
    assert len(marks) <= width + 1
    assert marks.strip(" ")
    assert set(marks) <= {" ", "^"}
    assert not any(unicodedata.category(character) == "Cc" for character in code)


@given(st.text(max_size=30), st.text(min_size=1, max_size=10), st.text(max_size=10))
def test_the_carets_begin_where_the_part_does(before: str, part: str, after: str) -> None:
    parts = [text.encode("utf-8", "replace").translate(None, b"\r\n") for text in (before, part)]
    parts[0] = b"|" + parts[0]
    line = b"".join(parts) + after.encode("utf-8", "replace")
    start = len(parts[0]) + 1
    _, marks = excerpt(line, start, start + len(parts[1]), 10_000)
    unmarked, _ = excerpt(parts[0] + b"|", start, start + 1, 10_000)
    assert marks.index("^") == cells(unmarked) - 1


@given(st.text())
def test_nothing_printable_steers_the_terminal(text: str) -> None:
    categories = {unicodedata.category(character) for character in printable(text)}
    assert not categories & {"Cc", "Cs", "Co", "Cn"}
    assert "\u202e" not in printable(text)


def test_code_is_bold_in_colour_and_in_backticks_without() -> None:
    assert Style(False).prose("`u` moves") == "`u` moves"
    assert Style(True).prose("`u` moves") == "\x1b[1mu\x1b[0m moves"
    assert Style(True).prose("a ` alone") == "a ` alone"
