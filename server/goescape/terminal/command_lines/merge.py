"""``goescape merge``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.analysis.model import Severity
from goescape.terminal.commands import merge

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    whole = merge.merge(arguments.files)
    sys.stdout.writelines(whole.render())
    return whole.exit_code(Severity(arguments.fail_on))
