"""A third language is one file: its module beside the other catalogues, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages import catalogues, languages
from goescape.analysis.messages.catalogues import language_names

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

FRENCH = """
from attrs import evolve

from goescape.analysis.causes import CAUSES, Cause
from goescape.analysis.messages.areas import Plural
from goescape.analysis.messages.catalogues.en import CATALOGUE as ENGLISH

RETURNED = evolve(
    CAUSES[Cause.RETURNED].english, message="{what} : {step} le donne à l’appelant"
)
CATALOGUE = evolve(
    ENGLISH,
    name="xx",
    locales="xx",
    conjunction="et",
    causes={**ENGLISH.causes, Cause.RETURNED: RETURNED},
    finding=evolve(ENGLISH.finding, what_variable="{subject} passe dans le tas"),
    check=evolve(
        ENGLISH.check,
        sites=Plural("{count} allocations", one="{count} allocation"),
        packages=Plural("{count} paquets", one="{count} paquet"),
        summary="{total} dans {packages} ({told})",
    ),
)
"""
MODULE = """
-- go.mod --
module m

go 1.21
-- p.go --
package m

func F() *int {
	x := 1
	return &x
}
"""
PROGRAM = """
import sys
from goescape.analysis.messages import catalogues
catalogues.__path__.append(sys.argv.pop(1))
from goescape.settings import json_schema, parse
assert "xx" in json_schema()["goescape.language"]["enum"]
settings, complaints = parse({"language": "xx"})
assert settings.language == "xx" and not complaints
from goescape.terminal.main import main
sys.exit(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the third catalogue is."""
    folder = tmp_path / "catalogues"
    folder.mkdir()
    (folder / "xx.py").write_text(FRENCH, "utf-8")
    return folder


def test_it_is_found_and_chosen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = language_names()
    monkeypatch.setattr(catalogues, "__path__", [*catalogues.__path__, str(folder)])
    assert {*language_names()} == {*before, "xx"}
    french = languages.catalogue_for("auto", ["xx_BE.UTF-8"])
    assert french.name == "xx"
    assert french.join(["a", "b", "c"]) == "a, b et c"
    assert languages.catalogue_for("xx", ["zh-cn"]) is french
    monkeypatch.delitem(sys.modules, f"{catalogues.__name__}.xx")


def test_it_is_spoken(folder: Path, write_tree: WriteTree, go_path: str) -> None:
    module = write_tree(MODULE)
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder, "check", "-C", module, "--go", go_path],
        env={**os.environ, "LC_ALL": "xx_FR.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert answer.stderr == ""
    assert "`x` passe dans le tas : `return &x` le donne à l’appelant" in answer.stdout
    assert "\n1 allocation dans 1 paquet (" in answer.stdout
