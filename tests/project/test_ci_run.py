"""What .ci/run runs, and with how little."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import pythons
from tests.conftest import REPOSITORY
from tests.project import readme

SCRIPT = REPOSITORY / ".ci" / "run"


def test_the_checks_run_the_test_command_of_the_readme() -> None:
    extract = re.search(r"^command=\$\((sed .*)\)$", SCRIPT.read_text("utf-8"), re.MULTILINE)
    assert extract
    found = subprocess.run(
        ["sh", "-c", extract[1]], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True
    )
    assert found.stdout == readme.code("test command")


@pytest.mark.skipif(not Path(pythons.SYSTEM).exists(), reason="the system has no Python")
@pytest.mark.parametrize("code", [0, 3])
def test_the_checks_run_without_the_comforts_of_the_machine(tmp_path: Path, code: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci" / "run")
    show = "import json, os; home = os.environ['HOME']; "
    show += f"print(json.dumps([dict(os.environ), os.listdir(home)])); os._exit({code})"
    command = f'python3 -u -c "{show}"'
    text = f"<!-- test command -->\n```sh\n{command}\n```\n<!-- end -->\n"
    (tmp_path / "README.md").write_text(text, "utf-8")
    kept = {"PIP_INDEX_URL": "a 'b' \"c\"\n$(d)", "https_proxy": "p", "TMPDIR": str(tmp_path)}
    comforts = {"GOFLAGS": "-mod=mod", "XDG_CACHE_HOME": "/x", "HOME": "/me", "PATH": os.defpath}
    environment = {**kept, **comforts, "PYENV_ROOT": "/py env", pythons.MORE: "/more"}
    (tmp_path / "other" / ".ci").mkdir(parents=True)
    environment["CDPATH"] = str(tmp_path / "other")
    done = subprocess.run(
        [".ci/run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr
    first, shown = done.stdout.splitlines()
    assert first == f"+ {command}"
    seen, inside = json.loads(shown)
    folders = "/py env/versions:/me/.local/share/uv/python:/more"
    home = seen.pop("HOME")
    for name in ("PWD", "LC_CTYPE", "_", "SHLVL", "OLDPWD"):  # a shell's or Python's own
        seen.pop(name, None)
    assert seen == {**kept, "CI": "true", "PATH": "/usr/bin:/bin", pythons.MORE: folders}
    assert inside == []
    assert not Path(home).exists()
