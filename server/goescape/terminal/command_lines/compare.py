"""``goescape compare``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import (
    current_folder,
    engine_options,
    print_message,
    progress_for,
    run_to_end,
    style_of,
)
from goescape.terminal.commands import bench, compare
from goescape.terminal.output import compare_output, text_output

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here, style = current_folder(), style_of(arguments)
    asked = compare.CompareOptions(
        revision=arguments.revision,
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        bench=arguments.bench,
        count=arguments.count,
        benchtime=arguments.benchtime,
        seconds=arguments.time_limit,
    )
    progress = progress_for(arguments, style)
    comparison = run_to_end(compare.compare(asked, engine_options(arguments), progress))
    if arguments.format == "json":
        sys.stdout.write(compare_output.render_json(comparison))
        return comparison.exit_code
    sys.stdout.writelines(f"{line}\n" for line in compare_output.render(comparison, style, here))
    sys.stdout.flush()
    for line in text_output.render_failures(comparison.failures, style, here):
        print(line, file=sys.stderr)
    for package, paths in comparison.written.items():
        print_message(bench.written_sentence(package, paths, style.catalogue, here))
    return comparison.exit_code
