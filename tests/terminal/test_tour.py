"""The tour keeps its promises: what its ``// want`` comments say is found, and nothing else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from goescape.analysis.causes import CAUSES, Cause
from tests.conftest import GO_VERSIONS, REPOSITORY
from tests.terminal.command import checked

TOUR = REPOSITORY / "examples" / "tour"
COMMENT = re.compile(r'// want(?:\((<|>=)1\.(\d+)\))? (.*(?:"|`))$')
ITEM = re.compile(r'([a-z-]+) (?:"([^"]*)"|`([^`]*)`)(?:, )?')

Fact = tuple[str, int, str, str]
"""File, line, code, the text that the finding covers."""


def wanted(minor: int) -> list[Fact]:
    """What the comments say for Go 1.``minor``."""
    facts = []
    for file in sorted(TOUR.glob("*.go")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if match := COMMENT.search(line):
                relation, version, items = match.groups()
                holds = not relation or (minor < int(version)) == (relation == "<")
                assert not ITEM.sub("", items), f"{file.name}:{number}: {items}"
                facts += [
                    (file.name, number, code, plain or raw)
                    for code, plain, raw in ITEM.findall(items)
                    if holds
                ]
    return sorted(facts)


def found(go: str) -> list[Fact]:
    facts = []
    for finding in checked(TOUR, go)["findings"]:
        lines = (TOUR / finding["file"]).read_bytes().split(b"\n")
        assert finding["line"] == finding["end_line"], finding
        text = lines[finding["line"] - 1][finding["column"] - 1 : finding["end_column"] - 1]
        facts.append((finding["file"], finding["line"], finding["code"], text.decode()))
    return sorted(facts)


@pytest.mark.parametrize("version", GO_VERSIONS)
def test_found_is_wanted(go_toolchains: dict[str, str], version: str) -> None:
    assert found(go_toolchains[version]) == wanted(int(version.split(".")[1]))


@pytest.mark.fast
def test_the_newest_go_finds_what_is_wanted(go_path: str) -> None:
    assert found(go_path) == wanted(27)


def test_every_cause_has_a_file_and_is_wanted_there() -> None:
    for cause in Cause:
        if cause is not Cause.OTHER:
            name = f"{cause.value.replace('-', '_')}.go"
            codes = {code for file, _, code, _ in wanted(27) if file == name}
            assert cause.value in codes, name


def test_the_code_is_formatted_and_vetted(go_path: str) -> None:
    gofmt = str(Path(go_path).with_name("gofmt"))
    formatted = subprocess.run(
        [gofmt, "-l", str(TOUR)], capture_output=True, text=True, check=False
    )
    assert (formatted.stdout, formatted.stderr) == ("", "")
    vetted = subprocess.run(
        [go_path, "vet", "./..."], cwd=TOUR, capture_output=True, text=True, check=False
    )
    assert vetted.returncode == 0, vetted.stderr


def test_a_word_of_the_compiler_decides_for_one_cause() -> None:
    for words in ("any_step", "last_step"):
        listed = [word for record in CAUSES.values() for word in getattr(record, words)]
        assert sorted(listed) == sorted({*listed})
