"""File URIs and paths: every character that has a meaning somewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.lsp.uris import identity, path_of, relative, uri_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/a/b.go", "file:///a/b.go"),
        ("/with space/#1/100%.go", "file:///with%20space/%231/100%25.go"),
        ("/逃逸/分析.go", "file:///%E9%80%83%E9%80%B8/%E5%88%86%E6%9E%90.go"),
        ("/what?/[x].go", "file:///what%3F/%5Bx%5D.go"),
    ],
)
def test_uri_and_back(path: str, uri: str) -> None:
    assert uri_of(path, windows=False) == uri
    assert path_of(uri, windows=False) == path


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (r"C:\go\a b.go", "file:///C:/go/a%20b.go"),
        (r"\\host\share\a.go", "file://host/share/a.go"),
        ("D:\\", "file:///D:/"),
    ],
)
def test_windows_uri_and_back(path: str, uri: str) -> None:
    assert uri_of(path, windows=True) == uri
    assert path_of(uri, windows=True) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/go/a.go", "C:\\go\\a.go"),
        ("FILE:///c:/go/a.go", "C:\\go\\a.go"),
        ("file:///C:", "C:\\"),
        ("file:///no/drive.go", None),
    ],
)
def test_how_editors_write_windows_uris(uri: str, path: str | None) -> None:
    assert path_of(uri, windows=True) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file://localhost/a.go", "/a.go"),
        ("file:/a.go", "/a.go"),
        ("file:///raw#hash?.go", "/raw#hash?.go"),
        ("file:///bad%zz.go", "/bad%zz.go"),
        ("untitled:Untitled-1", None),
        ("git:/a.go?ref", None),
        ("file://elsewhere/a.go", None),
        ("file:relative.go", None),
        ("file:///nul%00.go", None),
        ("", None),
    ],
)
def test_unusual_uris(uri: str, path: str | None) -> None:
    assert path_of(uri, windows=False) == path


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_every_name_survives(name: str) -> None:
    assert path_of(uri_of(f"/{name}", windows=False), windows=False) == f"/{name}"


def test_names_that_are_not_utf8_survive() -> None:
    path = os.fsdecode(b"/\xff\xfe.go")
    assert path_of(uri_of(path, windows=False), windows=False) == path


def test_a_link_and_its_target_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert identity(str(tmp_path / "link" / "a.go")) == identity(str(tmp_path / "real" / "a.go"))


def test_relative_to_the_innermost_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "link").symlink_to("inner")
    folders = (str(tmp_path), str(tmp_path / "inner"))
    assert relative(str(tmp_path / "inner" / "a" / "b.go"), folders) == "a/b.go"
    assert relative(str(tmp_path / "c.go"), folders) == "c.go"
    assert relative(str(tmp_path / "link" / "d.go"), (str(tmp_path / "inner"),)) == "d.go"
    assert relative("/elsewhere/e.go", folders) == "e.go"
