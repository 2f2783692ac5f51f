"""What is measured: packages of modules of the proxy and of the standard library, in copies.

goescape, gopls and the go command each work on a copy of their own, so that none sees what the
others write. The copies always lie in the same place: Go's cache knows builds by their folder.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from attrs import frozen

from bench.go import KEPT, MODULES, BenchProblem, Go, linked_copy

WORK = KEPT / "work"
"""Everything below is removed at the end."""
TOOLS = ("goescape", "gopls", "go")
STANDARD = "std"
SOURCES = {
    "containerd": "github.com/containerd/containerd/v2@v2.4.2",
    "esbuild": "github.com/evanw/esbuild@v0.28.2",
}
"""Pinned, so that runs can be compared."""
WORKSPACE = "containerd"
"""The module that is analysed as a whole."""


@frozen
class Package:
    """One package, and the file of it that is edited."""

    name: str
    module: str
    folder: str
    """Relative to the module."""
    file: str
    about: str

    @property
    def with_tests(self) -> bool:
        """Whether the edited file belongs to the tests."""
        return self.file.endswith("_test.go")


PACKAGES = (
    Package("small", "containerd", "pkg/sys", "oom_linux.go", "a small one"),
    Package("metadata", "containerd", "core/metadata", "db.go", "much compiler text"),
    Package("client", "containerd", "client", "client.go", "30 files"),
    Package("large", "containerd", "internal/cri/server", "service.go", "over 50 files"),
    Package("one-file", "esbuild", "internal/js_parser", "js_parser.go", "20,000 lines in one"),
    Package("main", "containerd", "cmd/containerd", "main.go", "a program"),
    Package("generic", STANDARD, "slices", "slices_test.go", "generics, in an external test"),
    Package("tests", "containerd", "core/metadata", "db_test.go", "a test of the package"),
    Package("std", STANDARD, "net/http", "server.go", "standard library"),
    Package("std-large", STANDARD, "go/types", "check.go", "standard library, over 50 files"),
)


@frozen
class Copy:
    """A module that one tool works on."""

    root: Path
    go: Go
    """That of the copy where the copy is Go itself."""

    def directory(self, package: Package) -> Path:
        """The folder of a package."""
        return self.root / package.folder


@frozen
class Copies:
    """One copy for each tool."""

    goescape: Copy
    gopls: Copy
    go: Copy


def prepare(go: Go, module: str, folders: list[str]) -> Copies:
    """Fetch a module, copy it, and build what its packages import, in an ordinary way."""
    made = []
    for tool in TOOLS:
        copy = _copy(go, module, WORK / tool / module)
        patterns = [folder if folder.startswith(".") else f"./{folder}" for folder in folders]
        listing = ("list", "-e", "-export", "-deps", "-test", "-f", "{{.Export}}")
        copy.go.run(*listing, *patterns, directory=copy.root)
        made.append(copy)
    return Copies(*made)


def _copy(go: Go, module: str, target: Path) -> Copy:
    if module == STANDARD:
        linked_copy(go.path.parent.parent, target)
        return Copy(target / "src", go.at(target))
    linked_copy(_fetch(go, SOURCES[module]), target)
    if module == "esbuild":
        _merge(target / "internal/js_parser", "js_parser.go", "js_parser_lower.go")
    return Copy(target, go)


def _fetch(go: Go, source: str) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    found = go.objects("mod", "download", "-json", source, directory=KEPT)
    folder = Path(str(found[0].get("Dir", "")))
    if not folder.is_dir() or MODULES not in folder.parents:
        raise BenchProblem(f"{source} could not be fetched: is there a network?")
    return folder


_IMPORTS = re.compile(r"(?ms)^import \((.*?)^\)\n")


def _merge(folder: Path, first: str, second: str) -> None:
    """Make one file of two, to have one that is really long."""
    one, two = ((folder / name).read_text() for name in (first, second))
    imports = [match[1] if (match := _IMPORTS.search(text)) else "" for text in (one, two)]
    lines = sorted({line for text in imports for line in text.splitlines() if line.strip()})
    body = two[two.index(imports[1]) + len(imports[1]) + len(")\n") :]
    merged = one.replace(imports[0], "\n".join([*lines, ""]), 1) + body
    for name in (first, second):
        (folder / name).unlink()
    (folder / first).write_text(merged)


def clean() -> None:
    """Remove all copies."""
    shutil.rmtree(WORK, ignore_errors=True)
