"""``goescape report``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import (
    current_folder,
    engine_options,
    progress_for,
    run_to_end,
    show_failures,
    style_of,
)
from goescape.terminal.commands import report
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.output import text_output

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here, style = current_folder(), style_of(arguments)
    question = CheckOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        profiles=tuple(arguments.profile),
    )
    wanted = report.ReportOptions(arguments.output, question, style.catalogue, arguments.baseline)
    outcome = run_to_end(
        report.report(wanted, engine_options(arguments), progress_for(arguments, style))
    )
    show_failures(outcome, style, here)
    if outcome.packages:
        total = text_output.count(len(outcome.findings), "allocation site")
        print(f"{arguments.output}: {total} in {text_output.count(outcome.packages, 'package')}")
    return 2 if outcome.failures else 0
