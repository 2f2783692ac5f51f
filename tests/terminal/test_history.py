"""``check --since`` over the history of modules that nobody here wrote; all of it ``--thorough``.

What is new is told again here from the compiler's raw text, before and after, by a reading of its
own: nothing may be missing, and nothing too much.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

from tests.terminal.command import goescape
from tests.terminal.test_comparing import committed, git

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from tests.conftest import RealModule

HISTORY = {
    "github.com/go-chi/chi/v5": (
        "0.0 0.1 0.2 0.7 0.8 0.10 0.11 0.12 1.0 2.0 2.1 2.2 2.3 2.4 2.5 3.0 3.1 3.2 4.0 5.0"
    ),
    "github.com/BurntSushi/toml": "5.0 6.0",
}
MAJOR = {"github.com/go-chi/chi/v5": "v5", "github.com/BurntSushi/toml": "v1"}
COMMITS = [
    (module, f"{MAJOR[module]}.{before}", f"{MAJOR[module]}.{after}")
    for module, versions in HISTORY.items()
    for before, after in zip(versions.split(), versions.split()[1:], strict=False)
]
QUICK = {("github.com/BurntSushi/toml", "v1.5.0"), ("github.com/go-chi/chi/v5", "v5.2.5")}
LINE = re.compile(
    r"(?P<file>[^\s<:]+\.go):(?P<line>\d+):(?P<column>\d+): "
    r"(?P<message>moved to heap: .+|.+ escapes to heap)(?: in (?P<function>.+):)?$"
)


@frozen
class Said:
    """A line of the compiler, and what stands there."""

    file: str
    line: int
    function: str
    message: str
    text: str

    def looks(self) -> list[object]:
        """What it may be told by when the code around has changed, the surest first."""
        content = (self.message, self.text)
        return [
            (self.file, self.function, content),
            (self.function, content),
            (self.function, self.message),
            content,
        ]


def said(root: Path, go: str) -> list[Said]:
    """All that the compiler says about the heap, each site once."""
    command = [go, "build", "-gcflags=-m=2", "./..."]
    done = subprocess.run(command, cwd=root, text=True, capture_output=True, check=True)
    found: dict[tuple[str, int, int, str], Said] = {}
    functions: dict[tuple[str, int, int], str] = {}
    lines = [match for text in done.stderr.splitlines() if (match := LINE.match(text))]
    for match in lines:
        place = match["file"].removeprefix("./"), int(match["line"]), int(match["column"])
        if place[0].startswith("/"):
            continue  # inlined from elsewhere
        if "go.shape." in match["message"]:
            continue  # what stands in a generic function, once more for each shape
        functions.setdefault(place, match["function"] or "")
        if match["function"] is None or match["message"].startswith("func literal"):
            source = (root / place[0]).read_text("utf-8").splitlines()
            text = source[place[1] - 1].strip()
            site = Said(place[0], place[1], functions[place], match["message"], text)
            found.setdefault((*place, match["message"]), site)
    return [*found.values()]


def new_in(now: Iterable[Said], before: Iterable[Said]) -> list[Said]:
    """What the second text does not have, in whatever way one looks for it."""
    left, rest = [*before], [*now]
    for look in range(4):
        known = Counter(each.looks()[look] for each in left)
        unmatched = []
        for each in rest:
            if known[each.looks()[look]] > 0:
                known[each.looks()[look]] -= 1
                left.remove(next(o for o in left if o.looks()[look] == each.looks()[look]))
            else:
                unmatched.append(each)
        rest = unmatched
    return rest


def group(each: Said) -> tuple[str, str]:
    """Sites that the compiler's words do not tell apart."""
    return each.file, each.message


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two commits, or all."""
    thorough = metafunc.config.getoption("--thorough")
    commits = COMMITS if thorough else [each for each in COMMITS if each[:2] in QUICK]
    metafunc.parametrize("commit", commits, ids="-".join)


def test_what_is_new(real_module: RealModule, go_path: str, commit: tuple[str, str, str]) -> None:
    module, before, after = commit
    root = real_module(f"{module}@{before}")
    committed(root)
    old = said(root, go_path)
    for entry in root.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(real_module(f"{module}@{after}"), root, dirs_exist_ok=True)
    raw = new_in(said(root, go_path), old)
    common = ("check", "-C", root, "--go", go_path, "--no-tests", "--format", "json")
    answer = goescape(*common, "--since", "HEAD")
    assert answer.stderr == ""
    new = json.loads(answer.stdout)["findings"]
    raw_counts = Counter(map(group, raw))
    counts = Counter((finding["file"], finding["compiler"]) for finding in new)
    assert counts - raw_counts == Counter(), "too much"
    everything = json.loads(goescape(*common, "--all").stdout)["findings"]
    none = {(f["file"], f["line"], f["compiler"]) for f in everything if f["allocates"] == "no"}
    copies = {(c["file"], c["line"]) for f in everything for c in f["copies"]}
    options = ("-C", root, "--go", go_path, "--no-tests", "--format", "json")
    compared = json.loads(goescape("compare", "HEAD", *options).stdout)
    named = ("file", "line", "code", "function", "subject")
    replacing = {tuple(site[name] for name in named) for site in compared["replacing"]}
    instead = Counter(
        (f["file"], f["compiler"])
        for f in everything
        if tuple(f[name] for name in named) in replacing
    )
    explained = Counter(
        group(each)
        for each in raw
        if (each.file, each.line) in copies or (each.file, each.line, each.message) in none
    )
    assert raw_counts - counts - explained - instead == Counter(), "missing"
    assert git(root, "log", "--oneline").count("\n") == 1
