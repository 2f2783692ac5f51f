"""What both clients, the extension for VS Code and the plugin for Neovim, say and do alike.

Written into their sources by ``pytest tests/project --update``.
"""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "nothing": "nothing on the heap",
    "some": "{total} on the heap",
    "matter": "{number} in a loop or large",
    "no_go": "no Go",
}
"""Of the status."""
MOST_RESTARTS: Final = 3
"""A server that crashes more often than this within CRASH_WINDOW is not started again."""
CRASH_WINDOW: Final = 180_000
"""Milliseconds."""


def typescript() -> str:
    """For client-vscode."""
    words = "".join(f"  {_camel(name)}: '{text}',\n" for name, text in WORDS.items())
    return (
        f"\nexport const STATUS_WORDS = {{\n{words}}} as const;\n"
        f"export const MOST_RESTARTS = {MOST_RESTARTS};\n"
        "/** Milliseconds within which more crashes than that are too many. */\n"
        f"export const CRASH_WINDOW = {CRASH_WINDOW:_};\n"
    )


def lua() -> str:
    """For client-nvim."""
    words = "".join(f"    {name} = '{text}',\n" for name, text in WORDS.items())
    return (
        "--- Written by `pytest tests/project --update`: what every client says and does alike.\n"
        "return {\n"
        f"  words = {{\n{words}  }},\n"
        f"  most_restarts = {MOST_RESTARTS},\n"
        "  --- Milliseconds within which more crashes than that are too many.\n"
        f"  crash_window = {CRASH_WINDOW},\n"
        "}\n"
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
