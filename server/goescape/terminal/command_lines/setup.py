"""``goescape setup``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goescape.terminal.command_lines.shared import print_message, style_of
from goescape.terminal.commands import setup
from goescape.terminal.editors import recipes
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    places, command = setup.user_places(), setup.server_command(sys.argv[0])
    if arguments.check:
        sys.stdout.writelines(f"{line}\n" for line in setup.editor_status(places, command))
        return 0
    if not arguments.editor:
        raise UsageError(f"Name an editor: {', '.join(recipes.BY_NAME)}.")
    wanted = setup.recipes_for(arguments.editor)
    if arguments.write and len(wanted) > 1:
        names = " or ".join(recipe.name for recipe in wanted)
        raise UsageError(f"{arguments.editor} can be more than one: write {names}.")
    for recipe in wanted:
        lines = (
            setup.write_and_report(recipe, places, command, style_of(arguments))
            if arguments.write
            else setup.snippet_lines(recipe, places, command)
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
        if notice := setup.missing_multiplexer(recipe):
            print_message(notice)
    return 0
