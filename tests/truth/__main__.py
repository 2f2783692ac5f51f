"""Try other functions: ``python -m tests.truth GO SEED COUNT``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import run_coroutine
from tests.truth.comparison import kinds
from tests.truth.measuring import tried


def main(go: str, seed: str, count: str) -> int:
    """Print every mismatch, and how many there are of each kind."""
    version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        found = run_coroutine(tried(go, version.stdout, int(seed), int(count), Path(folder)))
    for mismatch in found:
        print(mismatch)
    for kind, times in kinds(found).most_common():
        print(f"{times:5} {kind}")
    print(f"seed {seed}, {version.stdout.strip()}: {len(found)} of {count} functions")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
