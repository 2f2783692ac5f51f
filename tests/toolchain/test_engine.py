"""Compiling real modules: one report per package, complete and fitting its sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.causes import Cause
from goescape.analysis.positions import Place
from goescape.toolchain.engine import Engine, EngineOptions
from tests.toolchain.conftest import reports_and_problems

if TYPE_CHECKING:
    from goescape.analysis.model import PackageReport
    from tests.conftest import RealModule, WriteTree

GO_MOD = "-- go.mod --\nmodule example.com/m\n\ngo 1.21\n"
ESCAPES = "func {0}() *int {{ x := 1; return &x }}\n"


def messages(report: PackageReport) -> set[tuple[str, str]]:
    return {(Path(each.anchor.file).name, each.compiler) for each in report.findings}


def package(name: str, function: str = "F") -> str:
    return f"package {name}\n\n{ESCAPES.format(function)}"


async def test_every_version_compiles_every_variant(
    go_toolchains: dict[str, str], write_tree: WriteTree
) -> None:
    folder = write_tree(
        f"{GO_MOD}-- p/p.go --\n{package('p')}-- p/p_test.go --\n{package('p', 'G')}"
        f"-- p/x_test.go --\n{package('p_test', 'H')}-- q/q.go --\n{package('q')}"
        "-- empty/e.go --\npackage empty\n-- tests/t_test.go --\n" + package("tests")
    )
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in go_toolchains.values():
        engine = Engine(EngineOptions(go_path=path))
        reports, problems = await reports_and_problems(engine, folder)
        assert problems == []
        assert set(reports) == {f"example.com/m/{name}" for name in ("p", "q", "empty", "tests")}
        report = reports["example.com/m/p"]
        assert [Path(file).name for file in report.files] == ["p.go", "p_test.go", "x_test.go"]
        assert set(report.sources) == set(report.files)
        names = {"p.go", "p_test.go", "x_test.go"}
        assert messages(report) == {(name, "moved to heap: x") for name in names}
        assert report.findings[0].cause is Cause.RETURNED
        assert messages(reports["example.com/m/tests"]) == {("t_test.go", "moved to heap: x")}
        assert reports["example.com/m/empty"].findings == ()
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_without_tests(go_path: str, write_tree: WriteTree) -> None:
    folder = write_tree(f"{GO_MOD}-- p.go --\n{package('p')}-- p_test.go --\n{package('p', 'G')}")
    engine = Engine(EngineOptions(go_path=go_path, tests=False))
    reports, _ = await reports_and_problems(engine, folder, ".")
    assert [Path(file).name for file in reports["example.com/m"].files] == ["p.go"]


async def test_inlining_can_be_off(go_path: str, write_tree: WriteTree) -> None:
    source = package("p") + "func G() int { return *F() }\n"
    folder = write_tree(f"{GO_MOD}-- p.go --\n{source}")
    reports, _ = await reports_and_problems(Engine(EngineOptions(go_path=go_path)), folder)
    assert all(function.inlinable for function in reports["example.com/m"].functions)
    off = Engine(EngineOptions(go_path=go_path, inlining=False))
    reports, _ = await reports_and_problems(off, folder)
    assert not any(function.inlinable for function in reports["example.com/m"].functions)


@pytest.mark.fast
async def test_the_broken_ones_do_not_hide_the_others(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(
        f"{GO_MOD}-- fine/f.go --\n{package('fine')}"
        '-- bad/b.go --\npackage bad\n\nfunc B() int { return "x" }\n'
        '-- uses/u.go --\npackage uses\n\nimport "example.com/m/bad"\n\nvar X = bad.B()\n'
        "-- syntax/s.go --\npackage syntax\n\nfunc {\n"
        '-- missing/m.go --\npackage missing\n\nimport _ "example.org/none"\n'
        '-- one/o.go --\npackage one\n\nimport _ "example.com/m/two"\n'
        '-- two/t.go --\npackage two\n\nimport _ "example.com/m/one"\n'
        "-- mixed/a.go --\npackage a\n-- mixed/b.go --\npackage b\n"
    )
    reports, problems = await reports_and_problems(engine, folder)
    errors = {
        name.rpartition("/")[2]: [(error.place, error.message) for error in report.errors]
        for name, report in reports.items()
    }
    assert problems == []
    assert errors.pop("fine") == []
    wrong = 'cannot use "x" (untyped string constant) as int value in return statement'
    place = Place(str(folder / "bad" / "b.go"), 3, 23)
    assert errors.pop("bad") == [(place, wrong)]
    sentence = f"it imports example.com/m/bad, which does not compile: {wrong}"
    assert errors.pop("uses") == [(place, sentence)]
    [(place_of_syntax, syntax)] = errors.pop("syntax")
    assert place_of_syntax == Place(str(folder / "syntax" / "s.go"), 3, 6)
    assert syntax.startswith("syntax error: unexpected {")
    [(place_of_import, missing)] = errors.pop("missing")
    assert place_of_import == Place(str(folder / "missing" / "m.go"), 3, 8)
    assert "goescape never downloads: run `go mod tidy`" in missing
    for name in ("one", "two"):
        assert "import cycle not allowed" in errors.pop(name)[0][1]
    assert "found packages a (a.go) and b (b.go)" in errors.pop("mixed")[0][1]
    assert errors == {}


async def test_tests_that_do_not_compile(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        f"{GO_MOD}-- p.go --\n{package('p')}-- p_test.go --\npackage p\n\nvar x int = 1.5\n"
    )
    reports, [problem] = await reports_and_problems(engine, folder)
    report = reports["example.com/m"]
    assert report.errors == ()
    assert messages(report) == {("p.go", "moved to heap: x")}
    assert [Path(file).name for file in report.files] == ["p.go"]
    assert (problem.kind, problem.package) == ("compile", "example.com/m")
    assert problem.message.startswith("The tests of example.com/m do not compile: ")
    assert problem.errors[0].place == Place(str(folder / "p_test.go"), 3, 13)


async def test_only_tests_that_do_not_compile(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(f"{GO_MOD}-- p_test.go --\npackage p\n\nvar x int = 1.5\n")
    reports, problems = await reports_and_problems(engine, folder)
    assert problems == []
    assert reports["example.com/m"].errors[0].place == Place(str(folder / "p_test.go"), 3, 13)


async def test_go_work_and_a_module_outside_it(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.work --\ngo 1.21\n\nuse (\n\t./one\n\t./two\n)\n"
        f"-- one/go.mod --\nmodule one\n-- one/p/p.go --\n{package('p')}"
        "-- two/go.mod --\nmodule two\n-- two/t.go --\npackage two\n\n"
        'import "one/p"\n\nfunc F() *int { return p.F() }\n'
        f"-- three/go.mod --\nmodule three\n-- three/t.go --\n{package('three')}"
    )
    for root in ("one", "two", "three"):
        reports, problems = await reports_and_problems(engine, folder / root)
        assert problems == []
        assert [len(report.findings) for report in reports.values()] == [1]
    found = await engine.packages.importers(str(folder / "two"), "one/p", {str(folder / "two")})
    assert found == (".",)


async def test_a_workspace_is_not_changed(
    go_path: str, write_tree: WriteTree, real_module: RealModule
) -> None:
    real_module("github.com/BurntSushi/toml@v1.6.0")  # into the module cache
    folder = write_tree(
        '-- go.work --\ngo 1.21\n\nuse "./o ne"\n\nreplace example.org/r => ./replaced\n'
        "-- o ne/go.mod --\nmodule one\n\ngo 1.21\n\n"
        "require (\n\tgithub.com/BurntSushi/toml v1.6.0\n\texample.org/r v1.0.0\n)\n"
        "-- o ne/o.go --\npackage one\n\n"
        'import (\n\t_ "example.org/r"\n\t_ "github.com/BurntSushi/toml"\n)\n'
        "-- replaced/go.mod --\nmodule example.org/r\n-- replaced/r.go --\npackage r\n"
    )
    before = sorted(folder.rglob("*"))
    engine = Engine(EngineOptions(go_path=go_path))
    reports, problems = await reports_and_problems(engine, folder / "o ne")
    assert problems == []
    assert reports["one"].errors == ()
    assert sorted(folder.rglob("*")) == before


async def test_importers_are_found_through_others(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        f"{GO_MOD}-- a/a.go --\npackage a\n-- b/b.go --\npackage b\n\nimport _ "
        '"example.com/m/a"\n-- c/c_test.go --\npackage c_test\n\nimport _ "example.com/m/b"\n'
        "-- d/d.go --\npackage d\n"
    )
    folders = {str(folder / name) for name in "abcd"}
    found = await engine.packages.importers(str(folder), "example.com/m/a", folders)
    assert found == ("./b", "./c")
    assert await engine.packages.importers(str(folder), "example.com/m/a", {"/nowhere"}) == ()


async def test_a_new_importer_is_found(engine: Engine, write_tree: WriteTree) -> None:
    """The answer of the last time counts only until some Go file is written."""
    folder = write_tree(f"{GO_MOD}-- a/a.go --\npackage a\n-- b/b.go --\npackage b\n")
    root, imports = str(folder), 'import _ "example.com/m/a"\n'
    assert await engine.packages.importing(root, "example.com/m/a") == {}
    (folder / "b/b.go").write_text(f"package b\n\n{imports}")
    b = {str(folder / "b"): (str(folder / "b/b.go"),)}
    assert await engine.packages.importing(root, "example.com/m/a") == b
    (folder / "c").mkdir()
    (folder / "c/c.go").write_text(f"package c\n\n{imports}")
    c = {str(folder / "c"): (str(folder / "c/c.go"),)}
    assert await engine.packages.importing(root, "example.com/m/a") == {**b, **c}
    (folder / "b/b.go").unlink()
    assert await engine.packages.importing(root, "example.com/m/a") == c


async def test_vendored_imports(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule m\n\ngo 1.21\n\nrequire example.com/v v1.0.0\n"
        '-- m.go --\npackage m\n\nimport "example.com/v"\n\nfunc F() *int { return v.F() }\n'
        "-- vendor/modules.txt --\n# example.com/v v1.0.0\n## explicit\nexample.com/v\n"
        f"-- vendor/example.com/v/v.go --\n{package('v')}"
    )
    reports, problems = await reports_and_problems(engine, folder)
    assert problems == []
    assert list(reports) == ["m"]
    assert messages(reports["m"]) == {("m.go", "moved to heap: v.x")}


async def test_embed_and_assembly(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        f'{GO_MOD}-- p.go --\npackage p\n\nimport _ "embed"\n\n//go:embed data.txt\n'
        f"var Data string\n\nfunc Bodyless()\n\n{ESCAPES.format('F')}"
        '-- data.txt --\nhello\n-- p.s --\n#include "textflag.h"\n\n'
        "TEXT ·Bodyless(SB),NOSPLIT,$0\n\tRET\n"
    )
    reports, problems = await reports_and_problems(engine, folder)
    assert problems == []
    assert reports["example.com/m"].errors == ()
    assert messages(reports["example.com/m"]) == {("p.go", "moved to heap: x")}


async def test_cgo(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        f"{GO_MOD}-- c.go --\npackage c\n\n// int one() {{ return 1; }}\n"
        'import "C"\n\nfunc F() *int {\n\tx := int(C.one())\n\treturn &x\n}\n'
    )
    if (await engine.home(str(folder / "c.go"))).excluded:
        pytest.skip("there is no C compiler")
    reports, problems = await reports_and_problems(engine, folder)
    assert problems == []
    report = reports["example.com/m"]
    assert [Path(file).name for file in report.files] == ["c.go"]
    assert [finding.anchor.line for finding in report.findings] == [7]


async def test_lone_files(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(
        f"-- a.go --\npackage main\n\nfunc main() {{ println(F()) }}\n-- b.go --\n{package('main')}"
        "-- other/script.go --\n//go:build ignore\n\npackage main\n\nfunc main() {}\n"
    )
    file = str(folder / "a.go")
    reports, problems = await reports_and_problems(engine, folder, file, str(folder / "b.go"))
    assert problems == []
    [report] = reports.values()
    assert report.package == (await engine.home(file)).import_path
    assert [Path(name).name for name in report.files] == ["a.go", "b.go"]
    script = folder / "other" / "script.go"
    reports, problems = await reports_and_problems(engine, script.parent, str(script))
    assert problems == []
    assert reports[str(script)].errors == ()


async def test_unusual_folder_names(engine: Engine, write_tree: WriteTree) -> None:
    root = write_tree(
        f"-- a b#c%20d 日本/go.mod --\nmodule m\n-- a b#c%20d 日本/p/p.go --\n{package('p')}"
    )
    reports, problems = await reports_and_problems(engine, root / "a b#c%20d 日本")
    assert problems == []
    [finding] = reports["m/p"].findings
    assert finding.anchor == Place(str(root / "a b#c%20d 日本" / "p" / "p.go"), 3, 17)


async def test_a_folder_that_cannot_be_imported(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(f"{GO_MOD}-- a b/p.go --\n{package('p')}-- q/q.go --\n{package('q')}")
    reports, problems = await reports_and_problems(engine, folder)
    assert reports["example.com/m/q"].findings
    texts = [problem.message for problem in problems]
    texts += [error.message for report in reports.values() for error in report.errors]
    [text] = texts
    assert "malformed import path" in text
    assert "rename the folder" in text


async def test_symbolic_link_to_a_module(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(f"-- real/go.mod --\nmodule m\n-- real/p.go --\n{package('p')}")
    link = folder / "link"
    link.symlink_to(folder / "real")
    assert (await engine.home(str(link / "p.go"))).root == str(link)
    reports, _ = await reports_and_problems(engine, link)
    assert reports["m"].files == (str(link / "p.go"),)
    assert [finding.anchor.file for finding in reports["m"].findings] == [str(link / "p.go")]


async def test_generic_code_of_another_package_is_shown_there(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(
        f"{GO_MOD}-- g/g.go --\npackage g\n\nfunc Ptr[T any](v T) *T {{\n\treturn &v\n}}\n"
        '-- u/u.go --\npackage u\n\nimport "example.com/m/g"\n\n//go:noinline\n'
        "func U() *int { return g.Ptr(1) }\n"
    )
    reports, problems = await reports_and_problems(engine, folder, "./u")
    assert problems == []
    assert reports["example.com/m/u"].errors == ()


async def test_raw_text(engine: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(f"{GO_MOD}-- p.go --\n{package('p')}")
    text = await engine.builds.raw_text(str(folder), ".")
    assert "# example.com/m\n" in text
    assert "./p.go:3:17: moved to heap: x\n" in text
    (folder / "p.go").write_text("package p\n\nvar x int = 1.5\n")
    assert "p.go:3:13: " in await engine.builds.raw_text(str(folder), ".")


async def test_the_second_time_the_cache_answers_the_same(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(f"{GO_MOD}-- p/p.go --\n{package('p')}")
    first, _ = await reports_and_problems(engine, folder)
    second, _ = await reports_and_problems(engine, folder, "./p")
    assert first == second
