"""Modules for older versions of Go get only what these versions have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.fixes.driver import all_rewrites
from tests.fixes.trying import Snippet, Workshop

if TYPE_CHECKING:
    from pathlib import Path

CODE = """package p

import (
	"bytes"
	"fmt"
	"strconv"
)

func F(b []byte, n int, x float64, buf *bytes.Buffer) []byte {
	b = append(b, fmt.Sprintf("%5.1f", x)...)
	buf.WriteString(strconv.Itoa(n))
	return append(b, strconv.Itoa(n)...)
}
"""


async def test_go_1_18_has_neither_appendf_nor_the_space_of_a_buffer(
    go_path: str, tmp_path: Path
) -> None:
    results = ""
    for code in ("append-text", "write-text"):
        rewrite = next(rewrite for rewrite in all_rewrites() if rewrite.code == code)
        folder = tmp_path / code
        folder.mkdir()
        snippet = Snippet("old", True, {"code.go": CODE}, ())
        tried = await Workshop(folder, go_path, rewrite, "1.18").try_all([snippet])
        results += "".join(tried["old"].results)
    assert "return strconv.AppendInt(b, int64(n), 10)" in results
    assert "buf.Write(strconv.AppendInt(make([]byte, 0, 20), int64(n), 10))" in results
    assert "Appendf" not in results
    assert "AvailableBuffer" not in results
