"""Columns and edits: the two places where a position could go wrong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from goescape.analysis.positions import Span
from goescape.analysis.syntax.method_type_parameters import blank_method_type_parameters
from goescape.analysis.syntax.position_shift import PositionShift
from goescape.analysis.syntax.source import SourceText

LINES = st.lists(st.text(alphabet="ab\té日😀\r\f", max_size=6), max_size=12)


def source(text: str) -> SourceText:
    return SourceText("/m/a.go", text.encode())


def test_columns_count_bytes_inside_and_utf16_units_outside() -> None:
    text = source("x := 1\n\té, 日, 😀 := f()\n")
    column = text.line(2).index("😀".encode()) + 1
    assert column == 11
    assert text.utf16_column(2, column) == 7
    assert text.utf16_column(2, column + 4) == 9
    assert text.byte_column(2, 7) == column
    assert text.byte_column(2, 8) == column, "inside a surrogate pair"


def test_lines_end_at_line_feeds_only() -> None:
    assert len(source("a // \f \x0b \x85 \u2028\r\nb\n").lines) == 3


def test_a_byte_order_mark_counts_as_go_counts_it() -> None:
    assert source("\ufeffpackage p\n").utf16_column(1, 4) == 1


@given(LINES)
def test_columns_go_there_and_back(lines: list[str]) -> None:
    text = source("\n".join(lines))
    for number in range(1, len(text.lines) + 1):
        decoded = text.line(number).decode()
        for index in range(len(decoded) + 1):
            column = len(decoded[:index].encode()) + 1
            assert text.byte_column(number, text.utf16_column(number, column)) == column


@given(LINES)
def test_offsets_and_places_agree(lines: list[str]) -> None:
    text = source("\n".join(lines))
    for offset in range(len(text.content) + 1):
        place = text.place(offset)
        assert text.offset(place.line, place.column) == offset


@given(LINES, LINES)
def test_a_shifted_span_covers_the_same_text(old_lines: list[str], new_lines: list[str]) -> None:
    old, new = source("\n".join(old_lines)), source("\n".join(new_lines))
    shift = PositionShift(old, new)
    for number in range(1, len(old.lines) + 1):
        span = Span("/m/a.go", number, 1, number, len(old.line(number)) + 1)
        moved = shift.span(span)
        if moved is not None:
            assert new.text(moved) == old.text(span)
            assert shift.line_back(moved.line) == number


def test_an_edited_line_loses_its_findings_and_the_others_move() -> None:
    old = source("package p\n\nfunc f() {\n\tx := 1\n\ty := 2\n}\n")
    new = source("package p\n\n// F.\nfunc f() {\n\tx := 1 + 1\n\ty := 2\n}\n")
    shift = PositionShift(old, new)
    assert shift.span(Span("/m/a.go", 4, 2, 4, 3)) is None
    assert shift.span(Span("/m/a.go", 5, 2, 5, 3)) == Span("/m/a.go", 6, 2, 6, 3)


@given(st.lists(st.sampled_from(["func (t *T) ", "f[", "A, B any", "\n", "]", "(", ") {", "\xff"])))
def test_type_parameters_of_methods_are_blanked_in_their_place(parts: list[str]) -> None:
    text = "".join(parts).encode("latin-1")
    blanked = blank_method_type_parameters(text).content
    kept = bytes(new for new, old in zip(blanked, text, strict=True) if new == old)
    assert len(blanked) == len(text)
    assert kept.count(b"\n") == text.count(b"\n")


def test_type_parameters_of_methods_are_named() -> None:
    text = (
        b"func (l *L[T]) M[\n\tA, B ~[]int,\n\tC interface{ M() },\n](a A) {}\nfunc F[D any]() {}\n"
    )
    blanked = blank_method_type_parameters(text)
    assert blanked.names == {"A", "B", "C"}
    assert blanked.generic == {0}
    assert blanked.content.endswith(b"\n (a A) {}\nfunc F[D any]() {}\n")
