"""``goescape explain``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import (
    current_folder,
    engine_options,
    run_to_end,
    style_of,
)
from goescape.terminal.commands import explain_position

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    lines = run_to_end(
        explain_position.explain_position(
            arguments.position, engine_options(arguments), style_of(arguments), current_folder()
        )
    )
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0
