"""README.md says what is true: fresh generated parts, the commands that really run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from goescape.analysis.causes import CAUSES, Cause
from goescape.settings import markdown_table
from tests.conftest import REPOSITORY
from tests.project import readme
from tests.terminal.command import goescape

CHINESE_PAGE = REPOSITORY / "docs" / "zh-cn.md"
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
SAMPLE = ("returned.go", "too_large.go")
"""The files of the tour whose findings the README shows."""


def test_the_settings_table_is_generated(update: bool) -> None:
    if update:
        readme.rewrite("settings", markdown_table())
    assert readme.part("settings") == markdown_table(), "run pytest with --update"


def test_the_sample_is_real_output(go_path: str, update: bool) -> None:
    command = [sys.executable, "-m", "goescape", "check", "-C", "examples/tour", "--go", go_path]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1, done.stderr
    *blocks, summary = done.stdout.split("\n\n")
    shown = "\n\n".join(block for block in blocks if block.partition(":")[0].endswith(SAMPLE))
    shown = re.sub(r"(?m) *// want.*$", "", shown)  # the tour's notes for the tests
    assert shown.count("^") > 2
    if update:
        readme.rewrite("sample", f"```text\n{shown}\n\n...\n\n{summary}```\n")
    # without the summary, which names a version and a time
    assert readme.code("sample").partition("\n\n...\n\n")[0] == shown, "run pytest with --update"


def test_the_chinese_page_shows_real_output(go_path: str, update: bool) -> None:
    line = "examples/tour/returned.go:14"
    answer = goescape("explain", line, "--go", go_path, folder=REPOSITORY, env=CHINESE)
    assert answer.returncode == 0, answer.stderr
    shown = re.sub(r"(?m) *// want.*$", "", answer.stdout)
    if update:
        readme.rewrite("示例", f"```text\n{shown}```\n", CHINESE_PAGE)
    assert readme.code("示例", CHINESE_PAGE) == shown, "run pytest with --update"


def test_the_chinese_page_names_commands_that_exist() -> None:
    named = re.findall(r"`goescape ([a-z]+)", CHINESE_PAGE.read_text("utf-8"))
    usage = goescape("--help").stdout
    assert len(named) > 5
    assert all(re.search(rf"\b{each}\b", usage) for each in named)


def test_each_command_sets_up_all_it_needs() -> None:
    for name in ("first command", "test command"):
        command = readme.code(name)
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert command.count("\n") == 1


def test_every_link_leads_to_a_file() -> None:
    for document in (readme.README, *(REPOSITORY / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert Path(document.parent, target).exists(), f"{document.name}: {target}"


def test_the_causes_are_generated(update: bool) -> None:
    document = REPOSITORY / "docs" / "causes.md"
    pages = (f"## {cause.value}\n{record.page}" for cause, record in CAUSES.items())
    text = "\n".join(pages)
    if update:
        readme.rewrite("causes", text, document)
    assert readme.part("causes", document) == text, "run pytest with --update"
    assert CAUSES.keys() == set(Cause)
