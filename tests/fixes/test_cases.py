"""Every case: what must be offered is, with the right result; what must not be is not.

A result that differs from the recorded one must pass the case's own checks: it builds, does the
same (``TestObserve``), and allocates no more than the recorded one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goescape.analysis.messages.languages import ENGLISH
from tests.fixes.harness import Outcome, outcome_of

if TYPE_CHECKING:
    from tests.fixes.conftest import Tell

CASES = sorted(path.parent for path in Path(__file__).with_name("cases").glob("*/case.json"))
MEASURED = re.compile(r"BenchmarkOp\S*\s.*?(\d+) B/op\s+(\d+) allocs/op")


def case_of(folder: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((folder / "case.json").read_text("utf-8"))
    return case


def module(folder: Path, target: Path) -> Path:
    case = case_of(folder)
    target.mkdir()
    language = case.get("lang", case.get("min_go", "1.21"))
    (target / "go.mod").write_text(f"module example.com/fix\n\ngo {language}\n")
    shutil.copy(folder / "before.go", target / case.get("target", "code.go"))
    for extra in folder.glob("*.go"):
        if extra.name not in {"before.go", "after.go"} and not extra.name.startswith("naive"):
            shutil.copy(extra, target / extra.name)
    return target.resolve()


async def outcome(folder: Path, root: Path, go: str) -> Outcome:
    case = case_of(folder)
    language = case.get("lang", case.get("min_go", "1.21"))
    return await outcome_of(root, go, title=case["fix"], language=language)


@pytest.mark.parametrize(
    "folder", [c for c in CASES if case_of(c)["offer"]], ids=lambda path: path.name
)
async def test_it_is_offered_with_the_right_result(
    folder: Path, tmp_path: Path, go_path: str, tell: Tell
) -> None:
    case = case_of(folder)
    tell(folder.name, "NOT OFFERED")
    root = module(folder, tmp_path / "fix")
    found = await outcome(folder, root, go_path)
    proofs = found.offered(case["fix"], case["line"])
    assert proofs, found.reasons
    [file] = [root / case.get("target", "code.go")]
    result = proofs[0].contents[str(file)].decode()
    same = result == (folder / "after.go").read_text("utf-8")
    if not same:
        tell(folder.name, "WRONG")
        assert_equivalent(root, file, result, case, go_path)
    kind, how = proofs[0].candidate.kind.value, "as recorded" if same else "equivalent"
    tell(folder.name, f"{kind}, {how}: {proofs[0].sentence(ENGLISH)}")


@pytest.mark.parametrize(
    "folder", [c for c in CASES if not case_of(c)["offer"]], ids=lambda path: path.name
)
async def test_a_trap_is_not_offered(
    folder: Path, tmp_path: Path, go_path: str, tell: Tell
) -> None:
    case = case_of(folder)
    tell(folder.name, "TRAPPED")
    found = await outcome(folder, module(folder, tmp_path / "fix"), go_path)
    # A case without a title is one where nothing at all must be offered.
    titles = {case["fix"]} if case["fix"] else {p.candidate.title for p in found.proofs}
    assert [found.offered(title, case["line"]) for title in titles if title] == [()] * len(titles)
    tell(folder.name, "not offered, as it must be")


def assert_equivalent(root: Path, file: Path, result: str, case: dict[str, Any], go: str) -> None:
    """Hold a result against the case's own checks."""
    before = _test(root, go)
    file.write_text(result, "utf-8")
    after = _test(root, go)
    observed = re.findall(r"^OBSERVE .*$", before, re.MULTILINE)
    assert observed == re.findall(r"^OBSERVE .*$", after, re.MULTILINE)
    measured = MEASURED.search(after)
    assert measured is not None, after
    assert int(measured[2]) <= case["allocs"]["after"], f"{result}\n{after}"


def _test(root: Path, go: str) -> str:
    environment = {**os.environ, "GOPROXY": "off", "CGO_ENABLED": "0"}
    command = [go, "test", "-run=TestObserve", "-v", "-bench=BenchmarkOp", "-benchtime=2000x"]
    done = subprocess.run(
        [*command, "-benchmem", "."],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
