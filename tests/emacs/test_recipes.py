"""The recipes for Emacs, in a real one: where Emacs with go-mode is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rass import patient_rass
from tests.terminal.command import goescape

SCRIPTS = Path(__file__).parent
SECONDS = 180
TEXT = """package fixed

import "fmt"

func Text(n int) string { return fmt.Sprintf("%d", n) }
"""
FIXED = TEXT.replace('"fmt"', '"strconv"').replace('fmt.Sprintf("%d", n)', "strconv.Itoa(n)")


def emacs(*libraries: str) -> str:
    """The machine's; skips with the reason where it, or a library, is missing."""
    program = shutil.which("emacs")
    if program is None:
        pytest.skip("Emacs is not installed: this recipe is not tested here")
    wanted = " ".join(f"(require '{name})" for name in libraries)
    command = [program, "--batch", "--eval", f"(progn (package-initialize) {wanted})"]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip(f"Emacs lacks one of {libraries}: this recipe is not tested here")
    return program


def answer(program: str, recipe: str, script: str, folder: Path, *programs: str) -> dict[str, Any]:
    """What a script finds out after ``goescape setup --write`` in an empty home folder."""
    home = folder / "home"
    home.mkdir()
    module = folder / "fixed"
    module.mkdir()
    (module / "go.mod").write_text("module example.com/fixed\n\ngo 1.21\n")
    (module / "p.go").write_text(TEXT)
    places = [patient_rass(folder), *(Path(each).parent for each in (*programs, sys.executable))]
    environment = {
        **os.environ,
        "HOME": str(home),
        "PATH": os.pathsep.join([*map(str, places), os.environ["PATH"]]),
        "ANSWER": str(folder / "answer.json"),
        "FILE": str(module / "p.go"),
        "INIT": str(home / ".emacs.d" / "init.el"),
    }
    assert goescape("setup", recipe, "--write", env=environment).returncode == 0
    done = subprocess.run(
        [program, "--batch", "-l", str(SCRIPTS / script)],
        env=environment,
        cwd=module,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (folder / "answer.json").exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "answer.json").read_text("utf-8"))
    assert (module / "p.go").read_text("utf-8") == FIXED == found["after"]
    return found


def test_eglot_shows_and_fixes(go_path: str, tmp_path: Path) -> None:
    program = emacs("eglot", "go-mode")
    found = answer(program, "emacs-eglot", "eglot.el", tmp_path, go_path)
    assert "is copied to the heap" in found["diagnostic"]
    assert found["range"] == "n"
    assert "converted to an interface" in found["hover"]
    assert "strconv.Itoa" in found["fix"]


def test_eglot_beside_gopls(go_path: str, gopls: str, tmp_path: Path) -> None:
    program = emacs("eglot", "go-mode")
    found = answer(program, "emacs-eglot", "eglot.el", tmp_path, go_path, gopls)
    assert "is copied to the heap" in found["diagnostic"]
    assert "var n int" in found["hover"], "the first server's"
    assert "strconv.Itoa" in found["fix"]


def test_lsp_mode_shows_and_fixes(go_path: str, tmp_path: Path) -> None:
    program = emacs("lsp-mode", "go-mode")
    found = answer(program, "emacs-lsp-mode", "lsp-mode.el", tmp_path, go_path)
    assert "is copied to the heap" in found["diagnostic"]
    assert "strconv.Itoa" in found["fix"]
