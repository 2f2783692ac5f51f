"""What the editor shows against what lies on the disk; stamps of files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.syntax.source import BOM
from goescape.toolchain.compile.editor_files import read_folder, texts_not_on_disk
from goescape.toolchain.file_stamps import file_stamp, folder_stamp, path_stamp

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"package p\n"


@pytest.mark.parametrize(
    ("stored", "shown", "differs"),
    [
        (TEXT, TEXT, False),
        (BOM + TEXT, TEXT, False),  # most editors hide it
        (BOM + TEXT, BOM + TEXT, False),
        (TEXT, BOM + TEXT, True),
        (TEXT, TEXT + b"\n", True),
        (None, TEXT, True),
        (None, b"", False),  # a new buffer, in which nothing was written
    ],
)
def test_one_rule_says_whether_a_text_is_on_the_disk(
    tmp_path: Path, stored: bytes | None, shown: bytes, *, differs: bool
) -> None:
    file = tmp_path / "a.go"
    if stored is not None:
        file.write_bytes(stored)
    texts = {str(file): shown}
    assert texts_not_on_disk(texts) == (texts if differs else {})
    contents = read_folder({}, str(tmp_path), texts)
    assert [content.is_unsaved for content in contents.values()] == (
        [differs] if stored is not None or shown else []
    )


def test_a_byte_order_mark_that_the_editor_hides_stays_in_what_is_compiled(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    file.write_bytes(BOM + TEXT)
    contents = read_folder({}, str(tmp_path), {str(file): TEXT})
    assert contents[str(file)].source.content == BOM + TEXT


def test_a_stamp_changes_with_each_write(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    assert file_stamp(str(file)) is None
    assert folder_stamp(str(tmp_path)) == ()
    file.write_bytes(TEXT)
    written, folder = file_stamp(str(file)), folder_stamp(str(tmp_path))
    assert (path_stamp(str(file)), path_stamp(str(tmp_path))) == (written, folder)
    os.utime(file, ns=(1, 1))
    assert file_stamp(str(file)) == (1, len(TEXT))
    assert folder_stamp(str(tmp_path)) == (("a.go", 1, len(TEXT)),)
    (tmp_path / "notes.txt").write_bytes(TEXT)
    assert len(folder_stamp(str(tmp_path))) == 1
    assert file_stamp("no\0name") is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_lock_of_emacs_hides_no_write(tmp_path: Path) -> None:
    (tmp_path / ".#a.go").symlink_to("somebody@somewhere.1:2")
    before = folder_stamp(str(tmp_path))
    (tmp_path / "a.go").write_bytes(TEXT)
    assert folder_stamp(str(tmp_path)) != before
