"""``goescape fix``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from goescape.settings import Settings
from goescape.terminal.command_lines.shared import (
    WorkLoop,
    current_folder,
    print_message,
    style_of,
)
from goescape.terminal.commands.bench import written_sentence
from goescape.terminal.commands.fix import FixRun
from goescape.terminal.commands.fix_outcome import FixOptions
from goescape.terminal.output import fix_output, text_output
from goescape.terminal.output.formats import markdown
from goescape.terminal.output.progress import ProgressLine
from goescape.terminal.targets import UsageError
from goescape.toolchain.measure.fix_measurement import MeasureOptions
from goescape.toolchain.options import EngineOptions
from goescape.toolchain.problems import MeasurementProblem

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here = current_folder()
    request = FixOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        only=frozenset(arguments.only),
        diff=arguments.diff,
        yes=arguments.yes,
        everywhere=arguments.everywhere,
        test=arguments.test or arguments.measure,
        measure=_how_to_measure(arguments),
        profile=_profile(arguments),
    )
    style = style_of(arguments)
    quiet = not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    progress = ProgressLine(sys.stderr, enabled=not quiet, width=style.width)
    is_markdown = arguments.format == "markdown"
    screen = fix_output.FixScreen(request, style, here, quiet=is_markdown)
    options = EngineOptions.of(Settings(go_path=arguments.go))
    with WorkLoop() as loop:
        outcome = FixRun(request, options, loop.run).work(progress, screen)
    lines = markdown.render(outcome) if is_markdown else fix_output.render_summary(outcome, style)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)
    for package, paths in outcome.wrote.items():
        print_message(written_sentence(package, sorted(paths), style.catalogue, here))
    return outcome.exit_code


def _how_to_measure(arguments: argparse.Namespace) -> MeasureOptions | None:
    if not arguments.measure:
        if arguments.format == "markdown":
            raise UsageError("--format markdown is the table of --measure; add --measure.")
        return None
    try:
        return MeasureOptions(
            arguments.bench, arguments.benchtime, arguments.count, arguments.time_limit
        )
    except MeasurementProblem as problem:
        raise UsageError(str(problem)) from None


def _profile(arguments: argparse.Namespace) -> str:
    profile: str = arguments.profile
    if arguments.hot and not profile:
        raise UsageError(
            "--hot needs a profile: write one with `go test -bench . -memprofile FILE`, and name "
            "it with --profile FILE."
        )
    return profile
