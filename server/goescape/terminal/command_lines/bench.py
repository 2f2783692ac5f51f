"""``goescape bench``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.settings import Settings
from goescape.terminal.command_lines.shared import (
    current_folder,
    print_message,
    progress_for,
    run_to_end,
    style_of,
)
from goescape.terminal.commands import bench
from goescape.terminal.output import text_output
from goescape.toolchain.measure.benchmarks import BenchmarkOptions
from goescape.toolchain.options import EngineOptions

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here, style = current_folder(), style_of(arguments)
    how = BenchmarkOptions(
        seconds=arguments.time_limit,
        benchtime=arguments.benchtime,
        memprofilerate=arguments.memprofilerate,
    )
    asked = bench.BenchOptions.of(arguments.folder, arguments.names, how)
    progress = progress_for(arguments, style)
    options = EngineOptions.of(Settings(go_path=arguments.go))
    outcome = run_to_end(bench.bench(asked, options, progress))
    sys.stdout.writelines(f"{line}\n" for line in bench.render(outcome, style, here))
    sys.stdout.flush()
    for sentence in bench.render_problems(outcome, style, here):
        print_message(sentence)
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)
    return outcome.exit_code
