"""The documents for contributors name what exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import goescape
from tests.conftest import REPOSITORY
from tests.project import readme
from tests.project.test_layers import MODULES, PACKAGE

ARCHITECTURE = REPOSITORY / "docs" / "architecture.md"
CONTRIBUTING = REPOSITORY / "CONTRIBUTING.md"
CHANGELOG = REPOSITORY / "CHANGELOG.md"
DOCUMENTS = (
    ARCHITECTURE,
    CONTRIBUTING,
    CHANGELOG,
    REPOSITORY / "SECURITY.md",
    *sorted((REPOSITORY / "docs" / "decisions").glob("*.md")),
)
PATH = re.compile(r"`([\w./-]+(?:\.\w+|/))(?:::\w+)?`")
"""A file or a folder in a document."""
PLACES = (REPOSITORY, PACKAGE, REPOSITORY / "server")
EXAMPLES = ("my_", "xx_yy")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_module_that_is_named_exists(document: Path) -> None:
    for path in PATH.findall(document.read_text("utf-8")):
        if "/" in path and not any(part in path for part in EXAMPLES):
            assert any((place / path).exists() for place in PLACES), f"{document.name}: {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_of_theirs_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
        assert Path(document.parent, target).exists(), f"{document.name}: {target}"


def test_the_table_has_every_folder() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    folders = {file.parent.relative_to(PACKAGE).as_posix() for file in MODULES} - {"."}
    rows = [row for row in text.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([\w/]+)/`", row.split("|")[1])}
    assert named == folders


def test_the_code_map_of_the_readme_has_every_ring() -> None:
    shown = readme.README.read_text("utf-8").partition("## Code map")[2]
    rings = {file.relative_to(PACKAGE).parts[0] for file in MODULES}
    for ring in rings - {"__init__.py", "__main__.py"}:
        assert re.search(rf"^  {re.escape(ring)}\b", shown, re.MULTILINE), ring


def test_the_fast_command_sets_up_all_it_needs() -> None:
    command = readme.code("fast command", CONTRIBUTING)
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -e '.[fast]'")
    assert command.rstrip().endswith(".venv/bin/python tests/run.py --fast")


def test_the_changelog_knows_the_version() -> None:
    headings = re.findall(r"(?m)^## \[(.+?)\]", CHANGELOG.read_text("utf-8"))
    assert headings[0] == "Unreleased"
    assert headings[1] == goescape.__version__


@pytest.mark.skipif(sys.version_info < (3, 11), reason="reads TOML")
def test_fast_is_a_part_of_dev() -> None:
    import tomllib  # noqa: PLC0415

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    assert "goescape[fast]" in project["optional-dependencies"]["dev"]


def test_issues_ask_for_the_doctor() -> None:
    forms = [*(REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml")]
    assert len(forms) == 3
    for form in forms:
        assert "`goescape doctor`" in form.read_text("utf-8") or (
            "label: goescape doctor" in form.read_text("utf-8")
        ), form.name
