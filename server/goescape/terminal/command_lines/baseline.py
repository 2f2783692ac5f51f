"""``goescape baseline``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.terminal import baseline_file
from goescape.terminal.command_lines.shared import (
    current_folder,
    engine_options,
    progress_for,
    run_to_end,
    show_failures,
    style_of,
)
from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here, style = current_folder(), style_of(arguments)
    packages = tuple(arguments.packages) or ("./...",)
    question = CheckOptions(folder=arguments.folder, packages=packages)
    outcome = run_to_end(check(question, engine_options(arguments), progress_for(arguments, style)))
    if outcome.failures:
        show_failures(outcome, style, here)
        return outcome.exit_code
    sites = baseline_file.sites(outcome.findings, outcome.sources, outcome.folder)
    text = baseline_file.render(site for _, site in sites)
    if not arguments.output:
        sys.stdout.write(text)
        return 0
    try:
        Path(arguments.output).write_text(text, "utf-8", newline="\n")
    except OSError as problem:
        raise UsageError(f"{arguments.output} cannot be written ({problem.strerror}).") from None
    return 0
