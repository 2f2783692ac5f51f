"""The command that was named: only what it needs is imported."""

from __future__ import annotations

import asyncio
import gc
import importlib
from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import print_message
from goescape.terminal.targets import UsageError
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    import argparse

_TERMINATED = 143


def run(arguments: argparse.Namespace) -> int:
    """Run the command that was named; a problem that the user can mend becomes a sentence."""
    command = importlib.import_module(f"goescape.terminal.command_lines.{arguments.command}")
    gc.freeze()
    gc.enable()
    try:
        code: int = command.run(arguments)
    except asyncio.CancelledError:
        return _TERMINATED
    except (UsageError, GoProblem) as problem:
        print_message(str(problem))
        return 2
    return code
