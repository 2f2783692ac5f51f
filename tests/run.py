"""Run every check of the project, in the interpreter that runs this file.

``--fast`` runs what one Go and a few minutes suffice for, ``--vscode`` the extension in a real VS
Code; what else is given goes to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CLIENT = REPOSITORY / "client-vscode"
PROCESSORS = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
SPREAD = [f"--numprocesses={PROCESSORS + 2}", "--dist=worksteal"]
"""Conversations with servers mostly wait: two processors take four of them at a time."""
STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "tests": ["pytest", *SPREAD, "--durations=30"],
    "pythons": ["tests.pythons"],
}


FAST_STEPS = {
    **{name: STEPS[name] for name in ("format", "lint", "types")},
    "tests": ["pytest", "--numprocesses=auto", "--dist=worksteal", "--fast"],
}
INSTALL = ["npm", "ci", "--prefer-offline"]
PACKAGE = [sys.executable, "package.py"]
EXTENSION = (
    INSTALL,
    ["npm", "run", "--silent", "check"],
    ["npm", "run", "--silent", "unit"],
    PACKAGE,
)
"""The extension: its packages, lint and types, unit tests, the .vsix."""
REAL_EDITOR = (INSTALL, PACKAGE, ["npm", "run", "--silent", "e2e"])
"""The .vsix in a real VS Code, the oldest supported and the latest: several minutes, so it has a
command of its own.
"""


def main(arguments: list[str]) -> int:
    """Run all steps, whatever fails, and give the exit code."""
    failed = []
    fast = "--fast" in arguments
    if arguments == ["--vscode"]:
        before = _temporary()
        if not all(_passes("vscode", command, CLIENT) for command in REAL_EDITOR):
            failed.append("vscode")
        if left := _temporary() - before:
            print(f"== left in the temporary folder: {', '.join(sorted(left))}")
            failed.append("temporary folder")
    else:
        for name, (module, *options) in (FAST_STEPS if fast else STEPS).items():
            more = [word for word in arguments if word != "--fast"] if name == "tests" else []
            if not _passes(name, [sys.executable, "-m", module, *options, *more], REPOSITORY):
                failed.append(name)
        if not fast and not all(_passes("vscode", command, CLIENT) for command in EXTENSION):
            failed.append("vscode")
    print(f"== failed: {', '.join(failed)}" if failed else "== all steps passed")
    return 1 if failed else 0


def _temporary() -> set[str]:
    """What of ours lies in the temporary folder; tests have to leave nothing there."""
    return {each.name for each in Path(tempfile.gettempdir()).glob("goescape-*")}


def _passes(step: str, command: list[str], folder: Path) -> bool:
    print(f"== {step}: {' '.join(command)}", flush=True)
    environment = {**os.environ, "npm_config_cache": str(REPOSITORY / ".cache" / "npm")}
    # the Node.js that is installed beside the tests, not the machine's
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        print(f"{command[0]} is missing: pip install -e '.[dev]'")
        return False
    done = subprocess.run([program, *command[1:]], cwd=folder, env=environment, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    os.environ["PYTHONUTF8"] = "1"
    sys.exit(main(sys.argv[1:]))
