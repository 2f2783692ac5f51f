"""A second ``check`` compiles only what is new, and says the same."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal.command import checked

if TYPE_CHECKING:
    from tests.conftest import WriteTree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="replaces go by a script")

MODULE = """
-- go.mod --
module example.com/m

go 1.21
-- a/a.go --
package a

func New() *int { n := 7; return &n }
-- a/a_test.go --
package a

import "testing"

func TestNew(t *testing.T) { sink = New(); t.Log(*sink) }

var sink *int
-- b/b.go --
package b

import "example.com/m/a"

func New() *int { return a.New() }
-- b/windows/b_windows.go --
package windows

func New() *int { n := 7; return &n }
-- c/c.go --
package c

func New() *string { s := "c"; return &s }
"""


KEEPS = "package v\n\nvar kept *int\n\nfunc Look(p *int) { kept = p }\n"
"""A dependency that moves what it is given to the heap."""

USER = """
-- m/go.mod --
module example.com/m

go 1.21

require example.com/v v1.0.0
-- m/a/a.go --
package a

import "example.com/v"

func F() { n := 1; v.Look(&n) }
-- v/go.mod --
module example.com/v

go 1.21
-- v/v.go --
package v

func Look(p *int) {}
"""
"""A package whose finding depends on a module beside it; how that is found is left to each test."""

BESIDE = {
    "vendor": (
        """
-- m/vendor/modules.txt --
# example.com/v v1.0.0
## explicit; go 1.21
example.com/v
-- m/vendor/example.com/v/v.go --
package v

func Look(p *int) {}
""",
        {},
        ("m/vendor/example.com/v/v.go", KEEPS),
    ),
    "quoted replace": (
        """
-- m/go.mod --
module example.com/m

go 1.21

require example.com/v v1.0.0

replace "example.com/v" => "../v"
""",
        {},
        ("v/v.go", KEEPS),
    ),
    "other go.mod": (
        """
-- m/alt.mod --
module example.com/m

go 1.21

require example.com/v v1.0.0

replace example.com/v => ../v
""",
        {"GOFLAGS": "-modfile=alt.mod"},
        ("v/v.go", KEEPS),
    ),
    "go.work by name": (
        """
-- my.work --
go 1.21

use ./m
use ./v
""",
        {"GOWORK": "my.work"},
        ("v/v.go", KEEPS),
    ),
    "version by another module": (
        f"""
-- go.work --
go 1.21

use ./m
use ./other

replace example.com/v v1.0.0 => ./v
replace example.com/v v1.1.0 => ./w
-- other/go.mod --
module example.com/other

go 1.21

require example.com/v v1.0.0
-- w/go.mod --
module example.com/v

go 1.21
-- w/v.go --
{KEEPS}
""",
        {},
        ("other/go.mod", "module example.com/other\n\ngo 1.21\n\nrequire example.com/v v1.1.0\n"),
    ),
}
"""What is written besides, the environment, and which file gets another text."""


class Checks:
    """Checks of one module, and what each has compiled."""

    def __init__(self, root: Path, go_path: str, scripts: Path) -> None:
        self.root = root
        self._log = scripts / "log"
        self._go = scripts / "go"
        self._go.write_text(
            f'#!/bin/sh\ncase "$*" in *-export*) echo "$*" >>{self._log};; esac\n'
            f'exec {go_path} "$@"\n'
        )
        self._go.chmod(0o755)

    def run(self, *arguments: str) -> tuple[dict[str, Any], str]:
        """What is said, and which packages the go command was asked to compile."""
        self._log.write_text("")
        found = checked(self.root, str(self._go), *arguments)
        compiled = [line for line in self._log.read_text().splitlines() if "-gcflags" in line]
        return found, " ".join(re.findall(r"(?<= )\.\S*", " ".join(compiled)))


@pytest.fixture
def checks(write_tree: WriteTree, go_path: str, tmp_path_factory: pytest.TempPathFactory) -> Checks:
    return Checks(write_tree(MODULE), go_path, tmp_path_factory.mktemp("scripts"))


def test_the_same_is_said_without_compiling(checks: Checks) -> None:
    first, compiled = checks.run()
    assert compiled == "./..."
    assert {finding["file"] for finding in first["findings"]} >= {"a/a.go", "b/b.go", "c/c.go"}
    assert checks.run() == (first, "")
    assert checks.run("./c")[1] == ""


@pytest.mark.parametrize(
    ("changed", "compiled"),
    [("a/a.go", "./a ./b"), ("a/a_test.go", "./a ./b"), ("c/c.go", "./c"), ("go.mod", "./...")],
)
def test_what_may_be_another_now_is_compiled(checks: Checks, changed: str, compiled: str) -> None:
    first, _ = checks.run()
    with (checks.root / changed).open("a") as file:
        file.write("// more\n")
    assert checks.run() == (first, compiled)


def test_what_fails_fails_again(checks: Checks) -> None:
    test = checks.root / "a" / "a_test.go"
    test.write_text(test.read_text().replace("*sink", "nothing"))
    first, _ = checks.run()
    [error] = first["errors"]
    assert error["package"] == "example.com/m/a"
    assert checks.run() == (first, "./a")
    (checks.root / "c" / "c.go").write_text("package c\n\nfunc New() { nothing() }\n")
    second, compiled = checks.run()
    assert {error["package"] for error in second["errors"]} == {
        "example.com/m/a",
        "example.com/m/c",
    }
    assert compiled == "./a ./c"
    assert checks.run() == (second, "./a ./c")


def test_what_is_gone_is_not_said(checks: Checks) -> None:
    first, _ = checks.run()
    shutil.rmtree(checks.root / "c")
    second, compiled = checks.run()
    assert compiled == ""
    assert second["findings"] == [
        finding for finding in first["findings"] if finding["file"] != "c/c.go"
    ]


def test_a_broken_entry_is_compiled_again(checks: Checks) -> None:
    folder = Path(os.environ["XDG_CACHE_HOME"], "goescape", "results")
    before = {*folder.rglob("*")}
    first, _ = checks.run()
    entries = [path for path in {*folder.rglob("*")} - before if path.is_file()]
    assert len(entries) == 3
    for path in entries:
        path.write_bytes(path.read_bytes()[:100])
    assert checks.run() == (first, "./...")


def test_other_settings_take_nothing_of_it(checks: Checks) -> None:
    checks.run()
    without_tests, compiled = checks.run("--no-tests")
    assert compiled == "./..."
    assert not [one for one in without_tests["findings"] if one["file"].endswith("_test.go")]


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_the_module_counts(
    name: str, write_tree: WriteTree, go_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    more, environment, (changed, text) = BESIDE[name]
    root = write_tree(USER + more)
    for variable, value in environment.items():
        file = root / value
        monkeypatch.setenv(variable, str(file) if file.exists() else value)
    assert checked(root / "m", go_path)["findings"] == []
    (root / changed).write_text(text)
    [finding] = checked(root / "m", go_path)["findings"]
    assert finding["file"] == "a/a.go"


def test_what_decides_about_c_counts(
    write_tree: WriteTree, go_path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_tree("""
-- go.mod --
module example.com/m

go 1.21
-- a.go --
//go:build cgo

package a

import "C"
-- b.go --
//go:build !cgo

package a

func F() *int { return new(int) }
""")
    settings = tmp_path / "env"
    settings.write_text("CGO_ENABLED=1\n")
    monkeypatch.setenv("GOENV", str(settings))
    assert checked(root, go_path)["findings"] == []
    settings.write_text("CGO_ENABLED=0\n")
    assert len(checked(root, go_path)["findings"]) == 1
