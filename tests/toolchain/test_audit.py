"""Words and machine code say the same of what allocates; see ``tests.audit``.

``--thorough`` takes the whole standard library and six modules, else a part of both is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.audit import PackageAudits, audits
from tests.toolchain.archive_reader import ArchiveReader, build_reader

if TYPE_CHECKING:
    from tests.conftest import RealModule

SOME = ("bufio", "encoding/json", "net/url", "strconv", "text/template", "go/printer")
MODULES = (
    *("github.com/BurntSushi/toml@v1.4.0", "github.com/spf13/pflag@v1.0.5"),
    *("github.com/google/jsonschema-go@v0.4.3", "github.com/segmentio/encoding@v0.5.4"),
    *("github.com/fsnotify/fsnotify@v1.9.0", "golang.org/x/mod@v0.41.0"),
)
MOST_UNKNOWN = 0.005
"""Of all findings: those in generic functions that neither their package nor its tests instantiate,
and literals inside of others, whose code stands where those begin."""


@pytest.fixture(scope="module")
def reader(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> ArchiveReader:
    return build_reader(go_path, tmp_path_factory.mktemp("reader"))


async def test_the_standard_library(reader: ArchiveReader, request: pytest.FixtureRequest) -> None:
    packages = ["./..."] if request.config.getoption("--thorough") else [*SOME]
    _agree([both async for both in audits(reader, str(Path(reader.goroot, "src")), packages)])


async def test_modules_that_were_not_written_here(
    reader: ArchiveReader, real_module: RealModule, request: pytest.FixtureRequest
) -> None:
    names = MODULES if request.config.getoption("--thorough") else MODULES[:1]
    folders = [str(real_module(name)) for name in names]
    _agree([both for folder in folders async for both in audits(reader, folder, ["./..."])])


def _agree(results: list[PackageAudits]) -> None:
    said = [f"{both.told.package} {one}" for both in results for one in both.told.contradictions]
    assert sum(both.told.calls for both in results) > 10
    unknown = [line for line in said if ": unknown " in line]
    assert said == unknown, "\n".join(said)
    allowed = MOST_UNKNOWN * sum(both.told.findings for both in results)
    assert len(unknown) <= allowed, "\n".join(unknown)
