"""Words and machine code say the same of what allocates; see ``tests.audit``.

``--thorough`` takes the whole standard library and six modules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.audit import audits
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


@pytest.fixture(scope="module")
def reader(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> ArchiveReader:
    return build_reader(go_path, tmp_path_factory.mktemp("reader"))


async def test_the_standard_library(reader: ArchiveReader, request: pytest.FixtureRequest) -> None:
    packages = ["./..."] if request.config.getoption("--thorough") else [*SOME]
    await _compare(reader, str(Path(reader.goroot, "src")), packages)


@pytest.mark.parametrize("name", MODULES)
async def test_modules_that_were_not_written_here(
    reader: ArchiveReader, real_module: RealModule, name: str, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--thorough") and name not in MODULES[:1]:
        pytest.skip("--thorough takes all modules")
    await _compare(reader, str(real_module(name)), ["./..."])


async def _compare(reader: ArchiveReader, folder: str, packages: list[str]) -> None:
    results = [both.told async for both in audits(reader, folder, packages)]
    said = [f"{each.package} {one}" for each in results for one in each.contradictions]
    assert sum(each.calls for each in results) > 10
    unknown = [line for line in said if ": unknown " in line]
    assert said == unknown, "\n".join(said)
    allowed = MOST_UNKNOWN * sum(each.findings for each in results)
    assert len(unknown) <= allowed, "\n".join(unknown)
