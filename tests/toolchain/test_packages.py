"""What go list says, and where files belong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import CompileError
from goescape.analysis.positions import Place
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.go.error_text import compile_errors
from goescape.toolchain.go.file_selection import exclusion, lone_files
from goescape.toolchain.go.packages import JsonObjects, json_objects, owner_of, split_path

if TYPE_CHECKING:
    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.21

require example.com/v v1.0.0
-- m.go --
package m
-- m_test.go --
package m
-- m_x_test.go --
package m_test
-- sub/s.go --
package sub
-- sub/s_windows.go --
package sub
-- sub/s_windows_arm64_test.go --
package sub
-- sub/tagged.go --
//go:build special && !other

package sub
-- sub/_hidden.go --
package sub
-- sub/c.go --
package sub

import "C"
-- 日本/k.go --
package k
-- nested/go.mod --
module example.com/nested
-- nested/n/n.go --
package n
-- vendor/modules.txt --
# example.com/v v1.0.0
## explicit
example.com/v/w
-- vendor/example.com/v/w/w.go --
package w
"""


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("m.go", (".", ".", "example.com/m")),
        ("m_test.go", (".", ".", "example.com/m")),
        ("m_x_test.go", (".", ".", "example.com/m")),
        ("sub/s.go", (".", "./sub", "example.com/m/sub")),
        ("nested/n/n.go", ("nested", "./n", "example.com/nested/n")),
    ],
)
async def test_home(
    engine: Engine, write_tree: WriteTree, file: str, place: tuple[str, str, str]
) -> None:
    folder = write_tree(MODULE)
    root, pattern, import_path = place
    home = await engine.home(str(folder / file))
    assert home.file == str(folder / file)
    assert home.directory == str((folder / file).parent)
    assert home.root == str(folder / root)
    assert (home.pattern, home.import_path, home.excluded) == (pattern, import_path, "")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("s_windows.go", "excluded from the build for linux/amd64 by its name, ending in _windows"),
        ("s_windows_arm64_test.go", "by its name, ending in _windows"),
        ("tagged.go", "build constraints for linux/amd64: //go:build special && !other"),
        ("_hidden.go", "Go ignores files whose name starts with '_'"),
        ("c.go", "cgo is off"),
        ("s.go", ""),
    ],
)
async def test_excluded(go_path: str, write_tree: WriteTree, file: str, reason: str) -> None:
    env = {"GOOS": "linux", "GOARCH": "amd64", "CGO_ENABLED": "0"}
    engine = Engine(EngineOptions(go_path=go_path, env=env))
    excluded = (await engine.home(str(write_tree(MODULE) / "sub" / file))).excluded
    assert reason in excluded
    assert bool(reason) == bool(excluded)


async def test_tags_and_systems_include(go_path: str, write_tree: WriteTree) -> None:
    options = EngineOptions(
        go_path=go_path, env={"GOOS": "windows"}, build_flags=("-tags=special",)
    )
    engine = Engine(options)
    folder = write_tree(MODULE)
    for file in ("tagged.go", "s_windows.go"):
        assert (await engine.home(str(folder / "sub" / file))).excluded == ""


async def test_a_changed_constraint_is_noticed(engine: Engine, write_tree: WriteTree) -> None:
    file = write_tree(MODULE) / "sub" / "s.go"
    assert (await engine.home(str(file))).excluded == ""
    file.write_text("//go:build never\n\npackage sub\n")
    assert "//go:build never" in (await engine.home(str(file))).excluded


