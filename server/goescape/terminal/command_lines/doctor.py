"""``goescape doctor``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import engine_options, run_to_end, style_of
from goescape.terminal.commands import doctor

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    diagnosis = run_to_end(doctor.examine(arguments.folder, engine_options(arguments)))
    sys.stdout.writelines(f"{line}\n" for line in doctor.render(diagnosis, style_of(arguments)))
    return 1 if diagnosis.problems else 0
