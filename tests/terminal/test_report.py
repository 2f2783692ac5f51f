"""``goescape report``: one page that says what ``check`` says, and needs nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.pages.treemap import Area, tiles
from tests.conftest import EXAMPLE_PROFILE, REPOSITORY
from tests.terminal.command import checked, goescape, sentences
from tests.terminal.test_check import MODULE
from tests.terminal.test_comparing import add_function

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

TOUR = REPOSITORY / "examples" / "tour"
VOID = {"meta", "br"}
HOSTILE = """
-- go.mod --
module example.com/hostile

go 1.21
-- b.go --
package hostile

var Sink any

func F() {
	Sink = "\u202e<script>alert('`')</script>" + string(Name)
	Sink = []string{"</pre></details><img src=x onerror=y>", `a"b'c&amp;`, string(Name)}
}

var Name []byte
"""


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        assert not any(name.startswith("on") for name in values), "no script in attributes"
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += data


def page_of(folder: Path, go_path: str, *arguments: str | Path, code: int = 0) -> Page:
    output = folder / "report.html"
    answer = goescape("report", "-C", folder, "-o", output, "--go", go_path, *arguments)
    assert (answer.returncode, answer.stderr) == (code, "")
    return Page(output.read_text("utf-8"))


def test_the_page_has_what_check_finds(tmp_path: Path, go_path: str) -> None:
    output = tmp_path / "report.html"
    answer = goescape("report", "-C", TOUR, "-o", output, "--go", go_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    found = checked(TOUR, go_path)["findings"]
    assert f"{len(found)} allocation sites in 1 package" in answer.stdout
    page = Page(output.read_text("utf-8"))
    assert f"{len(found)} allocation sites" in page.words
    for each in found:
        message = each["message"].replace("``", "`").replace("`", "")
        assert message in page.words.replace("`", "")
        assert f"{each['file']}:{each['line']}" in page.words
        assert each["code"] in page.words
    assert {"script", "link", "img", "iframe"}.isdisjoint(page.tags)
    outside = [link for link in page.links if "://" in link]
    assert {re.sub(r"#.*", "", link) for link in outside} == {
        "https://github.com/goescape/goescape/blob/main/docs/causes.md"
    }


def test_hostile_names_and_texts_are_only_text(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(HOSTILE)
    page = page_of(root, go_path)
    assert {"script", "img"}.isdisjoint(page.tags)
    assert "<script>alert(" in page.words
    assert "\u202e" not in page.words, "nothing turns the text around"
    assert "b.go:6" in page.words


def test_what_a_profile_says(tmp_path: Path, go_path: str, example_profile: Path) -> None:
    output = tmp_path / "report.html"
    asked = ("-C", EXAMPLE_PROFILE, "-o", output, "--go", go_path, "--profile", example_profile)
    assert goescape("report", *asked).returncode == 0
    words = Page(output.read_text("utf-8")).words
    for told in (
        "Top allocations",
        "of all allocations",
        "a map grows here",
        "bytes in the profile",
    ):
        assert told in words


def test_what_is_new_since_a_baseline(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE)
    goescape("baseline", "-C", root, "--go", go_path, "-o", root / "known.json")
    add_function(root)
    page = page_of(root, go_path, "--baseline", root / "known.json")
    assert "1 new, 0 gone since known.json" in page.words


def test_what_was_not_looked_at_is_not_gone(write_tree: WriteTree, go_path: str) -> None:
    allocates = "func F() *int { return new(int) }\n"
    root = write_tree(
        f"-- go.mod --\nmodule m\n\ngo 1.21\n-- a/a.go --\npackage a\n\n{allocates}"
        f"-- b/b.go --\npackage b\n\n{allocates}-- c/c.go --\npackage c\n\n{allocates}"
    )
    goescape("baseline", "-C", root, "--go", go_path, "-o", root / "known.json")
    (root / "c" / "c.go").unlink()
    for folder, package in ((root, "./a"), (root / "a", ".")):
        page = page_of(folder, go_path, "--baseline", root / "known.json", package)
        assert "0 new, 1 gone since known.json" in page.words


def test_a_package_that_does_not_compile_is_named(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n-- a/a.go --\npackage a\n\nfunc F() *int "
        "{ return new(int) }\n-- b/b.go --\npackage b\n\nfunc F() { return 1 }\n"
    )
    output = root / "report.html"
    answer = goescape("report", "-C", root, "-o", output, "--go", go_path)
    assert answer.returncode == 2
    words = Page(output.read_text("utf-8")).words
    assert "does not compile" in words
    assert "m/b" in words
    assert "1 allocation sites" in words


def test_a_page_that_cannot_be_written(tmp_path: Path, go_path: str) -> None:
    output = tmp_path / "absent" / "report.html"
    answer = goescape("report", "-C", TOUR, "-o", output, "--go", go_path)
    assert answer.returncode == 2
    [sentence] = sentences(answer.stderr)
    assert sentence.startswith(f"goescape: {output} cannot be written")


@given(st.lists(st.floats(0, 1e12), max_size=90))
def test_tiles_fill_the_page_as_large_as_they_count(sizes: list[float]) -> None:
    areas = [Area(str(number), size) for number, size in enumerate(sizes)]
    found = tiles(areas, str)
    total = sum(sizes)
    assert bool(found) == (total > 0)
    for tile in found:
        left, top, width, height = tile.box
        assert min(left, top) >= -0.01
        assert max(left + width, top + height) <= 100.01
        assert width * height / 10_000 == pytest.approx(tile.area.size / total, rel=1e-2, abs=1e-5)
    assert sum(tile.area.size for tile in found) == pytest.approx(total, rel=1e-3)
    for one, other in combinations(found[:20], 2):
        across = min(one.box.left + one.box.width, other.box.left + other.box.width)
        down = min(one.box.top + one.box.height, other.box.top + other.box.height)
        apart_x = across <= max(one.box.left, other.box.left) + 0.01
        assert apart_x or down <= max(one.box.top, other.box.top) + 0.01


def test_in_chinese(tmp_path: Path, go_path: str) -> None:
    """People read Chinese where their system does; programs read what they always read."""
    chinese, output = {"LC_ALL": "zh_CN.UTF-8"}, tmp_path / "report.html"
    shown = goescape("check", "-C", TOUR, "--go", go_path, env=chinese).stdout
    assert "`u` 被移到堆上：由 `return &u` 返回给调用者" in shown
    goescape("report", "-C", TOUR, "-o", output, "--go", go_path, env=chinese)
    words = Page(output.read_text("utf-8")).words
    assert "tour 的堆分配" in words
    assert "这个值只能放在堆上" in words
    english = goescape("check", "-C", TOUR, "--go", go_path, "--format", "json")
    assert (
        goescape("check", "-C", TOUR, "--go", go_path, "--format", "json", env=chinese).stdout
        == english.stdout
    )
