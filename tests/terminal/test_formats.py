"""The formats that other programs read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from sarif_pydantic.sarif import Sarif

from tests.terminal.command import goescape
from tests.terminal.test_check import BROKEN, MODULE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

# Before the site: a character of two UTF-8 bytes and one UTF-16 unit, and one of four and two.
UNICODE = """
-- go.mod --
module example.com/u

go 1.21
-- a.go --
package u

import "fmt"

func Say(n int) {
	fmt.Println("é😀", n)
}
"""


def written(root: Path, go_path: str, form: str, *arguments: str) -> str:
    """What a check writes in a format, from the checkout's folder."""
    answer = goescape("check", "--go", go_path, "--format", form, *arguments, folder=root)
    assert answer.stderr == ""
    return answer.stdout


def sarif(root: Path, go_path: str) -> dict[str, Any]:
    """A log, which the published model of SARIF 2.1.0 can read."""
    text = written(root, go_path, "sarif")
    Sarif.model_validate_json(text)
    log: dict[str, Any] = json.loads(text)
    return log


def test_sarif_has_rules_places_flows_and_fingerprints(write_tree: WriteTree, go_path: str) -> None:
    log = sarif(write_tree(MODULE), go_path)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["invocations"][0]["executionSuccessful"]
    by_function = {
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result
        for result in run["results"]
    }
    new = by_function["example.com/m.New"]
    assert rules[new["ruleIndex"]] == new["ruleId"] == "returned"
    place = new["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a.go", "uriBaseId": "ROOT"}
    assert place["region"] == {"startLine": 4, "startColumn": 2, "endLine": 4, "endColumn": 3}
    steps = new["codeFlows"][0]["threadFlows"][0]["locations"]
    lines = [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps]
    assert lines[-1] == 5
    assert sorted(result["level"] for result in run["results"]) == ["note", "note", "warning"]
    assert len({result["partialFingerprints"]["site/v1"] for result in run["results"]}) == 3


def test_sarif_columns_count_utf16(write_tree: WriteTree, go_path: str) -> None:
    (run,) = sarif(write_tree(UNICODE), go_path)["runs"]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]
    columns = {(region["startColumn"], region["endColumn"]) for region in regions}
    assert (21, 22) in columns  # `n`, by UTF-8 it would be 24


def test_sarif_says_what_could_not_be_analysed(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree(BROKEN)
    answer = goescape("check", "--go", go_path, "--format", "sarif", folder=root)
    assert answer.returncode == 2
    Sarif.model_validate_json(answer.stdout)
    (invocation,) = json.loads(answer.stdout)["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    place = notification["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "bad/b.go"


def test_github_annotations(write_tree: WriteTree, go_path: str) -> None:
    lines = written(write_tree(MODULE), go_path, "github").splitlines()
    assert len(lines) == 3
    form = re.compile(r"::(warning|notice) file=a\.go,line=\d+,endLine=\d+,title=goescape%3A .*::.")
    assert all(form.match(line) for line in lines)
    assert lines[0].startswith("::notice file=a.go,line=4,endLine=4,title=goescape%3A returned,")


def test_rdjson_counts_bytes(write_tree: WriteTree, go_path: str) -> None:
    found = json.loads(written(write_tree(UNICODE), go_path, "rdjson"))
    assert found["source"]["name"] == "goescape"
    starts = {
        (each["location"]["path"], each["location"]["range"]["start"]["column"])
        for each in found["diagnostics"]
    }
    assert ("a.go", 24) in starts
    for each in found["diagnostics"]:
        assert each["severity"] in {"WARNING", "INFO"}
        assert each["code"]["url"].endswith(f"#{each['code']['value']}")


@pytest.mark.parametrize(("fail_on", "failures"), [("hint", 3), ("warning", 1)])
def test_junit_fails_what_the_check_fails_by(
    write_tree: WriteTree, go_path: str, fail_on: str, failures: int
) -> None:
    root = ET.fromstring(written(write_tree(MODULE), go_path, "junit", "--fail-on", fail_on))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == (
        "3",
        str(failures),
        "0",
    )
    (suite,) = root
    assert suite.get("name") == "example.com/m"
    assert len(suite.findall("testcase/failure")) == failures
    assert len(suite.findall("testcase/skipped")) == 3 - failures


def test_junit_of_nothing_is_a_case_that_passes(write_tree: WriteTree, go_path: str) -> None:
    root = write_tree("-- go.mod --\nmodule m\n\ngo 1.21\n-- a.go --\npackage m\n")
    document = ET.fromstring(written(root, go_path, "junit"))
    assert [case.get("name") for case in document.iter("testcase")] == ["nothing found"]
    assert document.get("failures") == "0"
