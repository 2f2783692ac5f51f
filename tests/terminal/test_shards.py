"""``check --shard`` and ``merge``: several machines; ``GOCACHEPROG``: a cache that they share."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.terminal.command import goescape, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

PACKAGES = tuple("abcdefgh")
MODULE = "-- go.mod --\nmodule m\n\ngo 1.21\n" + "".join(
    f'-- {name}/{name}.go --\npackage {name}\n\nimport "m/generic"\n\nfunc F() *int {{\n'
    f"\tx := 1\n\treturn &x\n}}\n\nfunc G() *[]int {{ return generic.New[[]int]() }}\n"
    for name in PACKAGES
)
GENERIC = "-- generic/g.go --\npackage generic\n\nfunc New[T any]() *T {\n\treturn new(T)\n}\n"
CACHE = '''
"""A build cache behind GOCACHEPROG; each line of the log is a question and its answer."""
import base64, json, os, sys

folder, log = sys.argv[1:]


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\\n")
    sys.stdout.flush()


def line():
    while True:
        text = sys.stdin.readline()
        if not text:
            sys.exit()
        if text.strip():
            return json.loads(text)


say({"ID": 0, "KnownCommands": ["get", "put", "close"]})
while True:
    asked = line()
    name = os.path.join(folder, base64.b64decode(asked.get("ActionID") or "").hex())
    answer = {"ID": asked["ID"]}
    if asked["Command"] == "put":
        body = base64.b64decode(line()) if asked.get("BodySize") else b""
        with open(name + "-d", "wb") as file:
            file.write(body)
        with open(name, "w") as file:
            json.dump({"OutputID": asked["OutputID"], "Size": len(body)}, file)
        answer["DiskPath"] = name + "-d"
    elif asked["Command"] == "get":
        if os.path.exists(name):
            with open(name) as file:
                answer |= json.load(file)
            answer["DiskPath"] = name + "-d"
        else:
            answer["Miss"] = True
        with open(log, "a") as file:
            file.write("miss\\n" if "Miss" in answer else "hit\\n")
    say(answer)
    if asked["Command"] == "close":
        sys.exit()
'''


def test_the_parts_together_are_the_whole(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(MODULE + GENERIC)
    common = ("check", "-C", root, "--go", go_path, "--format", "json")
    whole = goescape(*common)
    found, names = [], []
    for number in (1, 2, 3):
        part = goescape(*common, "--shard", f"{number}/3")
        assert part.returncode in {0, 1}
        (root / f"{number}.json").write_text(part.stdout, "utf-8")
        names.append(root / f"{number}.json")
        found.append({each["file"] for each in json.loads(part.stdout)["findings"]})
    assert sum(map(bool, found)) > 1, "it was divided"
    merged = goescape("merge", *names)
    assert json.loads(merged.stdout) == json.loads(whole.stdout)
    assert (merged.returncode, merged.stderr) == (whole.returncode, "")
    assert goescape("merge", "--fail-on", "warning", *names).returncode == 0, "there is no warning"
    incomplete = goescape("merge", names[0], names[2])
    assert incomplete.returncode == 2
    [sentence] = sentences(incomplete.stderr)
    assert "These are the parts 1/3, 3/3: merge needs each of one division once." in sentence


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "is no JSON of goescape"),
        ("<<<", "is no JSON of goescape"),
        ('{"schema": 9}', "has schema 9, this goescape knows 1."),
        (
            '{"schema": 1, "go": "go1.27.3", "findings": [], "allocations": []}',
            "was made with --profile",
        ),
        (
            '{"schema": 1, "go": "go1.2", "findings": [1], "directives": [], "errors": []}',
            "something in there is no finding of goescape",
        ),
        (
            '{"schema": 1, "go": "go1.1", "findings": [], "directives": [], "errors": []}',
            "The parts were made with go1.1 and go1.2: analyse all with one Go.",
        ),
    ],
)
def test_what_cannot_be_merged(tmp_path: Path, text: str, told: str) -> None:
    other = '{"schema": 1, "go": "go1.2", "findings": [], "directives": [], "errors": []}'
    (tmp_path / "a.json").write_text(text, "utf-8")
    (tmp_path / "b.json").write_text(other, "utf-8")
    answer = goescape("merge", tmp_path / "a.json", tmp_path / "b.json")
    assert (answer.returncode, answer.stdout) == (2, "")
    [sentence] = sentences(answer.stderr)
    assert told in sentence


def test_parts_of_nothing(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree("-- go.mod --\nmodule m\n\ngo 1.21\n")
    answer = goescape("check", "-C", root, "--go", go_path, "--shard", "1/2")
    assert answer.returncode == 2
    assert "names no Go package" in answer.stderr


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b", "1/0"])
def test_a_part_that_is_none(shard: str) -> None:
    answer = goescape("check", "--shard", shard)
    assert answer.returncode == 2
    assert f"{shard} is not a part such as 2/3" in answer.stderr


def test_two_machines_share_what_was_compiled(write_tree: WriteTree, go_path: str) -> None:
    """GOCACHEPROG is Go's own (from 1.24 on): it reaches the compiler that goescape starts."""
    root = write_tree("-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n\nvar X = 1\n")
    shared = root / "shared"
    shared.mkdir()
    (root / "cache.py").write_text(CACHE, "utf-8")
    logs = []
    for machine in ("one", "two"):
        log = root / f"{machine}.log"
        log.touch()
        program = f"{sys.executable} {root / 'cache.py'} {shared} {log}"
        own = {"GOCACHEPROG": program, "GOCACHE": str(root / machine)}
        answer = goescape("check", "-C", root, "--go", go_path, env=own)
        assert (answer.returncode, answer.stderr) == (0, "")
        logs.append(log.read_text("utf-8").split())
    assert "miss" in logs[0]
    assert logs[1].count("hit") > 0
    assert logs[1].count("miss") < logs[0].count("miss")
