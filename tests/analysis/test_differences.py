"""Edits between two texts: they lead from one to the other, and split nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.analysis.syntax.text_diff import differences

TEXTS = st.text(st.sampled_from(list("aé€𝄞\r\n")), max_size=30)


def applied(old: bytes, new: bytes) -> bytes:
    pieces, position = [], 0
    for start, end, text in differences(old, new):
        assert position <= start <= end
        pieces += [old[position:start], text]
        position = end
    return b"".join([*pieces, old[position:]])


@given(TEXTS, TEXTS)
def test_they_lead_from_one_text_to_the_other(a: str, b: str) -> None:
    old, new = a.encode(), b.encode()
    assert applied(old, new) == new
    for start, end, text in differences(old, new):
        text.decode()
        for offset in (start, end):
            old[:offset].decode()
            assert old[offset - 1 : offset + 1] != b"\r\n" or offset == 0


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (b"same\n", b"same\n", ()),
        (b"a\nb c d\ne\n", b"a\nb x d\ne\n", ((4, 5, b"x"),)),
        (b"a\nb\nc\nd\n", b"A\nb\nc\nD\n", ((0, 1, b"A"), (6, 7, b"D"))),
        ("é = ß\n".encode(), "é = ü\n".encode(), ((5, 7, "ü".encode()),)),
        (b"a\r\nb\r\n", b"a\r\n", ((3, 6, b""),)),
    ],
)
def test_they_are_small(old: bytes, new: bytes, wanted: object) -> None:
    assert differences(old, new) == wanted
