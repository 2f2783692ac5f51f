"""The go command stays the judge: both lanes say the same of every package.

``--thorough`` takes the whole standard library with its tests and large modules; else a part.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from goescape.analysis.model import PackageReport
from goescape.toolchain.compile.direct_lane import DirectLane
from goescape.toolchain.go.command import find_go
from goescape.toolchain.go.module_folders import pattern_of
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.toolchain.engine import Engine
    from tests.conftest import RealModule

pytestmark = pytest.mark.usefixtures("temporary_folder")
MODULES = ("github.com/BurntSushi/toml@v1.4.0", "github.com/spf13/pflag@v1.0.5")
SOME = (
    *("bufio", "cmp", "container/...", "embed", "errors", "flag", "hash/...", "html", "iter"),
    *("maps", "path/...", "sort", "text/tabwriter", "unicode/...", "unsafe"),
)
WITHOUT = (
    # compiled in a way of their own, or not at all
    *("cmd/", "runtime", "internal/runtime", "crypto/internal/fips140"),
)


async def test_the_standard_library(unjudged: Engine, request: pytest.FixtureRequest) -> None:
    thorough = bool(request.config.getoption("--thorough"))
    go = await find_go(unjudged.options.go_path, {})
    root = Path(go.goroot, "src")
    wanted = ["./..."] if thorough else [f"./{name}" for name in SOME]
    compared = await differences(unjudged, root, wanted)
    assert len(compared) >= (150 if thorough else 20)
    assert {path: text for path, text in compared.items() if text} == {}


@pytest.mark.parametrize("name", MODULES)
async def test_modules_that_were_not_written_here(
    unjudged: Engine, real_module: RealModule, name: str
) -> None:
    compared = await differences(unjudged, real_module(name), ["./..."])
    assert compared
    assert {path: text for path, text in compared.items() if text} == {}


async def test_the_tour(unjudged: Engine) -> None:
    compared = await differences(unjudged, REPOSITORY / "examples" / "tour", ["./..."])
    assert list(compared.values()) == [""]


async def differences(engine: Engine, root: Path, patterns: Sequence[str]) -> dict[str, str]:
    """What the lanes say differently of each package; empty where they agree."""
    lane, found = DirectLane(engine), {}
    async for judged in engine.analyze(str(root), patterns):
        if not isinstance(judged, PackageReport) or judged.package.startswith(WITHOUT):
            continue
        pattern = pattern_of(str(root), judged.directory)
        items = [item async for item in lane.analyze(str(root), pattern, {})]
        last = [item for item in items if isinstance(item, PackageReport)][-1]
        found[judged.package] = _difference(judged, last)
    return found


def _difference(one: PackageReport, other: PackageReport) -> str:
    if one == other:
        return ""
    before, after = _lines(one), _lines(other)
    return "\n".join(difflib.unified_diff(before, after, "go", "direct", lineterm="", n=0))


def _lines(report: PackageReport) -> list[str]:
    """One value a line."""
    lines = []
    for name, value in attrs.asdict(report, recurse=False).items():
        if name != "sources":
            lines += [
                f"{name}: {each!r}" for each in (value if isinstance(value, tuple) else [value])
            ]
    return lines
