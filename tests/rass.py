"""rass, one connection for several servers, with more patience than its own.

It gives up a server that starts three seconds after another, which happens on a busy machine and
says nothing about the servers.
"""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MILLISECONDS = 120_000
PROGRAM = f"""
from rassumfrassum.frassum import LspLogic
from rassumfrassum.main import main

usual = LspLogic.get_aggregation_timeout_ms
def patient(self, method):
    return {MILLISECONDS} if usual(self, method) == 3000 else usual(self, method)
LspLogic.get_aggregation_timeout_ms = patient
main()
"""


def patient_rass(folder: Path) -> Path:
    """A folder for the front of ``PATH`` whose ``rass`` waits for each server."""
    place = folder / "patient"
    place.mkdir()
    (place / "rass.py").write_text(PROGRAM, "utf-8")
    command = shlex.join([sys.executable, str(place / "rass.py")])
    (place / "rass").write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    (place / "rass").chmod(0o755)
    return place
