"""docs/ci.md: every command in it can be given, and the hook does what it is there for."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from goescape.terminal.arguments import FORMATS, parser
from tests.conftest import REPOSITORY
from tests.terminal.command import goescape
from tests.terminal.test_check import MODULE
from tests.terminal.test_comparing import add_function, committed

if TYPE_CHECKING:
    from tests.conftest import WriteTree

PAGE = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
COMMANDS = re.findall(r"(?m)^(?:.*(?:entry|run): )?(goescape .*?)(?: >.*)?$", PAGE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page(command: str) -> None:
    words = shlex.split(command.replace("${{ github.base_ref }}", "main"))
    assert parser().parse_args(words[1:]).command == words[1]


def test_every_format_is_on_the_page() -> None:
    assert re.findall(r"(?m)^\| `(\w+)` \|", PAGE) == list(FORMATS)


def test_the_hook_stops_a_commit_that_adds_an_escape(write_tree: WriteTree, go_path: str) -> None:
    (entry,) = re.findall(r"(?m)entry: goescape (.*)$", PAGE)
    root = write_tree(MODULE)
    committed(root)
    assert goescape(*shlex.split(entry), "--go", go_path, folder=root).returncode == 0
    add_function(root)
    assert goescape(*shlex.split(entry), "--go", go_path, folder=root).returncode == 1
