"""Buffers hold exactly the text that the editor shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.analysis.syntax.source import SourceText
from goescape.lsp.state.buffers import Buffers, TextChange, edited
from goescape.lsp.uris import uri_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast  # no Go runs here


def _apply(text: str, edit: TextChange) -> str:
    return edited(SourceText("/a.go", text.encode()), edit).decode()


def test_columns_are_utf16() -> None:
    assert _apply('x := "😀逃"\ny', TextChange("!", (0, 8), (0, 9))) == 'x := "😀!"\ny'


def test_a_form_feed_ends_no_line() -> None:
    text = "// page\f\u2028one\ny\n"
    assert _apply(text, TextChange("z", (1, 0), (1, 1))) == "// page\f\u2028one\nz\n"


def test_crlf_stays() -> None:
    assert _apply("a\r\nb\r\n", TextChange("c\r\n", (1, 0), (1, 0))) == "a\r\nc\r\nb\r\n"


@pytest.mark.parametrize(
    ("start", "end", "result"),
    [
        ((0, 99), (0, 99), "ab!\ncd"),
        ((99, 0), (99, 5), "ab\ncd!"),
        ((1, 1), (0, 1), "a!d"),
        ((-1, 0), (0, 0), "!ab\ncd"),
    ],
)
def test_positions_outside_are_clamped(
    start: tuple[int, int], end: tuple[int, int], result: str
) -> None:
    assert _apply("ab\ncd", TextChange("!", start, end)) == result


_TEXTS = st.text(st.sampled_from("ab\n\r\f😀é逃\u2028"), max_size=40)


@given(_TEXTS, _TEXTS, st.data())
def test_an_edit_is_what_an_editor_does(text: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edit = TextChange(new, _position(text, start), _position(text, end))
    assert _apply(text, edit) == text[:start] + new + text[end:]


def _position(text: str, offset: int) -> tuple[int, int]:
    line = text[:offset].rfind("\n") + 1
    return text[:offset].count("\n"), len(text[line:offset].encode("utf-16-le")) // 2


def test_half_of_a_surrogate_pair_is_one_unit() -> None:
    buffers = Buffers()
    buffer = buffers.open("file:///a.go", 1, '"\ud83d" x')
    assert buffer is not None
    assert buffer.source.content == b'"?" x'


def test_other_schemes_are_not_files() -> None:
    assert Buffers().open("untitled:Untitled-1", 1, "package p") is None
    assert Buffers().change("untitled:Untitled-1", 2, [TextChange("x")]) is None


def test_a_link_keeps_the_editors_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    uri = uri_of(str(tmp_path / "link" / "a.go"))
    buffers = Buffers()
    buffers.open(uri, 1, "package p")
    assert buffers.documents.uri(str(tmp_path / "real" / "a.go")) == uri
    buffers.close(uri)
    assert list(buffers.documents) == []
    real = str(tmp_path / "real" / "a.go")
    assert buffers.documents.uri(real) == uri_of(real)