async def test_vendored_files_have_their_own_path(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    home = await engine.home(str(folder / "vendor/example.com/v/w/w.go"))
    assert (home.root, home.import_path) == (str(folder), "example.com/v/w")


async def test_a_lone_file(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree("-- a.go --\npackage main\n")
    home = await engine.home(str(folder / "a.go"))
    assert home.root == home.directory == str(folder)
    assert home.pattern == home.import_path == str(folder / "a.go")


async def test_modules_of_a_folder(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE + "-- node_modules/x/go.mod --\nmodule x\n")
    below = (str(folder), str(folder / "nested"))
    assert await engine.modules(str(folder)) == below
    assert await engine.modules(str(folder / "sub")) == (str(folder),)


async def test_modules_of_go_work(engine: Engine, write_tree: WriteTree) -> None:
    work = "-- go.work --\ngo 1.21\n\nuse ./one\nuse (\n\t./two\n)\n"
    text = "-- {0}/go.mod --\nmodule {0}\n"
    folder = write_tree(work + "".join(map(text.format, ("one", "two", "three"))))
    assert await engine.modules(str(folder)) == (str(folder / "one"), str(folder / "two"))


async def test_no_module_at_all(engine: Engine, tmp_path: Path) -> None:
    assert await engine.modules(str(tmp_path)) == ()


def test_lone_files_that_belong_together(write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- a.go --\npackage p\n-- b.go --\npackage p\n-- b_test.go --\npackage p_test\n"
        "-- q.go --\npackage q\n-- x_windows.go --\npackage p\n"
    )
    names = [Path(file).name for file in lone_files(str(folder / "a.go"))]
    assert names == ["a.go", "b.go", "b_test.go"]


def test_scripts_do_not_belong_together(write_tree: WriteTree) -> None:
    script = "package main\n\nfunc main() {}\n"
    folder = write_tree(f"-- a.go --\n{script}-- b.go --\n{script}")
    assert lone_files(str(folder / "a.go")) == (str(folder / "a.go"),)


def test_exclusion_without_a_visible_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    file.write_text("package a\n")
    assert exclusion(str(file), "linux/amd64", cgo=True).endswith("constraints for linux/amd64")


def test_variants() -> None:
    assert split_path("p/q [p/q.test]") == ("p/q", "p/q.test")
    assert owner_of("p_test", "p.test") == "p"
    assert owner_of("p", "p.test") == "p"
    assert owner_of("other", "p.test") == "other"
    assert owner_of("q_test", "") == "q_test"


def test_json_with_nonsense_around_it() -> None:
    objects = JsonObjects()
    for line in ["hello", "{", '\t"A": 1', "}", "{", "no json", "}", "{", '\t"B": 2', "}"]:
        objects.feed(line)
    assert objects.objects == [{"A": 1}, {"B": 2}]
    assert objects.strays == ["hello", "{\nno json\n}"]


@pytest.mark.parametrize(
    ("text", "objects", "strays"),
    [
        ("", [], []),
        ('{\n\t"A": 1\n}\n{\n\t"B": "}\\n{"\n}\n', [{"A": 1}, {"B": "}\n{"}], []),
        ('{\n\t"A": 1\n}\nhello\n{\n\t"B": 2\n}\n', [{"A": 1}, {"B": 2}], ["hello"]),
        ('hello\n{\n\t"A": 1\n}\n', [{"A": 1}], ["hello"]),
        ('{\n\t"A": 1\n}\n{\n\t"B"', [{"A": 1}], []),
        ('{\nno json\n}\n{\n\t"A": 1\n}\n', [{"A": 1}], ["{\nno json\n}"]),
    ],
)
def test_json_at_once(text: str, objects: list[object], strays: list[str]) -> None:
    found = json_objects(text.encode())
    assert (found.objects, found.strays) == (objects, strays)


def test_compile_errors_with_their_places() -> None:
    text = (
        "# example.com/m\nsub/a.go:3:6: A redeclared\n\t./b.go:2:1: other declaration\n"
        "C:5: no column\ntoo many errors\n"
    )
    assert compile_errors(text, "/m") == (
        CompileError(Place("/m/sub/a.go", 3, 6), "A redeclared ./b.go:2:1: other declaration"),
        CompileError(Place("/m/C", 5, 0), "no column"),
        CompileError(None, "too many errors"),
    )
