"""On which Pythons the quick part of the tests runs, with which packages."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import pythons
from tests.conftest import REPOSITORY
from tests.project import readme
from tests.pythons import HIGHEST, LOWEST, Python, Run, known, part, plan, supported

PROMISED = {(3, 10), (3, 11), (3, 12), (3, 13), (3, 14)}
OLD = Python((3, 10, 13), "/pythons/3.10.13/bin/python3")
SYSTEM = Python((3, 11, 2), pythons.SYSTEM)
OLDER_PATCH = Python((3, 12, 1), "/pythons/3.12.1/bin/python3")
NEWER_PATCH = Python((3, 12, 10), "/pythons/3.12.10/bin/python3")
NEW = Python((3, 13, 0), "/pythons/3.13.0/bin/python3")
ALL = [OLD, SYSTEM, OLDER_PATCH, NEWER_PATCH, NEW]


def test_the_promised_pythons_are_those_of_the_project() -> None:
    assert supported((REPOSITORY / "pyproject.toml").read_text("utf-8")) == PROMISED


def test_pythons_are_known_by_their_whole_version() -> None:
    answers = {
        "/pythons/3.13.0/bin/python3": "3.13.0\n",
        "/usr/bin/python3": "3.11.2\n",
        "/pythons/3.11.7/bin/python3": "3.11.7\r\n",
        "/usr/bin/python3.11": "3.11.2\n",
        "/pythons/3.10.13/bin/python3": "3.10.13\n",
    }
    assert known(answers, PROMISED) == [
        Python((3, 10, 13), "/pythons/3.10.13/bin/python3"),
        Python((3, 11, 2), "/usr/bin/python3"),
        Python((3, 11, 7), "/pythons/3.11.7/bin/python3"),
        Python((3, 13, 0), "/pythons/3.13.0/bin/python3"),
    ]


def test_what_cannot_run_or_is_not_promised_is_left_out() -> None:
    answers = {
        "/shims/python3.12": "",
        "/pythons/3.9.18/bin/python3": "3.9.18\n",
        "/pythons/3.15.0/bin/python3": "3.15.0\n",
        "/odd": "pyenv: python3: command not found\n",
    }
    assert known(answers, PROMISED) == []


def test_a_program_that_fails_answers_nothing(tmp_path: Path) -> None:
    assert pythons.ask(str(tmp_path / "missing")) == ""
    assert pythons.ask(shutil.which("git") or "git") == ""
    assert pythons.ask(sys.executable).strip() == "{}.{}.{}".format(*sys.version_info)


@pytest.mark.skipif(os.name == "nt", reason="runs a script")
def test_a_program_that_answers_nonsense_is_no_python(tmp_path: Path) -> None:
    program = tmp_path / "python3"
    program.write_text("#!/bin/sh\nprintf '\\377' >&2\nprintf '3.12.1\\377'\n", "utf-8")
    program.chmod(0o755)
    assert known({str(program): pythons.ask(str(program))}, PROMISED) == []


def test_folders_that_cannot_be_read_have_no_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "of mine" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "of another user").mkdir()
    real = os.listdir

    def listdir(folder: Path) -> list[str]:
        if Path(folder).name == "of another user":
            raise PermissionError(folder)
        return real(folder)

    monkeypatch.setattr(os, "listdir", listdir)
    folders = (tmp_path / "of another user", tmp_path / "none", tmp_path)
    monkeypatch.setenv(pythons.MORE, os.pathsep.join(map(str, folders)))
    assert str(python) in pythons.candidates()


def test_the_system_s_own_runs_all_tests() -> None:
    assert plan(ALL, SYSTEM.version, SYSTEM.version) == [
        Run(OLD, HIGHEST),
        Run(OLD, LOWEST),
        Run(NEWER_PATCH, HIGHEST),
        Run(NEW, HIGHEST),
    ]


def test_two_releases_of_one_version_are_two_pythons() -> None:
    patched = Python((3, 11, 7), "/pythons/3.11.7/bin/python3")
    found = [SYSTEM, patched]
    for own, other in ((SYSTEM, patched), (patched, SYSTEM)):
        assert Run(other, HIGHEST) in plan(found, own.version, SYSTEM.version)


def test_the_newest_python_has_the_newest_packages_even_if_it_runs_all_tests() -> None:
    runs = plan(ALL, NEW.version, SYSTEM.version)
    assert {Run(SYSTEM, HIGHEST), Run(NEW, HIGHEST), Run(OLD, LOWEST)} <= {*runs}


def test_one_python_alone_still_tries_both_kinds_of_packages() -> None:
    assert plan([NEW], NEW.version, None) == [Run(NEW, HIGHEST), Run(NEW, LOWEST)]


@pytest.mark.parametrize("ci", ["", "true"])
def test_no_other_python_fails_only_in_ci(
    ci: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[Run] = []

    def passes(run: Run, _files: tuple[str, ...]) -> bool:
        ran.append(run)
        return True

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(pythons, "candidates", lambda: [sys.executable])
    monkeypatch.setattr(pythons, "_passes", passes)
    assert pythons.main() == (1 if ci else 0)
    assert "No other Python than the one that runs all tests" in capsys.readouterr().out
    assert bool(ran) == (not ci)


def test_both_ends_run_all_of_the_quick_part() -> None:
    runs = plan(ALL, SYSTEM.version, SYSTEM.version)
    whole = [run for run in runs if part(run, NEW) == pythons.QUICK]
    assert whole == [Run(OLD, LOWEST), Run(NEW, HIGHEST)]
    between = {part(run, NEW) for run in runs if run not in whole}
    assert [{*pythons.QUICK} - {*files} for files in between] == [{*pythons.AT_BOTH_ENDS}]


def test_every_file_of_the_quick_part_is_there() -> None:
    assert [name for name in pythons.QUICK if not (REPOSITORY / "tests" / name).is_file()] == []


def test_the_readme_says_which_pythons_are_tested() -> None:
    text = readme.README.read_text("utf-8")
    assert "every Python from {}.{} to {}.{}".format(*min(PROMISED), *max(PROMISED)) in text
