"""The reader of archives as a program, with no server around it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from goescape.analysis.evidence.machine_code import CompiledPackage
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAM = REPOSITORY / "server" / "goescape" / "toolchain" / "facts" / "program"
_MAIN = """
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	facts, err := readArchive(os.Args[2], os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(facts)
}
"""


class ArchiveReader(NamedTuple):
    """A go command, and the reader that it built."""

    go: str
    goroot: str
    program: str

    def read(self, archive: str) -> CompiledPackage:
        """What an archive says."""
        answer = run([self.program, self.goroot, archive])
        return msgspec.json.decode(answer, type=CompiledPackage)

    def archives(
        self, *packages: str, folder: str = "/", environment: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The archives of packages by import path, built when they are missing."""
        form = "{{.ImportPath}}\t{{.Export}}"
        command = [self.go, "list", "-C", folder, "-export", "-f", form, *packages]
        listed = run(command, environment).decode().splitlines()
        return dict(line.split("\t") for line in listed)


def build_reader(go: str, folder: Path) -> ArchiveReader:
    """The reader, built in a folder of its own."""
    (folder / "main.go").write_text(_MAIN)
    for name in ("archive.go", "object_file.go"):
        (folder / name).write_text((PROGRAM / name).read_text("utf-8"), "utf-8")
    program = str(folder / "reader.exe")
    files = [str(folder / name) for name in ("main.go", "archive.go", "object_file.go")]
    run([go, "build", "-o", program, *files])
    return ArchiveReader(go, run([go, "env", "GOROOT"]).decode().strip(), program)


def run(command: list[str], environment: Mapping[str, str] | None = None) -> bytes:
    """What a program prints. Fails with what it says of a failure."""
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stderr.decode()}"
    return done.stdout
