"""``goescape check``."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from goescape.analysis.messages.printable import printable
from goescape.analysis.model import Severity
from goescape.terminal.command_lines.shared import (
    current_folder,
    engine_options,
    print_message,
    progress_for,
    run_to_end,
    show_failures,
    style_of,
)
from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.output import json_output, text_output
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    import argparse

    from goescape.terminal.commands.check_outcome import CheckOutcome


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    here = current_folder()
    only_new = arguments.fail_on == "new"
    if only_new and not (arguments.since or arguments.baseline):
        raise UsageError("--fail-on new needs --since REV or --baseline FILE to compare with.")
    if arguments.shard != (1, 1) and arguments.profile:
        raise UsageError("--profile needs all packages at once: leave out --shard.")
    question = CheckOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        minimum=Severity(arguments.min_severity),
        everything=arguments.all,
        profiles=tuple(arguments.profile),
        baseline=arguments.baseline,
        since=arguments.since,
        log=arguments.from_log,
        fail_on=Severity.HINT if only_new else Severity(arguments.fail_on),
        shard=arguments.shard,
    )
    style = style_of(arguments)
    outcome = run_to_end(check(question, engine_options(arguments), progress_for(arguments, style)))
    if arguments.format == "json":
        sys.stdout.writelines(json_output.render(outcome))
    elif arguments.format != "text":
        writer = importlib.import_module(f"goescape.terminal.output.formats.{arguments.format}")
        sys.stdout.writelines(writer.render(outcome, here))
    else:
        sys.stdout.writelines(f"{line}\n" for line in text_output.render(outcome, style, here))
        sys.stdout.flush()
        if outcome.notice:
            print_message(outcome.notice)
        if outcome.unknown_lines and not arguments.from_log:
            print_message(_sentence_of_unknown_lines(outcome))
        show_failures(outcome, style, here)
    return outcome.exit_code


def _sentence_of_unknown_lines(outcome: CheckOutcome) -> str:
    lines = text_output.count(outcome.unknown_line_count, "line")
    return (
        f"{lines} of the compiler could not be understood; please report the first, with what "
        f"`goescape doctor` says: {printable(outcome.unknown_lines[0])}"
    )
