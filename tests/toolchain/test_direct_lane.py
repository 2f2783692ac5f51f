"""The direct lane says what the go command says, sooner, and of text that is not saved."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs
import pytest

from goescape.analysis.model import PackageReport
from goescape.toolchain.compile.direct_lane import DirectLane
from tests.toolchain.conftest import reports_and_problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from goescape.toolchain.engine import Engine
    from goescape.toolchain.problems import Problem
    from tests.conftest import WriteTree

pytestmark = pytest.mark.usefixtures("temporary_folder")
MODULE = """
-- go.mod --
module m

go 1.21
-- p/p.go --
package p

import "strings"

func P(s string) *string { t := strings.Repeat(s, len(s)); return &t }
-- p/p_test.go --
package p

import "testing"

func TestP(t *testing.T) { t.Log(*P("a")) }
-- p/x_test.go --
package p_test

import (
	"m/p"
	"testing"
)

func TestX(t *testing.T) { t.Log(p.P("b")) }
"""


async def looked_at(
    lane: DirectLane, root: Path, unsaved: Mapping[str, bytes], *, tests: bool = True
) -> list[PackageReport | Problem]:
    items = lane.analyze(str(root), "./p", unsaved, tests=tests)
    return [item async for item in items]


async def test_it_says_what_the_go_command_says(unjudged: Engine, write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    *_, report = await looked_at(DirectLane(unjudged), folder, {})
    reports, _ = await reports_and_problems(unjudged, folder, "./p")
    for name in (field.name for field in attrs.fields(PackageReport) if field.name != "sources"):
        assert getattr(report, name) == getattr(reports["m/p"], name), name


async def test_errors_name_no_copy_of_an_unsaved_file(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    file = folder / "p" / "p.go"
    twice = file.read_bytes() + b"\nfunc P(s string) *string { return nil }\n"
    [report] = await looked_at(DirectLane(engine), folder, {str(file): twice}, tests=False)
    [error] = report.errors
    assert "redeclared" in error.message
    assert "goescape-" not in error.message, "the compiler also says where the other one is"
    assert error.place is not None
    assert error.place.file == str(file)


async def test_unsaved_text_is_compiled_and_errors_name_its_file(
    engine: Engine, write_tree: WriteTree
) -> None:
    folder = write_tree(MODULE)
    file, lane = folder / "p" / "p.go", DirectLane(engine)
    saved = file.read_bytes()
    *_, before = await looked_at(lane, folder, {})
    more = saved + b"\nfunc Q() *int { x := 1; return &x }\n"
    *_, report = await looked_at(lane, folder, {str(file): more}, tests=False)
    assert isinstance(report, PackageReport)
    assert isinstance(before, PackageReport)
    assert report.sources[str(file)].content == more
    new = [each.subject for each in report.findings if each.function == "Q"]
    assert new == ["x"]
    assert {*before.files} == {*report.files}  # what was known of its tests stays
    [broken] = await looked_at(lane, folder, {str(file): saved + b"\nfunc {\n"}, tests=False)
    assert isinstance(broken, PackageReport)
    assert broken.errors[0].place is not None
    assert broken.errors[0].place.file == str(file)
    assert os.path.exists(os.devnull)  # noqa: ASYNC240, PTH110 - root's compiler could remove it
    *_, after = await looked_at(lane, folder, {})
    assert after == before
