"""Run every check of the project, in the interpreter that runs this file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "tests": ["pytest"],
}


def main(pytest_arguments: list[str]) -> int:
    """Run all steps, whatever fails, and give the exit code."""
    failed = []
    for name, (module, *arguments) in STEPS.items():
        more = pytest_arguments if name == "tests" else []
        print(f"== {name}: {' '.join([module, *arguments, *more])}", flush=True)
        command = [sys.executable, "-m", module, *arguments, *more]
        if subprocess.run(command, cwd=REPOSITORY, check=False).returncode != 0:
            failed.append(name)
    print(f"== failed: {', '.join(failed)}" if failed else f"== all {len(STEPS)} steps passed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["PYTHONUTF8"] = "1"
    sys.exit(main(sys.argv[1:]))
