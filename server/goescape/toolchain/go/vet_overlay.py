"""Lets `go vet` of Go before 1.24 read an overlay (golang/go#44957): Go runs its tools through it.

``go vet -toolexec='python vet_overlay.py'`` runs ``python vet_overlay.py TOOL ARGUMENTS``. The
overlay is where ``process`` puts it; the compiler needs no help, and gets none. Imports nothing of
goescape: it is started once for each tool.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys


def main(arguments: list[str]) -> int:
    """Run a tool; vet gets the replaced files."""
    if os.path.basename(arguments[-1]) == "vet.cfg":  # noqa: PTH119 - pathlib takes 20 ms
        _replace(arguments[-1], os.path.join(os.environ["GOTMPDIR"], "overlay.json"))  # noqa: PTH118
    return subprocess.call(arguments)


def _replace(configuration: str, overlay: str) -> None:
    with open(configuration, encoding="utf-8") as file:  # noqa: PTH123
        wanted = json.load(file)
    with open(overlay, encoding="utf-8") as file:  # noqa: PTH123
        replaced = json.load(file)["Replace"]
    wanted["GoFiles"] = [replaced.get(name, name) for name in wanted["GoFiles"] or ()]
    with open(configuration, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(wanted, file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
